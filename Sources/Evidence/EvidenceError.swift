// SPDX-License-Identifier: Apache-2.0

/// Why evidence could not be made or read at all: the set-up is to blame (exit code 3), nothing was verified.
package struct EvidenceError: Error, Sendable, Hashable, CustomStringConvertible {
    package let message: String
    package let remedy: String

    package init(_ message: String, remedy: String) {
        self.message = message
        self.remedy = remedy
    }

    package var description: String { "\(message).\n  = \(remedy)" }
}

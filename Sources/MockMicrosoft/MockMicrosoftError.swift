// SPDX-License-Identifier: Apache-2.0

/// Why a move of a person, or of the runner, is impossible in the world as it stands.
package struct MockMicrosoftError: Error, Sendable, CustomStringConvertible {
    package let message: String
    package let remedy: String
    package var description: String { "\(message); \(remedy)" }

    init(_ message: String, remedy: String) {
        self.message = message
        self.remedy = remedy
    }
}

// SPDX-License-Identifier: Apache-2.0

/// Why a run could not begin: the set-up's fault, never the connector's conformance.
package struct RunError: Error, Sendable, CustomStringConvertible {
    package let message: String
    package let remedy: String

    package init(_ message: String, remedy: String) {
        self.message = message
        self.remedy = remedy
    }

    package var description: String { "\(message)\n  = \(remedy)" }
}

/// Why a step could not be done. `isBinding` blames the deployment file, else the world or the connector is named.
struct StepFailure: Error {
    let message: String
    var isBinding = false
    var isHarness = false
}

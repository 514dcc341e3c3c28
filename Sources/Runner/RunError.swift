// SPDX-License-Identifier: Apache-2.0

internal import MockEHR
internal import MockMicrosoft

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

extension StepFailure {
    /// A mock that refuses a move (nobody waits in the lobby, no such booking) speaks of the world, not of a broken harness.
    init(from error: any Error) {
        switch error {
        case let failure as StepFailure: self = failure
        case let refusal as EHRError: self.init(message: refusal.message)
        case let refusal as MockMicrosoftError: self.init(message: refusal.message)
        default: self.init(message: "\(error)", isHarness: true)
        }
    }
}

/// Why a step could not be done. `isBinding` blames the deployment file, else the world or the connector is named.
struct StepFailure: Error, CustomStringConvertible {
    let message: String
    var isBinding = false
    var isHarness = false
    /// More real time than the deployment allows: what could not be seen so is inconclusive, and the scenario goes on.
    var isTooLong = false

    var description: String { message }
}

// SPDX-License-Identifier: Apache-2.0

internal import Judge

/// What a reader does next, by the reason of a verdict.
enum Advice {
    static func next(_ check: CheckResult) -> String {
        switch check.reason {
        case .missingEvent:
            "Look in the sequence for the last message before it stops, and in the near misses for one that came otherwise."
        case .forbiddenEvent: "Open the deciding event: it must not happen at all in this scenario."
        case .wrongCount: "Compare the deciding events: which is the repetition, or which one is missing?"
        case .wrongOrder: "Compare the times and order of the deciding events in the sequence."
        case .wrongValue: "Compare expected and actual, then open the deciding message."
        case .wrongOutcome: "Open the last page or answer of the step: it says how the connector ended it."
        case .leak:
            "Follow the place and the encoding to the line of code that writes or sends this datum, and drop it there."
        case .dependence:
            "Look at what the connector puts there: it is made of something of the patient's. Make it of the visit, or drop it."
        case .protocolViolation:
            "Send the deciding request again by its cURL line and compare it with the rule's source."
        case .connectorFailure: "Read the connector's own log around the deciding event; it ended or stopped answering."
        case .blocked, .notExecuted: "Mend what failed before it in this scenario, then run the scenario again."
        case .windowOpen:
            "Give the deployment a clock binding that says when the connector is idle, or a longer settle window."
        case .notObservable:
            "Add the missing source to the deployment file (see `assay doctor`), or have the row attested."
        case .binding: "The deployment's binding no longer fits the connector: run `assay doctor` and mend the binding."
        case .harness:
            "This is a fault of Assay or of its set-up, not of the connector: keep the run folder and report it."
        case .notClaimed, nil: ""
        }
    }
}

// SPDX-License-Identifier: Apache-2.0

import Judge

/// What the words of verdicts and reasons mean, and what to do about each.
enum VerdictWords {
    static let all: [Explanation] = runs + checks + reasons

    private static let runs = RunVerdict.allCases.map { verdict -> Explanation in
        let (sentence, remedy) =
            switch verdict {
            case .conformant: ("Every required check was executed and passed.", "")
            case .nonconformant:
                (
                    "At least one check that counts failed.",
                    "Open report.html: each failed check names the message that decided it."
                )
            case .incomplete:
                (
                    "Something required was not executed, or could not be decided.",
                    "Read the reasons after the verdict; give what the run could not see: a binding, an evidence source, a movable clock."
                )
            case .invalidSetup:
                (
                    "The set-up is to blame, nothing was judged: a file, or a connector that never starts.",
                    "Mend what the message names; `assay doctor --deployment FILE` shows all of it at once."
                )
            case .harnessError: ("Assay itself went wrong.", "Report it, with the run's folder.")
            }
        return Explanation(verdict.rawValue, "verdict of a run", sentence).adding("exit code", String(verdict.exitCode))
            .adding("how to fix", remedy)
    }

    private static let checks = CheckVerdict.allCases.map { verdict -> Explanation in
        let (sentence, remedy) =
            switch verdict {
            case .pass: ("The record shows that the sentence holds.", "")
            case .fail:
                (
                    "The record shows that it does not.",
                    "Compare expected and actual in the report, then look at the messages it links to."
                )
            case .inconclusive:
                (
                    "The record does not tell.",
                    "Its reason says why: blocked, window-open, not-observable, binding, not-executed."
                )
            case .error:
                (
                    "The harness went wrong, or its own word and the record disagree.",
                    "Report it, with the run's folder."
                )
            case .notApplicable:
                ("The connector does not claim the feature.", "Claim it in the deployment file if it is there.")
            }
        return Explanation(verdict.rawValue, "verdict of a check", sentence).adding("how to fix", remedy)
    }

    private static let reasons = Reason.allCases.map { reason -> Explanation in
        let (sentence, remedy) = meaning(of: reason)
        return Explanation(reason.rawValue, "reason", sentence).adding("how to fix", remedy)
    }

    private static func meaning(of reason: Reason) -> (String, String) {
        switch reason {
        case .missingEvent:
            (
                "The awaited event did not come in its time.",
                "The near misses say what came instead, and what was wrong with it."
            )
        case .forbiddenEvent: ("An event came that must not.", "Follow its evidence to the message that set it off.")
        case .wrongCount:
            ("Events came, but not so many.", "Look for a retry without a key, or a duplicate that was taken for new.")
        case .wrongOrder:
            (
                "In the wrong order, or too late after its trigger.",
                "The evidence lists the events in the order they came."
            )
        case .wrongValue: ("The value differs from what was expected.", "Compare expected and actual.")
        case .wrongOutcome:
            (
                "The operation, launch or link ended otherwise than it should.",
                "Look at the last page or answer in the sequence diagram."
            )
        case .leak:
            (
                "A datum stands where the flow policy forbids it.",
                "The finding names class, surface and encoding, and the message that brought the value out of the EHR."
            )
        case .dependence:
            (
                "Something depends on a person that no known form of a datum explains.",
                "The finding names the place that tells two people apart; a keyed hash, a cipher or a code stands there."
            )
        case .protocolViolation: ("A protocol's rule was broken.", "`assay explain protocol.RULE` tells the rule.")
        case .connectorFailure:
            ("The connector ended by itself, or stopped answering.", "Read its standard error in the run's folder.")
        case .blocked:
            (
                "An earlier precondition failed: nothing was seen of this check.",
                "Mend the check or step before it first."
            )
        case .notExecuted: ("The step of this check was never reached.", "Look at why the scenario ended early.")
        case .windowOpen:
            (
                "The window could not be closed: the connector was not known idle.",
                "Let its clock answer only once its work has ended (`pending: 0`)."
            )
        case .notObservable:
            (
                "The deployment offers no such source, or its control failed.",
                "Declare the evidence or egress it names in the deployment file."
            )
        case .binding:
            (
                "A binding no longer fits the connector.",
                "Mend the binding in the deployment file; `assay doctor` checks it."
            )
        case .harness: ("The harness itself went wrong.", "Report it, with the run's folder.")
        case .notClaimed:
            ("The connector does not claim the feature.", "Claim it in the deployment file if it is there.")
        }
    }
}

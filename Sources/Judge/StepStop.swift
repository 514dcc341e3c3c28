// SPDX-License-Identifier: Apache-2.0

internal import ScenarioLanguage
internal import Trace
internal import Value

/// Why steps after a certain one were not reached.
struct StepStop {
    private let verdict: CheckVerdict
    private let reason: Reason
    private let message: String
    private let evidence: [Int]

    init(scenario: Scenario, record: WorldRecord) {
        let end = record.scenarioEnd
        let why = end?["reason"]?.string ?? ""
        let last = scenario.steps.last { record.window(of: $0)?.finished != nil }
        let window = last.flatMap { record.window(of: $0) }
        evidence = [window?.finished?.seq, end?.seq].compactMap { $0 }
        let place = last.map { "step \($0.id) (\($0.text))" } ?? "the first step"
        if window?.outcome == "error" {
            (verdict, reason) = (.error, .harness)
            message = "The harness failed in \(place): \(window?.reason ?? "")"
            return
        }
        verdict = .inconclusive
        switch end?["outcome"]?.string {
        case "blocked":
            reason = .blocked
            message = "Not reached: " + (why.isEmpty ? "\(place) was not met." : "\(why).")
        case "aborted":
            reason = .notExecuted
            message = "Not reached: \(why.isEmpty ? "the scenario was cut short" : why)."
        case "completed":
            reason = .notExecuted
            message = "The scenario ended without this step."
        default:
            reason = .notExecuted
            message =
                record.events.isEmpty
                ? "The scenario was not run." : "The record ends before this step, after \(place)."
        }
    }

    func finding(for check: String) -> Finding {
        Finding(check: check, verdict: verdict, reason: reason, message: message, evidence: evidence)
    }
}

// SPDX-License-Identifier: Apache-2.0

import Testing
import Trace
import Value

@testable import Reports

@Suite struct RunComparisonTests {
    private var results: Value { ResultsJSON.value(SampleRun.results) }

    /// The sample's results with the verdict of one check replaced.
    private func changed(_ name: String, _ verdict: String, reason: String?, message: String = "m") -> Value {
        guard var members = results.members, var scenarios = members["scenarios"]?.array,
            var scenario = scenarios[0].members, let checks = scenario["checks"]?.array
        else { return .null }
        scenario["checks"] = .array(
            checks.map { check in
                guard check["check"]?.string == name, var members = check.members else { return check }
                members["verdict"] = .string(verdict)
                members["reason"] = Value(reason)
                members["message"] = .string(message)
                return .object(members)
            })
        scenarios[0] = .object(scenario)
        members["scenarios"] = .array(scenarios)
        return .object(members)
    }

    @Test func `a run is the same as itself`() {
        let comparison = RunComparison(
            before: results, after: results, traces: (SampleRun.trace, SampleRun.trace))
        #expect(comparison.isSame)
        #expect(!comparison.hasRegression)
        #expect(comparison.traffic.isEmpty)
        #expect(
            ComparisonReport.lines(comparison) == [
                "comparison: same (nonconformant → nonconformant, 0 changed checks, 0 regressions)"
            ])
    }

    @Test func `a check that passed and does not is a regression, the other way round it is none`() {
        let worse = changed("confirmation-sent", "fail", reason: "missing-event")
        let comparison = RunComparison(before: results, after: worse)
        #expect(comparison.hasRegression)
        #expect(comparison.checks.map(\.name) == ["cerner-sms-join/confirmation-sent"])
        #expect(comparison.checks.first?.after == "fail (missing-event)")
        #expect(!RunComparison(before: worse, after: results).hasRegression)
        let undecided = changed("confirmation-sent", "inconclusive", reason: "blocked")
        #expect(RunComparison(before: results, after: undecided).hasRegression)
    }

    @Test func `the same failure told otherwise is named`() {
        let other = changed("one-join-link", "fail", reason: "wrong-value", message: "Three links.")
        let comparison = RunComparison(before: results, after: other)
        #expect(comparison.checks.isEmpty)
        #expect(comparison.findings.map(\.name) == ["cerner-sms-join/one-join-link"])
        #expect(!comparison.hasRegression)
    }

    @Test func `minted parts of a path are taken out`() {
        #expect(TrafficShape.path(of: "http://h/r4/0b8a0111-e8e6-4c26/Appointment/4711?x=1") == "/r4/{}/Appointment/{}")
        #expect(TrafficShape.path(of: "http://h/acs/t/sms") == "/acs/t/sms")
        #expect(TrafficShape.path(of: "http://h/v1.0/users") == "/v1.0/users")
    }

    @Test func `traffic of another shape is counted`() {
        let fewer = Trace(
            header: [:], events: SampleRun.trace.events.filter { $0["method"]?.string != "POST" }, bodies: [:],
            isComplete: true)
        let comparison = RunComparison(before: results, after: results, traces: (SampleRun.trace, fewer))
        #expect(comparison.traffic == [.init(name: "connector → sms POST /acs/t/sms", before: 1, after: 0)])
    }

    @Test func `the page holds no markup of the connector`() {
        let other = changed("one-join-link", "fail", reason: "wrong-value", message: SampleRun.hostile)
        let page = ComparisonReport.html(RunComparison(before: results, after: other), before: "<a>", after: "b")
        #expect(!page.contains("<script>"))
        #expect(!page.contains("<a>"))
        #expect(page.contains("Same verdict, other finding (1)"))
    }
}

// SPDX-License-Identifier: Apache-2.0

package import Judge
package import Value
internal import World

/// `testreport.fhir.json`: a FHIR R4 TestReport (http://hl7.org/fhir/R4/testreport.html). The connector takes part as
/// `client`, Assay as `test-engine`; each scenario is a test, each check an assertion.
package enum TestReportFHIR {
    package static func text(_ results: RunResults) -> String { value(results).json(pretty: true) + "\n" }

    package static func value(_ results: RunResults) -> Value {
        var tests = results.scenarios.compactMap { scenario in
            test(scenario.id, scenario.title, scenario.checks, in: results)
        }
        if let run = test("run", "Checks of the whole run", results.runChecks, in: results) { tests.append(run) }
        let checks = results.everyCheck.map(\.check)
        let decided = checks.filter { $0.verdict != .notApplicable }
        let passed = decided.count { $0.verdict == .pass }
        let score = decided.isEmpty ? 0 : passed * 10_000 / decided.count
        var members: Members = [
            "resourceType": "TestReport",
            "name": .string("Assay \(results.profile ?? "all claimed profiles")"),
            // `stopped`: the record is not whole.
            "status": .string(results.verdict == .incomplete ? "stopped" : "completed"),
            "testScript": .object(["display": .string("Assay \(results.suiteVersion), \(results.profile ?? "suite")")]),
            "result": .string(result(of: results.verdict)),
        ]
        if let score = Number(literal: "\(score / 100).\(score % 100 < 10 ? "0" : "")\(score % 100)") {
            members["score"] = .number(score)
        }
        members["tester"] = "Assay"
        members["issued"] = .string(results.started.wholeSecond.description)
        members["participant"] = .array([
            .object([
                "type": "test-engine", "uri": .string("urn:assay:\(results.suiteVersion)"), "display": "Assay",
            ]),
            .object([
                "type": "client", "uri": .string("urn:assay:deployment:\(results.deployment)"),
                "display": .string(filled(results.connector, or: results.deployment)),
            ]),
        ])
        // FHIR knows no empty arrays.
        if !tests.isEmpty { members["test"] = .array(tests) }
        return .object(members)
    }

    private static func test(
        _ id: String, _ title: String, _ checks: [CheckResult], in results: RunResults
    ) -> Value? {
        guard !checks.isEmpty else { return nil }
        return .object([
            "name": .string(id), "description": .string(filled(title, or: id)),
            "action": .array(checks.map { .object(["assert": assertion($0, in: results)]) }),
        ])
    }

    private static func assertion(_ check: CheckResult, in results: RunResults) -> Value {
        let word =
            switch check.verdict {
            case .pass: "pass"
            case .fail: results.isWarning(check) ? "warning" : "fail"
            case .inconclusive, .notApplicable: "skip"
            case .error: "error"
            }
        let rows = check.requirements.isEmpty ? "" : " (\(check.requirements.joined(separator: ", ")))"
        return .object([
            "result": .string(word),
            "message": .string("\(check.check)\(rows), \(check.verdict.rawValue): \(filled(check.message, or: "–"))"),
            "detail": .string(check.check),
        ])
    }

    private static func result(of verdict: RunVerdict) -> String {
        switch verdict {
        case .conformant: "pass"
        case .nonconformant: "fail"
        case .incomplete, .invalidSetup, .harnessError: "pending"
        }
    }

    /// FHIR strings hold at least one character that is no white space.
    private static func filled(_ text: String, or other: String) -> String {
        let shown = visible(text)
        return shown.allSatisfy(\.isWhitespace) ? other : shown
    }
}

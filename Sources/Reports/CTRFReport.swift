// SPDX-License-Identifier: Apache-2.0

package import Judge
package import Value
internal import World

/// `ctrf.json`: the Common Test Report Format, one test a check (https://ctrf.io, schema of 1.0.0).
///
/// A failed check is `failed`; one that was not decided and an error of the harness are `other`, so that a run that saw
/// nothing must not look green; a warning is `passed` with its message under `extra`; what does not apply is `skipped`.
package enum CTRFReport {
    package static func text(_ results: RunResults) -> String { value(results).json(pretty: true) + "\n" }

    package static func value(_ results: RunResults) -> Value {
        let start = Int(results.started.microseconds / 1000)
        let tests =
            results.scenarios.flatMap { scenario in
                scenario.checks.map { test($0, suite: scenario.id, title: scenario.title, in: results) }
            } + results.runChecks.map { test($0, suite: "run", title: "Checks of the whole run", in: results) }
        func count(_ status: String) -> Value { Value(tests.count { $0["status"]?.string == status }) }
        return .object([
            "reportFormat": "CTRF", "specVersion": "1.0.0", "generatedBy": "assay",
            "results": .object([
                "tool": .object(["name": "assay", "version": .string(results.suiteVersion)]),
                "summary": .object([
                    "tests": Value(tests.count), "passed": count("passed"), "failed": count("failed"),
                    "skipped": count("skipped"), "pending": 0, "other": count("other"), "start": Value(start),
                    "stop": Value(start + Int((results.seconds * 1000).rounded())),
                ]),
                "tests": .array(tests),
                "environment": .object([
                    "appName": .string(visible(results.connector)), "testEnvironment": .string(results.deployment),
                ]),
                "extra": .object([
                    "verdict": .string(results.verdict.rawValue),
                    "reasons": .array(results.reasons.map { .string($0) }),
                    "profile": Value(results.profile), "seed": .string(String(results.seed)),
                    "nonce": .string(results.nonce),
                ]),
            ]),
        ])
    }

    private static func test(_ check: CheckResult, suite: String, title: String, in results: RunResults) -> Value {
        var members: Members = [
            "name": .string("\(suite)/\(check.check)"), "status": .string(status(of: check, in: results)),
            // What a check costs is not measured: the time is the scenario's.
            "duration": 0, "suite": .array([.string(suite)]),
        ]
        if check.verdict != .pass { members["message"] = .string(visible(check.message)) }
        let trace =
            [
                check.expected.isEmpty ? nil : "expected: " + check.expected,
                check.actual.isEmpty ? nil : "actual: " + check.actual,
            ].compactMap(\.self) + check.nearMisses.map { "near miss: " + $0 }
        if !trace.isEmpty { members["trace"] = .string(visible(trace.joined(separator: "\n"))) }
        members["rawStatus"] = .string(results.isWarning(check) ? "warning" : check.verdict.rawValue)
        members["tags"] = .array(check.requirements.map { .string($0) } + [.string("level-" + check.level.rawValue)])
        members["extra"] = .object([
            "title": .string(title), "reason": Value(check.reason?.rawValue),
            "evidence": .array(check.evidence.map { Value($0) }), "step": Value(check.step),
            "observability": .string(check.observability.rawValue),
        ])
        return .object(members)
    }

    private static func status(of check: CheckResult, in results: RunResults) -> String {
        switch check.verdict {
        case .pass: "passed"
        case .fail: results.isWarning(check) ? "passed" : "failed"
        case .inconclusive, .error: "other"
        case .notApplicable: "skipped"
        }
    }
}

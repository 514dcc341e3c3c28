// SPDX-License-Identifier: Apache-2.0

package import Judge
internal import World

/// `junit.xml`: one suite for each scenario and one for the run, valid in the Ant (Windy Road) and the Jenkins schema.
///
/// A failed check is a `failure`; an inconclusive one and an error of the harness are an `error`, because a run that saw
/// nothing must not look green; a warning and what does not apply are `skipped` with their reason.
package enum JUnitReport {
    package static func xml(_ results: RunResults) -> String {
        var lines = [#"<?xml version="1.0" encoding="UTF-8"?>"#, "<testsuites>"]
        var suites = results.scenarios.map { scenario in
            Suite(
                name: scenario.id, title: scenario.title, seconds: scenario.seconds, checks: scenario.checks,
                outcome: scenario.outcome)
        }
        if !results.runChecks.isEmpty {
            suites.append(
                Suite(
                    name: "run", title: "Checks of the whole run", seconds: results.seconds, checks: results.runChecks,
                    outcome: "completed"))
        }
        for (index, suite) in suites.enumerated() { lines += write(suite, id: index, of: results) }
        lines.append("</testsuites>")
        return lines.joined(separator: "\n") + "\n"
    }

    private struct Suite {
        let name: String
        let title: String
        let seconds: Double
        let checks: [CheckResult]
        let outcome: String
    }

    private static func write(_ suite: Suite, id: Int, of results: RunResults) -> [String] {
        let failures = suite.checks.count { $0.verdict == .fail && !results.isWarning($0) }
        let errors = suite.checks.count { $0.verdict == .error || $0.verdict == .inconclusive }
        let skipped = suite.checks.count { $0.verdict == .notApplicable || results.isWarning($0) }
        // The schemas want a zone-less time in seconds; it is UTC.
        let timestamp = results.started.description.prefix(19)
        var lines = [
            """
              <testsuite name="\(xmlEscaped(suite.name))" package="assay" id="\(id)" tests="\(suite.checks.count)" \
            failures="\(failures)" errors="\(errors)" skipped="\(skipped)" time="\(milliseconds(suite.seconds))" \
            timestamp="\(timestamp)" hostname="localhost">
            """,
            "    <properties>",
            property("title", suite.title), property("outcome", suite.outcome),
            property("verdict", results.verdict.rawValue), property("profile", results.profile ?? "every claimed one"),
            property("connector", results.connector), property("seed", String(results.seed)),
            "    </properties>",
        ]
        for check in suite.checks {
            let head =
                #"    <testcase name="\#(xmlEscaped(check.check))" classname="assay.\#(xmlEscaped(suite.name))" time="0.000""#
            if let outcome = outcome(of: check, in: results) {
                lines += [head + ">", outcome, "    </testcase>"]
            } else {
                lines.append(head + "/>")
            }
        }
        lines += ["    <system-out></system-out>", "    <system-err></system-err>", "  </testsuite>"]
        return lines
    }

    private static func property(_ name: String, _ value: String) -> String {
        #"      <property name="\#(name)" value="\#(xmlEscaped(value))"/>"#
    }

    private static func outcome(of check: CheckResult, in results: RunResults) -> String? {
        let reason = check.reason?.rawValue ?? check.verdict.rawValue
        let message = xmlEscaped(check.message)
        switch check.verdict {
        case .pass: return nil
        case .notApplicable: return #"      <skipped message="\#(message)"/>"#
        case .fail where results.isWarning(check): return #"      <skipped message="warning: \#(message)"/>"#
        case .fail: return #"      <failure type="\#(reason)" message="\#(message)">\#(detail(check))</failure>"#
        case .inconclusive, .error:
            let type = check.verdict.rawValue + "." + reason
            return #"      <error type="\#(type)" message="\#(message)">\#(detail(check))</error>"#
        }
    }

    private static func detail(_ check: CheckResult) -> String {
        var lines = [
            "requirements: " + (check.requirements.isEmpty ? "none" : check.requirements.joined(separator: ", "))
        ]
        lines.append("level: " + check.level.rawValue)
        if let step = check.step { lines.append("step: " + step) }
        if !check.expected.isEmpty { lines.append("expected: " + check.expected) }
        if !check.actual.isEmpty { lines.append("actual: " + check.actual) }
        lines += check.nearMisses.map { "near miss: " + $0 }
        if !check.evidence.isEmpty {
            lines.append("evidence: events " + check.evidence.map(String.init).joined(separator: ", "))
        }
        return xmlEscaped(lines.joined(separator: "\n"))
    }
}

// SPDX-License-Identifier: Apache-2.0

package import Judge

/// What the terminal says after a run: what went wrong, grouped by scenario, and the verdict in the last line.
package enum TerminalSummary {
    /// Lines without colour or line feeds. `limit` checks are told in full, the rest is counted.
    package static func lines(_ results: RunResults, limit: Int = 25) -> [String] {
        var lines: [String] = []
        var told = 0
        var untold = 0
        let groups = results.scenarios.map { ($0.id, $0.checks) } + [("run", results.runChecks)]
        for verdict in [CheckVerdict.fail, .error, .inconclusive] {
            for (id, checks) in groups {
                let found = checks.filter { $0.verdict == verdict }
                // Blocked checks of one scenario share their cause: said once.
                let blocked = found.filter { $0.reason == .blocked || $0.reason == .notExecuted }
                for check in found where blocked.count < 2 || !blocked.contains(check) {
                    guard told < limit else {
                        untold += 1
                        continue
                    }
                    told += 1
                    lines += tell(check, of: id, in: results)
                }
                if blocked.count >= 2, told < limit {
                    told += 1
                    lines += summary(of: blocked, scenario: id)
                } else if blocked.count >= 2 {
                    untold += blocked.count
                }
            }
        }
        if untold > 0 { lines += ["… and \(counted(untold, "more check")): see the report", ""] }
        lines += results.conditions.map { "condition: \(visible($0))" }
        let attested = results.requirements.filter { $0.observability == .attested && !$0.checks.isEmpty }.map(\.id)
        if !attested.isEmpty { lines.append("attested, not observed: \(attested.joined(separator: ", "))") }
        if let line = unjudged(results) { lines.append(line) }
        lines += results.reasons.map { "\(results.verdict.rawValue): \(visible($0))" }
        lines.append(verdictLine(results))
        return lines
    }

    /// `verdict: nonconformant (42 scenarios, 310 checks, 2 failed, 8.1 s)`.
    package static func verdictLine(_ results: RunResults) -> String {
        "verdict: \(results.verdict.rawValue) (\(results.scenarios.count) scenarios, \(results.checkCount) checks, "
            + "\(results.failedCount) failed, \(readable(results.seconds)) s)"
    }

    /// The suite says what it does not look at: engineering rows that no check of this version decides.
    private static func unjudged(_ results: RunResults) -> String? {
        let rows = results.requirements.filter { $0.level != .must && $0.checks.isEmpty }.map(\.id)
        return rows.isEmpty ? nil : "not judged by this suite version (level E): \(rows.joined(separator: ", "))"
    }

    private static func tell(_ check: CheckResult, of scenario: String, in results: RunResults) -> [String] {
        let word = results.isWarning(check) ? "warning" : check.verdict.rawValue
        let rows = check.requirements.isEmpty ? "no requirement" : check.requirements.joined(separator: ", ")
        var lines = ["\(word): \(scenario)/\(check.check) [\(rows), \(check.level.rawValue)]"]
        lines.append("  " + oneLine(check.message))
        if let step = check.step { lines.append("  at step \(step)") }
        if !check.expected.isEmpty { lines.append("  expected: " + oneLine(check.expected)) }
        if check.actual.contains("\n- ") || check.actual.contains("\n+ ") {
            // A difference of several lines stays one.
            let rows = check.actual.split(separator: "\n")
            lines.append("  actual:   " + oneLine(String(rows.first ?? "")))
            lines += rows.dropFirst().prefix(20).map { "    " + oneLine(String($0)) }
            if rows.count > 21 { lines.append("    … \(rows.count - 21) more lines: see the report") }
        } else if !check.actual.isEmpty {
            lines.append("  actual:   " + oneLine(check.actual))
        }
        lines += check.nearMisses.prefix(3).map { "  near miss: " + oneLine($0) }
        if !check.evidence.isEmpty {
            let shown = check.evidence.prefix(8).map(String.init).joined(separator: ", ")
            lines.append("  evidence: trace events \(shown)\(check.evidence.count > 8 ? ", …" : "")")
        }
        return lines + [""]
    }

    private static func summary(of blocked: [CheckResult], scenario: String) -> [String] {
        var lines = ["inconclusive: \(scenario): \(counted(blocked.count, "check")) not seen"]
        let names = blocked.prefix(25).map(\.check).joined(separator: ", ")
        lines.append("  " + names + (blocked.count > 25 ? " and \(blocked.count - 25) more" : ""))
        if let message = blocked.first?.message { lines.append("  " + oneLine(message)) }
        return lines + [""]
    }

    private static func oneLine(_ text: String) -> String {
        shortened(visible(text.split(whereSeparator: \.isNewline).joined(separator: " ")), to: 400)
    }
}

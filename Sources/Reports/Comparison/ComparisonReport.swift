// SPDX-License-Identifier: Apache-2.0

package import Value

/// A comparison for people, for programs and as a page.
package enum ComparisonReport {
    package static func lines(_ comparison: RunComparison, limit: Int = 40) -> [String] {
        var lines: [String] = []
        func section(_ title: String, _ texts: [String]) {
            guard !texts.isEmpty else { return }
            lines.append("\(title) (\(texts.count)):")
            lines += texts.prefix(limit).map { "  " + visible($0) }
            if texts.count > limit { lines.append("  … and \(texts.count - limit) more") }
            lines.append("")
        }
        section("set-up", comparison.setup.map(text))
        section("regressions", comparison.checks.filter(\.isRegression).map(text))
        section("requirements", comparison.requirements.map(text))
        section("other changed checks", comparison.checks.filter { !$0.isRegression }.map(text))
        section("same verdict, other finding", comparison.findings.map(text))
        section("traffic", comparison.traffic.map { "\($0.name): \(Int($0.before)) → \(Int($0.after))" })
        section("timing", comparison.timing.map { "\($0.name): \(readable($0.before)) s → \(readable($0.after)) s" })
        lines.append(verdictLine(comparison))
        return lines
    }

    /// `comparison: regression (conformant → nonconformant, 3 of 12 changed checks)`.
    package static func verdictLine(_ comparison: RunComparison) -> String {
        let word = comparison.hasRegression ? "regression" : comparison.isSame ? "same" : "changed"
        let regressions = comparison.checks.count(where: \.isRegression)
        return "comparison: \(word) (\(comparison.verdict.before ?? "none") → \(comparison.verdict.after ?? "none"), "
            + "\(counted(comparison.checks.count, "changed check")), \(counted(regressions, "regression")))"
    }

    package static func value(_ comparison: RunComparison) -> Value {
        func changes(_ list: [RunComparison.Change]) -> Value { .array(list.map(change)) }
        func shifts(_ list: [RunComparison.Shift]) -> Value {
            .array(
                list.map { shift in
                    .object([
                        "name": .string(shift.name), "before": number(shift.before), "after": number(shift.after),
                    ])
                })
        }
        return .object([
            "format": "assay-comparison/1", "regression": .bool(comparison.hasRegression),
            "same": .bool(comparison.isSame),
            "verdict": change(comparison.verdict), "setup": changes(comparison.setup),
            "requirements": changes(comparison.requirements), "checks": changes(comparison.checks),
            "findings": changes(comparison.findings), "traffic": shifts(comparison.traffic),
            "timing": shifts(comparison.timing),
        ])
    }

    /// One page that needs nothing else, without script.
    package static func html(_ comparison: RunComparison, before: String, after: String) -> String {
        HTMLWriter.page(title: "\(verdictLine(comparison)) – Assay") { out in
            out.element("h1", "What changed")
            let mark = comparison.hasRegression ? "fail" : comparison.isSame ? "pass" : "open"
            out.element("div", ["class": "verdict " + mark, "role": "status"]) { out in
                out.element("strong", verdictLine(comparison))
            }
            out.element("p", "Before: \(before). After: \(after).")
            out.element("main") { out in
                table("Set-up", comparison.setup, into: &out)
                table("Regressions", comparison.checks.filter(\.isRegression), into: &out)
                table("Requirements", comparison.requirements, into: &out)
                table("Other changed checks", comparison.checks.filter { !$0.isRegression }, into: &out)
                table("Same verdict, other finding", comparison.findings, into: &out)
                table(
                    "Traffic", comparison.traffic.map { ($0.name, String(Int($0.before)), String(Int($0.after))) },
                    into: &out)
                table(
                    "Timing in seconds",
                    comparison.timing.map { ($0.name, readable($0.before), readable($0.after)) },
                    into: &out)
            }
        }
    }

    private static func table(_ title: String, _ changes: [RunComparison.Change], into out: inout HTMLWriter) {
        table(title, changes.map { ($0.name, $0.before ?? "not there", $0.after ?? "not there") }, into: &out)
    }

    private static func table(_ title: String, _ rows: [(String, String, String)], into out: inout HTMLWriter) {
        guard !rows.isEmpty else { return }
        out.element("h2", "\(title) (\(rows.count))")
        out.element("table") { out in
            out.tableHead(["What", "Before", "After"])
            out.element("tbody") { out in
                for row in rows {
                    out.element("tr") { out in
                        out.element("td", ["class": "mono"], row.0)
                        out.element("td", row.1)
                        out.element("td", row.2)
                    }
                }
            }
        }
    }

    private static func text(_ change: RunComparison.Change) -> String {
        "\(change.name): \(change.before ?? "not there") → \(change.after ?? "not there")"
    }

    private static func change(_ change: RunComparison.Change) -> Value {
        .object([
            "name": .string(change.name), "before": Value(change.before), "after": Value(change.after),
            "regression": .bool(change.isRegression),
        ])
    }

    private static func number(_ number: Double) -> Value {
        Number(literal: number == number.rounded() ? String(Int(number)) : milliseconds(number)).map { .number($0) }
            ?? .null
    }
}

// SPDX-License-Identifier: Apache-2.0

package import Judge
internal import World

/// `summary.md`: the outcome first, then what failed and why; also what a CI job's summary page gets.
package enum MarkdownSummary {
    /// GitHub takes up to 1 MiB a step; what is longer would be lost whole.
    package static let limit = 900_000

    /// Headings start at level 3, because the page around it has its own. Never longer than ``limit`` bytes.
    package static func text(_ results: RunResults) -> String {
        var lines = ["### Assay: \(results.verdict.rawValue)", ""]
        let checks = results.everyCheck.map(\.check)
        let warnings = checks.count { results.isWarning($0) }
        let undecided = checks.count { $0.verdict == .inconclusive || $0.verdict == .error }
        lines += [
            "| connector | profile | scenarios | checks | failed | warnings | undecided | seconds |",
            "|---|---|---|---|---|---|---|---|",
            "| \(cell(results.connector)) | \(cell(results.profile ?? "every claimed one")) "
                + "| \(results.scenarios.count) | \(checks.count) | \(results.failedCount - warnings) | \(warnings) "
                + "| \(undecided) | \(readable(results.seconds)) |",
            "",
        ]
        lines += results.reasons.map { "- " + escaped($0) }
        if !results.reasons.isEmpty { lines.append("") }
        let found = failures(results)
        var size = lines.reduce(0) { $0 + $1.utf8.count + 1 }
        for (index, text) in found.enumerated() {
            size += text.utf8.count + 1
            guard size < limit else {
                lines.append("… and \(counted(found.count - index, "more finding")): see report.html.")
                break
            }
            lines.append(text)
        }
        lines.append("")
        lines.append("Again: `\(Reproduction.command(results))`")
        return lines.joined(separator: "\n") + "\n"
    }

    private static func failures(_ results: RunResults) -> [String] {
        let sentences = Dictionary(
            results.requirements.map { ($0.id, $0.sentence) }, uniquingKeysWith: { first, _ in first })
        let weight: [CheckVerdict: Int] = [.fail: 0, .error: 1, .inconclusive: 2]
        return results.everyCheck.filter { weight[$0.1.verdict] != nil }.enumerated()
            .sorted {
                (weight[$0.element.1.verdict] ?? 3, $0.offset) < (weight[$1.element.1.verdict] ?? 3, $1.offset)
            }
            .map { finding($0.element.1, of: $0.element.0, sentences: sentences, in: results) }
    }

    private static func finding(
        _ check: CheckResult, of scenario: String, sentences: [String: String], in results: RunResults
    ) -> String {
        let word = results.isWarning(check) ? "warning" : check.verdict.rawValue
        var lines = [
            "<details><summary>\(html(word)): \(html(scenario))/\(html(check.check)): \(html(shortened(check.message, to: 160)))"
                + "</summary>", "",
        ]
        if check.message.count > 160 { lines.append("- " + escaped(check.message)) }
        for id in check.requirements { lines.append("- \(id): \(escaped(sentences[id] ?? ""))") }
        if !check.expected.isEmpty { lines.append("- expected: \(value(check.expected))") }
        if !check.actual.isEmpty { lines.append("- actual: \(value(check.actual))") }
        lines += check.nearMisses.prefix(3).map { "- near miss: \(value($0))" }
        if let step = check.step { lines.append("- step: \(value(step))") }
        lines.append("- again: \(code(Reproduction.command(results, scenario: scenario)))")
        lines += ["", "</details>"]
        return lines.joined(separator: "\n")
    }

    private static func cell(_ text: String) -> String { escaped(text).replacing("|", with: "\\|") }

    /// One line in which neither markup nor HTML works.
    private static func escaped(_ text: String) -> String {
        var result = ""
        for character in html(oneLine(text)) {
            if "\\`*_[]{}#+!|~".contains(character) { result.append("\\") }
            result.append(character)
        }
        return result
    }

    private static func value(_ text: String) -> String { escaped(shortened(text, to: 1000)) }

    /// A code span whose fence is longer than any run of back-ticks inside.
    private static func code(_ text: String) -> String {
        let line = shortened(oneLine(text), to: 1000)
        var longest = 0
        var run = 0
        for character in line {
            run = character == "`" ? run + 1 : 0
            longest = max(longest, run)
        }
        let fence = String(repeating: "`", count: longest + 1)
        return longest == 0 ? fence + line + fence : "\(fence) \(line) \(fence)"
    }

    private static func html(_ text: String) -> String { xmlEscaped(oneLine(text)) }

    private static func oneLine(_ text: String) -> String {
        visible(text.split(whereSeparator: \.isNewline).joined(separator: " "))
    }
}

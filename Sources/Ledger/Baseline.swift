// SPDX-License-Identifier: Apache-2.0

package import SourceText
internal import Value

/// Failures that somebody knows of and has accepted for now: `--baseline FILE`.
package struct Baseline: Sendable, Hashable {
    package struct Entry: Sendable, Hashable {
        /// `scenario/check`; `run/check` for those of the whole run.
        package let check: String
        /// Why it is accepted, and until when: mandatory.
        package let comment: String
    }

    package let entries: [Entry]

    /// Reads a file. Throws a `LedgerError` with every mistake and its place: entries without a comment, entries that stand
    /// twice, and stale ones.
    /// - Parameter known: every check there is.
    package init(_ file: SourceFile, known: [String]) throws(LedgerError) {
        let (root, found) = YAMLParser.parse(file)
        let mistakes = Mistakes(file: file, diagnostics: found)
        var entries: [Entry] = []
        if let root, let form = Form(root, what: "the baseline", mistakes: mistakes) {
            let items = form.required("known-failures").flatMap { mistakes.list($0, "`known-failures`") } ?? []
            form.finish()
            for item in items {
                guard let entry = Self.entry(item, known: known, mistakes: mistakes) else { continue }
                if entries.contains(where: { $0.check == entry.check }) {
                    mistakes.report("duplicate-id", "the check `\(entry.check)` stands twice", at: item.span)
                }
                entries.append(entry)
            }
        } else if root == nil, found.isEmpty {
            mistakes.report("bad-yaml", "the file is empty", remedy: "write `known-failures: []`", at: nil)
        }
        guard !mistakes.haveErrors else {
            throw LedgerError(diagnostics: mistakes.sorted, files: [file.path: file])
        }
        self.entries = entries
    }

    private static func entry(_ node: YAMLNode, known: [String], mistakes: Mistakes) -> Entry? {
        guard let form = Form(node, what: "a known failure", mistakes: mistakes) else { return nil }
        defer { form.finish() }
        let check = form.required("check")
        let comment = form.requiredText("comment")
        guard let check, let id = mistakes.text(check, "`check`") else { return nil }
        guard known.contains(id) else {
            mistakes.report(
                "stale-check", "there is no check `\(id)`",
                remedy: Mistakes.suggestion(for: id, among: known) ?? "take the entry out", at: check.span)
            return nil
        }
        return comment.map { Entry(check: id, comment: $0) }
    }

    /// Entries for these checks, ready to be pasted; the comment is left for whoever accepts them.
    package static func paste(_ checks: [String]) -> String {
        checks.map { "  - check: \($0)\n    comment: \"\"" }.joined(separator: "\n")
    }
}

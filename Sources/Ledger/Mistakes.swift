// SPDX-License-Identifier: Apache-2.0

package import SourceText

/// Collects what is wrong with one file, so that everything can be said at once.
///
/// Not `Sendable`: a file is read by one task.
package final class Mistakes {
    package let file: SourceFile
    package private(set) var diagnostics: [Diagnostic]
    /// What is a mistake only where every other reading of the file has it too (the cells of a matrix).
    package private(set) var tolerated: [Diagnostic] = []
    private let tolerance: Set<String>

    /// - Parameter tolerating: codes that go to `tolerated`.
    package init(file: SourceFile, diagnostics: [Diagnostic] = [], tolerating: Set<String> = []) {
        self.file = file
        self.diagnostics = diagnostics
        tolerance = tolerating
    }

    /// True once something is an error.
    package var haveErrors: Bool { diagnostics.contains { $0.severity == .error } }

    /// Adds an error. `code` is kebab case and stable; `remedy` says what to write instead.
    package func report(_ code: String, _ message: String, remedy: String? = nil, at span: SourceSpan?) {
        // What the YAML parser refused has no value; saying so again helps nobody.
        if code == "wrong-type", diagnostics.contains(where: { $0.span == span && $0.code.hasPrefix("yaml-") }) {
            return
        }
        let diagnostic = Diagnostic(code: code, message: message, remedy: remedy, path: file.path, span: span)
        if tolerance.contains(code) {
            tolerated.append(diagnostic)
        } else if !diagnostics.contains(diagnostic) {
            diagnostics.append(diagnostic)
        }
    }

    /// Adds the error that `word` is no `what`, with the nearest known word, or all of them where they are few.
    package func reportUnknown(
        _ code: String, _ what: String, _ word: String, known: [String], at span: SourceSpan?
    ) {
        report(code, "unknown \(what) `\(word)`", remedy: Self.suggestion(for: word, among: known), at: span)
    }

    /// `did you mean …?`, or the known words where they are at most twenty-four; nil where nothing helps.
    package static func suggestion(for word: String, among known: [String]) -> String? {
        if let near = nearestWord(to: word, in: known) { return "did you mean `\(near)`?" }
        guard !known.isEmpty, known.count <= 24 else { return nil }
        return "known: " + known.joined(separator: ", ")
    }

    /// `a` or `an` before a word.
    package static func article(_ word: String) -> String {
        (word.first.map { "aeiou".contains($0) } ?? false ? "an " : "a ") + word
    }

    /// The diagnostics in the order of the file.
    package var sorted: [Diagnostic] { Self.sorted(diagnostics) }

    package static func sorted(_ diagnostics: [Diagnostic]) -> [Diagnostic] {
        diagnostics.enumerated().sorted { left, right in
            let a = left.element.span?.start.utf8Offset ?? -1
            let b = right.element.span?.start.utf8Offset ?? -1
            return (a, left.offset) < (b, right.offset)
        }.map(\.element)
    }
}

// SPDX-License-Identifier: Apache-2.0

/// One mistake or remark about a text, with its place, what was wrong and how to mend it.
package struct Diagnostic: Sendable, Hashable, Error {
    /// How bad it is: an error stops the run before any traffic.
    package enum Severity: String, Sendable, Hashable { case error, warning, note }

    package let severity: Severity
    /// Stable identifier in kebab case, for example `unknown-step`.
    package let code: String
    /// What is wrong, one sentence, without place.
    package let message: String
    /// What to write instead, if known.
    package let remedy: String?
    package let path: String
    package let span: SourceSpan?

    package init(
        _ severity: Severity = .error, code: String, message: String, remedy: String? = nil, path: String,
        span: SourceSpan? = nil
    ) {
        self.severity = severity
        self.code = code
        self.message = message
        self.remedy = remedy
        self.path = path
        self.span = span
    }

    /// `file:line:column: error: message [code]`, then the line, a caret under the span, and the remedy.
    package func rendered(in file: SourceFile? = nil) -> String {
        var head = path
        if let span { head += ":\(span.start.line):\(span.start.column)" }
        var lines = ["\(head): \(severity.rawValue): \(message) [\(code)]"]
        if let span, let file {
            let text = file.line(span.start.line)
            let gutter = String(span.start.line)
            let padding = String(repeating: " ", count: gutter.count)
            let width =
                span.end.line == span.start.line
                ? max(1, span.end.column - span.start.column) : max(1, text.count - span.start.column + 1)
            // Tabs are kept so that the caret stands under the character whatever the tab width.
            let indent = String(text.prefix(max(0, span.start.column - 1)).map { $0 == "\t" ? "\t" : " " })
            lines.append(" \(gutter) | \(text)")
            lines.append(" \(padding) | \(indent)\(String(repeating: "^", count: min(width, 200)))")
            if let remedy { lines.append(" \(padding) = \(remedy)") }
        } else if let remedy {
            lines.append("  = \(remedy)")
        }
        return lines.joined(separator: "\n")
    }
}

/// The word of `candidates` nearest to `word`, for "did you mean": at most a third of its letters may differ.
package func nearestWord<Words: Sequence<String>>(to word: String, in candidates: Words) -> String? {
    let limit = max(1, word.count / 3)
    var best: (distance: Int, word: String)?
    for candidate in candidates {
        let distance = editDistance(word.lowercased(), candidate.lowercased(), limit: limit)
        guard distance <= limit else { continue }
        if let current = best, (current.distance, current.word) <= (distance, candidate) { continue }
        best = (distance, candidate)
    }
    return best?.word ?? sharingBeginning(word.lowercased(), candidates)
}

/// The candidate that begins as the word does, for two thirds of it: another ending is meant more often than another word.
private func sharingBeginning(_ word: String, _ candidates: some Sequence<String>) -> String? {
    let least = max(4, (word.count * 2 + 2) / 3)
    var best: (length: Int, word: String)?
    for candidate in candidates {
        let length = zip(word, candidate.lowercased()).prefix { $0 == $1 }.count
        guard length >= least else { continue }
        if let current = best, (-current.length, current.word) <= (-length, candidate) { continue }
        best = (length, candidate)
    }
    return best?.word
}

/// Optimal string alignment distance (insert, delete, replace, swap neighbours); `limit + 1` where it is larger.
private func editDistance(_ left: String, _ right: String, limit: Int) -> Int {
    let a = Array(left)
    let b = Array(right)
    if abs(a.count - b.count) > limit { return limit + 1 }
    var beforeLast = [Int](repeating: 0, count: b.count + 1)
    var last = Array(0...b.count)
    for i in 0..<a.count {
        var row = [i + 1]
        row.reserveCapacity(b.count + 1)
        for j in 0..<b.count {
            var value = min(last[j + 1] + 1, row[j] + 1, last[j] + (a[i] == b[j] ? 0 : 1))
            if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] { value = min(value, beforeLast[j - 1] + 1) }
            row.append(value)
        }
        beforeLast = last
        last = row
    }
    return last[b.count]
}

// SPDX-License-Identifier: Apache-2.0

package import SourceText

/// Writes a YAML file in its canonical form: two spaces of indentation, items indented under their key, one space after
/// colons and commas, no trailing spaces, at most one blank line. Comments, order, quotes and line breaks within lists and
/// mappings stay; what a parser reads stays the same, or the file is refused.
package enum YAMLFormatter {
    /// The file's text in form, or what is wrong with it.
    package static func format(_ file: SourceFile) -> Result<String, YAMLFormatError> {
        let plain = file.text.replacing("\r\n", with: "\n")
        let source = plain == file.text ? file : SourceFile(path: file.path, text: plain)
        let (root, problems) = YAMLParser.parse(source)
        guard problems.isEmpty else { return .failure(YAMLFormatError(diagnostics: problems)) }
        var layout = YAMLLayout(source.text)
        let text = layout.text(of: root)
        let (again, _) = YAMLParser.parse(SourceFile(path: file.path, text: text))
        guard isSame(root, again), comments(source.text, root) == comments(text, again) else {
            let diagnostic = Diagnostic(
                code: "yaml-unusual", message: "the file is written in a way that cannot be put in form safely",
                remedy: "write block mappings and lists, without `?` keys and indentation indicators", path: file.path)
            return .failure(YAMLFormatError(diagnostics: [diagnostic]))
        }
        return .success(text)
    }

    /// The same content in the same styles; places aside.
    private static func isSame(_ left: YAMLNode?, _ right: YAMLNode?) -> Bool {
        switch (left?.content, right?.content) {
        case (nil, nil): true
        case (.scalar(let a, let b)?, .scalar(let c, let d)?): a == c && b == d
        case (.sequence(let a)?, .sequence(let b)?): a.count == b.count && zip(a, b).allSatisfy { isSame($0, $1) }
        case (.mapping(let a)?, .mapping(let b)?):
            a.count == b.count
                && zip(a, b).allSatisfy { isSame($0.key, $1.key) && isSame($0.value, $1.value) }
        default: false
        }
    }

    /// The texts of all comments, in order.
    private static func comments(_ text: String, _ root: YAMLNode?) -> [String] {
        YAMLGaps.comments(in: Array(text.utf8), outside: root.map { YAMLGaps.scalars($0) } ?? [])
    }
}

/// Why a file was not put in form.
package struct YAMLFormatError: Error, Sendable {
    package let diagnostics: [Diagnostic]
}

/// What stands between the scalars of a text: white space, punctuation and comments.
enum YAMLGaps {
    /// The byte ranges of all scalars, keys included, in order. A block scalar's ends with its last line of content.
    static func scalars(_ node: YAMLNode) -> [Range<Int>] {
        switch node.content {
        case .scalar: [node.span.start.utf8Offset..<node.span.end.utf8Offset]
        case .sequence(let items): items.flatMap { scalars($0) }
        case .mapping(let entries): entries.flatMap { scalars($0.key) + scalars($0.value) }
        }
    }

    static func comments(in bytes: [UInt8], outside scalars: [Range<Int>]) -> [String] {
        var found: [String] = []
        var cursor = 0
        for end in scalars.map({ Optional($0) }) + [nil] {
            let stop = min(bytes.count, end?.lowerBound ?? bytes.count)
            if cursor < stop {
                for line in bytes[cursor..<stop].split(separator: UInt8(ascii: "\n")) {
                    guard let hash = line.firstIndex(of: UInt8(ascii: "#")) else { continue }
                    found.append(String(decoding: line[hash...], as: UTF8.self).trimmingEnd)
                }
            }
            cursor = max(cursor, end?.upperBound ?? cursor)
        }
        return found
    }
}

extension String {
    /// Without white space at the end.
    var trimmingEnd: String {
        var text = self[...]
        while let last = text.last, last.isWhitespace { text = text.dropLast() }
        return String(text)
    }
}

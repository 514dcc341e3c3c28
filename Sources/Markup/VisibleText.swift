// SPDX-License-Identifier: Apache-2.0

/// Gathers what a person would read of a page: white space collapsed, blocks on lines of their own.
struct VisibleText {
    private var lines: [String] = []
    private var line = ""
    private var needsSpace = false

    mutating func append(_ text: String) {
        for character in text {
            if character.isWhitespace {
                needsSpace = true
            } else {
                if needsSpace, !line.isEmpty { line.append(" ") }
                needsSpace = false
                line.append(character)
            }
        }
    }

    mutating func breakLine() {
        if !line.isEmpty { lines.append(line) }
        line = ""
        needsSpace = false
    }

    var finished: String { (line.isEmpty ? lines : lines + [line]).joined(separator: "\n") }

    /// One line, white space collapsed.
    static func collapsed(_ text: String) -> String {
        text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    }

    static func isHidden(_ node: MarkupNode, _ name: String) -> Bool {
        if unseen.contains(name) || node["hidden"] != nil { return true }
        guard let style = node["style"]?.lowercased().filter({ !$0.isWhitespace }) else { return false }
        return style.contains("display:none") || style.contains("visibility:hidden")
    }

    static func isBlock(_ name: String) -> Bool { blocks.contains(name) }

    private static let unseen: Set<String> = [
        "head", "script", "style", "template", "noscript", "title", "datalist",
    ]

    private static let blocks: Set<String> = [
        "address", "article", "aside", "blockquote", "body", "br", "caption", "dd", "details", "dialog", "div", "dl",
        "dt",
        "fieldset", "figcaption", "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr",
        "legend",
        "li", "main", "nav", "ol", "option", "p", "pre", "section", "summary", "table", "tbody", "tfoot", "thead", "tr",
        "ul",
    ]
}

// SPDX-License-Identifier: Apache-2.0

internal import Ledger
internal import SourceText
internal import Value

/// Puts the values of one cell in the place of `$(matrix.axis)` and `$(matrix.axis.part)`, throughout a file.
///
/// A scalar that is such a reference alone becomes whatever stands there, lists and mappings included.
struct MatrixSubstitution {
    let cell: [(axis: String, option: Matrix.Option)]
    let mistakes: Mistakes
    /// Axes that something referred to.
    private(set) var used: Set<String> = []

    init(cell: [(axis: String, option: Matrix.Option)], mistakes: Mistakes) {
        self.cell = cell
        self.mistakes = mistakes
    }

    mutating func apply(to node: YAMLNode) -> YAMLNode {
        switch node.content {
        case .scalar(let text, let style):
            guard text.contains("$(matrix.") else { return node }
            return scalar(node, text, style)
        case .sequence(let items):
            return YAMLNode(.sequence(items.map { apply(to: $0) }), span: node.span)
        case .mapping(let entries):
            // What does not take place in this cell needs no values of it.
            if let when = node["when"], isLeftOut(when) { return node }
            return YAMLNode(
                .mapping(entries.map { YAMLNode.Entry(key: $0.key, value: apply(to: $0.value)) }), span: node.span)
        }
    }

    /// Whether a condition on an axis does not hold in this cell.
    private func isLeftOut(_ when: YAMLNode) -> Bool {
        (when.entries ?? []).contains { entry in
            guard let chosen = cell.first(where: { $0.axis == entry.name })?.option.name else { return false }
            let inner = entry.value.entries?.count == 1 ? entry.value["not"] : nil
            let words = inner ?? entry.value
            return (words.items ?? [words]).contains { $0.text == chosen } == (inner != nil)
        }
    }

    private mutating func scalar(_ node: YAMLNode, _ text: String, _ style: YAMLNode.Style) -> YAMLNode {
        var result = ""
        var rest = text[...]
        while let found = rest.firstRange(of: "$(matrix.") {
            guard let close = rest[found.upperBound...].firstIndex(of: ")") else { break }
            // `$$(` stands for the characters themselves.
            if found.lowerBound > rest.startIndex, rest[rest.index(before: found.lowerBound)] == "$" {
                result += rest[..<found.upperBound]
                rest = rest[found.upperBound...]
                continue
            }
            let name = String(rest[found.upperBound..<close])
            guard let value = value(name, at: node) else { return node }
            let isAll = found.lowerBound == text.startIndex && text.index(after: close) == text.endIndex
            if isAll {
                // At the place of the reference, so that mistakes point at what the reader can see there.
                return Self.moved(value, to: node.span)
            }
            guard let piece = value.text else {
                mistakes.report(
                    "wrong-type", "`$(matrix.\(name))` is \(value.kindName), not text",
                    remedy: "name one of its parts, or let it stand alone", at: node.span)
                return node
            }
            result += rest[..<found.lowerBound] + piece
            rest = rest[rest.index(after: close)...]
        }
        return YAMLNode(.scalar(result + rest, style), span: node.span)
    }

    private mutating func value(_ name: String, at node: YAMLNode) -> YAMLNode? {
        let parts = name.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
        guard let place = cell.first(where: { $0.axis == parts[0] }) else {
            mistakes.reportUnknown("unknown-axis", "axis", parts[0], known: cell.map(\.axis), at: node.span)
            return nil
        }
        used.insert(place.axis)
        var value = place.option.node
        // Without a part, a value with parts is its name where text is wanted; the parts are asked for by name.
        for part in parts.dropFirst() {
            guard let inner = value[part] else {
                mistakes.report(
                    "unknown-reference", "`\(place.option.name)` of the axis `\(place.axis)` has no `\(part)`",
                    remedy: Mistakes.suggestion(for: part, among: value.entries?.map(\.name) ?? []), at: node.span)
                return nil
            }
            value = inner
        }
        return value
    }

    private static func moved(_ node: YAMLNode, to span: SourceSpan) -> YAMLNode {
        switch node.content {
        case .scalar: YAMLNode(node.content, span: span)
        case .sequence(let items): YAMLNode(.sequence(items.map { moved($0, to: span) }), span: span)
        case .mapping(let entries):
            YAMLNode(
                .mapping(
                    entries.map { entry in
                        YAMLNode.Entry(
                            key: YAMLNode(entry.key.content, span: span), value: moved(entry.value, to: span))
                    }), span: span)
        }
    }
}

// SPDX-License-Identifier: Apache-2.0

package import SourceText

/// A node of a YAML document with its place. Every scalar is text: a schema says what it means.
package struct YAMLNode: Sendable, Hashable {
    /// What stands there.
    package indirect enum Content: Sendable, Hashable {
        case scalar(String, Style)
        case sequence([YAMLNode])
        case mapping([Entry])
    }

    /// How a scalar is written.
    package enum Style: String, Sendable, Hashable {
        case plain
        case singleQuoted = "single-quoted"
        case doubleQuoted = "double-quoted"
        case literal, folded
    }

    /// One `key: value` of a mapping; keys are scalars and stand once.
    package struct Entry: Sendable, Hashable {
        package let key: YAMLNode
        package let value: YAMLNode

        package init(key: YAMLNode, value: YAMLNode) {
            self.key = key
            self.value = value
        }

        /// The key's text.
        package var name: String { key.text ?? "" }
    }

    package let content: Content
    /// From the first character, quotes and brackets included, to behind the last.
    package let span: SourceSpan

    package init(_ content: Content, span: SourceSpan) {
        self.content = content
        self.span = span
    }
}

extension YAMLNode {
    /// The text of a scalar, however it is written.
    package var text: String? { if case .scalar(let text, _) = content { text } else { nil } }

    package var style: Style? { if case .scalar(_, let style) = content { style } else { nil } }

    package var items: [YAMLNode]? { if case .sequence(let items) = content { items } else { nil } }

    /// In the order of the file.
    package var entries: [Entry]? { if case .mapping(let entries) = content { entries } else { nil } }

    /// The value of a mapping's key; nil for other nodes and absent keys.
    package subscript(_ key: String) -> YAMLNode? { entry(key)?.value }

    /// A mapping's entry, for the place of its key.
    package func entry(_ key: String) -> Entry? { entries?.first { $0.name == key } }

    /// Whether nothing is written, or the plain words `null` or `~`.
    package var isNull: Bool {
        if case .scalar(let text, .plain) = content { text.isEmpty || text == "null" || text == "~" } else { false }
    }

    /// `text`, `list`, `mapping`, for messages.
    package var typeName: String {
        switch content {
        case .scalar: isNull ? "nothing" : "text"
        case .sequence: "list"
        case .mapping: "mapping"
        }
    }

    /// As JSON: plain scalars that read as JSON numbers, `true`, `false` or `null` are typed, everything quoted stays text.
    /// There are no other surprises: `no`, `12:30` and `2024-01-01` are text.
    package var value: Value {
        switch content {
        case .sequence(let items): return .array(items.map(\.value))
        case .mapping(let entries): return .object(Members(entries.map { ($0.name, $0.value.value) }))
        case .scalar(let text, .plain):
            if isNull { return .null }
            if text == "true" { return true }
            if text == "false" { return false }
            if let number = Number(literal: text) { return .number(number) }
            return .string(text)
        case .scalar(let text, _): return .string(text)
        }
    }
}

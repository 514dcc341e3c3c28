// SPDX-License-Identifier: Apache-2.0

package import Value

/// A YAML tree that is made or changed by a program and written as text; comments and layout of what was read are gone.
package indirect enum TextNode: Sendable, Hashable {
    /// `isQuoted`: it was, or must be, written in quotes, which in JSON bodies makes it text.
    case text(String, isQuoted: Bool = false)
    case list([TextNode])
    /// In the order it is written.
    case map([Entry])

    /// One `key: value`.
    package struct Entry: Sendable, Hashable {
        package var key: String
        package var value: TextNode

        package init(_ key: String, _ value: TextNode) {
            self.key = key
            self.value = value
        }
    }

    /// What was read of a file.
    package init(_ node: YAMLNode) {
        switch node.content {
        case .scalar(let text, let style): self = .text(text, isQuoted: style != .plain)
        case .sequence(let items): self = .list(items.map(TextNode.init))
        case .mapping(let entries): self = .map(entries.map { Entry($0.name, TextNode($0.value)) })
        }
    }
}

extension TextNode: ExpressibleByStringLiteral, ExpressibleByStringInterpolation, ExpressibleByArrayLiteral,
    ExpressibleByDictionaryLiteral
{
    package init(stringLiteral value: String) { self = .text(value) }
    package init(arrayLiteral elements: TextNode...) { self = .list(elements) }
    package init(dictionaryLiteral elements: (String, TextNode)...) {
        self = .map(elements.map { Entry($0.0, $0.1) })
    }
}

extension TextNode {
    package var string: String? { if case .text(let text, _) = self { text } else { nil } }
    package var items: [TextNode]? { if case .list(let items) = self { items } else { nil } }
    package var entries: [Entry]? { if case .map(let entries) = self { entries } else { nil } }

    /// The value of a key of a map. Setting nil takes the key out; a new key stands last.
    package subscript(_ key: String) -> TextNode? {
        get { entries?.first { $0.key == key }?.value }
        set {
            guard var entries else { return }
            if let index = entries.firstIndex(where: { $0.key == key }) {
                if let newValue { entries[index].value = newValue } else { entries.remove(at: index) }
            } else if let newValue {
                entries.append(Entry(key, newValue))
            }
            self = .map(entries)
        }
    }

    /// Every text in it, keys left out.
    package var texts: [String] {
        switch self {
        case .text(let text, _): [text]
        case .list(let items): items.flatMap(\.texts)
        case .map(let entries): entries.flatMap(\.value.texts)
        }
    }

    /// The same with every text changed.
    package func mapped(_ change: (String) -> String) -> TextNode {
        switch self {
        case .text(let text, let isQuoted): .text(change(text), isQuoted: isQuoted)
        case .list(let items): .list(items.map { $0.mapped(change) })
        case .map(let entries): .map(entries.map { Entry($0.key, $0.value.mapped(change)) })
        }
    }
}

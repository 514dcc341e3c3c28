// SPDX-License-Identifier: Apache-2.0

extension String {
    /// Escaped for XML and HTML text and quoted attribute values; characters XML 1.0 does not have become U+FFFD.
    package var escapedForMarkup: String {
        var result = ""
        result.reserveCapacity(utf8.count)
        for scalar in unicodeScalars {
            switch scalar {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "\"": result += "&quot;"
            case "'": result += "&#39;"
            case "\t", "\n", "\r": result.unicodeScalars.append(scalar)
            case "\u{0}"..<"\u{20}", "\u{FFFE}", "\u{FFFF}": result += "\u{FFFD}"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }
}

/// A small tree for writing XML.
package indirect enum XMLNode: Sendable, Hashable {
    case text(String)
    case element(name: String, attributes: [Attribute], children: [XMLNode])

    /// Name and unescaped value.
    package struct Attribute: Sendable, Hashable {
        package let name: String
        package let value: String

        package init(_ name: String, _ value: String) {
            self.name = name
            self.value = value
        }
    }

    /// An element, attributes as pairs.
    package static func element(
        _ name: String, _ attributes: [(String, String)] = [], _ children: [XMLNode] = []
    ) -> XMLNode {
        .element(name: name, attributes: attributes.map { Attribute($0.0, $0.1) }, children: children)
    }

    /// The text of the tree; with `pretty`, elements without text inside stand on lines of their own.
    package func serialized(pretty: Bool = false, declaration: Bool = false) -> String {
        var result = declaration ? "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n" : ""
        write(into: &result, indent: pretty ? 0 : nil)
        return result
    }

    private func write(into result: inout String, indent: Int?) {
        switch self {
        case .text(let text): result += text.escapedForMarkup
        case .element(let name, let attributes, let children):
            result += "<\(name)"
            for attribute in attributes { result += " \(attribute.name)=\"\(attribute.value.escapedForMarkup)\"" }
            guard !children.isEmpty else {
                result += "/>"
                return
            }
            result += ">"
            let hasText = children.contains { if case .text = $0 { true } else { false } }
            let inner = hasText ? nil : indent.map { $0 + 2 }
            for child in children {
                if let inner { result += "\n" + String(repeating: " ", count: inner) }
                child.write(into: &result, indent: inner)
            }
            if inner != nil, let indent { result += "\n" + String(repeating: " ", count: indent) }
            result += "</\(name)>"
        }
    }
}

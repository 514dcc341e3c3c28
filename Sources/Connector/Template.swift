// SPDX-License-Identifier: Apache-2.0

internal import Markup
package import SourceText
package import Value

/// A text with `$(name)` references. `$$(` writes `$(` itself.
package struct Template: Sendable, Hashable {
    private enum Part: Sendable, Hashable {
        case text(String)
        /// The name and the UTF-8 offset of its `$` in the text.
        case reference(String, Int)
    }

    /// As written.
    package let text: String
    /// Where it stands in the deployment file; nil for templates made in code.
    package let place: Place?
    private let parts: [Part]

    /// A file's path and a stretch of it.
    package struct Place: Sendable, Hashable {
        package let path: String
        package let span: SourceSpan

        package init(path: String, span: SourceSpan) {
            self.path = path
            self.span = span
        }
    }

    /// Takes `text` apart; a `$(` without its `)` is text.
    package init(_ text: String, place: Place? = nil) {
        self.text = text
        self.place = place
        var parts: [Part] = []
        var plain = ""
        var rest = Substring(text)
        while let dollar = rest.firstIndex(of: "$") {
            plain += rest[..<dollar]
            rest = rest[dollar...]
            if rest.hasPrefix("$$(") {
                plain += "$("
                rest = rest.dropFirst(3)
            } else if rest.hasPrefix("$("), let close = rest.firstIndex(of: ")") {
                if !plain.isEmpty { parts.append(.text(plain)) }
                plain = ""
                let offset = text.utf8.distance(from: text.utf8.startIndex, to: dollar)
                parts.append(.reference(String(rest[rest.index(rest.startIndex, offsetBy: 2)..<close]), offset))
                rest = rest[rest.index(after: close)...]
            } else {
                plain += "$"
                rest = rest.dropFirst()
            }
        }
        plain += rest
        if !plain.isEmpty || parts.isEmpty { parts.append(.text(plain)) }
        self.parts = parts
    }

    /// The names it refers to, in order.
    package var names: [String] { parts.compactMap { if case .reference(let name, _) = $0 { name } else { nil } } }

    /// The names with the UTF-8 offsets of their references.
    var references: [(name: String, offset: Int)] {
        parts.compactMap { if case .reference(let name, let offset) = $0 { (name, offset) } else { nil } }
    }

    /// The text with every reference replaced. A name without a value is an error, never empty text.
    package func resolved(_ values: [String: String]) throws(TemplateError) -> String {
        try resolved(values) { text, _ in text }
    }

    /// As an address: what a reference brings into the query is percent-encoded, so that a base URL or `&` in it stays whole.
    package func resolvedURL(_ values: [String: String]) throws(TemplateError) -> String {
        try resolved(values) { text, before in
            before.contains("?") ? HTMLForm.formEncoded(text).replacing("+", with: "%20") : text
        }
    }

    /// `insert` gets a reference's value and the template's own text before it.
    private func resolved(
        _ values: [String: String], insert: (_ value: String, _ before: String) -> String
    ) throws(TemplateError) -> String {
        var result = ""
        var own = ""
        for part in parts {
            switch part {
            case .text(let text):
                own += text
                result += text
            case .reference(let name, _):
                guard let value = values[name] else {
                    throw TemplateError(name: name, template: text, place: place, known: values.keys.sorted())
                }
                result += insert(value, own)
            }
        }
        return result
    }
}

/// A reference to a name that has no value.
package struct TemplateError: Error, Sendable, Hashable, CustomStringConvertible {
    package let name: String
    package let template: String
    package let place: Template.Place?
    package let remedy: String

    init(name: String, template: String, place: Template.Place?, known: [String]) {
        self.name = name
        self.template = template
        self.place = place
        remedy =
            nearestWord(to: name, in: known).map { "did you mean $(\($0))?" }
            ?? "known are: \(known.joined(separator: ", "))"
    }

    package var description: String {
        let origin = place.map { "\($0.path):\($0.span.start.line):\($0.span.start.column): " } ?? ""
        return "\(origin)$(\(name)) in \"\(template)\" has no value; \(remedy)"
    }
}

/// A JSON value whose texts are templates.
package indirect enum ValueTemplate: Sendable, Hashable {
    case value(Value)
    case text(Template)
    case array([ValueTemplate])
    case object([Member])

    package struct Member: Sendable, Hashable {
        package let name: String
        package let value: ValueTemplate
    }

    /// Every template inside.
    package var templates: [Template] {
        switch self {
        case .value: []
        case .text(let template): [template]
        case .array(let items): items.flatMap(\.templates)
        case .object(let members): members.flatMap(\.value.templates)
        }
    }

    /// The value with every reference replaced; what a reference brings is always a text.
    package func resolved(_ values: [String: String]) throws(TemplateError) -> Value {
        switch self {
        case .value(let value): return value
        case .text(let template): return .string(try template.resolved(values))
        case .array(let items):
            var resolved: [Value] = []
            for item in items { resolved.append(try item.resolved(values)) }
            return .array(resolved)
        case .object(let members):
            var resolved: [(String, Value)] = []
            for member in members { resolved.append((member.name, try member.value.resolved(values))) }
            return .object(Members(resolved))
        }
    }
}

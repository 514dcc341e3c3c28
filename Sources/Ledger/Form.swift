// SPDX-License-Identifier: Apache-2.0

package import SourceText
package import Value

/// A YAML mapping that is being read: knows which keys were asked for, and reports missing, double and unknown ones.
///
/// Read every key, then call `finish()`.
package final class Form {
    /// What it describes, for messages: `a scenario`, `the step`.
    package let what: String
    package let span: SourceSpan
    package let entries: [YAMLNode.Entry]
    package let mistakes: Mistakes
    private var known: [String] = []
    private var passed: Set<String> = []

    /// Nil, with a report, where `node` is no mapping.
    package init?(_ node: YAMLNode, what: String, mistakes: Mistakes) {
        guard let entries = node.entries else {
            mistakes.report(
                "wrong-type", "\(what) is a mapping here, not \(node.kindName)",
                remedy: "write " + (Self.examples[what].map { "for example `\($0)`" } ?? "`key: value` pairs"),
                at: node.span)
            return nil
        }
        self.what = what
        self.mistakes = mistakes
        self.entries = entries
        span = entries.first?.key.span ?? node.span
    }

    /// How a mapping of a scenario looks, by what it is called.
    private static let examples = [
        "`capture`": "capture: {link: links.first()}", "`check`": "check: {one-link: links.count() = 1}",
        "`set`": "set: {clock: +5m}", "`verifies`": "verifies: {SMS-06: [message-comes]}",
        "`not-observable`": "not-observable: {graph-texts: [one-link]}",
        "`when`": "when: {claims: sms}", "`world`": "world: {organization: {ehr: cerner}, people: {ann: patient}}",
        "`organization`": "organization: {ehr: cerner}", "`people`": "people: {ann: patient, dr-ruiz: provider}",
        "`appointments`": "appointments: {visit: {patient: ann, provider: dr-ruiz, starts: +20m}}",
        "`matrix`": "matrix: {locale: [en-US, es-ES]}", "`fault`": "fault: {place: graph, status: 503}",
    ]

    /// The value of a key; nil where it is absent.
    package func node(_ name: String) -> YAMLNode? {
        if !known.contains(name) { known.append(name) }
        return entries.first { $0.name == name }?.value
    }

    /// Takes a key that was read already; it is not offered as a suggestion.
    package func pass(_ name: String) { passed.insert(name) }

    /// The key itself, for pointing at it.
    package func key(_ name: String) -> YAMLNode? { entries.first { $0.name == name }?.key }

    /// The value of a key that must be there; nil, with a report, where it is absent.
    package func required(_ name: String) -> YAMLNode? {
        if let node = node(name) { return node }
        mistakes.report("missing-key", "\(what) needs the key `\(name)`", at: span)
        return nil
    }

    /// Reports every key that was never asked for.
    package func finish() {
        for entry in entries where !known.contains(entry.name) && !passed.contains(entry.name) {
            mistakes.report(
                "unknown-key", "unknown key `\(entry.name)` in \(what)",
                remedy: Mistakes.suggestion(for: entry.name, among: known), at: entry.key.span)
        }
    }
}

extension Form {
    /// Text that must not be empty; nil where the key is absent or wrong.
    package func text(_ name: String) -> String? { node(name).flatMap { mistakes.text($0, "`\(name)`") } }

    package func requiredText(_ name: String) -> String? {
        required(name).flatMap { mistakes.text($0, "`\(name)`") }
    }

    /// A list of words; a single word counts as a list of one; empty where the key is absent.
    package func words(_ name: String) -> [(word: String, span: SourceSpan)] {
        node(name).map { mistakes.words($0, "`\(name)`") } ?? []
    }
}

extension Mistakes {
    /// A scalar that is not empty.
    package func text(_ node: YAMLNode, _ what: String) -> String? {
        guard let text = node.text else {
            report("wrong-type", "\(what) is text, not \(node.kindName)", at: node.span)
            return nil
        }
        guard !text.isEmpty else {
            report("wrong-type", "\(what) is empty", remedy: "write a value, or leave the key out", at: node.span)
            return nil
        }
        return text
    }

    /// One of a fixed set of words.
    package func word(_ node: YAMLNode, _ what: String, of words: [String], code: String = "unknown-word") -> String? {
        guard let text = text(node, what) else { return nil }
        guard words.contains(text) else {
            report(
                code, "\(what) cannot be `\(text)`", remedy: Self.suggestion(for: text, among: words), at: node.span)
            return nil
        }
        return text
    }

    package func integer(_ node: YAMLNode, _ what: String, in range: ClosedRange<Int>) -> Int? {
        guard let text = text(node, what) else { return nil }
        guard let number = Int(text), range.contains(number) else {
            report(
                "bad-number",
                "\(what) is a whole number from \(range.lowerBound) to \(range.upperBound), not `\(text)`",
                at: node.span)
            return nil
        }
        return number
    }

    package func boolean(_ node: YAMLNode, _ what: String) -> Bool? {
        guard let text = word(node, what, of: ["true", "false"]) else { return nil }
        return text == "true"
    }

    /// Elements of a list; nil, with a report, for anything else.
    package func list(_ node: YAMLNode, _ what: String) -> [YAMLNode]? {
        if let items = node.items { return items }
        report(
            "wrong-type", "\(what) is a list, not \(node.kindName)", remedy: "write `[a, b]`, or one `- item` a line",
            at: node.span)
        return nil
    }

    package func words(_ node: YAMLNode, _ what: String) -> [(word: String, span: SourceSpan)] {
        let items = node.items ?? (node.text == nil ? nil : [node])
        guard let items else {
            report("wrong-type", "\(what) is a list of words, not \(node.kindName)", at: node.span)
            return []
        }
        return items.compactMap { item in text(item, "an element of \(what)").map { ($0, item.span) } }
    }
}

extension YAMLNode {
    /// `text`, `a list`, `a mapping`, `nothing`: for messages.
    package var kindName: String {
        switch content {
        case .scalar: isNull ? "nothing" : "text"
        case .sequence: "a list"
        case .mapping: "a mapping"
        }
    }
}

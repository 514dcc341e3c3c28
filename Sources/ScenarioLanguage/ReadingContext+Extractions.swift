// SPDX-License-Identifier: Apache-2.0

internal import Ledger
internal import Markup
internal import SourceText
internal import Value

extension ReadingContext {
    private static let ways = ["fhirpath", "json-pointer", "xpath", "header"]

    /// `text`, a FHIRPath; or `{xpath: …}`, `{json-pointer: …}`, `{header: …}`, `{fhirpath: …}`.
    func extraction(_ node: YAMLNode, _ what: String, _ kind: String?) -> Extraction? {
        guard node.entries != nil else { return fhirPath(node, what, kind) }
        guard let form = Form(node, what: what, mistakes: mistakes) else { return nil }
        let extraction = extraction(form, kind)
        form.finish()
        return extraction
    }

    /// A condition: a FHIRPath that is true, or something taken out of the event and what it must be, under `is`.
    func condition(
        _ node: YAMLNode, _ what: String, _ kind: String?
    ) -> (extraction: Extraction, wanted: Matcher?, source: String)? {
        guard node.entries != nil else { return fhirPath(node, what, kind).map { ($0, nil, $0.source) } }
        guard let form = Form(node, what: what, mistakes: mistakes) else { return nil }
        let extraction = extraction(form, kind)
        let wanted = form.node("is").map {
            matcher($0, PatternField(name: extraction?.source ?? "value", type: nil, words: []))
        }
        form.finish()
        guard let extraction else { return nil }
        switch wanted {
        case nil: return (extraction, nil, extraction.source)
        case .some(nil): return nil
        case .some(let matcher?): return (extraction, matcher, "\(extraction.source) is \(matcher.text)")
        }
    }

    private func extraction(_ form: Form, _ kind: String?) -> Extraction? {
        for way in Self.ways { _ = form.node(way) }
        let given = form.entries.filter { Self.ways.contains($0.name) }
        guard let way = given.first, given.count == 1 else {
            mistakes.report(
                "missing-key",
                given.isEmpty
                    ? "\(form.what) does not say where the value stands"
                    : "\(form.what) says twice where the value stands",
                remedy: "write one of: \(Self.ways.map { "`\($0)`" }.joined(separator: ", "))", at: form.span)
            return nil
        }
        switch way.name {
        case "xpath": return xpath(way.value)
        case "json-pointer": return pointer(way.value)
        case "header": return header(way, kind)
        default: return fhirPath(way.value, form.what, kind)
        }
    }

    private func fhirPath(_ node: YAMLNode, _ what: String, _ kind: String?) -> Extraction? {
        expression(node, what, kind).map { Extraction(kind: .fhirPath($0.0), source: $0.1) }
    }

    private func xpath(_ node: YAMLNode) -> Extraction? {
        guard let text = literal(node, "an XPath") else { return nil }
        do {
            try XPath.check(text)
            return Extraction(kind: .xpath(text), source: text)
        } catch {
            let start = min(error.offset, max(0, text.utf8.count - 1))
            mistakes.report(
                "bad-expression", "the XPath does not compile: \(error.message)", remedy: error.remedy,
                at: node.span(ofText: start..<min(text.utf8.count, start + 1), in: file))
            return nil
        }
    }

    private func pointer(_ node: YAMLNode) -> Extraction? {
        guard let text = node.text else {
            mistakes.report("wrong-type", "a JSON pointer is text, not \(node.kindName)", at: node.span)
            return nil
        }
        if let pointer = JSONPointer(text) { return Extraction(kind: .pointer(pointer), source: text) }
        mistakes.report(
            "bad-expression", "`\(text)` is no JSON pointer",
            remedy: text.hasPrefix("$") || !text.hasPrefix("/")
                ? "it begins with `/`, for example `/items/0/id`" : "behind `~` stands `0` (for `~`) or `1` (for `/`)",
            at: node.span)
        return nil
    }

    private func header(_ entry: YAMLNode.Entry, _ kind: String?) -> Extraction? {
        guard let name = mistakes.text(entry.value, "`header`") else { return nil }
        guard kind == RequestStep.event else {
            mistakes.report(
                "misplaced-key", "`header` is for the answer of a `requests` step, not for `\(kind ?? "this event")`",
                remedy: "write a FHIRPath over the event's fields", at: entry.key.span)
            return nil
        }
        return Extraction(kind: .header(name.lowercased()), source: name.lowercased())
    }
}

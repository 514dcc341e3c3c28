// SPDX-License-Identifier: Apache-2.0

internal import FHIRPath
internal import Markup
internal import ScenarioLanguage
internal import SourceText
internal import Value

/// Gathers everything that is wrong with a deployment file.
final class DeploymentDiagnostics {
    let path: String
    let file: SourceFile
    let environment: [String: String]
    private(set) var all: [Diagnostic] = []
    /// Values taken from the environment.
    private(set) var secrets: Set<String> = []

    init(file: SourceFile, environment: [String: String]) {
        path = file.path
        self.file = file
        self.environment = environment
    }

    func add(_ diagnostics: [Diagnostic]) { all += diagnostics }

    func report(_ code: String, _ message: String, _ remedy: String? = nil, at span: SourceSpan?) {
        all.append(Diagnostic(code: code, message: message, remedy: remedy, path: path, span: span))
    }

    /// A template of a scalar, with `$(env.NAME)` replaced from the environment and other names checked against `names`.
    func template(_ node: YAMLNode, names: Set<String>) -> Template? {
        guard let text = text(node) else { return nil }
        var written = text
        unclosed(text, node, names: names)
        for (name, offset) in Template(text).references {
            let span = node.span(ofText: offset..<(offset + name.utf8.count + 3), in: file)
            if name.hasPrefix("env.") {
                let variable = String(name.dropFirst(4))
                guard let value = environment[variable] else {
                    report(
                        "undefined-environment", "the environment variable \(variable) is not set",
                        "export \(variable)=…", at: span)
                    continue
                }
                if !value.isEmpty { secrets.insert(value) }
                written = written.replacing("$(\(name))", with: value.replacing("$(", with: "$$("))
            } else if !names.contains(name) {
                report(
                    "unknown-name", "there is no name \"\(name)\" here",
                    nearestWord(to: name, in: names).map { "did you mean $(\($0))?" }
                        ?? "known are: \(names.sorted().joined(separator: ", "))",
                    at: span)
            }
        }
        return Template(written, place: Template.Place(path: path, span: node.span))
    }

    /// `$(name` without its end, and `${name}` where `$(name)` is known, would be passed on as they stand.
    private func unclosed(_ text: String, _ node: YAMLNode, names: Set<String>) {
        if let last = text.ranges(of: "$(").last, !text[last.upperBound...].contains(")"),
            !text[..<last.lowerBound].hasSuffix("$")
        {
            let start = text.utf8.distance(from: text.startIndex, to: last.lowerBound)
            report(
                "unclosed-reference", "\"$(\" without \")\"", "write $(name), or $$( for the characters themselves",
                at: node.span(ofText: start..<text.utf8.count, in: file))
        }
        guard text.utf8.contains(UInt8(ascii: "{")) else { return }
        for match in text.matches(of: /\$\{([a-z.]+)\}/) where names.contains(String(match.1)) {
            let start = text.utf8.distance(from: text.startIndex, to: match.range.lowerBound)
            let end = text.utf8.distance(from: text.startIndex, to: match.range.upperBound)
            report(
                "braces", "\"\(match.0)\" is no reference, and would be passed on as it stands",
                "write $(\(match.1))", at: node.span(ofText: start..<end, in: file))
        }
    }

    /// A scalar's text, or a complaint.
    func text(_ node: YAMLNode) -> String? {
        if let text = node.text { return text }
        report(
            "wrong-type", "expected a text, found \(node.isNull ? "nothing" : "a \(node.typeName)")",
            "write one word or text",
            at: node.span)
        return nil
    }

    /// A FHIRPath expression that compiles.
    func fhirPath(_ node: YAMLNode) -> String? {
        guard let text = text(node) else { return nil }
        do throws(FHIRPathError) {
            _ = try FHIRPath.Expression(parsing: text)
        } catch {
            let start = error.span.start.utf8Offset
            report(
                "fhirpath", "`\(text)` is no FHIRPath: \(error.message)",
                error.remedy ?? "`assay fhirpath EXPR FILE` tries an expression out",
                at: node.span(ofText: start..<max(start + 1, error.span.end.utf8Offset), in: file))
        }
        return text
    }

    /// An XPath expression that compiles.
    func xpath(_ node: YAMLNode) -> String? {
        guard let text = text(node) else { return nil }
        do throws(XPathError) {
            try XPath.check(text)
        } catch {
            let end = text.utf8.count
            let start = min(error.offset, max(0, end - 1))
            report(
                "xpath", "not XPath 1.0: \(error.message)", error.remedy, at: node.span(ofText: start..<end, in: file))
        }
        return text
    }

    /// Anything, with templates in its texts.
    func value(_ node: YAMLNode, names: Set<String>) -> ValueTemplate {
        switch node.content {
        case .sequence(let items): return .array(items.map { value($0, names: names) })
        case .mapping(let entries):
            return .object(entries.map { ValueTemplate.Member(name: $0.name, value: value($0.value, names: names)) })
        case .scalar(let text, _):
            if text.contains("$("), let template = template(node, names: names) { return .text(template) }
            return .value(node.value)
        }
    }
}

/// A mapping of the file that is read key by key; what nobody knows is reported with the nearest word.
struct DeploymentFields {
    let node: YAMLNode
    let diagnostics: DeploymentDiagnostics

    /// Nil, with a diagnostic, where `node` is no mapping.
    init?(_ node: YAMLNode, keys: Set<String>, in diagnostics: DeploymentDiagnostics) {
        guard let entries = node.entries else {
            diagnostics.report(
                "wrong-type", "expected a mapping, found \(node.isNull ? "nothing" : "a \(node.typeName)")",
                "write {key: …}; the keys are: \(keys.sorted().joined(separator: ", "))", at: node.span)
            return nil
        }
        for entry in entries where !keys.contains(entry.name) {
            diagnostics.report(
                "unknown-key", "there is no key \"\(entry.name)\" here",
                nearestWord(to: entry.name, in: keys).map { "did you mean \"\($0)\"?" }
                    ?? "known are: \(keys.sorted().joined(separator: ", "))",
                at: entry.key.span)
        }
        self.node = node
        self.diagnostics = diagnostics
    }

    /// The value of a key; an empty one counts as absent.
    subscript(_ key: String) -> YAMLNode? { node[key].flatMap { $0.isNull ? nil : $0 } }

    func required(_ key: String) -> YAMLNode? {
        if let value = self[key] { return value }
        let start = node.span.start
        let end = node.entries?.first?.key.span.end ?? node.span.end
        diagnostics.report(
            "missing-key", "\"\(key)\" is missing", "add \(key): …", at: SourceSpan(start: start, end: end))
        return nil
    }

    func text(_ key: String) -> String? { self[key].flatMap(diagnostics.text) }
    func requiredText(_ key: String) -> String? { required(key).flatMap(diagnostics.text) }

    func template(_ key: String, _ names: Set<String>) -> Template? {
        self[key].flatMap { diagnostics.template($0, names: names) }
    }

    func requiredTemplate(_ key: String, _ names: Set<String>) -> Template? {
        required(key).flatMap { diagnostics.template($0, names: names) }
    }

    func templates(_ key: String, _ names: Set<String>) -> [Template] {
        items(key).compactMap { diagnostics.template($0, names: names) }
    }

    func texts(_ key: String) -> [String] { items(key).compactMap(diagnostics.text) }

    /// The elements of a list; one scalar counts as a list of one.
    func items(_ key: String) -> [YAMLNode] {
        guard let node = self[key] else { return [] }
        if let items = node.items { return items }
        if node.text != nil { return [node] }
        diagnostics.report(
            "wrong-type", "expected a list, found a \(node.typeName)", "write [a, b], or one \"- item\" a line",
            at: node.span)
        return []
    }

    func entries(_ key: String) -> [YAMLNode.Entry] {
        guard let node = self[key] else { return [] }
        if let entries = node.entries { return entries }
        diagnostics.report(
            "wrong-type", "expected a mapping, found a \(node.typeName)",
            "write {name: value}, or one \"name: value\" a line",
            at: node.span)
        return []
    }

    /// The members of a mapping as templates.
    func fields(_ key: String, _ names: Set<String>) -> [FieldTemplate] {
        entries(key).compactMap { entry in
            diagnostics.template(entry.value, names: names).map { FieldTemplate(name: entry.name, value: $0) }
        }
    }

    func flag(_ key: String) -> Bool? {
        guard let node = self[key] else { return nil }
        if let flag = node.value.bool { return flag }
        diagnostics.report(
            "wrong-type", "expected true or false, found \(node.text.map { "\"\($0)\"" } ?? "a \(node.typeName)")",
            "write \(key): true, or \(key): false, without quotes", at: node.span)
        return nil
    }

    func integer(_ key: String) -> Int? {
        guard let node = self[key] else { return nil }
        if let number = node.value.int { return number }
        diagnostics.report("wrong-type", "expected a whole number", "write \(key): 8", at: node.span)
        return nil
    }

    /// As in scenarios: `500ms`, `10s`, `2m`, `1h30m`.
    func duration(_ key: String) -> Duration? {
        guard let node = self[key] else { return nil }
        if let duration = node.text.flatMap(DurationText.parse) { return duration }
        diagnostics.report("wrong-type", "expected a duration", "write 500ms, 10s, 2m or 1h30m", at: node.span)
        return nil
    }

    /// One of an enumeration's words.
    func word<Word: RawRepresentable<String> & CaseIterable>(_ key: String, _ type: Word.Type) -> Word? {
        guard let node = self[key] else { return nil }
        let words = Word.allCases.map(\.rawValue)
        guard let text = node.text else {
            diagnostics.report(
                "wrong-type", "expected one word, found a \(node.typeName)",
                "write one of: \(words.joined(separator: ", "))",
                at: node.span)
            return nil
        }
        if let word = Word(rawValue: text) { return word }
        diagnostics.report(
            "unknown-word", "\"\(text)\" is none of: \(words.joined(separator: ", "))",
            nearestWord(to: text, in: words).map { "did you mean \"\($0)\"?" }, at: node.span)
        return nil
    }
}

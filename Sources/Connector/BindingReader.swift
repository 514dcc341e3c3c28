// SPDX-License-Identifier: Apache-2.0

internal import SourceText
internal import Value

/// Reads the bindings of a deployment file.
struct BindingReader {
    let diagnostics: DeploymentDiagnostics
    let names: Set<String>

    init(_ diagnostics: DeploymentDiagnostics, names: Set<String>) {
        self.diagnostics = diagnostics
        self.names = names
    }

    func read(_ entries: [YAMLNode.Entry]) -> [String: Binding] {
        var bindings: [String: Binding] = [:]
        for entry in entries {
            // A programme's own operations begin with x-.
            if Binding.operations[entry.name] == nil, !entry.name.hasPrefix("x-") {
                diagnostics.report(
                    "unknown-operation", "there is no operation \"\(entry.name)\"",
                    nearestWord(to: entry.name, in: Binding.operations.keys).map { "did you mean \"\($0)\"?" }
                        ?? "known are: \(Binding.operations.keys.sorted().joined(separator: ", ")), x-…",
                    at: entry.key.span)
            }
            bindings[entry.name] = BindingReader(diagnostics, names: names.union(Binding.argumentNames))
                .binding(entry.name, entry.value)
        }
        return bindings
    }

    private func binding(_ name: String, _ node: YAMLNode) -> Binding? {
        let keys: Set<String> = ["steps", "external", "human", "accepted", "refused", "message", "read"]
        guard let fields = DeploymentFields(node, keys: keys, in: diagnostics) else { return nil }
        let way = way(fields)
        if Binding.visits.contains(name), let steps = fields["steps"] {
            diagnostics.report(
                "conflict", "\"\(name)\" is what the harness's own browser does by itself",
                "bind it to external or human, or leave it out", at: steps.span)
        }
        let accepted = fields["accepted"].flatMap(condition)
        let refused = fields["refused"].flatMap(condition)
        let message = fields["message"].flatMap(diagnostics.xpath)
        let reads = fields.entries("read").compactMap { entry in
            reading(entry.value).map { Reading(name: entry.name, source: $0, words: words(of: entry.value)) }
        }
        for owed in Binding.operations[name] ?? [] where !way.reports(owed, reads) {
            diagnostics.add([
                Diagnostic(
                    .warning, code: "missing-reading", message: "\"\(name)\" should read \"\(owed)\"",
                    remedy: "add read: {\(owed): …}; without it what depends on it is inconclusive",
                    path: diagnostics.path,
                    span: node.span)
            ])
        }
        return Binding(
            operation: name, way: way, accepted: accepted, refused: refused, message: message, reads: reads)
    }

    /// Exactly one of steps, external, human.
    private func way(_ fields: DeploymentFields) -> BindingWay {
        let given = ["steps", "external", "human"].filter { fields[$0] != nil }
        if given.count > 1 {
            diagnostics.report(
                "conflict", "\(given.joined(separator: " and ")) exclude each other",
                "an operation is done in one way", at: fields[given[1]]?.span)
        }
        if fields["human"] != nil {
            for key in ["accepted", "refused", "message", "read"] where fields[key] != nil {
                diagnostics.report(
                    "conflict", "\"\(key)\" looks at an answer, and a person's browser is not seen",
                    "the person says the outcome; values: […] asks for what they read", at: fields[key]?.span)
            }
        }
        if fields["external"] != nil, fields["accepted"] == nil {
            for key in ["refused", "message", "read"] where fields[key] != nil {
                diagnostics.report(
                    "missing-key", "\"\(key)\" is of no use without \"accepted\"",
                    "with accepted the harness judges the last answer it saw; without, the command says the outcome",
                    at: fields[key]?.span)
            }
        }
        if let node = fields["external"] { return external(node) }
        if let node = fields["human"] { return human(node) }
        return .steps(fields.required("steps") == nil ? [] : fields.items("steps").compactMap(step))
    }

    private func external(_ node: YAMLNode) -> BindingWay {
        guard
            let fields = DeploymentFields(
                node, keys: ["command", "environment", "directory", "within"], in: diagnostics)
        else { return .steps([]) }
        _ = fields.required("command")
        return .external(
            ExternalCall(
                command: fields.templates("command", names),
                environment: Dictionary(
                    fields.fields("environment", names).map { ($0.name, $0.value) },
                    uniquingKeysWith: { first, _ in first }), directory: fields.template("directory", names),
                within: fields.duration("within") ?? .seconds(60)))
    }

    private func human(_ node: YAMLNode) -> BindingWay {
        guard let fields = DeploymentFields(node, keys: ["ask", "within", "values"], in: diagnostics),
            let ask = fields.requiredTemplate("ask", names)
        else { return .steps([]) }
        return .human(
            HumanCall(ask: ask, within: fields.duration("within") ?? .seconds(600), values: fields.texts("values")))
    }

    private func step(_ node: YAMLNode) -> BindingStep? {
        guard let fields = DeploymentFields(node, keys: ["open", "submit", "click", "request"], in: diagnostics) else {
            return nil
        }
        guard fields.node.entries?.count == 1 else {
            diagnostics.report(
                "step", "a step does exactly one thing", "write one of open, submit, click, request", at: node.span)
            return nil
        }
        if fields["open"] != nil { return fields.template("open", names).map { .open($0) } }
        if let click = fields["click"] { return diagnostics.xpath(click).map { .click($0) } }
        if let submit = fields["submit"] { return self.submit(submit) }
        return fields["request"].flatMap(request).map { .request($0.0, follow: $0.follow) }
    }

    private func submit(_ node: YAMLNode) -> BindingStep? {
        guard let fields = DeploymentFields(node, keys: ["form", "fields", "button"], in: diagnostics),
            let form = fields.required("form").flatMap(diagnostics.xpath)
        else { return nil }
        return .submit(form: form, fields: fields.fields("fields", names), button: fields.template("button", names))
    }

    /// A request; also used by the clock.
    func request(_ node: YAMLNode) -> (RequestTemplate, follow: Bool)? {
        let keys: Set<String> = ["method", "url", "headers", "json", "form", "text", "follow"]
        guard let fields = DeploymentFields(node, keys: keys, in: diagnostics),
            let url = fields.requiredTemplate("url", names)
        else { return nil }
        var bodies: [RequestTemplate.Body] = []
        if let json = fields["json"] { bodies.append(.json(diagnostics.value(json, names: names))) }
        if fields["form"] != nil { bodies.append(.form(fields.fields("form", names))) }
        if let text = fields.template("text", names) { bodies.append(.text(text)) }
        if bodies.count > 1 {
            diagnostics.report("conflict", "json, form and text exclude each other", at: node.span)
        }
        let method = fields.text("method") ?? (bodies.isEmpty ? "GET" : "POST")
        let request = RequestTemplate(
            method: method, url: url, headers: fields.fields("headers", names), body: bodies.first)
        return (request, fields.flag("follow") ?? true)
    }

    private func condition(_ node: YAMLNode) -> Condition? {
        if node.text != nil { return diagnostics.xpath(node).map { .xpath($0) } }
        guard let fields = DeploymentFields(node, keys: ["xpath", "status", "json"], in: diagnostics) else {
            return nil
        }
        var conditions: [Condition] = []
        if let xpath = fields["xpath"].flatMap(diagnostics.xpath) { conditions.append(.xpath(xpath)) }
        if let json = fields["json"].flatMap(diagnostics.fhirPath) { conditions.append(.json(json)) }
        if let status = fields["status"] {
            let bounds = (status.items ?? [status]).compactMap { $0.value.int }
            if let low = bounds.first, let high = bounds.last, bounds.count <= 2, low <= high {
                conditions.append(.status(low...high))
            } else {
                diagnostics.report(
                    "wrong-type", "expected a status or its bounds", "write 200 or [200, 299]", at: status.span)
            }
        }
        return conditions.count == 1 ? conditions[0] : .all(conditions)
    }

    /// The connector's own words, with what scenarios say for them.
    private func words(of node: YAMLNode) -> [String: String] {
        var words: [String: String] = [:]
        for entry in node["words"]?.entries ?? [] {
            guard let text = entry.value.text else {
                diagnostics.report(
                    "wrong-type", "expected the word scenarios use", "write it as text: `Live: production`",
                    at: entry.value.span)
                continue
            }
            words[entry.name] = text
        }
        return words
    }

    private func reading(_ node: YAMLNode) -> Reading.Source? {
        if node.text != nil { return diagnostics.xpath(node).map { .text($0) } }
        let keys: Set<String> = ["each", "fields", "json", "single", "header", "xpath", "url", "words"]
        guard let fields = DeploymentFields(node, keys: keys, in: diagnostics) else { return nil }
        if let each = fields["each"] {
            let members = fields.entries("fields").compactMap { entry in
                diagnostics.xpath(entry.value).map { (name: entry.name, expression: $0) }
            }
            return diagnostics.xpath(each).map { .each($0, fields: members) }
        }
        if let json = fields["json"].flatMap(diagnostics.fhirPath) {
            let members = fields.entries("fields").compactMap { entry in
                diagnostics.fhirPath(entry.value).map { (name: entry.name, expression: $0) }
            }
            return .json(json, single: fields.flag("single") ?? false, fields: members)
        }
        if let header = fields.text("header") { return .header(header) }
        if fields.flag("url") == true { return .url }
        if let xpath = fields["xpath"] { return diagnostics.xpath(xpath).map { .text($0) } }
        diagnostics.report(
            "missing-key", "nothing says what to read", "add xpath, each, json, header or url", at: node.span)
        return nil
    }
}

extension BindingWay {
    /// Whether a value the operation owes is told: a command reports what it likes, a person what is asked for.
    fileprivate func reports(_ name: String, _ reads: [Reading]) -> Bool {
        switch self {
        case .steps: reads.contains { $0.name == name }
        case .external: true
        case .human(let call): call.values.contains(name)
        }
    }
}

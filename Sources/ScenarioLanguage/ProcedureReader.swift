// SPDX-License-Identifier: Apache-2.0

internal import Ledger
internal import SourceText
internal import Value
internal import World

/// Reads a procedure by itself: its head, and its steps with samples for the parameters.
struct ProcedureReader {
    let mistakes: Mistakes

    /// The head of a procedure's file; nil where it has no name or no steps.
    func procedure(_ root: YAMLNode) -> Procedure? {
        guard let form = Form(root, what: "a procedure", mistakes: mistakes) else { return nil }
        defer { form.finish() }
        let name = form.requiredText("procedure")
        if let name, let node = form.node("procedure"), !Names.isName(name) {
            mistakes.report(
                "bad-name", "`\(name)` is no name for a procedure", remedy: "write " + Names.expected, at: node.span)
        }
        let notes = form.text("notes")
        let parameters = form.node("parameters").map { self.parameters($0) } ?? []
        let returns = form.words("returns")
        let steps = form.required("steps").flatMap { mistakes.list($0, "`steps`") }
        guard let name, let steps else { return nil }
        let calls = steps.compactMap { step -> (name: String, span: SourceSpan)? in
            guard let node = step["do"], let name = node.text else { return nil }
            return (name, node.span)
        }
        return Procedure(
            name: name, notes: notes, parameters: parameters, returns: returns.map(\.word),
            returnSpans: returns.map(\.span), file: mistakes.file, steps: steps, calls: calls, isSound: true)
    }

    private func parameters(_ node: YAMLNode) -> [Procedure.Parameter] {
        guard let form = Form(node, what: "`parameters`", mistakes: mistakes) else { return [] }
        return form.entries.compactMap { entry in
            if !Names.isName(entry.name) {
                mistakes.report(
                    "bad-name", "`\(entry.name)` is no name for a parameter", remedy: "write " + Names.expected,
                    at: entry.key.span)
            }
            return parameter(entry)
        }
    }

    private func parameter(_ entry: YAMLNode.Entry) -> Procedure.Parameter? {
        let types = ParameterType.allCases.map(\.rawValue)
        func type(_ node: YAMLNode) -> ParameterType? {
            mistakes.word(node, "the type of `\(entry.name)`", of: types).flatMap { ParameterType(rawValue: $0) }
        }
        if entry.value.text != nil {
            return type(entry.value).map {
                .init(name: entry.name, type: $0, standard: nil, words: [], span: entry.key.span)
            }
        }
        guard let form = Form(entry.value, what: "the parameter `\(entry.name)`", mistakes: mistakes) else {
            return nil
        }
        let kind = form.required("type").flatMap { type($0) }
        let standard = form.text("default")
        let words = form.words("words").map(\.word)
        form.finish()
        guard let kind else { return nil }
        if !words.isEmpty, kind != .word {
            mistakes.report("misplaced-key", "`words` is for parameters of type `word`", at: form.key("words")?.span)
        }
        if let standard, let node = form.node("default") {
            if !words.isEmpty, !words.contains(standard) {
                mistakes.reportUnknown("unknown-word", "word", standard, known: words, at: node.span)
            }
            if kind == .duration, DurationText.parse(standard) == nil {
                mistakes.report(
                    "bad-duration", "`default` is no duration: `\(standard)`", remedy: DurationText.expected,
                    at: node.span)
            }
        }
        return .init(name: entry.name, type: kind, standard: standard, words: words, span: entry.key.span)
    }

    /// Everything that is wrong with its steps whatever it is called with.
    func check(_ procedure: Procedure, procedures: [String: Procedure]) {
        var world = WorldNames()
        var bindings: [String: Scope.Binding] = [:]
        var words: [String: [String]] = [:]
        for parameter in procedure.parameters {
            if !parameter.words.isEmpty { words[parameter.name] = parameter.words }
            let sample: String
            switch parameter.type {
            case .person:
                world.people[parameter.name] = .some(nil)
                sample = parameter.name
            case .appointment:
                world.appointments.insert(parameter.name)
                sample = parameter.name
            case .base:
                world.bases.insert(parameter.name)
                sample = parameter.name
            case .word: sample = parameter.standard ?? parameter.words.first ?? "word"
            case .text: sample = parameter.standard ?? "text"
            case .duration: sample = "1m"
            case .url: sample = "https://sample.invalid/"
            }
            bindings[parameter.name] = .init(type: parameter.type, value: Template(text: sample))
        }
        let scope = Scope(world: world, parameters: bindings, prefix: "", mistakes: mistakes)
        let context = ReadingContext(
            mistakes: mistakes, scope: scope, assembly: Assembly(), procedures: procedures, isSample: true,
            parameterWords: words)
        _ = context.steps(procedure.steps, idPrefix: "")
        for (name, span) in zip(procedure.returns, procedure.returnSpans) where scope.use(capture: name) == nil {
            mistakes.report(
                "unknown-reference", "`returns` names `\(name)`, which no step captures",
                remedy: Mistakes.suggestion(for: name, among: scope.captureNames), at: span)
        }
        scope.reportUnusedCaptures()
        for parameter in procedure.parameters where !scope.usedParameters.contains(parameter.name) {
            mistakes.report(
                "unused-parameter", "the parameter `\(parameter.name)` is never used",
                remedy: "use it as `$(\(parameter.name))`, or leave it out", at: parameter.span)
        }
    }
}

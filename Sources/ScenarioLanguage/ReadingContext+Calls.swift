// SPDX-License-Identifier: Apache-2.0

internal import Ledger
internal import SourceText
internal import Value

extension ReadingContext {
    /// `do: procedure`, expanded into its steps.
    func call(_ head: YAMLNode.Entry, _ form: Form, id: String) -> [Step] {
        let with = form.node("with")
        form.finish()
        guard let name = mistakes.text(head.value, "`do`") else { return [] }
        guard let procedure = procedures[name] else {
            mistakes.reportUnknown(
                "unknown-procedure", "procedure", name, known: procedures.keys.sorted(), at: head.value.span)
            return []
        }
        let bindings = bindings(procedure, with, at: head)
        func adopt(_ qualified: (String) -> String?) {
            for name in procedure.returns { qualified(name).map { scope.adopt(name, qualified: $0) } }
        }
        // A procedure that is read by itself, or cannot be read, still returns what it says.
        guard !isSample, procedure.isSound, let bindings else {
            if !isSample, !procedure.isSound {
                mistakes.report(
                    "broken-procedure", "the procedure `\(name)` has mistakes of its own",
                    remedy: "mend \(procedure.file.path)", at: head.value.span)
            }
            adopt { scope.prefix + $0 }
            return []
        }
        let prefix = "\(id).\(name)."
        let found = Mistakes(file: procedure.file)
        let inner = ReadingContext(
            mistakes: found, scope: Scope(world: scope.world, parameters: bindings, prefix: prefix, mistakes: found),
            assembly: assembly, procedures: procedures, callStack: callStack + [name], features: features)
        let steps = inner.steps(procedure.steps, idPrefix: prefix)
        for mistake in found.sorted {
            let line = mistake.span.map { ", line \($0.start.line)" } ?? ""
            mistakes.report(
                mistake.code, "called so, `\(name)`\(line): \(mistake.message)", remedy: mistake.remedy,
                at: head.value.span)
        }
        adopt { inner.scope.use(capture: $0) }
        return steps
    }

    /// The values of a call; nil where one is missing or wrong.
    private func bindings(
        _ procedure: Procedure, _ with: YAMLNode?, at head: YAMLNode.Entry
    ) -> [String: Scope.Binding]? {
        var bindings: [String: Scope.Binding] = [:]
        var isGood = true
        if let with, let arguments = Form(with, what: "`with`", mistakes: mistakes) {
            for entry in arguments.entries {
                guard let parameter = procedure.parameter(entry.name) else {
                    mistakes.reportUnknown(
                        "unknown-parameter", "parameter of `\(procedure.name)`:", entry.name,
                        known: procedure.parameters.map(\.name), at: entry.key.span)
                    isGood = false
                    continue
                }
                bindings[entry.name] = argument(entry.value, parameter).map { .init(type: parameter.type, value: $0) }
                if bindings[entry.name] == nil { isGood = false }
            }
        } else if with != nil {
            isGood = false
        }
        for parameter in procedure.parameters where bindings[parameter.name] == nil && with?[parameter.name] == nil {
            guard let standard = parameter.standard else {
                mistakes.report(
                    "missing-argument",
                    "`\(procedure.name)` needs `\(parameter.name)`, \(Mistakes.article(parameter.type.rawValue))",
                    remedy: "add it under `with`", at: head.value.span)
                isGood = false
                continue
            }
            bindings[parameter.name] = .init(type: parameter.type, value: Template(text: standard))
        }
        return isGood ? bindings : nil
    }

    private func argument(_ node: YAMLNode, _ parameter: Procedure.Parameter) -> Template? {
        let what = "`\(parameter.name)`"
        switch parameter.type {
        case .text, .url: return template(node, what)
        case .person: return literal(node, what).flatMap { person($0, at: node.span) }.map { Template(text: $0) }
        case .appointment:
            return literal(node, what).flatMap { appointment($0, at: node.span) }.map { Template(text: $0) }
        case .base: return literal(node, what).flatMap { base($0, at: node.span) }.map { Template(text: $0) }
        case .duration:
            return duration(node, what).map { Template(text: DurationText.format($0)) }
        case .word:
            guard let text = literal(node, what) else { return nil }
            let word = scope.bare(text, .word)
            // The sample of a word parameter may be no word of this one.
            guard parameter.words.isEmpty || parameter.words.contains(word) || isSample else {
                mistakes.report(
                    "unknown-word", "\(what) of a call cannot be `\(word)`",
                    remedy: Mistakes.suggestion(for: word, among: parameter.words), at: node.span)
                return nil
            }
            return Template(text: word)
        }
    }
}

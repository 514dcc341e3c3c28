// SPDX-License-Identifier: Apache-2.0

internal import Ledger
internal import SourceText
internal import Value
internal import World

extension ReadingContext {
    /// `ann opens: $(link)`.
    func act(_ head: YAMLNode.Entry, _ form: Form) -> Act? {
        let words = head.name.split(separator: " ", omittingEmptySubsequences: true).map(String.init)
        guard words.count == 2 else {
            mistakes.report(
                "unknown-step", "`\(head.name)` is no step",
                remedy: "write an actor and a verb, for example `ann opens: …`",
                at: head.key.span)
            return nil
        }
        let length = head.key.text?.utf8.count ?? 0
        let actorSpan = head.key.span(ofText: 0..<words[0].utf8.count, in: file)
        let verbSpan = head.key.span(ofText: (length - words[1].utf8.count)..<length, in: file)
        guard words[0] != RequestStep.client else {
            mistakes.report(
                "unknown-verb", "`client` does nothing but `requests`, not `\(words[1])`",
                remedy: "write `client requests: ADDRESS`, or a person of the world", at: verbSpan)
            for entry in form.entries { _ = form.node(entry.name) }
            return nil
        }
        let actor = actor(words[0], at: actorSpan)
        guard let verb = Verb(rawValue: words[1]), let rule = VerbRule.of(verb) else {
            mistakes.reportUnknown(
                "unknown-verb", "verb", words[1], known: Verb.allCases.map(\.rawValue) + ["requests"], at: verbSpan)
            for entry in form.entries { _ = form.node(entry.name) }
            return nil
        }
        if let actor { checkSubject(actor, rule, at: verbSpan) }
        if rule.subject == .connector, assembly.needsProcess == nil {
            assembly.needsProcess = (head.name, head.key.span, file)
        }
        let object = object(head.value, rule)
        let arguments = arguments(form, rule, operation: object?.literal, actor: actor)
        let outcome = outcome(form, rule)
        var checks: [ExpressionCheck] = []
        var captures: [Capture] = []
        if let event = rule.event {
            checks = self.checks(form, over: event)
            captures = self.captures(form, over: event)
        }
        guard let actor, let object else { return nil }
        return Act(
            actor: actor, verb: verb, object: object, arguments: arguments, outcome: outcome, checks: checks,
            captures: captures)
    }

    // MARK: Who

    func actor(_ word: String, at span: SourceSpan, others: [String] = []) -> Actor? {
        switch word {
        case "ehr": return .ehr
        case "microsoft": return .microsoft
        case "connector": return .connector
        default: break
        }
        var alias = word
        if word.hasPrefix("$("), word.hasSuffix(")") {
            let name = String(word.dropFirst(2).dropLast())
            guard let binding = scope.use(parameter: name), let literal = binding.value.literal else {
                mistakes.reportUnknown(
                    "unknown-actor", "parameter", name, known: names([], .person), at: span)
                return nil
            }
            alias = literal
        } else {
            alias = scope.bare(word, .person)
        }
        if scope.world.people.keys.contains(alias) || isFromCaller(alias) { return .person(alias) }
        mistakes.reportUnknown(
            "unknown-actor", "actor", word,
            known: names(Array(scope.world.people.keys), .person)
                + (others.isEmpty ? ["ehr", "microsoft", "connector"] : others),
            at: span)
        return nil
    }

    private func checkSubject(_ actor: Actor, _ rule: VerbRule, at span: SourceSpan) {
        let isAllowed: Bool
        switch (rule.subject, actor) {
        case (.ehr, .ehr), (.microsoft, .microsoft), (.connector, .connector): isAllowed = true
        case (.people(let roles), .person(let alias)):
            let role = scope.world.people[alias] ?? nil
            isAllowed = role.map { roles.contains($0) } ?? true
        default: isAllowed = false
        }
        if isAllowed { return }
        var who = "`\(actor.text)`"
        if case .person(let alias) = actor, let role = scope.world.people[alias] ?? nil {
            who += ", \(Mistakes.article(role.rawValue)),"
        }
        mistakes.report(
            "forbidden-verb", "\(who) cannot be the one who `\(rule.verb.rawValue)`",
            remedy: "only \(rule.subjectText == "anybody" ? "a person" : rule.subjectText) can", at: span)
    }

    // MARK: What

    private func object(_ node: YAMLNode, _ rule: VerbRule) -> Template? {
        let what = "what stands behind `\(rule.verb.rawValue)`"
        guard let template = template(node, what) else { return nil }
        guard let literal = template.literal else { return template }
        guard !literal.isEmpty else {
            mistakes.report("wrong-type", "\(what) is empty", remedy: "write the \(rule.objectText)", at: node.span)
            return nil
        }
        switch rule.object {
        case .operation:
            guard OperationVocabulary.type(literal) != nil else {
                mistakes.reportUnknown(
                    "unknown-operation", "operation", literal, known: OperationVocabulary.names, at: node.span)
                return nil
            }
        case .appointment:
            if rule.verb == .leaves || rule.verb == .ends, literal == "meeting" { return template }
            return appointment(literal, at: node.span).map { Template(text: $0) }
        case .person: return person(literal, at: node.span).map { Template(text: $0) }
        case .word(let words):
            guard words.contains(literal) else {
                mistakes.report(
                    "unknown-word", "\(what) cannot be `\(literal)`",
                    remedy: Mistakes.suggestion(for: literal, among: words), at: node.span)
                return nil
            }
        case .url:
            let bound = scope.bare(literal, .url)
            guard bound.contains("://") else {
                mistakes.report(
                    "wrong-type", "`\(literal)` is no address", remedy: "write `$(name)` for a captured one",
                    at: node.span)
                return nil
            }
            return Template(text: bound)
        case .records:
            mistakes.report(
                "wrong-type", "`\(literal)` is no list of records", remedy: "write `$(name)` for a captured one",
                at: node.span)
            return nil
        case .text: break
        }
        return template
    }

    // MARK: How

    private func arguments(
        _ form: Form, _ rule: VerbRule, operation: String?, actor: Actor?
    ) -> [(name: String, value: ArgumentValue)] {
        var result: [(name: String, value: ArgumentValue)] = []
        for key in rule.keys {
            guard let node = key == "to" ? form.required(key) : form.node(key) else { continue }
            switch key {
            case "to":
                if let time = time(node) { result.append((key, .text(Template(text: time.text)))) }
            case "from":
                if let entry = entry(node, actor) { result.append((key, .text(Template(text: entry)))) }
            case VerbRule.hold:
                if let word = held(node) { result.append((key, .text(Template(text: word)))) }
            default: break
            }
        }
        if let oddity = rule.oddity {
            if let node = form.node("with") { result += odd(node, oddity) }
            return result
        }
        guard rule.verb == .does, let operation, let type = OperationVocabulary.type(operation) else { return result }
        var given: [String] = []
        if let node = form.node("with"), let arguments = Form(node, what: "`with`", mistakes: mistakes) {
            for entry in arguments.entries {
                given.append(entry.name)
                guard let argument = type.argument(entry.name) else {
                    mistakes.report(
                        "unknown-argument", "`\(operation)` takes no `\(entry.name)`",
                        remedy: type.arguments.isEmpty
                            ? "it takes nothing"
                            : Mistakes.suggestion(for: entry.name, among: type.arguments.map(\.name)),
                        at: entry.key.span)
                    continue
                }
                if let value = argumentValue(entry.value, argument) { result.append((entry.name, value)) }
            }
        }
        for argument in type.arguments where argument.isRequired && !given.contains(argument.name) {
            mistakes.report(
                "missing-argument", "`\(operation)` needs `\(argument.name)`", remedy: "add it under `with`",
                at: form.span)
        }
        return result
    }

    /// The one argument that makes an act go wrong on purpose: the alias of a thing of the world.
    private func odd(
        _ node: YAMLNode, _ oddity: (name: String, type: ParameterType)
    ) -> [(name: String, value: ArgumentValue)] {
        guard let with = Form(node, what: "`with`", mistakes: mistakes) else { return [] }
        defer { with.finish() }
        guard let value = with.required(oddity.name), let word = literal(value, "`\(oddity.name)`") else { return [] }
        let alias = oddity.type == .base ? base(word, at: value.span) : appointment(word, at: value.span)
        return alias.map { [(oddity.name, .text(Template(text: $0)))] } ?? []
    }

    private func argumentValue(_ node: YAMLNode, _ argument: OperationType.Argument) -> ArgumentValue? {
        guard let template = template(node, "`\(argument.name)`") else { return nil }
        guard let literal = template.literal else { return .text(template) }
        let allowed: [String]
        switch argument.kind {
        case .text, .url: return .text(template)
        case .appointment: return appointment(literal, at: node.span).map { .text(Template(text: $0)) }
        case .boolean:
            // Written as it is said aloud; the deployment's bindings see `true` and `false`.
            if literal == "yes" || literal == "no" { return .text(Template(text: literal == "yes" ? "true" : "false")) }
            allowed = ["true", "false", "yes", "no"]
        case .word(let words): allowed = words
        }
        let word = scope.bare(literal, .word)
        guard allowed.contains(word) else {
            mistakes.report(
                "unknown-word", "`\(argument.name)` cannot be `\(literal)`",
                remedy: Mistakes.suggestion(for: literal, among: allowed), at: node.span)
            return nil
        }
        return .text(Template(text: word))
    }

    /// `from:` of a launch, as the EHR's product and the person's role allow.
    private func entry(_ node: YAMLNode, _ actor: Actor?) -> String? {
        guard let text = literal(node, "`from`") else { return nil }
        let word = scope.bare(text, .word)
        var allowed = ["powerchart", "hyperspace", "haiku", "canto", "mychart"]
        if let vendor = scope.world.vendor, case .person(let alias)? = actor,
            let role = scope.world.people[alias] ?? nil
        {
            switch (vendor, role) {
            case (.cerner, .provider): allowed = ["powerchart"]
            case (.epic, .provider): allowed = ["hyperspace", "haiku", "canto"]
            case (.epic, .patient): allowed = ["mychart"]
            default: break
            }
        }
        guard allowed.contains(word) else {
            mistakes.report(
                "unknown-word", "`from` cannot be `\(text)` here",
                remedy: Mistakes.suggestion(for: text, among: allowed),
                at: node.span)
            return nil
        }
        return word
    }

    /// `hold:` of a browser: whose answer it stops before.
    private func held(_ node: YAMLNode) -> String? {
        guard let text = literal(node, "`hold`") else { return nil }
        let word = scope.bare(text, .word)
        guard VerbRule.HeldAnswer(rawValue: word) != nil else {
            mistakes.report(
                "unknown-word", "`hold` cannot be `\(text)`",
                remedy: Mistakes.suggestion(for: text, among: VerbRule.HeldAnswer.allCases.map(\.rawValue)),
                at: node.span)
            return nil
        }
        return word
    }

    /// `outcome:` and `as:`.
    private func outcome(_ form: Form, _ rule: VerbRule) -> OutcomeExpectation? {
        guard rule.event != nil else { return nil }
        var words = rule.defaultOutcome.map { [$0] } ?? []
        let node = form.node("outcome")
        if let node {
            let given = mistakes.words(node, "`outcome`")
            for (word, span) in given where word != "any" && !rule.outcomes.contains(word) {
                mistakes.report(
                    "unknown-word", "`outcome` of `\(rule.verb.rawValue)` is never `\(word)`",
                    remedy: Mistakes.suggestion(for: word, among: rule.outcomes + ["any"]), at: span)
            }
            words = given.contains { $0.word == "any" } ? [] : given.map(\.word)
        }
        let check = form.node("as").flatMap { self.check($0) }
        if check != nil, words.isEmpty {
            mistakes.report(
                "missing-key", "`as` has nothing to decide: any outcome will do",
                remedy: "write `outcome: \(rule.outcomes.first ?? "…")`, or the check under `check`",
                at: form.key("as")?.span ?? form.span)
        }
        return words.isEmpty ? nil : OutcomeExpectation(words: words, check: check)
    }

    /// A time on the world's clock that is complete in the file; `$(visit.start) - 5m` reads as `visit.start - 5m`.
    func time(_ node: YAMLNode) -> TimeExpression? {
        guard let template = template(node, "a time") else { return nil }
        var text = ""
        for part in template.parts {
            switch part {
            case .text(let piece): text += piece
            case .reference(let name): text += name
            }
        }
        // A parameter of type duration stands for a time from now.
        let isParameter = node.text?.hasPrefix("$(") == true
        guard let time = TimeExpression(parsing: text) ?? (isParameter ? TimeExpression(parsing: "+" + text) : nil)
        else {
            mistakes.report("bad-time", "`\(text)` is no time", remedy: TimeExpression.expected, at: node.span)
            return nil
        }
        guard case .appointment(let alias, let edge, let offset) = time else { return time }
        return appointment(alias, at: node.span).map { .appointment(alias: $0, edge: edge, offset: offset) }
    }
}

// SPDX-License-Identifier: Apache-2.0

internal import Ledger
internal import SourceText
internal import Trace
internal import Value
internal import World

extension ReadingContext {
    /// An event by kind, with every key of `form` that is not one of the language's own as a field.
    func eventPattern(kind node: YAMLNode, fields form: Form, ownKeys: [String]) -> EventPattern? {
        for key in ownKeys { _ = form.node(key) }
        let others = form.entries.filter { !ownKeys.contains($0.name) && $0.name != "fields" }
        for entry in others { _ = form.node(entry.name) }
        guard let kind = mistakes.text(node, "the event") else { return nil }
        guard let type = EventVocabulary.type(kind) else {
            mistakes.reportUnknown(
                "unknown-event", "event", kind, known: EventVocabulary.types.map(\.kind), at: node.span)
            return nil
        }
        var entries = others
        // For fields that are called like a key of the language (`count`).
        if let node = form.node("fields"), let more = Form(node, what: "`fields`", mistakes: mistakes) {
            entries += more.entries
        }
        var isGood = true
        let patterns = entries.compactMap { entry -> FieldPattern? in
            let known = type.field(entry.name).map { PatternField(name: $0.name, type: $0.type, words: $0.words) }
            guard let field = entry.name == "cause" ? PatternField(name: "cause", type: .string, words: []) : known
            else {
                mistakes.report(
                    "unknown-field", "`\(kind)` has no field `\(entry.name)`",
                    remedy: Mistakes.suggestion(for: entry.name, among: type.fields.map(\.name) + ["cause"] + ownKeys),
                    at: entry.key.span)
                isGood = false
                return nil
            }
            guard let matcher = matcher(entry.value, field) else {
                isGood = false
                return nil
            }
            return FieldPattern(field: entry.name, matcher: matcher)
        }
        return isGood ? EventPattern(kind: kind, fields: patterns) : nil
    }

    /// A condition on a field; `field` types its words.
    func matcher(_ node: YAMLNode, _ field: PatternField) -> Matcher? {
        switch node.content {
        case .scalar(let text, let style):
            if style == .plain, text == "absent" { return .absent }
            if style == .plain, text == "present" { return .present }
            if let type = field.type, type == .list || type == .object {
                mistakes.report(
                    "wrong-type",
                    "the field `\(field.name)` is \(Mistakes.article(type.rawValue)): it equals no text",
                    remedy: field.type == .list
                        ? "write `{contains: …}`, `{each: …}` or `{some: …}`"
                        : "write a FHIRPath condition under `check`",
                    at: node.span)
                return nil
            }
            return value(node, field).map { .equals($0) }
        case .sequence(let items):
            let options = items.map { matcher($0, field) }
            return options.contains { $0 == nil } ? nil : .oneOf(options.compactMap { $0 })
        case .mapping(let entries):
            let parts = entries.map { operation($0, field) }
            guard !parts.isEmpty, !parts.contains(where: { $0 == nil }) else {
                if parts.isEmpty { mistakes.report("wrong-type", "an empty matcher", at: node.span) }
                return nil
            }
            let matchers = parts.compactMap { $0 }
            return matchers.count == 1 ? matchers[0] : .allOf(matchers)
        }
    }

    private func operation(_ entry: YAMLNode.Entry, _ field: PatternField) -> Matcher? {
        func fits() -> Bool {
            let types = MatcherOperator.of(entry.name)?.types ?? []
            guard let type = field.type, !types.isEmpty, !types.contains(type) else { return true }
            mistakes.report(
                "wrong-type",
                "`\(entry.name)` does not fit the field `\(field.name)`, \(Mistakes.article(type.rawValue))",
                remedy: "it is for \(types.map(\.rawValue).joined(separator: ", "))", at: entry.key.span)
            return false
        }
        func listed() -> [Matcher]? {
            guard let items = mistakes.list(entry.value, "`\(entry.name)`") else { return nil }
            let matchers = items.map { matcher($0, field) }
            return matchers.contains { $0 == nil } ? nil : matchers.compactMap { $0 }
        }
        switch entry.name {
        case "not": return matcher(entry.value, field).map { .isNot($0) }
        case "one-of": return listed().map { .oneOf($0) }
        case "all-of": return listed().map { .allOf($0) }
        case "contains":
            guard fits() else { return nil }
            return template(entry.value, "`contains`").map { .contains($0) }
        case "matches":
            guard fits(), let pattern = literal(entry.value, "a regular expression") else { return nil }
            do {
                _ = try LinearPattern(pattern)
                return .matches(pattern)
            } catch {
                let end = min(pattern.utf8.count, error.utf8Offset + 1)
                mistakes.report(
                    "bad-pattern", "the regular expression does not compile: \(error.message)",
                    at: entry.value.span(ofText: min(error.utf8Offset, end)..<end, in: file))
                return nil
            }
        case "at-least", "at-most":
            guard fits(), let bound = value(entry.value, field) else { return nil }
            return entry.name == "at-least" ? .atLeast(bound) : .atMost(bound)
        case "each", "some":
            guard fits(), let inner = matcher(entry.value, field.element) else { return nil }
            return entry.name == "each" ? .each(inner) : Matcher.some(inner)
        case "list", "unordered":
            guard fits(), let items = mistakes.list(entry.value, "`\(entry.name)`") else { return nil }
            let matchers = items.map { matcher($0, field.element) }
            if matchers.contains(where: { $0 == nil }) { return nil }
            return entry.name == "list" ? .ordered(matchers.compactMap { $0 }) : .unordered(matchers.compactMap { $0 })
        case "object":
            guard fits(), let form = Form(entry.value, what: "`object`", mistakes: mistakes) else {
                return nil
            }
            let members = form.entries.map { member in
                matcher(member.value, field.element).map { FieldPattern(field: member.name, matcher: $0) }
            }
            return members.contains { $0 == nil } ? nil : .members(members.compactMap { $0 })
        default:
            mistakes.reportUnknown(
                "unknown-matcher", "matcher", entry.name, known: MatcherOperator.all.map(\.name), at: entry.key.span)
            return nil
        }
    }

    /// A value as the field's type wants it; what a capture will hold is not known yet and passes.
    private func value(_ node: YAMLNode, _ field: PatternField) -> Template? {
        let what = "the field `\(field.name)`"
        guard let template = template(node, what) else { return nil }
        guard let literal = template.literal else { return template }
        func wrong(_ expected: String) -> Template? {
            mistakes.report("wrong-type", "\(what) is \(expected), not `\(literal)`", at: node.span)
            return nil
        }
        switch field.type {
        case .person: return person(literal, at: node.span).map { Template(text: $0) }
        case .appointment: return appointment(literal, at: node.span).map { Template(text: $0) }
        case .base: return base(literal, at: node.span).map { Template(text: $0) }
        case .integer: return Int(literal) == nil ? wrong("a whole number") : template
        case .boolean: return literal == "true" || literal == "false" ? template : wrong("`true` or `false`")
        case .instant: return Instant(rfc3339: literal) == nil ? wrong("an RFC 3339 time") : template
        case .string where !field.words.isEmpty && !field.words.contains(literal):
            mistakes.report(
                "unknown-word", "\(what) is never `\(literal)`",
                remedy: Mistakes.suggestion(for: literal, among: field.words), at: node.span)
            return nil
        case .string, .url, .list, .object, nil: return template
        }
    }

    // MARK: Things of the world

    /// The alias of a person, from its name or that of a parameter.
    func person(_ word: String, at span: SourceSpan) -> String? {
        let alias = scope.bare(word, .person)
        if scope.world.people.keys.contains(alias) || isFromCaller(alias) { return alias }
        mistakes.reportUnknown(
            "unknown-person", "person", word, known: names(Array(scope.world.people.keys), .person), at: span)
        return nil
    }

    func appointment(_ word: String, at span: SourceSpan) -> String? {
        let alias = scope.bare(word, .appointment)
        if scope.world.appointments.contains(alias) || isFromCaller(alias) { return alias }
        mistakes.reportUnknown(
            "unknown-appointment", "appointment", word,
            known: names(Array(scope.world.appointments), .appointment), at: span)
        return nil
    }

    func base(_ word: String, at span: SourceSpan) -> String? {
        let alias = scope.bare(word, .base)
        if scope.world.bases.contains(alias) || isFromCaller(alias) { return alias }
        mistakes.reportUnknown(
            "unknown-base", "FHIR base", word, known: names(Array(scope.world.bases), .base), at: span)
        return nil
    }

    /// A procedure may name things of its caller's world: whether they are there shows at each call.
    func isFromCaller(_ alias: String) -> Bool { isSample && Names.isName(alias) }

    /// Aliases and the parameters that stand for one.
    func names(_ aliases: [String], _ type: ParameterType) -> [String] {
        Set(aliases + scope.parameters.filter { $0.value.type == type }.keys).sorted()
    }
}

/// What a matcher must know of a field.
struct PatternField {
    let name: String
    /// Nil where it may be anything: the value of an expression.
    let type: FieldType?
    let words: [String]

    /// An element of a list: its type is not in the vocabulary.
    var element: PatternField { PatternField(name: name, type: nil, words: []) }
}

// SPDX-License-Identifier: Apache-2.0

internal import Ledger
internal import SourceText
internal import Trace
internal import Value

extension ReadingContext {
    private static let families = ["smart", "fhir", "graph", "sms", "http"]

    /// One item of `always`. `policies` nil or empty: not known, so not checked.
    func invariant(_ node: YAMLNode, policies: [String]) -> Invariant? {
        guard let form = Form(node, what: "an item of `always`", mistakes: mistakes) else { return nil }
        let conditions = conditions(form)
        guard conditions.takesPlace else { return nil }
        let given = form.entries.filter { InvariantRules.heads.contains($0.name) }
        guard let head = given.first else {
            let word = form.entries.first?.name ?? ""
            var remedy = Mistakes.suggestion(for: word, among: InvariantRules.heads)
            if StepRules.all.contains(where: { $0.heads.contains(word) }) || word.contains(" ") {
                remedy = "`\(word)` belongs under `steps`"
            }
            mistakes.report("unknown-invariant", "unknown item `\(word)` of `always`", remedy: remedy, at: form.span)
            return nil
        }
        let condition: Invariant.Condition?
        switch head.name {
        case "never": condition = never(head, form)
        case "in-order": condition = sequence(head, form)
        case "exactly", "at-least", "at-most": condition = count(form, given)
        case "first": condition = order(head, form)
        case "each": condition = response(head, form)
        case "privacy":
            _ = form.node("privacy")
            let policy = mistakes.text(head.value, "`privacy`")
            if let policy, !policies.isEmpty, !policies.contains(policy) {
                mistakes.reportUnknown("unknown-policy", "flow policy", policy, known: policies, at: head.value.span)
            }
            let people = between(form)
            condition = policy.map { .privacy(policy: $0, between: people) }
        default:
            _ = form.node("protocol")
            condition = mistakes.word(head.value, "`protocol`", of: Self.families).map { .protocol(family: $0) }
        }
        let check = form.required("as").flatMap { self.check($0) }
        form.finish()
        guard let condition, let check else { return nil }
        let span = SourceSpan(start: head.key.span.start, end: head.value.span.end)
        return Invariant(
            check: check, text: StepText.of(condition), span: span, claims: conditions.claims, condition: condition)
    }

    /// The people whose rounds are compared.
    private func between(_ form: Form) -> [String] {
        let words = form.words("between")
        let people = words.compactMap { person($0.word, at: $0.span) }
        if let first = words.first, Set(people).count < 2, people.count == words.count {
            mistakes.report(
                "bad-comparison", "`between` wants two people at least", remedy: "name another one", at: first.span)
        }
        return people
    }

    // MARK: Counts

    private func count(_ form: Form, _ given: [YAMLNode.Entry]) -> Invariant.Condition? {
        func number(_ key: String) -> Int? {
            form.node(key).flatMap { mistakes.integer($0, "`\(key)`", in: 0...100_000) }
        }
        let exactly = number("exactly")
        let atLeast = number("at-least")
        let atMost = number("at-most")
        let isGood = given.allSatisfy { (["exactly", "at-least", "at-most"]).contains($0.name) }
        if !isGood || (exactly != nil && given.count > 1) {
            mistakes.report(
                "two-steps", "`\(given[1].name)` begins a second item within one", remedy: "write an item of its own",
                at: given[1].key.span)
        }
        var range = CountRange(atLeast: exactly ?? atLeast ?? 0, atMost: exactly ?? atMost)
        if let most = range.atMost, most < range.atLeast {
            mistakes.report(
                "bad-count", "at least \(range.atLeast) and at most \(most) cannot both hold", at: form.span)
            range = CountRange(atLeast: most, atMost: most)
        }
        let own = InvariantRules.count.ownKeys
        guard let kind = form.required("of") else {
            for key in own + form.entries.map(\.name) { _ = form.node(key) }
            return nil
        }
        let pattern = eventPattern(kind: kind, fields: form, ownKeys: own)
        let scope = scope(form)
        let per = per(form, scope: scope, then: pattern?.kind)
        return pattern.map { .count(range, $0, scope: scope, per: per) }
    }

    private func never(_ head: YAMLNode.Entry, _ form: Form) -> Invariant.Condition? {
        let own = InvariantRules.never.ownKeys
        let pattern = eventPattern(kind: head.value, fields: form, ownKeys: own)
        let scope = scope(form)
        if scope == nil, let key = form.key("per") {
            mistakes.report(
                "misplaced-key", "`per` has nothing to pair: what never comes, comes for nobody",
                remedy: "leave it out, or say `after` or `before` which event it belongs to", at: key.span)
        }
        let per = per(form, scope: scope, then: pattern?.kind)
        return pattern.map { .never($0, scope: scope, per: per) }
    }

    // MARK: Stretches

    /// `after:` and `before:`, each an event.
    private func scope(_ form: Form) -> TemporalScope? {
        let after = form.node("after").flatMap { then($0, "`after`") }
        let before = form.node("before").flatMap { then($0, "`before`") }
        return after == nil && before == nil ? nil : TemporalScope(after: after, before: before)
    }

    /// A field of the event a stretch begins or ends with, and of the one that is looked for.
    private func per(_ form: Form, scope: TemporalScope?, then: String?) -> String? {
        guard let node = form.node("per") else { return nil }
        guard let scope else { return per(node, first: then, then: then) }
        for edge in [scope.after, scope.before].compactMap({ $0 }).dropFirst() {
            _ = per(node, first: edge.kind, then: nil)
        }
        return per(node, first: (scope.after ?? scope.before)?.kind, then: then)
    }

    private func sequence(_ head: YAMLNode.Entry, _ form: Form) -> Invariant.Condition? {
        let scope = scope(form)
        _ = form.node(head.name)
        guard let items = mistakes.list(head.value, "`in-order`") else { return nil }
        let patterns = items.map { then($0, "an item of `in-order`") }
        if items.count < 2 {
            mistakes.report(
                "missing-key", "`in-order` needs two events at least", remedy: "write `[first.event, second.event]`",
                at: head.value.span)
        }
        if let key = form.key("per"), scope != nil {
            mistakes.report(
                "misplaced-key", "`in-order` takes `per`, or `after` and `before`, not both",
                remedy: "put the event of `after` first in the list", at: key.span)
        }
        var per: String?
        if let node = form.node("per") {
            // The same field in every event.
            for pattern in patterns { per = self.per(node, first: pattern?.kind, then: pattern?.kind) }
        }
        return patterns.contains { $0 == nil } ? nil : .sequence(patterns.compactMap { $0 }, scope: scope, per: per)
    }

    // MARK: Pairs

    private func order(_ head: YAMLNode.Entry, _ form: Form) -> Invariant.Condition? {
        let first = eventPattern(kind: head.value, fields: form, ownKeys: InvariantRules.order.ownKeys)
        let then = form.required("then").flatMap { self.then($0, "`then`") }
        let per = form.node("per").flatMap { self.per($0, first: first?.kind, then: then?.kind) }
        guard let first, let then else { return nil }
        return .order(first: first, then: then, per: per)
    }

    private func response(_ head: YAMLNode.Entry, _ form: Form) -> Invariant.Condition? {
        let first = eventPattern(
            kind: head.value, fields: form, ownKeys: InvariantRules.response.ownKeys)
        let then = form.required("then").flatMap { self.then($0, "`then`") }
        let within = form.required("within").flatMap { duration($0, "`within`") }
        let per = form.node("per").flatMap { self.per($0, first: first?.kind, then: then?.kind) }
        guard let first, let then, let within else { return nil }
        return .response(first: first, then: then, within: within, per: per)
    }

    /// `{event: kind, field: matcher}`, or the kind alone: what stands behind `then`, `after`, `before`, in `in-order`.
    private func then(_ node: YAMLNode, _ what: String) -> EventPattern? {
        if node.text != nil {
            return EventVocabulary.type(node.text ?? "").map { EventPattern(kind: $0.kind, fields: []) }
                ?? unknownEvent(node)
        }
        guard let form = Form(node, what: what, mistakes: mistakes) else { return nil }
        guard let kind = form.required("event") else { return nil }
        return eventPattern(kind: kind, fields: form, ownKeys: ["event"])
    }

    private func unknownEvent(_ node: YAMLNode) -> EventPattern? {
        mistakes.reportUnknown(
            "unknown-event", "event", node.text ?? "", known: EventVocabulary.types.map(\.kind), at: node.span)
        return nil
    }

    /// One field of both events, or `left=right`, several with commas.
    private func per(_ node: YAMLNode, first: String?, then: String?) -> String? {
        guard let text = mistakes.text(node, "`per`") else { return nil }
        for pair in FieldPair.parse(text) {
            for (name, kind) in [(pair.first, first), (pair.then, then)] {
                guard let kind, let type = EventVocabulary.type(kind), type.field(name) == nil else { continue }
                mistakes.report(
                    "unknown-field", "`\(kind)` has no field `\(name)`",
                    remedy: Mistakes.suggestion(for: name, among: type.fields.map(\.name)), at: node.span)
            }
        }
        return text
    }
}

/// What `per` pairs: a field of the first event with one of the second.
package struct FieldPair: Sendable, Hashable {
    package let first: String
    package let then: String

    /// Reads `by=attendee`, `appointment`, or several with commas (`by=attendee, appointment`).
    package static func parse(_ text: String) -> [FieldPair] {
        text.split(separator: ",").map { piece in
            let sides = piece.split(separator: "=", maxSplits: 1).map { $0.trimmingSpaces }
            return FieldPair(first: sides.first ?? "", then: sides.count > 1 ? sides[1] : sides.first ?? "")
        }
    }
}

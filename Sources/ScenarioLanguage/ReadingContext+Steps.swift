// SPDX-License-Identifier: Apache-2.0

internal import Ledger
internal import SourceText
internal import Value
internal import World

extension ReadingContext {
    /// What the first word of a step may be, beside an actor with a verb.
    private static let stepWords = StepRules.all.flatMap(\.heads)
    /// All steps of a list, procedures expanded. `idPrefix` is empty, or `2.cerner-ready.` inside a procedure.
    func steps(_ items: [YAMLNode], idPrefix: String) -> [Step] {
        items.enumerated().flatMap { index, node in step(node, id: idPrefix + String(index + 1)) }
    }

    private func step(_ node: YAMLNode, id: String) -> [Step] {
        guard let form = Form(node, what: "a step", mistakes: mistakes) else { return [] }
        guard let head = head(of: form) else {
            noteChecks(of: form)
            return []
        }
        let conditions = conditions(form)
        guard conditions.takesPlace else { return [] }
        let isOptional = form.node("optional").flatMap { mistakes.boolean($0, "`optional`") } ?? false
        let isStrict = form.node("strict").flatMap { mistakes.boolean($0, "`strict`") } ?? false
        if isOptional, isStrict {
            mistakes.report(
                "two-minds", "a step cannot be `optional` and `strict`",
                remedy: "an optional step's failure does not count, a strict one's ends the scenario: keep one",
                at: form.key("strict")?.span)
        }
        if head.name == "do" {
            return call(head, form, id: id).map {
                $0.within(isOptional: isOptional, isStrict: isStrict, claims: conditions.claims)
            }
        }
        let action: Action?
        switch head.name {
        case "expect": action = expectation(head, form).map { .expect($0) }
        case "absent": action = absence(head, form).map { .absent($0) }
        case "set": action = setting(head, form).map { .set($0) }
        default:
            action =
                head.name.hasSuffix(" requests")
                ? request(head, form).map { .request($0) } : act(head, form).map { .act($0) }
        }
        form.finish()
        guard let action else { return [] }
        return [
            Step(
                id: id, text: StepText.of(action), path: file.path,
                span: SourceSpan(start: head.key.span.start, end: head.value.span.end), isOptional: isOptional,
                isStrict: isStrict, claims: conditions.claims, action: action)
        ]
    }

    /// The checks of a step that cannot be read are still there: `verifies` may name them.
    private func noteChecks(of form: Form) {
        let names = [form.node("as")].compactMap { $0 } + (form.node("check")?.entries ?? []).map(\.key)
        for name in names { if let text = name.text { _ = assembly.use(check: text, at: name.span, in: file) } }
    }

    /// The key that says what kind of step it is.
    private func head(of form: Form) -> YAMLNode.Entry? {
        let heads = form.entries.filter { Self.stepWords.contains($0.name) || $0.name.contains(" ") }
        for head in heads { form.pass(head.name) }
        if heads.count > 1 {
            mistakes.report(
                "two-steps", "`\(heads[1].name)` begins a second step within one",
                remedy: "write it as an item of its own, with a hyphen before it", at: heads[1].key.span)
            return nil
        }
        if let head = heads.first { return head }
        guard let first = form.entries.first else {
            mistakes.report("unknown-step", "an empty step", at: form.span)
            return nil
        }
        let remedy: String?
        if InvariantRules.heads.contains(first.name) {
            remedy = "`\(first.name)` belongs under `always`"
        } else if Verb(rawValue: first.name) != nil {
            remedy = "say who: `somebody \(first.name): …`"
        } else {
            remedy =
                nearestWord(to: first.name, in: Self.stepWords).map { "did you mean `\($0)`?" }
                ?? "a step begins with `expect`, `absent`, `set`, `do`, or an actor and a verb such as `ann opens`"
        }
        mistakes.report("unknown-step", "unknown step `\(first.name)`", remedy: remedy, at: first.key.span)
        return nil
    }

    // MARK: Expectations

    private func expectation(_ head: YAMLNode.Entry, _ form: Form) -> Expectation? {
        let pattern = eventPattern(kind: head.value, fields: form, ownKeys: StepRules.expect.ownKeys)
        let within = form.node("within").map { duration($0, "`within`") } ?? .zero
        var count: CountRange? = .some
        if let node = form.node("count"), let text = literal(node, "`count`") {
            count = CountRange(parsing: text)
            if count == nil || count?.atMost == 0 {
                mistakes.report(
                    "bad-count", "`\(text)` is no count of events that are expected",
                    remedy: count == nil ? "write `1`, `\"1..2\"` or `\"2..\"`" : "write an `absent` step instead",
                    at: node.span)
            }
        }
        let fromStart = since(form)
        let check = form.node("as").flatMap { self.check($0) }
        let checks = checks(form, over: head.value.text)
        let captures = captures(form, over: head.value.text)
        guard let pattern, let within, let count else { return nil }
        return Expectation(
            pattern: pattern, within: within, count: count, check: check, checks: checks, captures: captures,
            fromStart: fromStart)
    }

    private func absence(_ head: YAMLNode.Entry, _ form: Form) -> Absence? {
        let pattern = eventPattern(kind: head.value, fields: form, ownKeys: StepRules.absent.ownKeys)
        let window = form.required("for").flatMap { duration($0, "`for`") }
        let check = form.required("as").flatMap { self.check($0) }
        let fromStart = since(form)
        guard let pattern, let window, let check else { return nil }
        return Absence(pattern: pattern, window: window, check: check, fromStart: fromStart)
    }

    private func since(_ form: Form) -> Bool {
        form.node("since").flatMap { mistakes.word($0, "`since`", of: ["start", "stimulus"]) } == "start"
    }

    /// A duration that is complete in the file.
    func duration(_ node: YAMLNode, _ what: String) -> Duration? {
        guard let text = literal(node, what) else { return nil }
        if let duration = DurationText.parse(scope.bare(text, .duration)) { return duration }
        mistakes.report(
            "bad-duration", "\(what) is no duration: `\(text)`", remedy: DurationText.expected, at: node.span)
        return nil
    }
}

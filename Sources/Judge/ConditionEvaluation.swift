// SPDX-License-Identifier: Apache-2.0

internal import FHIRPath
internal import ScenarioLanguage
internal import Trace
internal import Value

/// FHIRPath over an event, with `%world`, `%trace` and `%captures`.
struct ConditionEvaluation {
    let world: Value
    let captures: [String: Value]
    /// Events since the stimulus; asked for only where an expression looks at them.
    let trace: () -> ArraySlice<TraceEvent>

    enum Decision {
        case holds
        case fails(expected: String, actual: String)
    }

    /// Whether a check holds; throws where its value cannot be had.
    func decide(
        _ check: ExpressionCheck, on event: TraceEvent, resolving resolver: TemplateResolver,
        page: () -> ExtractionPage?
    ) throws -> Decision {
        if check.wanted == nil, let expression = check.extraction.expression {
            return try holds(expression, check.extraction, on: event)
                ? .holds : .fails(expected: check.source, actual: actual(check.source, event))
        }
        let value = try check.extraction.value(
            of: event, context: context(for: check.extraction), page: page)
        guard let wanted = check.wanted else {
            return value != nil && value != false
                ? .holds : .fails(expected: "\(check.source) is there", actual: "it is not")
        }
        guard case .miss = wanted.explain(value, resolving: resolver) else { return .holds }
        return .fails(
            expected: "\(check.extraction.source): \(wanted.expectation(resolving: resolver))",
            actual: wanted.difference(from: value, resolving: resolver).map { "\(check.extraction.source): \($0)" }
                ?? "\(check.extraction.source): \(value.map { EventText.shown($0) } ?? "absent")")
    }

    /// True passes; false and empty fail.
    private func holds(_ expression: Expression, _ extraction: Extraction, on event: TraceEvent) throws -> Bool {
        try expression.evaluateBool(on: EventView.value(of: event), context: context(for: extraction)) ?? false
    }

    private func context(for extraction: Extraction) -> EvaluationContext {
        var context = EvaluationContext()
        let variables = extraction.variables
        if variables.contains("world") { context.variables["world"] = [Item(world)] }
        if variables.contains("captures") {
            let members = Members(captures.sorted { $0.key < $1.key }.map { ($0.key, $0.value) })
            context.variables["captures"] = [Item(.object(members))]
        }
        if variables.contains("trace") { context.variables["trace"] = trace().map { Item(EventView.value(of: $0)) } }
        return context
    }

    /// The fields of the event that the condition names, with their values.
    func actual(_ source: String, _ event: TraceEvent) -> String {
        let words = Set(source.split { !$0.isLetter && !$0.isNumber && $0 != "-" && $0 != "_" }.map(String.init))
        let named = event.fields.filter { words.contains($0.name) }
        if named.isEmpty {
            return source.contains("%trace") ? "\(trace().count) events since the stimulus" : EventText.line(event)
        }
        return named.map { "\($0.name) = \(EventText.shown($0.value))" }.joined(separator: "; ")
    }
}

/// Events in sentences.
enum EventText {
    /// `#12 sms.sent to ann`.
    static func line(_ event: TraceEvent) -> String {
        let told = event.fields.filter { !$0.value.isNull && $0.name != "model" }.prefix(8).map {
            "\($0.name) \(shown($0.value, limit: 80))"
        }
        return "#\(event.seq) \(event.kind) " + told.joined(separator: ", ")
    }

    /// Whose doing the event shows.
    static func subject(_ event: TraceEvent) -> String { "\(event.kind) of \(event.party) (#\(event.seq))" }

    static func shown(_ value: Value, limit: Int = 300) -> String {
        let text = value.scalarText ?? value.json()
        return text.count > limit ? text.prefix(limit) + "…" : text
    }
}

enum ExpectationText {
    /// `sms.sent to ann, within 2m`, for "expected".
    static func wanted(_ expectation: Expectation) -> String {
        var text = expectation.pattern.text
        if expectation.count != CountRange(atLeast: 1, atMost: nil) { text += ", \(expectation.count.described)" }
        return text + (expectation.within > .zero ? ", within \(DurationText.format(expectation.within))" : ", by now")
    }
}

extension CountRange {
    /// `exactly 1`, `at least 2`, `1 to 2`.
    var described: String {
        switch atMost {
        case nil: "at least \(atLeast)"
        case .some(let most) where most == atLeast: "exactly \(most)"
        case .some(let most) where atLeast == 0: "at most \(most)"
        case .some(let most): "\(atLeast) to \(most)"
        }
    }
}

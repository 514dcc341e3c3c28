// SPDX-License-Identifier: Apache-2.0

internal import Value

/// Steps and invariants read aloud, as they stand in a file.
enum StepText {
    static func of(_ action: Action) -> String {
        switch action {
        case .act(let act):
            var text = "\(act.actor.text) \(act.verb.rawValue): \(act.object.source)"
            for argument in act.arguments where act.verb != .does {
                if case .text(let template) = argument.value { text += " \(argument.name): \(template.source)" }
            }
            return text
        case .set(let setting): return "set: " + of(setting)
        case .expect(let expectation):
            var text = "expect: " + expectation.pattern.text
            if expectation.count != .some { text += " count: \(expectation.count.text)" }
            if expectation.within != .zero { text += " within: \(DurationText.format(expectation.within))" }
            return text
        case .absent(let absence):
            return "absent: \(absence.pattern.text) for: \(DurationText.format(absence.window))"
        case .request(let request):
            return "\(request.person ?? RequestStep.client) requests: \(request.method) \(request.url.source)"
        }
    }

    static func of(_ condition: Invariant.Condition) -> String {
        switch condition {
        case .never(let pattern, let scope, let per): return "never: \(pattern.text)" + tail(scope, per)
        case .count(let range, let pattern, let scope, let per):
            return "\(range.words) of: \(pattern.text)" + tail(scope, per)
        case .sequence(let patterns, let scope, let per):
            return "in-order: [" + patterns.map(\.text).joined(separator: ", ") + "]" + tail(scope, per)
        case .order(let first, let then, let per):
            return "first: \(first.text) then: \(then.text)" + (per.map { " per: \($0)" } ?? "")
        case .response(let first, let then, let within, let per):
            return "each: \(first.text) then: \(then.text) within: \(DurationText.format(within))"
                + (per.map { " per: \($0)" } ?? "")
        case .privacy(let policy, let people):
            return "privacy: \(policy)" + (people.isEmpty ? "" : " between: [\(people.joined(separator: ", "))]")
        case .protocol(let family): return "protocol: \(family)"
        }
    }

    private static func tail(_ scope: TemporalScope?, _ per: String?) -> String {
        (scope?.text ?? "") + (per.map { " per: \($0)" } ?? "")
    }

    private static func of(_ setting: Setting) -> String {
        switch setting {
        case .clock(let time): "{clock: \(time.text)}"
        case .fault(let value): "{fault: \(flow(value))}"
        case .ehr(let value):
            if let person = value["person"]?.string, let field = value["field"]?.string {
                "{ehr: {person: \(person), \(field): \(value["value"]?.scalarText ?? "none")}}"
            } else {
                "{ehr: \(flow(value))}"
            }
        case .microsoft(let value): "{microsoft: \(flow(value))}"
        }
    }

    private static func flow(_ value: Value) -> String {
        switch value {
        case .null: "null"
        case .array(let items): "[" + items.map(flow).joined(separator: ", ") + "]"
        case .object(let members): "{" + members.map { "\($0.name): \(flow($0.value))" }.joined(separator: ", ") + "}"
        case .bool, .number, .string: value.scalarText ?? ""
        }
    }
}

extension EventPattern {
    /// `sms.sent to: ann`.
    package var text: String {
        ([kind] + fields.map { "\($0.field): \($0.matcher.text)" }).joined(separator: " ")
    }
}

extension Matcher {
    /// As it stands in a file.
    package var text: String {
        switch self {
        case .equals(let template): template.source
        case .isNot(let inner): "{not: \(inner.text)}"
        case .oneOf(let options): "[" + options.map(\.text).joined(separator: ", ") + "]"
        case .contains(let template): "{contains: \(template.source)}"
        case .matches(let pattern): "{matches: \(pattern)}"
        case .atLeast(let bound): "{at-least: \(bound.source)}"
        case .atMost(let bound): "{at-most: \(bound.source)}"
        case .absent: "absent"
        case .present: "present"
        case .each(let inner): "{each: \(inner.text)}"
        case .some(let inner): "{some: \(inner.text)}"
        case .ordered(let items): "{list: [" + items.map(\.text).joined(separator: ", ") + "]}"
        case .unordered(let items): "{unordered: [" + items.map(\.text).joined(separator: ", ") + "]}"
        case .members(let members):
            "{object: {" + members.map { "\($0.field): \($0.matcher.text)" }.joined(separator: ", ") + "}}"
        case .allOf(let parts): "{all-of: [" + parts.map(\.text).joined(separator: ", ") + "]}"
        }
    }
}

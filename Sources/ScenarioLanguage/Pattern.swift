// SPDX-License-Identifier: Apache-2.0

package import SourceText

/// An event by kind and fields.
package struct EventPattern: Sendable, Hashable {
    package let kind: String
    package let fields: [FieldPattern]

    package init(kind: String, fields: [FieldPattern]) {
        self.kind = kind
        self.fields = fields
    }
}

/// One field of a pattern. `cause` matches the event's cause, every other name a field of the event.
package struct FieldPattern: Sendable, Hashable {
    package let field: String
    package let matcher: Matcher

    package init(field: String, matcher: Matcher) {
        self.field = field
        self.matcher = matcher
    }
}

/// A condition on a value, in the YAML shorthand.
package indirect enum Matcher: Sendable, Hashable {
    case equals(Template)
    case isNot(Matcher)
    case oneOf([Matcher])
    case contains(Template)
    /// A regular expression (linear time; see `docs/scenario-language.md`).
    case matches(String)
    case atLeast(Template)
    case atMost(Template)
    case absent
    case present
    /// On a list: every element.
    case each(Matcher)
    /// On a list: some element.
    case some(Matcher)
    case allOf([Matcher])
    /// On a list: these elements in this order, no others.
    case ordered([Matcher])
    /// On a list: these elements in any order, no others.
    case unordered([Matcher])
    /// On an object: members by name; others may be there.
    case members([FieldPattern])
}

/// Text with references `$(name)`.
package struct Template: Sendable, Hashable {
    package enum Part: Sendable, Hashable {
        case text(String)
        /// A capture, a parameter or a world value such as `main.url`, `ada.principal-name`, `visit.start`.
        case reference(String)
    }

    package let parts: [Part]

    package init(parts: [Part]) { self.parts = parts }

    /// The one reference it consists of; then its value keeps its type (lists, objects).
    package var soleReference: String? {
        if parts.count == 1, case .reference(let name) = parts[0] { name } else { nil }
    }

    package var references: [String] {
        parts.compactMap { if case .reference(let name) = $0 { name } else { nil } }
    }

    /// As it stands in the file.
    package var source: String {
        parts.map { part in
            switch part {
            case .text(let text): text
            case .reference(let name): "$(\(name))"
            }
        }.joined()
    }
}

/// A named condition over an event. Without a matcher a FHIRPath must be true (false or empty fails), and anything else
/// must be there.
package struct ExpressionCheck: Sendable {
    package let check: String
    package let extraction: Extraction
    /// What the value must be; nil where the expression says it all.
    package let wanted: Matcher?
    /// As it stands in the file.
    package let source: String
    package let span: SourceSpan

    package init(check: String, extraction: Extraction, wanted: Matcher?, source: String, span: SourceSpan) {
        self.check = check
        self.extraction = extraction
        self.wanted = wanted
        self.source = source
        self.span = span
    }
}

/// A value taken from an event for later steps.
package struct Capture: Sendable {
    package let name: String
    package let extraction: Extraction

    package init(name: String, extraction: Extraction) {
        self.name = name
        self.extraction = extraction
    }
}

/// Something that must hold for the scenario's whole life.
package struct Invariant: Sendable {
    package enum Condition: Sendable {
        /// No such event; with `per`, none that belongs to the event its stretch began or ended with.
        case never(EventPattern, scope: TemporalScope?, per: String?)
        /// So many such events; with `per`, for each value of that field.
        case count(CountRange, EventPattern, scope: TemporalScope?, per: String?)
        /// The first of each comes after the first of the one before it.
        case sequence([EventPattern], scope: TemporalScope?, per: String?)
        /// Each `then` has a `first` before it (the same value of `per`, where given).
        case order(first: EventPattern, then: EventPattern, per: String?)
        /// Each `first` is followed by `then` within a time on the world's clock.
        case response(first: EventPattern, then: EventPattern, within: Duration, per: String?)
        /// The flow policy of `policies/<name>.yaml` over all surfaces. With two people and more in `between`: what is
        /// kept and passed on is the same for all of them, but for what the policy looks at.
        case privacy(policy: String, between: [String])
        /// A family of protocol rules: `smart`, `fhir`, `graph`, `sms`, `http`.
        case `protocol`(family: String)
    }

    package let check: String
    package let text: String
    package let span: SourceSpan
    /// All must hold; where one does not, the check does not apply.
    package let claims: [ClaimCondition]
    package let condition: Condition

    package init(
        check: String, text: String, span: SourceSpan, claims: [ClaimCondition] = [], condition: Condition
    ) {
        self.check = check
        self.text = text
        self.span = span
        self.claims = claims
        self.condition = condition
    }
}

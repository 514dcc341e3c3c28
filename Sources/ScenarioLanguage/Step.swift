// SPDX-License-Identifier: Apache-2.0

package import SourceText
package import Value
package import World

/// One step, procedures already expanded.
package struct Step: Sendable {
    /// `1`, `2`, and `2.cerner-ready.3` inside a procedure; unique within the scenario.
    package let id: String
    /// The step read aloud, for progress and reports.
    package let text: String
    /// Where it stands: in the scenario's file, or in the procedure's.
    package let path: String
    package let span: SourceSpan
    /// Its failure neither blocks what follows nor counts.
    package let isOptional: Bool
    /// Its failure ends the scenario, though it decides a check.
    package let isStrict: Bool
    /// All must hold; where one does not, the step is skipped and its checks do not apply.
    package let claims: [ClaimCondition]
    package let action: Action

    package init(
        id: String, text: String, path: String, span: SourceSpan, isOptional: Bool, isStrict: Bool = false,
        claims: [ClaimCondition] = [], action: Action
    ) {
        self.id = id
        self.text = text
        self.path = path
        self.span = span
        self.isOptional = isOptional
        self.isStrict = isStrict
        self.claims = claims
        self.action = action
    }

    /// The same as part of a call that is optional, strict or conditional.
    func within(isOptional: Bool, isStrict: Bool, claims: [ClaimCondition]) -> Step {
        Step(
            id: id, text: text, path: path, span: span, isOptional: self.isOptional || isOptional,
            isStrict: (self.isStrict || isStrict) && !isOptional, claims: claims + self.claims, action: action)
    }
}

/// The kinds of step.
package enum Action: Sendable {
    /// Somebody does something.
    case act(Act)
    /// The world is set.
    case set(Setting)
    /// An event is expected within a time.
    case expect(Expectation)
    /// No such event may come over a stated window.
    case absent(Absence)
    /// A plain HTTP request.
    case request(RequestStep)
}

/// Somebody does something: `ann opens: $(link)`.
package struct Act: Sendable {
    package let actor: Actor
    package let verb: Verb
    /// The value behind the verb.
    package let object: Template
    /// `with:` and verb-specific keys (`from`, `to`, `on`).
    package let arguments: [(name: String, value: ArgumentValue)]
    /// The outcome that must come; nil where any will do.
    package let outcome: OutcomeExpectation?
    /// Over the event that ends the act (`operation.completed`, `launch.finished`, `link.opened`).
    package let checks: [ExpressionCheck]
    package let captures: [Capture]

    package init(
        actor: Actor, verb: Verb, object: Template, arguments: [(name: String, value: ArgumentValue)],
        outcome: OutcomeExpectation?, checks: [ExpressionCheck], captures: [Capture]
    ) {
        self.actor = actor
        self.verb = verb
        self.object = object
        self.arguments = arguments
        self.outcome = outcome
        self.checks = checks
        self.captures = captures
    }

    package func argument(_ name: String) -> ArgumentValue? { arguments.first { $0.name == name }?.value }
}

/// Who acts.
package enum Actor: Sendable, Hashable {
    case person(String)
    case ehr
    case microsoft
    case connector

    package var text: String {
        switch self {
        case .person(let alias): alias
        case .ehr: "ehr"
        case .microsoft: "microsoft"
        case .connector: "connector"
        }
    }
}

/// What can be done. Which actor may use which verb is a table of the parser (and of `docs/scenario-language.md`).
package enum Verb: String, Sendable, Hashable, CaseIterable {
    // People.
    /// An operation of the connector through its binding; object = operation.
    case does
    /// A browser opens an address; object = URL.
    case opens
    /// A launch from the EHR; object = appointment; `from:` the entry.
    case launches
    /// Lets a person in from the lobby; object = person.
    case admits
    /// Leaves the meeting; object = appointment or `meeting`.
    case leaves
    /// Ends the call for everybody; object = appointment or `meeting`.
    case ends
    /// Answers the last text message; object = text.
    case replies
    /// Opens a person's last sign-in answer (the address with `code` and `state`) once more; object = person.
    case replays
    /// Opens a person's last address that holds a way back, with a stranger's in its place; object = person.
    case misdirects
    /// A stranger's page has the browser repeat the last form of an operation; object = operation.
    case fallsFor = "falls-for"
    // The EHR.
    case books, moves, cancels
    /// Takes over integration records; object = a captured list.
    case installs
    // Microsoft.
    /// Delivers something odd; object = `duplicate-notification`, `forged-notification`, `late-notification`.
    case delivers
    // The connector's process.
    /// object = `kill` or `graceful`.
    case restarts
    case stops
    case starts
}

/// An argument: text with references, or a list or object of such.
package indirect enum ArgumentValue: Sendable, Hashable {
    case text(Template)
    case list([ArgumentValue])
    case object([String: ArgumentValue])
}

/// The outcome an act must have, and the check that it is, if it is one.
package struct OutcomeExpectation: Sendable, Hashable {
    /// `accepted`, `refused`; `meeting`, `page`, `error`, `handoff`. Any of them will do.
    package let words: [String]
    /// Nil: a precondition, whose failure blocks the scenario instead of failing a requirement.
    package let check: String?

    package init(words: [String], check: String?) {
        self.words = words
        self.check = check
    }
}

/// The world is set: `set: {clock: +30m}`.
package enum Setting: Sendable, Hashable {
    /// The clock advances.
    case clock(TimeExpression)
    /// A fault is armed; keys as in `docs/scenario-language.md` (place, effect, nth, times).
    case fault(Value)
    /// EHR data of a person or base change: `{person, field, value}` or `{base, release}`.
    case ehr(Value)
    /// Microsoft's side changes: `{subscription}`, `{person, licences}`, `{access-policy}`, `{numbers}`, `{notifications}`, `{sms}`.
    case microsoft(Value)
}

/// A point on the world's clock.
package enum TimeExpression: Sendable, Hashable {
    /// `+30m`: after now.
    case afterNow(Duration)
    /// `visit.start - 15m`: relative to an appointment's planned start or end.
    case appointment(alias: String, edge: Edge, offset: Duration)
    /// A fixed instant.
    case at(Instant)

    package enum Edge: String, Sendable, Hashable { case start, end }
}

/// An event is expected.
package struct Expectation: Sendable {
    package let pattern: EventPattern
    /// On the world's clock, from the start of the step. Zero: with what has already been set in motion.
    package let within: Duration
    package let count: CountRange
    /// Nil: a precondition.
    package let check: String?
    /// Over the first matching event.
    package let checks: [ExpressionCheck]
    package let captures: [Capture]
    /// Events count from the last stimulus (act or set) on, or from the scenario's start.
    package let fromStart: Bool

    package init(
        pattern: EventPattern, within: Duration, count: CountRange, check: String?, checks: [ExpressionCheck],
        captures: [Capture], fromStart: Bool
    ) {
        self.pattern = pattern
        self.within = within
        self.count = count
        self.check = check
        self.checks = checks
        self.captures = captures
        self.fromStart = fromStart
    }
}

/// No matching event may come over a window of the world's clock, which closes only once the connector is known idle past it.
package struct Absence: Sendable {
    package let pattern: EventPattern
    package let window: Duration
    package let check: String
    /// From the last stimulus on, or from the scenario's start.
    package let fromStart: Bool

    package init(pattern: EventPattern, window: Duration, check: String, fromStart: Bool) {
        self.pattern = pattern
        self.window = window
        self.check = check
        self.fromStart = fromStart
    }
}

/// How many matching events are wanted.
package struct CountRange: Sendable, Hashable {
    package let atLeast: Int
    package let atMost: Int?

    package init(atLeast: Int, atMost: Int?) {
        self.atLeast = atLeast
        self.atMost = atMost
    }

    package func contains(_ count: Int) -> Bool { count >= atLeast && atMost.map { count <= $0 } ?? true }
}

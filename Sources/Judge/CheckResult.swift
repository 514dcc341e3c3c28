// SPDX-License-Identifier: Apache-2.0

/// The verdict of one check (ISO/IEC 9646 and TTCN-3, with the suite's own error).
package enum CheckVerdict: String, Sendable, Hashable, CaseIterable {
    case pass, fail, inconclusive, error
    case notApplicable = "not-applicable"
}

/// How a requirement was seen.
package enum Observability: String, Sendable, Hashable, CaseIterable {
    case observed, attested
    case notObservable = "not-observable"
}

/// How much a failure weighs: a page's must and should, or engineering (DESIGN 2).
package enum RequirementLevel: String, Sendable, Hashable, CaseIterable {
    case must = "M", should = "S", engineering = "E"
}

/// The typed reason of a verdict that is not pass; stable words, no values in them.
package enum Reason: String, Sendable, Hashable, CaseIterable {
    /// The awaited event did not come in its time.
    case missingEvent = "missing-event"
    /// An event came that must not.
    case forbiddenEvent = "forbidden-event"
    /// Events came, but not so many.
    case wrongCount = "wrong-count"
    /// In the wrong order, or too late after its trigger.
    case wrongOrder = "wrong-order"
    /// The value differs from what was expected.
    case wrongValue = "wrong-value"
    /// The operation, launch or link ended otherwise than it should.
    case wrongOutcome = "wrong-outcome"
    /// A datum stands where the flow policy forbids it.
    case leak
    /// Something depends on a person that no known form of a datum explains.
    case dependence
    /// A protocol's rule was broken.
    case protocolViolation = "protocol-violation"
    /// The connector ended by itself, or stopped answering.
    case connectorFailure = "connector-failure"
    /// An earlier precondition failed: nothing was seen of this check.
    case blocked
    /// The step of this check was never reached.
    case notExecuted = "not-executed"
    /// The window could not be closed: the connector was not known idle.
    case windowOpen = "window-open"
    /// The deployment offers no such source, or its control failed.
    case notObservable = "not-observable"
    /// A binding no longer fits the connector.
    case binding
    /// The harness itself went wrong.
    case harness
    /// The connector does not claim the feature.
    case notClaimed = "not-claimed"
}

/// One judged check of one scenario.
///
/// A reference to what is never changed: every report goes through all of them.
package struct CheckResult: Sendable {
    private final class Content: Sendable {
        let check: String
        let requirements: [String]
        let level: RequirementLevel
        let verdict: CheckVerdict
        let reason: Reason?
        let message: String
        let expected: String
        let actual: String
        let nearMisses: [String]
        let evidence: [Int]
        let observability: Observability
        let step: String?

        init(
            check: String, requirements: [String], level: RequirementLevel, verdict: CheckVerdict, reason: Reason?,
            message: String, expected: String, actual: String, nearMisses: [String], evidence: [Int],
            observability: Observability, step: String?
        ) {
            self.check = check
            self.requirements = requirements
            self.level = level
            self.verdict = verdict
            self.reason = reason
            self.message = message
            self.expected = expected
            self.actual = actual
            self.nearMisses = nearMisses
            self.evidence = evidence
            self.observability = observability
            self.step = step
        }
    }

    private let content: Content

    package init(
        check: String, requirements: [String], level: RequirementLevel, verdict: CheckVerdict, reason: Reason? = nil,
        message: String, expected: String = "", actual: String = "", nearMisses: [String] = [], evidence: [Int] = [],
        observability: Observability = .observed, step: String? = nil
    ) {
        content = Content(
            check: check, requirements: requirements, level: level, verdict: verdict, reason: reason, message: message,
            expected: expected, actual: actual, nearMisses: nearMisses, evidence: evidence,
            observability: observability, step: step)
    }

    package var check: String { content.check }
    package var requirements: [String] { content.requirements }
    package var level: RequirementLevel { content.level }
    package var verdict: CheckVerdict { content.verdict }
    /// Nil exactly when the verdict is pass.
    package var reason: Reason? { content.reason }
    /// One sentence for people: which party did what.
    package var message: String { content.message }
    package var expected: String { content.expected }
    package var actual: String { content.actual }
    /// The nearest misses of a missing event, each with why it missed.
    package var nearMisses: [String] { content.nearMisses }
    /// Sequence numbers of the events that decided it.
    package var evidence: [Int] { content.evidence }
    package var observability: Observability { content.observability }
    /// The step it belongs to; nil for invariants.
    package var step: String? { content.step }
}

extension CheckResult: Hashable {
    package static func == (left: Self, right: Self) -> Bool {
        left.content === right.content
            || left.check == right.check && left.requirements == right.requirements && left.level == right.level
                && left.verdict == right.verdict && left.reason == right.reason && left.message == right.message
                && left.expected == right.expected && left.actual == right.actual
                && left.nearMisses == right.nearMisses && left.evidence == right.evidence
                && left.observability == right.observability && left.step == right.step
    }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(check)
        hasher.combine(verdict)
        hasher.combine(message)
    }
}

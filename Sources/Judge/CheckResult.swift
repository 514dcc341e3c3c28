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
package struct CheckResult: Sendable, Hashable {
    package let check: String
    package let requirements: [String]
    package let level: RequirementLevel
    package let verdict: CheckVerdict
    /// Nil exactly when the verdict is pass.
    package let reason: Reason?
    /// One sentence for people: which party did what.
    package let message: String
    package let expected: String
    package let actual: String
    /// The nearest misses of a missing event, each with why it missed.
    package let nearMisses: [String]
    /// Sequence numbers of the events that decided it.
    package let evidence: [Int]
    package let observability: Observability
    /// The step it belongs to; nil for invariants.
    package let step: String?

    package init(
        check: String, requirements: [String], level: RequirementLevel, verdict: CheckVerdict, reason: Reason? = nil,
        message: String, expected: String = "", actual: String = "", nearMisses: [String] = [], evidence: [Int] = [],
        observability: Observability = .observed, step: String? = nil
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

// SPDX-License-Identifier: Apache-2.0

/// The protocol a rule belongs to; the word of `protocol:` in a scenario.
package enum RuleFamily: String, Sendable, Hashable, CaseIterable { case smart, fhir, graph, sms, http }

/// How sure the project is of the source of a rule.
package enum SourceMark: String, Sendable, Hashable, CaseIterable {
    /// Read in the standard's or the vendor's own document.
    case verified = "V"
    /// Read in somebody's code, fixture or article.
    case secondary = "sec"
    /// No source found, or the sources disagree: never more than advice.
    case unverified = "unv"
    /// Engineering judgement.
    case engineering = "eng"
}

/// One rule of a protocol: what a connector may not do, and how it shows in the exchanges of a world.
package struct ProtocolRule: Sendable {
    /// `smart-state-present`; its check is `protocol.smart-state-present`.
    package let id: String
    package let family: RuleFamily
    /// The row of the ledger it judges; nil for good manners that no row states.
    package let requirement: String?
    package let mark: SourceMark
    /// Advice is reported and never fails a check.
    package let isAdvice: Bool
    /// What must hold, one sentence.
    package let statement: String
    let examine: @Sendable (RuleRecord) -> Examination

    init(
        _ id: String, _ family: RuleFamily, requirement: String?, mark: SourceMark, advice: Bool = false,
        _ statement: String, examine: @escaping @Sendable (RuleRecord) -> Examination
    ) {
        self.id = id
        self.family = family
        self.requirement = requirement
        self.mark = mark
        self.isAdvice = advice
        self.statement = statement
        self.examine = examine
    }

    func apply(to record: RuleRecord) -> RuleOutcome {
        let examination = examine(record)
        return RuleOutcome(
            rule: self, examined: examination.examined,
            violations: examination.broken.map { broken in
                Violation(
                    rule: id, family: family, requirement: requirement, mark: mark, isAdvice: isAdvice,
                    message: broken.message, actual: broken.actual, evidence: broken.evidence)
            })
    }
}

/// What a rule found: how many things it could look at, and which broke it.
struct Examination {
    struct Broken {
        let message: String
        let actual: String
        let evidence: [Int]
    }

    private(set) var examined = 0
    private(set) var broken: [Broken] = []

    /// Looks at one thing; `message` is nil where it keeps the rule.
    mutating func look(at exchange: Exchange, _ message: String?, actual: String = "", also evidence: [Int] = []) {
        examined += 1
        if let message {
            broken.append(Broken(message: message, actual: actual, evidence: evidence + exchange.evidence))
        }
    }

    /// Looks at each of `exchanges`; `verdict` returns what is wrong and what was seen, or nil.
    static func each(
        _ exchanges: some Sequence<Exchange>, _ verdict: (Exchange) -> (message: String, actual: String)?
    ) -> Examination {
        var examination = Examination()
        for exchange in exchanges {
            let wrong = verdict(exchange)
            examination.look(at: exchange, wrong?.message, actual: wrong?.actual ?? "")
        }
        return examination
    }
}

/// A rule with what it found in one world.
package struct RuleOutcome: Sendable {
    package let rule: ProtocolRule
    /// How many exchanges or flows it applied to; 0: nothing of the kind was seen.
    package let examined: Int
    package let violations: [Violation]
}

/// One breach of a rule.
package struct Violation: Sendable, Hashable {
    package let rule: String
    package let family: RuleFamily
    package let requirement: String?
    package let mark: SourceMark
    package let isAdvice: Bool
    /// One sentence: which party did what.
    package let message: String
    /// The offending value, shortened; never a secret.
    package let actual: String
    /// Sequence numbers of the events that show it.
    package let evidence: [Int]
}

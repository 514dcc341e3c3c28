// SPDX-License-Identifier: Apache-2.0

/// The rules of the protocols a connector speaks, applied to what was recorded: pure, the judge always applies them.
package enum ProtocolRules {
    /// Every rule, in the order reports show them. Ids are API: never renamed, never reused.
    package static let all: [ProtocolRule] =
        SmartAuthorizeRules.all + SmartTokenRules.all + FHIRRules.all + GraphRules.all + GraphRequestRules.all
        + SMSRules.all + SMSEventRules.all + HTTPURLRules.all + HTTPPageRules.all

    package static func rules(of family: RuleFamily) -> [ProtocolRule] { all.filter { $0.family == family } }

    package static func rule(_ id: String) -> ProtocolRule? { all.first { $0.id == id } }

    /// What every rule (or every rule of `family`) says about the exchanges of one world, in the rules' order.
    ///
    /// `exchanges` are those of one world, or of the run-level lane, in the order of their requests.
    package static func outcomes(
        in exchanges: [Exchange], world: WorldFacts = WorldFacts(), family: RuleFamily? = nil
    ) -> [RuleOutcome] {
        let record = RuleRecord(exchanges: exchanges, world: world)
        return all.filter { family == nil || $0.family == family }.map { $0.apply(to: record) }
    }

    /// Only what was broken.
    package static func violations(
        in exchanges: [Exchange], world: WorldFacts = WorldFacts(), family: RuleFamily? = nil
    ) -> [Violation] {
        outcomes(in: exchanges, world: world, family: family).flatMap(\.violations)
    }

    /// The rules in Markdown, as `docs/protocol-rules.md` prints them.
    package static var markdown: String {
        let rows = all.map { rule in
            "| `protocol.\(rule.id)` | \(rule.requirement ?? "–") | \(rule.mark.rawValue)\(rule.isAdvice ? ", advice" : "") "
                + "| \(rule.statement) |"
        }
        return (["| check | requirement | source | rule |", "|---|---|---|---|"] + rows).joined(separator: "\n")
    }
}

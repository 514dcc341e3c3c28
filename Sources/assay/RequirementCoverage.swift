// SPDX-License-Identifier: Apache-2.0

import Ledger
import ProtocolRules
import ScenarioLanguage

/// Which checks judge a row, and which defects those checks are known to find.
struct RequirementCoverage {
    /// `scenario/check`; `run/check` for what is looked at in every exchange of a run.
    let checks: [String]
    let scenarios: [String]
    let defects: [DefectEntry]
    /// Ids of the defects that turn each check red.
    let killers: [String: [String]]

    init(_ requirement: String, _ suite: Suite) {
        var checks: [String] = []
        var scenarios: [String] = []
        for scenario in suite.scenarios {
            for verification in scenario.verifies where verification.requirement == requirement {
                scenarios.append(scenario.id)
                checks += verification.checks.map { "\(scenario.id)/\($0)" }
            }
        }
        checks += ProtocolRules.all.filter { $0.requirement == requirement && !$0.isAdvice }.map {
            "run/protocol." + $0.id
        }
        if requirement == "PRI-02" { checks.append("run/traffic-only-to-known-parties") }
        if ["PRI-01", "PRI-02"].contains(requirement) { checks.append("run/privacy.seed-policy") }
        self.checks = checks
        self.scenarios = scenarios
        var killers: [String: [String]] = [:]
        for check in checks { killers[check] = Self.killers(of: check, suite.ledger) }
        self.killers = killers
        let ids = Set(killers.values.flatMap { $0 })
        defects = suite.ledger.defects.filter { ids.contains($0.id) }
    }

    /// The defects that are there for a check, and the one that `kills.yaml` names for it.
    static func killers(of check: String, _ ledger: Ledger) -> [String] {
        let parts = check.split(separator: "/", maxSplits: 1).map(String.init)
        let expected = ledger.defects.filter { entry in
            entry.expected.check == parts.last && entry.expected.means(parts[0])
        }.map(\.id)
        let listed = ledger.kills[check].map { [$0] } ?? []
        return expected + listed.filter { !expected.contains($0) }
    }
}

// SPDX-License-Identifier: Apache-2.0

internal import Ledger
internal import ScenarioLanguage

/// The requirement matrix of a run: each row of the judged profiles with what its checks said.
struct RequirementRows {
    let context: JudgeContext
    let scenarios: [Scenario]
    let scenarioResults: [ScenarioResult]
    let runChecks: [CheckResult]
    private let table: RequirementTable

    init(context: JudgeContext, scenarios: [Scenario], results: [ScenarioResult], runChecks: [CheckResult]) {
        self.context = context
        // A rule that saw nothing says nothing of its row.
        self.runChecks = runChecks.filter { $0.verdict != .notApplicable }
        self.scenarios = scenarios
        scenarioResults = results
        table = RequirementTable(context.requirements)
    }

    /// The rows that are judged: those of the profiles; without profiles, or in a selection without one asked for, those
    /// that the planned scenarios verify.
    private var ids: [String] {
        let verified = Set(scenarios.flatMap { $0.verifies.map(\.requirement) })
        let owed = Set(context.profiles.flatMap(\.requirements))
        if context.isCapture {
            // Only what the capture says something of, and what was asked for.
            let seen = Set(runChecks.flatMap(\.requirements)).union(owed)
            return context.requirements.map(\.id).filter(seen.contains)
        }
        let judged = owed.isEmpty || (context.isSelection && context.profile == nil) ? verified : owed.union(verified)
        let inOrder = context.requirements.map(\.id).filter(judged.contains)
        return inOrder + judged.subtracting(inOrder).sorted()
    }

    var results: [RequirementResult] {
        var checks: [String: [(name: String, result: CheckResult)]] = [:]
        for scenario in scenarioResults {
            for check in scenario.checks {
                for id in check.requirements {
                    checks[id, default: []].append(("\(scenario.id)/\(check.check)", check))
                }
            }
        }
        for check in runChecks {
            for id in check.requirements { checks[id, default: []].append(("run/\(check.check)", check)) }
        }
        return ids.map { id in
            let row = table[id]
            let found = checks[id] ?? []
            var verdict = found.isEmpty ? CheckVerdict.inconclusive : found.map(\.result.verdict).worst
            let seen = found.map(\.result).filter { $0.verdict == .pass || $0.verdict == .fail }.map(\.observability)
            let observability: Observability =
                seen.contains(.observed)
                ? .observed
                : seen.first ?? row.flatMap { Observability(rawValue: $0.observability.rawValue) } ?? .observed
            // Somebody's word closes only the rows whose ledger entry says so.
            if verdict == .pass, observability == .attested, row?.observability == .observed {
                verdict = .inconclusive
            }
            return RequirementResult(
                id: id, sentence: row?.sentence ?? "", sources: (row?.sources ?? []).map(\.title),
                level: row.map { RequirementLevel($0.level) } ?? .engineering,
                verdict: verdict, checks: found.map(\.name), observability: observability)
        }
    }

    /// Rows that are owed and that no check decided.
    ///
    /// A row of level M is owed always; one of level S or E where its findings count and the suite has a check for it. A row
    /// whose scenarios do not apply is owed nothing, unless a judged profile makes the missing feature mandatory.
    func undecided(_ rows: [RequirementResult]) -> Int {
        let engineeringCounts = context.profile == nil || context.isStrict
        let mandatory = Set(context.profiles.flatMap(\.features).filter { $0.status == .mandatory }.map(\.name))
        return rows.count { row in
            let isOwed = row.level == .must || (engineeringCounts && !row.checks.isEmpty)
            guard isOwed else { return false }
            if row.verdict == .notApplicable {
                return scenarios.contains { scenario in
                    scenario.verifies.contains { $0.requirement == row.id }
                        && scenario.requires.contains {
                            mandatory.contains($0) && context.claimedFeatures?.contains($0) == false
                        }
                }
            }
            return row.verdict == .inconclusive && !isDecidedSomewhere(row)
        }
    }

    private func isDecidedSomewhere(_ row: RequirementResult) -> Bool {
        (scenarioResults.flatMap(\.checks) + runChecks).contains {
            $0.requirements.contains(row.id)
                && ($0.verdict == .fail
                    || ($0.verdict == .pass
                        && ($0.observability != .attested || table[row.id]?.observability != .observed)))
        }
    }
}

// SPDX-License-Identifier: Apache-2.0

internal import ProtocolRules
internal import ScenarioLanguage
internal import Trace
internal import Value
internal import World

/// Judges one scenario: exactly one result for each check it declares.
struct ScenarioJudge {
    let scenario: Scenario
    let context: JudgeContext
    let table: RequirementTable
    let sweeps: SweepRecord

    /// Features the scenario needs and the connector does not claim.
    private var unclaimed: [String] {
        context.claimedFeatures.map { claimed in scenario.requires.filter { !claimed.contains($0) } } ?? []
    }

    func judge(_ record: WorldRecord, exchanges: [Exchange]) -> ScenarioResult {
        if !unclaimed.isEmpty { return withoutRecord() }
        var steps = StepJudge(scenario: scenario, record: record, claimed: context.claimedFeatures)
        steps.judge()
        let invariants = InvariantJudge(
            scenario: scenario, record: record, resolver: TemplateResolver(steps.values), exchanges: exchanges,
            sweeps: sweeps, policies: context.policies, claimed: context.claimedFeatures)
        let blind = BlindChecks(
            scenario: scenario, kinds: context.unobserved, uncarried: context.uncarried, channels: context.channels,
            record: record)
        let checks = results(of: (steps.findings + invariants.judge()).map(blind.blinded))
        let outcome = record.scenarioEnd?["outcome"]?.string ?? "aborted"
        let first = record.events.first
        let end = record.scenarioEnd ?? record.events.last
        let begin = record.events.first { $0.kind == "scenario.started" } ?? first
        let seconds = begin.flatMap { begin in end.map { ($0.at - begin.at).inSeconds } } ?? 0
        return ScenarioResult(
            id: scenario.id, title: scenario.title, world: record.world, outcome: outcome,
            verdict: checks.map(\.verdict).worst, checks: checks, firstEvent: first?.seq ?? 0,
            lastEvent: record.events.last?.seq ?? 0, seconds: max(0, seconds))
    }

    /// A scenario that left no world behind: it does not apply, or it was not run.
    func withoutRecord() -> ScenarioResult {
        let missing = unclaimed
        let findings = checkNames.map { name in
            missing.isEmpty
                ? Finding.open(name, .notExecuted, "The scenario was not run.")
                : Finding(
                    check: name, verdict: .notApplicable, reason: .notClaimed,
                    message: "The connector does not claim \(missing.joined(separator: ", ")).")
        }
        let checks = results(of: findings)
        return ScenarioResult(
            id: scenario.id, title: scenario.title, world: nil, outcome: missing.isEmpty ? "not-run" : "not-applicable",
            verdict: checks.map(\.verdict).worst, checks: checks, firstEvent: 0, lastEvent: 0, seconds: 0)
    }

    /// Declared checks in the order of `verifies`, each once.
    private var checkNames: [String] {
        // A check that verifies nothing would be a mistake of the file; it is judged all the same.
        let used = scenario.steps.flatMap(\.action.checkNames) + scenario.always.map(\.check)
        var seen: Set<String> = []
        return (scenario.verifies.flatMap(\.checks) + used).filter { seen.insert($0).inserted }
    }

    private func results(of findings: [Finding]) -> [CheckResult] {
        let grouped = Dictionary(grouping: findings, by: \.check)
        var rows: [String: [String]] = [:]
        for row in scenario.verifies {
            for check in Set(row.checks) { rows[check, default: []].append(row.requirement) }
        }
        return checkNames.map { name in
            // The first of the worst: later ones are often its consequence.
            let found = grouped[name] ?? []
            var worst = found.first
            for finding in found.dropFirst() where finding.verdict.badness > (worst?.verdict.badness ?? 0) {
                worst = finding
            }
            let requirements = rows[name] ?? []
            let finding = worst ?? .error(name, "No step and no invariant of the scenario decides this check.")
            return CheckResult(finding, requirements: requirements, level: table.level(of: requirements))
        }
    }
}

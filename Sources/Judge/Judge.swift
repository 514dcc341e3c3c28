// SPDX-License-Identifier: Apache-2.0

internal import Ledger
internal import ProtocolRules
package import ScenarioLanguage
package import Trace
internal import Value
internal import World

/// The verdict as a function of the trace: no input but what is given, no clock, no output.
package enum Judge {
    /// Judges a whole run again from its events. What the runner said of a step is a hint; where the events say otherwise
    /// the check ends in error.
    package static func judge(trace: Trace, scenarios: [Scenario], context: JudgeContext) -> RunResults {
        let allExchanges = Exchange.all(in: trace)
        let exchanges = Dictionary(grouping: allExchanges, by: \.world)
        let sweeps = SweepRecord(trace: trace, exchanges: allExchanges)
        let records = records(of: trace)
        let planned = scenarios.filter { context.planned?.contains($0.id) ?? true }
        let table = RequirementTable(context.requirements)
        let results = planned.map { scenario in
            let judge = ScenarioJudge(scenario: scenario, context: context, table: table, sweeps: sweeps)
            guard let record = records[scenario.id] else { return judge.withoutRecord() }
            return judge.judge(record, exchanges: exchanges[record.world] ?? [])
        }
        let runChecks = RunCheckJudge(
            trace: trace, records: records.values.sorted { $0.world.rawValue < $1.world.rawValue },
            exchanges: exchanges,
            sweeps: sweeps, scenarios: planned, context: context
        ).judge()
        let rows = RequirementRows(context: context, scenarios: planned, results: results, runChecks: runChecks)
        let requirements = rows.results
        let input = rollUpInput(
            results, runChecks, undecided: rows.undecided(requirements), trace: trace, context: context)
        let (verdict, reasons) = RollUp.verdict(input)
        let first = trace.events.first?.at ?? Instant(microseconds: 0)
        let seconds = ((trace.events.last?.at ?? first) - first).inSeconds
        var judged = RunResults(
            verdict: verdict, reasons: reasons, suiteVersion: context.suiteVersion, seed: context.seed,
            nonce: context.nonce,
            profile: context.profile, claimedProfiles: context.claimedProfiles, deployment: context.deployment,
            connector: context.connector, defects: context.defects, started: context.started ?? first, seconds: seconds,
            scenarios: results, requirements: requirements, runChecks: runChecks, isStrict: context.isStrict)
        judged.conditions = context.conditions
        if let policy = context.policies["seed-policy"] {
            judged.dataFlows = sweeps.map(
                policy, records: records.values.sorted { $0.world.rawValue < $1.world.rawValue })
        }
        return judged
    }

    /// The world of each scenario, by scenario id; the last one where it was run again.
    private static func records(of trace: Trace) -> [String: WorldRecord] {
        let events = Dictionary(grouping: trace.events.filter { $0.world != nil }, by: \.world)
        var records: [String: WorldRecord] = [:]
        for event in trace.events where event.kind == "world.opened" {
            guard let world = event.world, let scenario = event["scenario"]?.string else { continue }
            records[scenario] = WorldRecord(world: world, events: events[world] ?? [], bodies: trace.bodies)
        }
        return records
    }

    private static func rollUpInput(
        _ results: [ScenarioResult], _ runChecks: [CheckResult], undecided: Int, trace: Trace, context: JudgeContext
    ) -> RollUpInput {
        var input = RollUpInput()
        let checks = results.flatMap(\.checks)
        input.must = VerdictCounts(checks.filter { $0.level == .must })
        input.engineering = VerdictCounts(checks.filter { $0.level != .must })
        input.runMust = VerdictCounts(runChecks.filter { $0.level == .must })
        input.runEngineering = VerdictCounts(runChecks.filter { $0.level != .must })
        let applicable = results.filter { $0.outcome != "not-applicable" }
        input.planned = applicable.count
        input.executed = applicable.count { $0.outcome == "completed" || $0.outcome == "blocked" }
        input.undecidedRequirements = undecided
        if context.profile != nil, !context.isSelection {
            input.minimumChecks = context.profiles.first?.frozen?.minimumChecks ?? 0
        }
        input.isTraceComplete = trace.isComplete
        input.isSetupValid = context.isSetupValid
        input.hasProfile = context.profile != nil
        input.isPartial = context.isSelection
        input.isShard = context.shard != nil
        input.isCapture = context.isCapture
        input.isStrict = context.isStrict
        return input
    }
}

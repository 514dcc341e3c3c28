// SPDX-License-Identifier: Apache-2.0

internal import Dispatch
internal import Ledger
internal import ProtocolRules
package import ScenarioLanguage
internal import Synchronization
package import Trace
internal import Value
internal import World

/// The verdict as a function of the trace: no input but what is given, no clock, no output.
package enum Judge {
    /// Judges a whole run again from its events. What the runner said of a step is a hint; where the events say otherwise
    /// the check ends in error.
    package static func judge(trace: Trace, scenarios: [Scenario], context: JudgeContext) -> RunResults {
        // A record in memory has no line that cannot be read.
        (try? judge(LoadedTrace(trace), scenarios: scenarios, context: context))
            ?? RunResults(invalid: context, reason: "the record in memory could not be read")
    }

    /// Judges a record world by world, several at once: memory holds no more of it than these.
    ///
    /// Throws a `TraceLineError` where a line turns out to be none; what stands before it can be judged then.
    package static func judge(
        _ source: some TraceSource, scenarios: [Scenario], context: JudgeContext
    ) throws(TraceLineError) -> RunResults {
        // A search of one world seldom finds something of another's people; then all are looked at beside each other.
        if let results = try judge(source, scenarios: scenarios, context: context, isWide: false) { return results }
        return try judge(source, scenarios: scenarios, context: context, isWide: true)
            ?? RunResults(invalid: context, reason: "the searches of the record could not be told apart")
    }

    private static func judge(
        _ source: some TraceSource, scenarios: [Scenario], context: JudgeContext, isWide: Bool
    ) throws(TraceLineError) -> RunResults? {
        let planned = scenarios.filter { context.planned?.contains($0.id) ?? true }
        let judge = WorldJudge(source: source, planned: planned, context: context, isWide: isWide)
        let lane = try judge.lane()
        let worlds = source.worlds.compactMap(\.self)
        let outcomes = Mutex([Result<WorldOutcome, TraceLineError>?](repeating: nil, count: worlds.count))
        DispatchQueue.concurrentPerform(iterations: worlds.count) { place in
            let outcome: Result<WorldOutcome, TraceLineError>
            do throws(TraceLineError) { outcome = .success(try judge.judge(worlds[place], beside: lane)) } catch {
                outcome = .failure(error)
            }
            outcomes.withLock { $0[place] = outcome }
        }
        var found: [WorldOutcome] = []
        var broken: TraceLineError?
        for outcome in outcomes.withLock({ $0 }).compactMap(\.self) {
            switch outcome {
            case .success(let outcome): found.append(outcome)
            // The first line that is none, whichever world came to it first.
            case .failure(let error): if error.seq < broken?.seq ?? .max { broken = error }
            }
        }
        if let broken { throw broken }
        if found.contains(where: \.hasStrays) { return nil }
        return results(found, lane: lane, source: source, planned: planned, context: context)
    }

    private static func results(
        _ outcomes: [WorldOutcome], lane: RunLane, source: some TraceSource, planned: [Scenario],
        context: JudgeContext
    ) -> RunResults {
        let table = RequirementTable(context.requirements)
        var judged: [String: ScenarioResult] = [:]
        for result in outcomes.compactMap(\.result) { judged[result.id] = result }
        let results = planned.map { scenario in
            judged[scenario.id]
                ?? ScenarioJudge(scenario: scenario, context: context, table: table, sweeps: lane.sweeps)
                .withoutRecord()
        }
        let runChecks = RunCheckJudge(
            source: RunCheckJudge.Source(source), worlds: [lane.outcome] + outcomes, lane: lane, context: context
        ).judge()
        let rows = RequirementRows(context: context, scenarios: planned, results: results, runChecks: runChecks)
        let requirements = rows.results
        let input = rollUpInput(
            results, runChecks, undecided: rows.undecided(requirements), isComplete: source.isComplete, context: context
        )
        let (verdict, reasons) = RollUp.verdict(input)
        let first = source.first ?? Instant(microseconds: 0)
        let seconds = ((source.last ?? first) - first).inSeconds
        var judgement = RunResults(
            verdict: verdict, reasons: reasons, suiteVersion: context.suiteVersion, seed: context.seed,
            nonce: context.nonce,
            profile: context.profile, claimedProfiles: context.claimedProfiles, deployment: context.deployment,
            connector: context.connector, defects: context.defects, started: context.started ?? first, seconds: seconds,
            scenarios: results, requirements: requirements, runChecks: runChecks, isStrict: context.isStrict)
        judgement.conditions = context.conditions
        if let policy = lane.policy {
            judgement.dataFlows = DataFlowMap(policy, parts: outcomes.map(\.flows) + [lane.outcome.flows])
        }
        return judgement
    }

    private static func rollUpInput(
        _ results: [ScenarioResult], _ runChecks: [CheckResult], undecided: Int, isComplete: Bool, context: JudgeContext
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
        input.isTraceComplete = isComplete
        input.isSetupValid = context.isSetupValid
        input.hasProfile = context.profile != nil
        input.isPartial = context.isSelection
        input.isShard = context.shard != nil
        input.isCapture = context.isCapture
        input.isStrict = context.isStrict
        return input
    }
}

extension RunResults {
    /// Nothing could be judged.
    fileprivate init(invalid context: JudgeContext, reason: String) {
        self.init(
            verdict: .harnessError, reasons: [reason], suiteVersion: context.suiteVersion, seed: context.seed,
            nonce: context.nonce, profile: context.profile, claimedProfiles: context.claimedProfiles,
            deployment: context.deployment, connector: context.connector, defects: context.defects,
            started: context.started ?? Instant(microseconds: 0), seconds: 0, scenarios: [], requirements: [],
            runChecks: [], isStrict: context.isStrict)
    }
}

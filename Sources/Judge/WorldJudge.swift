// SPDX-License-Identifier: Apache-2.0

internal import ProtocolRules
internal import ScenarioLanguage
internal import Trace
internal import Value
internal import World

/// Judges one world of a record, and what of it the whole run is judged by; nothing of its events outlives that.
struct WorldJudge<Source: TraceSource>: Sendable {
    private let source: Source
    private let context: JudgeContext
    private let table: RequirementTable
    /// The scenario of each world that counts: where one was run again, its last.
    private let scenarios: [WorldID: String]
    private let planned: [String: Scenario]
    private let interrupted: Int?
    private let isWide: Bool

    /// - Parameter isWide: every world is judged beside the searches of all, not only its own and the lane's.
    init(source: Source, planned: [Scenario], context: JudgeContext, isWide: Bool) {
        self.isWide = isWide
        self.source = source
        self.context = context
        table = RequirementTable(context.requirements)
        self.planned = Dictionary(planned.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
        var worlds: [String: WorldID] = [:]
        for event in source.runEvents where event.kind == "world.opened" {
            guard let world = event.world, let scenario = event["scenario"]?.string else { continue }
            worlds[scenario] = world
        }
        scenarios = Dictionary(worlds.map { ($0.value, $0.key) }, uniquingKeysWith: { first, _ in first })
        interrupted = source.runEvents.first { $0.kind == "run.interrupted" }?.seq
    }

    /// The run-level lane: what belongs to no world, and the searches of what several worlds share.
    func lane() throws(TraceLineError) -> RunLane {
        let part = try source.part(of: nil)
        let exchanges = Exchange.all(in: part.exchanged, bodies: part.bodies, interrupted: interrupted)
        var events = part.events
        var shown = exchanges
        if isWide {
            for world in source.worlds.compactMap(\.self) {
                let part = try source.part(of: world)
                let own = part.events.filter { $0.kind == "sweep" }
                events += own
                let strays = Set(own.flatMap(SurfaceHit.all).filter { $0.world != world }.compactMap(\.exchange))
                guard !strays.isEmpty else { continue }
                shown += Exchange.all(in: part.exchanged, bodies: part.bodies, interrupted: interrupted)
                    .filter { strays.contains($0.id) }
            }
            events.sort { $0.seq < $1.seq }
        }
        let sweeps = SweepRecord(events: events, exchanges: shown)
        var outcome = WorldOutcome(world: nil)
        if let policy = context.policies["seed-policy"] {
            outcome.flows = sweeps.flows(policy, of: nil, facts: FlowWorld(), searches: sweeps.sweeps)
        }
        outcome.connectorMessages = exchanges.count { $0.from == .connector }
        outcome.hasSweep = !sweeps.sweeps.isEmpty
        outcome.rules = ProtocolRules.outcomes(in: exchanges)
        return RunLane(outcome: outcome, sweeps: sweeps, policy: context.policies["seed-policy"])
    }

    func judge(_ world: WorldID, beside lane: RunLane) throws(TraceLineError) -> WorldOutcome {
        let part = try source.part(of: world)
        let exchanges = Exchange.all(in: part.exchanged, bodies: part.bodies, interrupted: interrupted)
        var outcome = WorldOutcome(world: world)
        outcome.connectorMessages = exchanges.count { $0.from == .connector }
        let own = isWide ? [] : part.events.filter { $0.kind == "sweep" }
        outcome.hasSweep = !own.isEmpty
        outcome.hasStrays = own.contains { SurfaceHit.namesOtherWorld($0) }
        guard let scenario = scenarios[world] else {
            if lane.policy != nil {
                outcome.flows.searches = own.map(DataFlowPart.Search.init)
            }
            outcome.rules = ProtocolRules.outcomes(in: exchanges)
            return outcome
        }
        let record = WorldRecord(world: world, events: part.events, bodies: part.bodies)
        outcome.isRecord = true
        outcome.isClosed = record.isClosed
        outcome.rules = ProtocolRules.outcomes(in: exchanges, world: WorldFacts(events: record.events))
        let sweeps = lane.sweeps.joined(
            with: isWide ? [] : part.events, of: world, exchanges: exchanges)
        if let policy = lane.policy {
            outcome.flows = sweeps.flows(policy, of: world, facts: record.facts, searches: own)
            for compared in record.events where compared.kind == "people.compared" {
                outcome.flows.comparisons += 1
                outcome.flows.dependences += compared["dependences"]?.array?.count ?? 0
            }
            outcome.leaks = sweeps.leaks(policy, world: world, facts: record.facts).map(sweeps.evident)
        }
        if let scenario = planned[scenario] {
            outcome.result = ScenarioJudge(scenario: scenario, context: context, table: table, sweeps: sweeps)
                .judge(record, exchanges: exchanges)
        }
        return outcome
    }
}

/// What the whole run is judged by, of one world or of the run-level lane.
struct WorldOutcome: Sendable {
    let world: WorldID?
    /// Nil where the world is of no planned scenario.
    var result: ScenarioResult?
    /// It is the world of a scenario, and its last.
    var isRecord = false
    var isClosed = false
    var hasSweep = false
    /// Exchanges that the connector began.
    var connectorMessages = 0
    var rules: [RuleOutcome] = []
    var leaks: [EvidentLeak] = []
    /// A search of this world found something of another one's people.
    var hasStrays = false
    var flows = DataFlowPart()

    init(world: WorldID?) { self.world = world }
}

/// What all worlds are judged beside.
struct RunLane: Sendable {
    let outcome: WorldOutcome
    let sweeps: SweepRecord
    /// The seed policy; nil where none was given.
    let policy: FlowPolicy?

    /// Leaks that nobody can place in a world.
    var leaks: [EvidentLeak] {
        policy.map { sweeps.leaks($0, world: nil, facts: FlowWorld()).map(sweeps.evident) } ?? []
    }
}

/// A leak with the events that show it.
struct EvidentLeak: Sendable {
    let leak: Leak
    let evidence: [Int]
}

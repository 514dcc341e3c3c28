// SPDX-License-Identifier: Apache-2.0

internal import ProtocolRules
internal import ScenarioLanguage
internal import Trace
internal import Value
internal import World

/// What the sweeps of a run found, by world.
struct SweepRecord: Sendable {
    /// The searches themselves.
    let sweeps: [TraceEvent]
    private let hits: [WorldID?: [SurfaceHit]]
    private let exchanges: [ExchangeID: Exchange]

    /// - Parameter events: what happened; of it the searches count.
    init(events: [TraceEvent], exchanges: [Exchange]) {
        self.init(
            sweeps: events.filter { $0.kind == "sweep" },
            exchanges: Dictionary(exchanges.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first }))
    }

    private init(sweeps: [TraceEvent], exchanges: [ExchangeID: Exchange]) {
        self.sweeps = sweeps
        hits = Dictionary(grouping: sweeps.flatMap(SurfaceHit.all), by: \.world)
        self.exchanges = exchanges
    }

    private init(sweeps: [TraceEvent], hits: [WorldID?: [SurfaceHit]], exchanges: [ExchangeID: Exchange]) {
        self.sweeps = sweeps
        self.hits = hits
        self.exchanges = exchanges
    }

    /// What concerns one world: its own searches beside those of the run-level lane, in the order of the record.
    /// - Parameter more: the world's own events.
    func joined(with more: [TraceEvent], of world: WorldID, exchanges added: [Exchange]) -> SweepRecord {
        let own = SweepRecord(events: more, exchanges: added)
        func inOrder<Item>(_ left: [Item], _ right: [Item], _ place: (Item) -> Int) -> [Item] {
            (left + right).enumerated().sorted { (place($0.element), $0.offset) < (place($1.element), $1.offset) }
                .map(\.element)
        }
        return SweepRecord(
            sweeps: inOrder(sweeps, own.sweeps, \.seq),
            hits: [world: inOrder(hits(of: world), own.hits(of: world), \.sweep), nil: hits(of: nil)],
            exchanges: exchanges.merging(own.exchanges) { first, _ in first })
    }

    /// The leak with the events that show it: the search, the message, and the one that brought the value out of the EHR.
    func evident(_ leak: Leak) -> EvidentLeak {
        EvidentLeak(
            leak: leak,
            evidence: [leak.hit.sweep] + (leak.hit.exchange.flatMap { exchanges[$0]?.evidence } ?? [])
                + (leak.carrier?.exchange.flatMap { exchanges[$0]?.evidence } ?? []))
    }

    /// The hits of one world, or with nil those nobody can place.
    func hits(of world: WorldID?) -> [SurfaceHit] { hits[world] ?? [] }

    func body(_ hit: SurfaceHit) -> [UInt8] {
        guard let exchange = hit.exchange.flatMap({ exchanges[$0] }) else { return [] }
        return Array(hit.part.hasPrefix("response") ? exchange.responseBody : exchange.requestBody)
    }

    func leaks(_ policy: FlowPolicy, world: WorldID?, facts: FlowWorld) -> [Leak] {
        policy.judge(hits(of: world), world: facts, bodies: body)
    }

    /// A privacy check of one scenario.
    func judge(_ policy: FlowPolicy, check: String, world record: WorldRecord) -> Finding {
        let leaks = leaks(policy, world: record.world, facts: record.facts)
        if !leaks.isEmpty { return Self.finding(leaks.map(evident), check: check, policy: policy) }
        // Sources of the world, and those that serve several.
        let sources = sweeps.filter { $0.world == record.world || $0.world == nil }
        guard !sources.isEmpty else {
            return .open(
                check, .notObservable, "Nothing was searched: no message and no source of evidence.",
                expected: policy.title)
        }
        let looksAtStorage = policy.scope.places.isEmpty || policy.scope.places.contains(.storage)
        let stores = sources.filter { Self.isStorage($0) }
        if looksAtStorage {
            // What a process had no occasion to keep stands in another's: the place is the right one.
            let heard = Set(stores.filter { $0["control"]?.string == "found" }.map(Self.sourceID))
            if let blind = stores.first(where: {
                $0["control"]?.string == "missing" && !heard.contains(Self.sourceID($0))
            }) {
                return .open(
                    check, .notObservable,
                    "\(blind["source"]?.string ?? "A source") does not hold what should be in it: its silence proves nothing.",
                    expected: policy.title, evidence: [blind.seq])
            }
            // Silence counts only where something is known to be heard.
            guard stores.contains(where: { $0["control"]?.string == "found" }) else {
                let why =
                    stores.isEmpty ? "offers no source of evidence at rest" : "has no positive control for its evidence"
                return .open(
                    check, .notObservable, "The deployment \(why).", expected: policy.title, evidence: stores.map(\.seq)
                )
            }
        }
        if let cut = sources.first(where: { ($0["unscanned"]?.int ?? 0) > 0 }) {
            return .open(
                check, .notObservable,
                "\(cut["source"]?.string ?? "A source") could not be searched to its end: \(cut["left"]?[0]?.string ?? "no place given").",
                expected: policy.title, evidence: [cut.seq])
        }
        let seen = hits(of: record.world).filter { policy.scope.holds($0, record.facts) }
        if policy.region == .own {
            // What a searched store does not hold lies in no wrong region: ids may have gone with their visit.
            let placed = seen.filter { $0.region != nil }
            if placed.isEmpty, !seen.isEmpty {
                return .open(
                    check, .notObservable,
                    "No source of evidence says in which region it lies: no folder or file on its path is named "
                        + Region.allCases.map(\.rawValue).joined(separator: ", ") + ".",
                    expected: policy.title, evidence: seen.map(\.sweep))
            }
        }
        let bytes = sources.compactMap { $0["bytes"]?.int }.reduce(0, +)
        let times = seen.reduce(0) { $0 + $1.times }
        return .pass(
            check, "\(sources.count) searches over \(bytes) bytes: \(times) appearances, all where they may be.",
            evidence: Array(Set(seen.map(\.sweep))).sorted())
    }

    /// - Parameter found: at least one.
    static func finding(_ found: [EvidentLeak], check: String, policy: FlowPolicy) -> Finding {
        let leaks = found.map(\.leak)
        let first = leaks[0]
        let verb = first.hit.isMessage ? "passed on" : "kept"
        let whose = first.hit.person.isEmpty ? "" : " of \(first.hit.person)"
        let place = first.region.map { " in the region \($0.rawValue)" } ?? ""
        let evidence = found.flatMap(\.evidence)
        // The same at one place is said once.
        let places = Dictionary(grouping: leaks.indices, by: { leaks[$0].hit.whereabouts }).values
            .sorted { $0[0] < $1[0] }
        var actual = places.prefix(6).map { place in
            let times = place.reduce(0) { $0 + leaks[$1].hit.times }
            return leaks[place[0]].hit.described + (times > 1 ? " and \(times - 1) more there" : "")
        }.joined(separator: "; ")
        if places.count > 6 { actual += "; and at \(places.count - 6) more places" }
        return .fail(
            check, .leak, "The connector \(verb) the \(first.hit.dataClass)\(whose)\(place).",
            expected: policy.title + (first.rule.map { " (rule \($0.id): \($0.because))" } ?? ""), actual: actual,
            nearMisses: first.carrier.map {
                ["it left the EHR with \($0.exchange?.rawValue ?? "a message"): \($0.part)"]
            } ?? [],
            evidence: Array(Set(evidence)).sorted())
    }

    /// The source as the deployment names it, whichever process it was looked at for (`shared/log`).
    private static func sourceID(_ sweep: TraceEvent) -> Substring {
        let name = sweep["source"]?.string ?? ""
        return name.firstIndex(of: "/").map { name[name.index(after: $0)...] } ?? name[...]
    }

    private static func isStorage(_ sweep: TraceEvent) -> Bool {
        let kind = sweep["kind"]?.string ?? ""
        return !kind.hasPrefix("message") && kind != "messages" && kind != "egress"
    }
}

extension FlowWorld {
    /// Read off `world.opened`.
    init(model: Value, events: [TraceEvent]) {
        self.init()
        let moves = events.filter { $0.kind == "appointment.moved" }
        for owner in model.members ?? Members() {
            if let role = owner.value["role"]?.string.flatMap(Role.init(rawValue:)) { roles[owner.name] = role }
            let start = owner.value["start"]?.string.flatMap(Instant.init(rfc3339:))
            let end = owner.value["end"]?.string.flatMap(Instant.init(rfc3339:))
            guard let start, let end else { continue }
            // The time it had last counts, which may be an earlier one; a moved appointment keeps its length.
            let move = moves.last { $0["appointment"]?.string == owner.name }
            let last = move?["start"]?.string.flatMap(Instant.init(rfc3339:)) ?? start
            lastStart = max(lastStart ?? last, last)
            lastEnd = max(lastEnd ?? last, last + (end - start))
        }
        lastClock = events.last { $0.clock != nil }?.clock
        region = model["world"]?["region"]?.string.flatMap(Region.init(rawValue:))
    }
}

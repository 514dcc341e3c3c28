// SPDX-License-Identifier: Apache-2.0

import Synchronization
package import Trace
package import World

/// Names an armed fault.
package struct FaultID: Sendable, Hashable {
    package let number: Int

    package init(number: Int) { self.number = number }
}

/// The faults armed for a run. Actors' own requests pass untouched: faults are for the connector.
package final class FaultPlan: Sendable {
    private struct Armed {
        let id: FaultID
        let fault: Fault
        var passed = 0
        var struck = 0
    }

    private struct State {
        var armed: [Armed] = []
        var next = 1
        var random: RandomStream
        /// Exchanges that wait to be overtaken, and where.
        var held: [FaultID: [CheckedContinuation<Void, Never>]] = [:]
        var places: [FaultID: FaultPlace] = [:]
    }

    /// What strikes an exchange, with its draws made.
    struct Strike: Sendable {
        let id: FaultID
        let fault: Fault
        let effect: FaultEffect
    }

    private let state: Mutex<State>
    /// Read without the lock on every exchange: most runs arm nothing.
    private let count = Atomic<Int>(0)

    /// `seed` fixes drawn delays and chances: the same seed and the same order of requests give the same faults.
    package init(seed: RunSeed = RunSeed(seed: 0, nonce: "")) {
        state = Mutex(State(random: seed.plan("faults")))
    }

    /// Arms a fault. Recording `fault.set` is the caller's: it knows which step wanted it.
    @discardableResult
    package func arm(_ fault: Fault) -> FaultID {
        change { state in
            let id = FaultID(number: state.next)
            state.next += 1
            state.armed.append(Armed(id: id, fault: fault))
            return id
        }
    }

    /// False where it was not armed (any more).
    @discardableResult
    package func disarm(_ id: FaultID) -> Bool {
        change { state in
            let before = state.armed.count
            state.armed.removeAll { $0.id == id }
            return state.armed.count < before
        }
    }

    /// Disarms everything of a world.
    package func disarm(world: WorldID) { change { $0.armed.removeAll { $0.fault.world == world } } }

    /// How often a fault struck so far; nil once it is disarmed or used up.
    package func struck(_ id: FaultID) -> Int? { state.withLock { $0.armed.first { $0.id == id }?.struck } }

    /// Everything armed, oldest first, with how often it struck.
    package var armed: [(id: FaultID, fault: Fault, struck: Int)] {
        state.withLock { $0.armed.map { ($0.id, $0.fault, $0.struck) } }
    }

    /// The fault that hits a request, if any: the oldest one armed for its place whose turn it is. `now` is the time on
    /// the world's clock.
    package func strike(
        world: WorldID?, party: Party, method: String, path: String, now: Instant = .wall
    ) -> Fault? {
        hit(world: world, party: party, lines: [RequestLine(method: method, path: path)], now: now)?.fault
    }

    /// `lines`: the request, and those it carries.
    func hit(
        world: WorldID?, party: Party, lines: @autoclosure () -> [RequestLine], now: @autoclosure () -> Instant
    ) -> Strike? {
        guard count.load(ordering: .acquiring) > 0 else { return nil }
        let (lines, now) = (lines(), now())
        return change { state in
            Self.strike(&state, in: world, now: now) { fault in
                !fault.effect.isHandshake && (fault.world == nil || fault.world == world)
                    && lines.contains { line in
                        !(line.isProbe && fault.sparesProbes)
                            && fault.place.matches(party: party, method: line.method, path: line.path)
                    }
            }
        }
    }

    /// The trouble of a new connection to one of `parties`, if any; a handshake belongs to no world yet.
    func handshake(of parties: [Party]) -> Strike? {
        guard count.load(ordering: .acquiring) > 0 else { return nil }
        return change { state in
            Self.strike(&state, in: nil, now: .wall) { $0.effect.isHandshake && parties.contains($0.place.party) }
        }
    }

    /// `now` is the time of `world`: what is armed for another world ends by that one's clock.
    private static func strike(
        _ state: inout State, in world: WorldID?, now: Instant, _ isMeant: (Fault) -> Bool
    ) -> Strike? {
        func isOver(_ fault: Fault) -> Bool { fault.until.map { $0 <= now } ?? false }
        state.armed.removeAll { $0.fault.world == world && isOver($0.fault) }
        for index in state.armed.indices {
            let fault = state.armed[index].fault
            guard isMeant(fault), !isOver(fault) else { continue }
            guard state.armed[index].passed >= fault.skip else {
                state.armed[index].passed += 1
                continue
            }
            if fault.chance < 1, Double(state.random.next() >> 11) / Double(1 << 53) >= fault.chance { continue }
            let id = state.armed[index].id
            state.armed[index].struck += 1
            if let times = fault.times, state.armed[index].struck >= times { state.armed.remove(at: index) }
            var effect = fault.effect
            if case .delay(let spread) = effect { effect = .latency(spread.draw(&state.random)) }
            return Strike(id: id, fault: fault, effect: effect)
        }
        return nil
    }

    private func change<Result: Sendable>(_ body: (inout sending State) -> sending Result) -> Result {
        state.withLock { state in
            let result = body(&state)
            count.store(state.armed.count, ordering: .releasing)
            return result
        }
    }

    // MARK: Reordering

    /// Waits until a later exchange at the fault's place is over, or the bound has passed.
    func hold(_ strike: Strike, within bound: Duration) async {
        await withCheckedContinuation { continuation in
            state.withLock { state in
                state.held[strike.id, default: []].append(continuation)
                state.places[strike.id] = strike.fault.place
            }
            Task { [self] in
                try? await Task.sleep(for: bound)
                release(strike.id)
            }
        }
    }

    /// Lets go whom an exchange at this place was to overtake.
    func passed(party: Party, method: String, path: String) {
        let ids = state.withLock { state in
            state.held.isEmpty
                ? []
                : state.places.filter { $0.value.matches(party: party, method: method, path: path) }.map(\.key)
        }
        for id in ids { release(id) }
    }

    private func release(_ id: FaultID) {
        let waiting = state.withLock { state in
            state.places[id] = nil
            return state.held.removeValue(forKey: id) ?? []
        }
        for continuation in waiting { continuation.resume() }
    }
}

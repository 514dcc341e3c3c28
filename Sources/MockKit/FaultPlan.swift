// SPDX-License-Identifier: Apache-2.0

import Synchronization
package import Trace
package import World

/// Names an armed fault.
package struct FaultID: Sendable, Hashable { let number: Int }

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
    }

    private let state = Mutex(State())

    package init() {}

    /// Arms a fault. Recording `fault.set` is the caller's: it knows which step wanted it.
    @discardableResult
    package func arm(_ fault: Fault) -> FaultID {
        state.withLock { state in
            let id = FaultID(number: state.next)
            state.next += 1
            state.armed.append(Armed(id: id, fault: fault))
            return id
        }
    }

    package func disarm(_ id: FaultID) { state.withLock { $0.armed.removeAll { $0.id == id } } }

    /// Disarms everything of a world.
    package func disarm(world: WorldID) { state.withLock { $0.armed.removeAll { $0.fault.world == world } } }

    /// How often a fault struck so far; nil once it is disarmed or used up.
    package func struck(_ id: FaultID) -> Int? { state.withLock { $0.armed.first { $0.id == id }?.struck } }

    /// The fault that hits a request, if any: the oldest one armed for its place whose turn it is.
    package func strike(world: WorldID?, party: Party, method: String, path: String) -> Fault? {
        state.withLock { state in
            for index in state.armed.indices {
                let fault = state.armed[index].fault
                guard fault.world == nil || fault.world == world,
                    fault.place.matches(party: party, method: method, path: path)
                else { continue }
                guard state.armed[index].passed >= fault.skip else {
                    state.armed[index].passed += 1
                    continue
                }
                state.armed[index].struck += 1
                if let times = fault.times, state.armed[index].struck >= times { state.armed.remove(at: index) }
                return fault
            }
            return nil
        }
    }
}

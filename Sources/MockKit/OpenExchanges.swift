// SPDX-License-Identifier: Apache-2.0

import Synchronization
import World

/// Counts the exchanges that have begun and not ended, per world.
final class OpenExchanges: Sendable {
    private enum Lane: Hashable {
        case unattributed
        case lane(WorldID?)
    }

    private let counts = Mutex<[Lane: Int]>([:])

    func begin() { change(.unattributed, by: 1) }

    func attribute(to world: WorldID?) {
        counts.withLock { counts in
            counts[.unattributed, default: 0] -= 1
            counts[.lane(world), default: 0] += 1
        }
    }

    func abandon() { change(.unattributed, by: -1) }

    func end(in world: WorldID?) { change(.lane(world), by: -1) }

    /// Those of one lane, and those whose lane is not known yet.
    func count(in world: WorldID?) -> Int {
        counts.withLock { $0[.unattributed, default: 0] + $0[.lane(world), default: 0] }
    }

    private func change(_ lane: Lane, by amount: Int) {
        counts.withLock { counts in
            let count = counts[lane, default: 0] + amount
            counts[lane] = count == 0 ? nil : count
        }
    }
}

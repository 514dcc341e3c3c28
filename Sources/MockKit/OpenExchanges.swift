// SPDX-License-Identifier: Apache-2.0

import Synchronization
import World

/// Counts the exchanges that have begun and not ended, per world.
final class OpenExchanges: Sendable {
    /// Those whose lane is not known yet.
    private let unattributed = Atomic<Int>(0)
    /// By lane; nil is the run's.
    private let counts = Mutex<[WorldID?: Int]>([:])

    func begin() { unattributed.add(1, ordering: .sequentiallyConsistent) }

    /// The lane is counted first: in between the exchange counts twice, and never not at all.
    func attribute(to world: WorldID?) {
        counts.withLock { $0[world, default: 0] += 1 }
        unattributed.subtract(1, ordering: .sequentiallyConsistent)
    }

    func end(in world: WorldID?) {
        counts.withLock { counts in
            let count = counts[world, default: 0] - 1
            counts[world] = count == 0 ? nil : count
        }
    }

    /// Those of one lane, and those whose lane is not known yet.
    func count(in world: WorldID?) -> Int {
        // In this order: an exchange on its way from one to the other is met in one of them at least.
        let waiting = unattributed.load(ordering: .sequentiallyConsistent)
        return counts.withLock { $0[world, default: 0] } + waiting
    }
}

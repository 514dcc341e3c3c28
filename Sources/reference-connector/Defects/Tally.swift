// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// What a deliberate fault remembers in memory: how often something was seen.
final class Tally: Sendable {
    private let counts = Mutex<[String: Int]>([:])

    /// Counts `key` and gives how often it was seen, this time included.
    @discardableResult
    func add(_ key: String) -> Int {
        counts.withLock { counts in
            counts[key, default: 0] += 1
            return counts[key] ?? 1
        }
    }

    /// The place of `key` in the order in which keys came.
    func place(of key: String) -> Int {
        counts.withLock { counts in
            let place = counts[key] ?? counts.count + 1
            counts[key] = place
            return place
        }
    }

    func count(_ key: String) -> Int { counts.withLock { $0[key] ?? 0 } }
}

// SPDX-License-Identifier: Apache-2.0

import Synchronization
import World

/// Time on the wire that a test moves: real time and an offset.
final class WireClock: Sendable {
    private let offset = Mutex(0)

    var now: Instant { .wall + .seconds(offset.withLock { $0 }) }
    /// Whole seconds since 1970.
    var seconds: Int { Int(now.microseconds / 1_000_000) }

    func advance(seconds: Int) { offset.withLock { $0 += seconds } }
}

// SPDX-License-Identifier: Apache-2.0

internal import Synchronization

/// The clock of one world. It only moves forward, and only when the runner says so.
package final class WorldClock: Sendable {
    private let instant: Mutex<Instant>

    package init(startingAt start: Instant) { instant = Mutex(start) }

    package var now: Instant { instant.withLock { $0 } }

    /// Moves to `target`; an earlier one leaves the clock where it is.
    package func advance(to target: Instant) {
        instant.withLock { $0 = max($0, target) }
    }
}

// SPDX-License-Identifier: Apache-2.0

internal import Synchronization

/// The clock of one world. It only moves forward: when the runner says so, or with the wall's where the connector's own
/// time cannot be moved.
package final class WorldClock: Sendable {
    private let instant: Mutex<Instant>
    private let followsWall: Bool

    package init(startingAt start: Instant, followsWall: Bool = false) {
        instant = Mutex(start)
        self.followsWall = followsWall
    }

    package var now: Instant {
        instant.withLock { instant in
            if followsWall { instant = max(instant, .wall) }
            return instant
        }
    }

    /// Moves to `target`; an earlier one leaves the clock where it is.
    package func advance(to target: Instant) {
        instant.withLock { $0 = max($0, target) }
    }
}

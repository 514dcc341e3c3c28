// SPDX-License-Identifier: Apache-2.0

package import MockEHR
package import MockKit
package import MockMicrosoft
package import Trace
package import World

/// Both mocks and the observed way out, each on a listener of its own, sharing one journal and one plan of faults.
package struct MockWorld: Sendable {
    package let ehr: MockEHR
    package let microsoft: MockMicrosoft
    package let faults: FaultPlan
    private let ehrListener: MockListener
    private let microsoftListener: MockListener
    private let egressListener: MockListener

    /// Starts all listeners on loopback; port 0 takes free ones.
    package static func start(
        journal: Journal, seed: RunSeed, ehrPort: Int = 0, microsoftPort: Int = 0
    ) async throws -> MockWorld {
        let faults = FaultPlan()
        let ehr = MockEHR(journal: journal, seed: seed)
        let microsoft = MockMicrosoft(journal: journal)
        try await microsoft.prepare()
        let ehrListener = try await MockListener.start(handler: ehr, journal: journal, port: ehrPort, faults: faults)
        let microsoftListener = try await MockListener.start(
            handler: microsoft, journal: journal, port: microsoftPort, faults: faults)
        await microsoft.listens(at: microsoftListener.origin)
        let egressListener = try await MockListener.start(handler: EgressProxy(), journal: journal, faults: faults)
        return MockWorld(
            ehr: ehr, microsoft: microsoft, faults: faults, ehrListener: ehrListener,
            microsoftListener: microsoftListener, egressListener: egressListener)
    }

    package var ehrOrigin: String { ehrListener.origin }
    package var microsoftOrigin: String { microsoftListener.origin }
    package var egressOrigin: String { egressListener.origin }

    /// Exchanges and deliveries of a world that have begun and not ended.
    package func inFlight(_ world: WorldID) async -> Int {
        ehrListener.openExchanges(in: world) + microsoftListener.openExchanges(in: world)
            + (await microsoft.pendingDeliveries(in: world))
    }

    /// When something of a mock's own is due on the world's clock.
    package func nextTimer(_ world: WorldID) async -> Instant? { await microsoft.nextTimer(in: world) }

    /// Lets everything happen that is due up to `instant`.
    package func advance(_ world: WorldID, to instant: Instant) async {
        await microsoft.advance(world: world, to: instant)
    }

    /// Ends a world for good, so that another can take over its tenant.
    package func forget(_ world: WorldID) async {
        await ehr.forget(world: world)
        await microsoft.close(world: world)
        await microsoft.forget(world: world)
    }

    package func stop() async {
        await ehrListener.stop()
        await microsoftListener.stop()
        await egressListener.stop()
    }
}

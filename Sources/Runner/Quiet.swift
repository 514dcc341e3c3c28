// SPDX-License-Identifier: Apache-2.0

internal import Connector
internal import MockWorld
internal import Trace
internal import World

/// Waits until a world is quiet: nothing in flight at the mocks, nothing pending in the connector.
struct Quiet {
    let world: WorldModel
    let mocks: MockWorld
    let journal: Journal
    let connector: ConnectorInstance
    /// Wall-clock bound: a connector that never comes to rest must not hold the run.
    var limit: Duration = .seconds(60)
    /// The bound once it did not come to rest in this world: it is not waited for at full length again and again.
    var shortLimit: Duration = .seconds(3)

    struct State: Sendable {
        var isIdle: Bool
        var pending: Int
        /// The connector's next timer on the world's clock.
        var next: Instant?
        var failure: String?
    }

    /// Returns once two looks in a row saw nothing in flight and no new event between them.
    func settle() async -> State {
        let clock = ContinuousClock()
        let deadline = clock.now + (connector.isRestless(world.id) ? shortLimit : limit)
        var pause = Duration.milliseconds(1)
        while true {
            let before = journal.count
            let openBefore = await mocks.inFlight(world.id)
            if openBefore > 0, clock.now < deadline, !Task.isCancelled {
                // Whatever its clock said, it is not at rest: it is not asked for nothing.
                try? await Task.sleep(for: pause)
                pause = min(pause * 2, .milliseconds(25))
                continue
            }
            let reading: ClockState
            do {
                reading = try await connector.readClock(world)
            } catch {
                return State(isIdle: false, pending: 0, next: nil, failure: "\(error)")
            }
            let openAfter = await mocks.inFlight(world.id)
            if openBefore == 0, openAfter == 0, reading.pending == 0, journal.count == before || !hasNews(since: before)
            {
                return State(isIdle: true, pending: 0, next: reading.next, failure: nil)
            }
            if clock.now >= deadline || Task.isCancelled {
                if !Task.isCancelled { connector.markRestless(world.id) }
                return State(isIdle: false, pending: reading.pending, next: reading.next, failure: nil)
            }
            // The connector's own work ends without a message to us: look again shortly, later each time.
            try? await Task.sleep(for: pause)
            pause = min(pause * 2, .milliseconds(25))
        }
    }

    /// For a connector that cannot say whether it is idle: nothing may happen in the world for as long as the deployment
    /// declares to be enough. Without such a declaration nothing is known.
    func silence(of settle: Duration?) async -> State {
        guard let settle else { return State(isIdle: false, pending: 0, next: nil, failure: nil) }
        let clock = ContinuousClock()
        let deadline = clock.now + settle + limit
        while clock.now < deadline, !Task.isCancelled {
            let before = journal.count
            try? await Task.sleep(for: settle)
            if await mocks.inFlight(world.id) == 0, !hasNews(since: before), !Task.isCancelled {
                return State(isIdle: true, pending: 0, next: nil, failure: nil)
            }
        }
        return State(isIdle: false, pending: 0, next: nil, failure: nil)
    }

    private func hasNews(since seq: Int) -> Bool {
        journal.hasEvents(of: world.id, after: seq)
    }
}

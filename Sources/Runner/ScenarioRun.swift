// SPDX-License-Identifier: Apache-2.0

internal import Connector
internal import MockEHR
internal import MockMicrosoft
internal import MockWorld
internal import ScenarioLanguage
internal import Trace
internal import Value
internal import World

/// One scenario from an empty world to a drained one.
struct ScenarioRun {
    let scenario: Scenario
    let ordinal: Int
    let pool: ConnectorPool
    let mocks: MockWorld
    let journal: Journal
    let deployment: Deployment
    let options: RunOptions
    /// Values of the scenario's parameters.
    let parameters: [String: String]

    /// Never throws: what goes wrong is recorded in the world's own lane.
    func run(progress: @escaping @Sendable (RunProgress) -> Void) async -> (WorldModel?, outcome: String) {
        let world = WorldBuilder(seed: options.seed, ehrOrigin: mocks.ehrOrigin).build(
            scenario, ordinal: ordinal, start: .wall)
        let clock = WorldClock(startingAt: world.start)
        journal.register(world: world.id, clock: clock)
        let connector: ConnectorInstance
        do {
            connector = try await pool.instance(for: scenario)
            announce(world, connector: connector.url)
            try await open(world, clock: clock, connector: connector)
        } catch {
            announce(world, connector: "")
            fail(options.interruption.reason ?? "the world could not be opened: \(error)", world)
            return (world, "aborted")
        }
        let stage = Stage(
            world: world, clock: clock, journal: journal, mocks: mocks, connector: connector, parameters: parameters)
        let driver = ScenarioDriver(
            scenario: scenario, stage: stage, interruption: options.interruption, progress: progress)
        let outcome = await withTaskGroup(of: ScenarioDriver.Outcome?.self) { group in
            group.addTask { await driver.run() }
            group.addTask {
                try? await Task.sleep(for: options.scenarioLimit)
                return nil
            }
            // The limit cancels the driver, which then records its own end.
            let first: ScenarioDriver.Outcome? = await group.next() ?? nil
            group.cancelAll()
            if let first { return first }
            let second: ScenarioDriver.Outcome? = await group.next() ?? nil
            return second ?? .aborted
        }
        if scenario.isolation == .process { await pool.retire(connector) }
        return (world, outcome.rawValue)
    }

    private func open(_ world: WorldModel, clock: WorldClock, connector: ConnectorInstance) async throws {
        // One that is gone or does not answer is not waited for again by every scenario.
        if let trouble = await connector.trouble(world) { throw StepFailure(message: trouble) }
        let registrations = try connector.registrations(for: world)
        try await mocks.ehr.open(world: world, clock: clock, registration: registrations.ehr)
        await mocks.microsoft.open(
            world: world, clock: clock, entra: registrations.entra, sms: registrations.sms)
        _ = try await connector.openClock(world)
    }

    private func announce(_ world: WorldModel, connector: String) {
        let isAnnounced = journal.events().contains { $0.world == world.id && $0.kind == "world.opened" }
        guard !isAnnounced else { return }
        journal.append(
            EventDraft(
                "world.opened", by: .runner, world: world.id,
                [
                    "scenario": .string(scenario.id),
                    "model": WorldValue.value(
                        of: world, microsoft: mocks.microsoftOrigin, connector: connector, parameters: parameters),
                ]))
    }

    private func fail(_ reason: String, _ world: WorldModel) {
        journal.append(
            EventDraft(
                "scenario.finished", by: .runner, world: world.id,
                [
                    "scenario": .string(scenario.id), "outcome": "aborted", "reason": .string(reason),
                ]))
    }
}

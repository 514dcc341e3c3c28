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
    let tenants: TenantPool
    let mocks: MockWorld
    let journal: Journal
    let deployment: Deployment
    let options: RunOptions
    /// Values of the scenario's parameters.
    let parameters: [String: String]

    /// Never throws: what goes wrong is recorded in the world's own lane.
    func run(progress: @escaping @Sendable (RunProgress) -> Void) async -> (WorldModel?, outcome: String) {
        let builder = WorldBuilder(seed: options.seed, ehrOrigin: mocks.ehrOrigin)
        let tenant: ProvisionedTenant?
        do { tenant = try await tenants.lease(for: scenario) } catch {
            return failed(builder.build(scenario, ordinal: ordinal, start: .wall), error)
        }
        let outcome = await run(builder, in: tenant, progress: progress)
        if let tenant {
            // From here on the tenant's traffic is the next scenario's.
            if let world = outcome.0 { await mocks.forget(world.id) }
            await tenants.giveBack(tenant, from: scenario.id)
        }
        return outcome
    }

    private func run(
        _ builder: WorldBuilder, in tenant: ProvisionedTenant?, progress: @escaping @Sendable (RunProgress) -> Void
    ) async -> (WorldModel?, outcome: String) {
        let connector: ConnectorInstance
        var start = Instant.wall
        do {
            connector = try await pool.instance(for: scenario)
            if let shared = try await connector.sharedNow() { start = max(start, shared) }
        } catch {
            return failed(builder.build(scenario, ordinal: ordinal, start: start, tenant: tenant), error)
        }
        let world = builder.build(scenario, ordinal: ordinal, start: start, tenant: tenant)
        let clock = WorldClock(startingAt: world.start, followsWall: connector.isRealTime)
        journal.register(world: world.id, clock: clock)
        announce(world, connector: connector.url)
        do { try await open(world, clock: clock, connector: connector) } catch { return failed(world, error) }
        if tenant != nil {
            do { try await reset(world, connector) } catch { return failed(world, error) }
        }
        let stage = Stage(
            world: world, clock: clock, journal: journal, mocks: mocks, connector: connector, options: options,
            parameters: parameters)
        let driver = ScenarioDriver(
            scenario: scenario, stage: stage, interruption: options.interruption, progress: progress)
        let ticking = connector.isRealTime ? Task { await tick(world, clock) } : nil
        defer { ticking?.cancel() }
        let outcome = await withTaskGroup(of: ScenarioDriver.Outcome?.self) { group in
            group.addTask { await driver.run() }
            group.addTask {
                try? await Task.sleep(for: limit)
                return nil
            }
            // The limit cancels the driver, which then records its own end.
            let first: ScenarioDriver.Outcome? = await group.next() ?? nil
            group.cancelAll()
            if let first { return first }
            let second: ScenarioDriver.Outcome? = await group.next() ?? nil
            return second ?? .aborted
        }
        if pool.isAlone(scenario) { await pool.retire(connector) }
        return (world, outcome.rawValue)
    }

    /// The bound of one scenario in wall-clock time: what it is allowed to wait for, and people's time to answer, added.
    private var limit: Duration {
        let waits = deployment.clock.mode == .real ? scenario.steps.count { $0.action.waits } : 0
        let people = deployment.bindings.values.reduce(Duration.zero) { sum, binding in
            if case .human(let call) = binding.way { sum + call.within } else { sum }
        }
        return options.scenarioLimit + deployment.clock.longestWait * waits + people
    }

    /// What mocks do by themselves happens as real time goes by.
    private func tick(_ world: WorldModel, _ clock: WorldClock) async {
        while !Task.isCancelled {
            await mocks.advance(world.id, to: clock.now)
            try? await Task.sleep(for: .milliseconds(200))
        }
    }

    /// Empties a tenant that was set up in advance: nobody shall meet what another scenario, or yesterday's run, left there.
    private func reset(_ world: WorldModel, _ connector: ConnectorInstance) async throws {
        guard let operation = deployment.worlds.reset else { return }
        let arguments = ["base-url": world.bases.first?.url ?? ""]
        let outcome = await connector.executor.run(
            operation, arguments: arguments, harness: connector.names(world: world),
            as: connector.makeWalker(for: nil, in: world, journal: journal))
        journal.append(
            EventDraft(
                "world.reset", by: .runner, world: world.id,
                [
                    "tenant": .string(world.tenant), "outcome": .string(outcome.kind.rawValue),
                    "message": .string(String(outcome.message.prefix(1000))),
                ]))
        guard outcome.kind == .accepted else {
            throw StepFailure(
                message:
                    "the tenant \(world.tenant) could not be emptied: \(operation) was \(outcome.kind.rawValue): \(outcome.message)",
                isBinding: true)
        }
    }

    private func failed(_ world: WorldModel, _ error: any Error) -> (WorldModel?, outcome: String) {
        announce(world, connector: "")
        fail(options.interruption.reason ?? "the world could not be opened: \(error)", world)
        return (world, "aborted")
    }

    private func open(_ world: WorldModel, clock: WorldClock, connector: ConnectorInstance) async throws {
        // One that is gone or does not answer is not waited for again by every scenario.
        if let trouble = await connector.trouble(world) { throw StepFailure(message: trouble) }
        if connector.isRealTime, world.start > .wall + deployment.clock.longestWait {
            throw StepFailure(
                message:
                    "it plays at \(world.start), and the connector's clock is real: \(deployment.clock.longestWaitText)"
            )
        }
        let registrations = try connector.registrations(for: world)
        try await mocks.ehr.open(world: world, clock: clock, registration: registrations.ehr)
        await mocks.microsoft.open(
            world: world, clock: clock, entra: registrations.entra, sms: registrations.sms)
        if case .graph = deployment.sms {
            // Graph texts about the meetings of organizers with Teams Premium alone.
            try await mocks.microsoft.configure(world.id) { settings in
                settings.gatewayTakesTexts = false
                for person in world.people where person.licences.contains("teams") {
                    settings.licences[person.alias] = person.licences.union(["teams-premium"])
                }
            }
        }
        _ = try await connector.openClock(world)
    }

    private func announce(_ world: WorldModel, connector: String) {
        let isAnnounced = journal.events(of: world.id).contains { $0.kind == "world.opened" }
        guard !isAnnounced else { return }
        journal.append(
            EventDraft(
                "world.opened", by: .runner, world: world.id,
                [
                    "scenario": .string(scenario.id),
                    "model": WorldValue.value(
                        of: world, microsoft: mocks.microsoftOrigin, connector: connector,
                        impostor: mocks.impostorOrigin, parameters: parameters),
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

extension Action {
    /// Whether it waits for the clock.
    var waits: Bool {
        switch self {
        case .expect, .absent, .set(.clock): true
        case .act, .set, .request: false
        }
    }
}

extension ClockSettings {
    /// For messages.
    var longestWaitText: String {
        "nothing is waited for longer than \(DurationText.format(longestWait)) (clock.longest-wait)"
    }
}

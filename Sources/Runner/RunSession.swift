// SPDX-License-Identifier: Apache-2.0

internal import Canary
package import Connector
internal import Foundation
package import Judge
package import Ledger
internal import MockWorld
package import ScenarioLanguage
package import Trace
internal import Value
internal import World

/// One run from its first listener to its last footer.
package struct RunSession: Sendable {
    /// What a run yields.
    package struct Outcome: Sendable {
        package let results: RunResults
        package let trace: Trace
        /// Those that were planned, in their order.
        package let scenarios: [Scenario]
    }

    private let suiteVersion: String
    private let ledger: Ledger
    private let scenarios: [Scenario]
    private let policies: [String: FlowPolicy]
    private let deployment: Deployment
    private let options: RunOptions
    private let isSelection: Bool

    /// - Parameter isSelection: fewer scenarios than the suite holds were asked for.
    package init(
        suiteVersion: String, ledger: Ledger, scenarios: [Scenario], policies: [String: FlowPolicy],
        deployment: Deployment,
        options: RunOptions, isSelection: Bool
    ) {
        self.policies = policies
        self.suiteVersion = suiteVersion
        self.ledger = ledger
        self.scenarios = scenarios
        self.deployment = deployment
        self.options = options
        self.isSelection = isSelection
    }

    /// Runs and judges. Throws a `RunError` where nothing could be judged; what was recorded stays in the folder.
    package func run(progress: @escaping @Sendable (RunProgress) -> Void) async throws -> Outcome {
        let mask = SecretMask(deployment.secrets)
        do { return try await run(mask, progress: progress) } catch {
            guard let mask else { throw error }
            let known = error as? RunError
            throw RunError(
                mask.masked(known?.message ?? "\(error)"),
                remedy: mask.masked(known?.remedy ?? "See the deployment file."))
        }
    }

    private func run(
        _ mask: SecretMask?, progress: @escaping @Sendable (RunProgress) -> Void
    ) async throws -> Outcome {
        let started = Instant.wall
        try await SupportedSetup.check(deployment)
        let plan = try RunPlan(scenarios: scenarios, deployment: deployment, options: options, ledger: ledger)
        let header = RunHeader.members(
            plan, deployment: deployment, options: options, suiteVersion: suiteVersion, isSelection: isSelection,
            started: started)
        try ScenarioTexts.write(plan.scenarios, to: options.folder)
        let writer = try TraceWriter(folder: options.folder, header: header)
        let prefix =
            (options.sitting > 1 ? "r\(options.sitting)" : "") + (options.shard.map { "s\($0.index)" } ?? "") + "x"
        let journal = Journal(sink: writer, exchangePrefix: prefix, mask: mask)
        progress(.preparing("Starting the mocks"))
        let surroundings: Surroundings
        do {
            surroundings = try await Surroundings.start(
                deployment, journal: journal, seed: options.seed, folder: options.folder.appending(path: "connector"))
        } catch {
            journal.close()
            throw error
        }
        let mocks = surroundings.mocks
        let pool = ConnectorPool(
            deployment: deployment, options: options, surroundings: surroundings, journal: journal)
        // A task of its own: an interruption ends the drive, never the keeping of the record after it.
        let work = Task {
            progress(.preparing("Starting the connector"))
            if plan.scenarios.contains(where: { !pool.isAlone($0) }) { _ = try await pool.shared() }
            progress(.planned(scenarios: plan.scenarios.count))
            return await drive(plan, pool: pool, mocks: mocks, journal: journal, progress: progress)
        }
        options.interruption.onStop { reason in
            journal.append(EventDraft("run.interrupted", by: .runner, world: nil, ["reason": .string(reason)]))
            work.cancel()
        }
        do {
            let worlds: [WorldModel]
            do { worlds = try await work.value } catch  where options.interruption.reason != nil { worlds = [] }
            progress(.judging)
            await pool.stop()
            await Sweep(
                journal: journal, worlds: worlds, instances: await pool.instances, known: options.forms,
                sink: deployment.sms.sink
            ).run()
            for world in worlds {
                journal.append(EventDraft("world.closed", by: .runner, world: world.id))
            }
        } catch {
            await pool.stop()
            await mocks.stop()
            journal.close()
            throw error
        }
        await mocks.stop()
        journal.close()
        if let failure = writer.failure {
            throw RunError("the trace could not be written: \(failure)", remedy: "Free disk space and run again.")
        }
        let trace = journal.trace(header: header)
        let context = try RunHeader.context(of: trace, ledger: ledger, policies: policies, suiteVersion: suiteVersion)
        let results = Judge.judge(trace: trace, scenarios: plan.scenarios, context: context)
        return Outcome(results: results, trace: trace, scenarios: plan.scenarios)
    }

    /// How many scenarios at once. Those that wait in real time cost nothing meanwhile: they wait side by side.
    private func jobs(_ pool: ConnectorPool) -> Int {
        if pool.takesTurns { return 1 }
        let wanted = deployment.clock.mode == .real ? max(options.jobs, 16) : options.jobs
        return max(1, min(wanted, deployment.worlds.parallel ?? wanted))
    }

    /// Runs all scenarios, `jobs` at once, and returns their worlds.
    private func drive(
        _ plan: RunPlan, pool: ConnectorPool, mocks: MockWorld, journal: Journal,
        progress: @escaping @Sendable (RunProgress) -> Void
    ) async -> [WorldModel] {
        let total = plan.scenarios.count
        var worlds: [WorldModel] = []
        var done = 0
        let tenants = TenantPool(deployment.worlds)
        await withTaskGroup(of: (String, WorldModel?, String).self) { group in
            var waiting = zip(plan.ordinals, plan.scenarios).makeIterator()
            func startNext() {
                guard !Task.isCancelled, let (ordinal, scenario) = waiting.next() else { return }
                group.addTask {
                    progress(.started(scenario: scenario.id))
                    let run = ScenarioRun(
                        scenario: scenario, ordinal: ordinal, pool: pool, tenants: tenants, mocks: mocks,
                        journal: journal, deployment: deployment, options: options,
                        parameters: plan.parameters[scenario.id] ?? [:])
                    let (world, outcome) = await run.run(progress: progress)
                    return (scenario.id, world, outcome)
                }
            }
            for _ in 0..<min(jobs(pool), total) { startNext() }
            while let (id, world, outcome) = await group.next() {
                done += 1
                if let world { worlds.append(world) }
                // What a person is told has happened is in the trace already.
                await journal.written()
                progress(.finished(scenario: id, outcome: outcome, done: done, of: total))
                startNext()
            }
        }
        return worlds
    }
}

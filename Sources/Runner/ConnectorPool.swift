// SPDX-License-Identifier: Apache-2.0

internal import Connector
internal import ScenarioLanguage
internal import Trace

/// The connector's processes of a run: one shared by most scenarios, one each for those that need it for themselves.
actor ConnectorPool {
    private let deployment: Deployment
    private let options: RunOptions
    private let surroundings: Surroundings
    private let journal: Journal
    private var sharedInstance: ConnectorInstance?
    private var all: [ConnectorInstance] = []

    init(deployment: Deployment, options: RunOptions, surroundings: Surroundings, journal: Journal) {
        self.deployment = deployment
        self.options = options
        self.surroundings = surroundings
        self.journal = journal
    }

    /// The shared instance, started at the first call. Throws a `RunError` where it does not come up: nothing was judged then.
    func shared() async throws -> ConnectorInstance {
        if let sharedInstance { return sharedInstance }
        let instance = try await make(name: "shared")
        sharedInstance = instance
        return instance
    }

    func instance(for scenario: Scenario) async throws -> ConnectorInstance {
        isAlone(scenario) ? try await make(name: scenario.id) : try await shared()
    }

    /// Whether a scenario has a process for itself: because it says so, because the run asks what each scenario reaches, or
    /// because it moves a clock that all tenants of a process share.
    nonisolated func isAlone(_ scenario: Scenario) -> Bool {
        if scenario.isolation == .process || options.notesReachedDefects { return true }
        guard case .command = deployment.reach else { return false }
        return deployment.clock.scope == .process && deployment.clock.mode != .real && scenario.movesClock
    }

    /// Whether scenarios must take turns: one clock for all, and no second process to be had.
    nonisolated var takesTurns: Bool {
        guard case .url = deployment.reach else { return false }
        return deployment.clock.scope == .process && deployment.clock.mode != .real
    }

    /// Ends an instance that one scenario had for itself.
    func retire(_ instance: ConnectorInstance) async { await instance.end(journal: journal) }

    func stop() async {
        for instance in all { await instance.end(journal: journal) }
    }

    /// What the connector said its version is; empty before it was ready.
    var version: String {
        get async { await all.first?.version ?? "" }
    }

    var instances: [ConnectorInstance] { all }

    private func make(name: String) async throws -> ConnectorInstance {
        let instance = ConnectorInstance(
            name: name, deployment: deployment, options: options, surroundings: surroundings)
        all.append(instance)
        try await instance.start(journal: journal)
        return instance
    }
}

extension Scenario {
    /// Whether it waits for anything: then the clock moves.
    var movesClock: Bool { steps.contains { $0.action.waits } }
}

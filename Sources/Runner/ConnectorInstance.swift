// SPDX-License-Identifier: Apache-2.0

internal import Connector
internal import FHIRPath
internal import Foundation
internal import HTTPTransport
internal import MockKit
internal import MockWorld
internal import Synchronization
internal import Trace
internal import Value
internal import World

/// One connector as a run reaches it: its process, if the harness started it, its clock and its evidence.
actor ConnectorInstance {
    nonisolated let name: String
    nonisolated let deployment: Deployment
    nonisolated let surroundings: Surroundings
    nonisolated var mocks: MockWorld { surroundings.mocks }
    private let clocks: InstanceClock
    private let health = InstanceHealth()
    private let options: RunOptions
    private let data: URL
    private let address = Mutex("")
    /// Of its own, where the deployment asks for it: `egress: namespace`.
    private let network = Mutex<IsolatedNetwork?>(nil)
    private var process: ConnectorProcess?
    /// True between a scenario's `stops` and its `starts`.
    private(set) var isStopped = false
    private var watch: Task<Void, Never>?
    /// Nil until the first start.
    private(set) var sources: [EvidenceSource]?
    private(set) var version = ""

    init(name: String, deployment: Deployment, options: RunOptions, surroundings: Surroundings) {
        self.name = name
        self.deployment = deployment
        self.options = options
        self.surroundings = surroundings
        clocks = InstanceClock(deployment.clock, trust: surroundings.trust)
        data = options.folder.appending(path: "connector/\(name)")
    }

    /// What `$(connector)` is; empty before it was ready.
    nonisolated var url: String { address.withLock { $0 } }

    /// Values every binding, registration and command may refer to.
    nonisolated func names(world: WorldModel? = nil) -> [String: String] {
        var names = [
            "assay.bin": options.binaries.path, "data": data.path, "here": deployment.folder,
            "mocks.ehr": mocks.ehrOrigin,
            "mocks.microsoft": mocks.microsoftOrigin, "mocks.egress": mocks.egressOrigin,
            "mocks.ca": surroundings.authority,
            "mocks.hosts": surroundings.hosts, "mocks.sms": mocks.smsOrigin ?? "",
        ]
        if !url.isEmpty { names["connector"] = url }
        // Any free one at first; a restarted connector comes back where others know it to be.
        names["port"] =
            URL(string: url)?.port.map(String.init) ?? network.withLock { $0.map { String($0.port) } } ?? "0"
        if let world {
            names["tenant"] = world.tenant
            names["world"] = world.id.rawValue
        }
        return names
    }

    // MARK: Life

    /// Starts the process, or takes the URL the deployment gives. Throws a `RunError` where it does not come up.
    func start(journal: Journal) async throws {
        switch deployment.reach {
        case .url(let template):
            let url = try template.resolved(names())
            address.withLock { $0 = url }
            journal.append(EventDraft("connector.ready", by: .runner, world: nil, ["url": .string(url)]))
        case .command(let reach): try await start(reach, journal: journal)
        }
        if sources == nil { sources = try await openSources() }
    }

    /// The deployment's sources of evidence, with marks of their own: what is there now counts as old.
    func openSources() async throws -> [EvidenceSource] {
        let names = names()
        var opened: [EvidenceSource] = []
        for declaration in deployment.evidence {
            let source = try EvidenceSource(declaration, values: names, process: process)
            try await source.mark()
            opened.append(source)
        }
        return opened
    }

    private func start(_ reach: Deployment.CommandReach, journal: Journal) async throws {
        try FileManager.default.createDirectory(at: data, withIntermediateDirectories: true)
        let network = try openNetwork(journal)
        var names = names()
        if reach.asks(for: "rsa-key") { names["rsa-key"] = try await ConnectorKey.text }
        let launch = try withExtraArguments(ConnectorProcess.Launch(reach, values: names))
        let started: ConnectorProcess
        do {
            if case .probe(let url, let connector) = launch.ready {
                for port in [url, connector].compactMap({ URL(string: $0)?.port }) { try network?.admit(port: port) }
            }
            let assay = options.binaries.appending(path: "assay").path
            started = try await ConnectorProcess.start(
                launch, logs: options.folder.appending(path: "connector/\(name)-logs"),
                supervisor: network?.supervisor(assay) ?? [assay, "supervise", "--"])
            if let port = URL(string: started.url)?.port { try network?.admit(port: port) }
        } catch {
            let isInterrupted = options.interruption.reason != nil
            journal.append(
                EventDraft(
                    "connector.exited", by: .runner, world: nil,
                    [
                        "status": .string(isInterrupted ? "not waited for" : "never ready"),
                        "expected": .bool(isInterrupted),
                    ]))
            throw RunError(
                "The connector did not come up: \(error)",
                remedy: "Run its command by hand: \(launch.command.joined(separator: " "))")
        }
        process = started
        isStopped = false
        health.started()
        address.withLock { $0 = started.url }
        version = started.version ?? ""
        journal.append(
            EventDraft(
                "connector.started", by: .runner, world: nil,
                [
                    "pid": Value(started.pid), "url": .string(started.url), "version": .string(version),
                ]))
        journal.append(
            EventDraft(
                "connector.ready", by: .runner, world: nil, ["url": .string(started.url), "version": .string(version)]))
        watch = Task { [started, health] in
            guard let status = await started.end(), !Task.isCancelled else { return }
            health.ended("the connector's process \(started.pid) ended by itself with \(status)")
            journal.append(
                EventDraft(
                    "connector.exited", by: .runner, world: nil,
                    [
                        "status": .string("\(status)"), "expected": false,
                    ]))
        }
    }

    /// Opens the connector's own network at its first start. What it tries there belongs to no world.
    private func openNetwork(_ journal: Journal) throws -> IsolatedNetwork? {
        guard deployment.egress == .namespace else { return nil }
        if let known = network.withLock({ $0 }) { return known }
        let routes = IsolatedNetwork.Routes(targets: mocks.routes, egress: mocks.egressAuthority)
        let made = try IsolatedNetwork(routes) { attempt in
            journal.append(
                EventDraft(
                    "egress.attempted", by: .egress, world: nil,
                    [
                        "host": .string(attempt.host), "port": Value(attempt.port), "scheme": .string(attempt.scheme),
                    ]))
        }
        network.withLock { $0 = made }
        return made
    }

    /// `--defect`, `--variant` and `--reached-defects` are the reference connector's own options.
    private func withExtraArguments(_ launch: ConnectorProcess.Launch) -> ConnectorProcess.Launch {
        var extra = options.defects.flatMap { ["--defect", $0] } + options.variants.flatMap { ["--variant", $0] }
        if options.notesReachedDefects { extra += ["--reached-defects", options.reachedDefects(of: name).path] }
        guard !extra.isEmpty else { return launch }
        return ConnectorProcess.Launch(
            command: launch.command + extra, environment: launch.environment, directory: launch.directory,
            ready: launch.ready, readyWithin: launch.readyWithin, stopWithin: launch.stopWithin)
    }

    /// Ends the process because a scenario says so: `kill` as a crash, otherwise by asking.
    func stop(_ how: String, journal: Journal) async throws {
        guard let process else {
            throw StepFailure(
                message: "this connector was not started by the harness and cannot be stopped by it", isBinding: true)
        }
        watch?.cancel()
        if how == "kill" {
            journal.append(EventDraft("connector.killed", by: .runner, world: nil, ["signal": "SIGKILL"]))
            process.signal(SIGKILL)
            _ = await process.end()
        } else {
            _ = await process.stop()
        }
        journal.append(
            EventDraft("connector.exited", by: .runner, world: nil, ["status": .string(how), "expected": true]))
        self.process = nil
        isStopped = true
    }

    /// The end of the run: asks it to end, and sees that it does.
    func end(journal: Journal) async {
        defer { network.withLock { $0 }?.stop() }
        guard let process else { return }
        watch?.cancel()
        guard process.status == nil else { return }
        let status = await process.stop()
        journal.append(
            EventDraft("connector.exited", by: .runner, world: nil, ["status": .string("\(status)"), "expected": true]))
    }

    // MARK: Clock

    /// Its time is the wall's and cannot be moved.
    nonisolated var isRealTime: Bool { !clocks.moving.isMovable }

    /// What its one clock shows, where all worlds share it; it only moves forward, so that a new world begins there.
    nonisolated func sharedNow() async throws -> Instant? {
        // A process of its own has a clock that nobody moved before.
        guard deployment.clock.scope == .process, !isRealTime, case .url = deployment.reach else { return nil }
        var names = names()
        // A clock of the whole process needs no tenant; a template that names one all the same gets none.
        names["tenant"] = names["tenant"] ?? ""
        names["world"] = names["world"] ?? ""
        let asked = names
        return try await answered { try await clocks.reading.read(asked) }.now
    }

    nonisolated func readClock(_ world: WorldModel) async throws -> ClockState {
        let clock = health.isSilent ? clocks.probe : clocks.reading
        return try await answered { try await clock.read(names(world: world)) }
    }

    nonisolated func advanceClock(_ world: WorldModel, to instant: Instant) async throws -> ClockState {
        try await answered { try await clocks.moving.advance(to: instant, names(world: world)) }
    }

    /// The first move in a world: nothing is due yet, so that an answer is due soon.
    nonisolated func openClock(_ world: WorldModel) async throws -> ClockState {
        guard clocks.moving.isMovable else { return try await readClock(world) }
        return try await answered { try await clocks.reading.advance(to: world.start, names(world: world)) }
    }

    private nonisolated func answered(_ ask: () async throws -> ClockState) async throws -> ClockState {
        do {
            let state = try await ask()
            health.answered()
            return state
        } catch {
            if let gone = health.gone { throw StepFailure(message: gone) }
            if let error = error as? ClockError, !Task.isCancelled {
                if error.isSilence { health.silent(error.message) } else { health.answered() }
            }
            throw error
        }
    }

    /// Why nothing more can be asked of this connector; nil where it answers, or may.
    nonisolated func trouble(_ world: WorldModel) async -> String? {
        if let known = health.knownTrouble { return known }
        guard health.isSilent else { return nil }
        // Any answer will do, also that it does not know this world yet.
        _ = try? await readClock(world)
        return health.knownTrouble
    }

    nonisolated func isRestless(_ world: WorldID) -> Bool { health.isRestless(world) }
    nonisolated func markRestless(_ world: WorldID) { health.markRestless(world) }

    // MARK: People and bindings

    nonisolated var parties: PartyMap {
        let names = deployment.mocks.names
        return PartyMap(
            connector: url, ehr: mocks.ehrOrigin, microsoft: mocks.microsoftOrigin, sms: mocks.smsOrigin,
            ehrNames: names.filter { $0.value == .ehr }.map(\.key),
            microsoftNames: names.filter { $0.value == .microsoft }.map(\.key))
    }

    /// Where walks end; at Microsoft's own doors too, where Microsoft is real: nobody of ours has an account there.
    private nonisolated var handoff: [String] {
        guard deployment.mocks.isMicrosoftReal else { return deployment.handoff }
        return deployment.handoff + ["teams.microsoft.com", "*.teams.microsoft.com", "login.microsoftonline.com"]
    }

    /// A browser for a person of a world; nil is the harness's own client.
    /// - Parameter thread: which its transfers block; nil: one of its own.
    nonisolated func makeWalker(
        for person: Person?, in world: WorldModel, journal: Journal, thread: TransportThread? = nil
    ) -> Walker {
        var accounts: [String: Walker.Account] = [:]
        if let directory = person?.directory {
            accounts["microsoft"] = .init(user: directory[.principalName], password: directory[.password])
        }
        if let ehr = person?.ehr, !ehr[.userName].isEmpty {
            accounts["ehr"] = .init(user: ehr[.userName], password: ehr[.password])
        }
        var walker = Walker(
            alias: person?.alias ?? "", session: thread.map { BrowserSession(thread: $0) },
            parties: parties, accounts: accounts, handoff: handoff, locale: person?.locale ?? "en-US",
            trust: surroundings.trust, connectTo: surroundings.connectTo,
            recorder: JournalRecorder(journal: journal, world: world.id), sender: person == nil ? .runner : nil)
        walker.world = world.id.rawValue
        return walker
    }

    /// Carries bindings out; expressions over JSON answers are FHIRPath.
    nonisolated var executor: BindingExecutor {
        BindingExecutor(bindings: deployment.bindings) { expression, json in
            try Expression(parsing: expression).evaluate(on: json).map(\.value)
        }
    }

    nonisolated func registrations(for world: WorldModel) throws -> WorldRegistrations {
        try WorldRegistrations(
            deployment.registrations, writeback: deployment.writeback, vendor: world.vendor, names: names(world: world))
    }
}

// SPDX-License-Identifier: Apache-2.0

import Foundation
import HTTPTypes
import Hummingbird
import Logging
import NIOCore

/// Puts the parts together and serves them on one loopback port.
struct ConnectorServer: Sendable {
    static let version = "1.0.0"

    let configuration: Configuration
    let behaviour: Behaviour

    /// Serves until the process is told to end. The listener's port decides the connector's address, so the routes are
    /// registered once it is known.
    func run(port: Int, untilInputCloses: Bool) async throws {
        let log = Logger.connector()
        let slot = ResponderSlot()
        let front = CallbackResponder<BasicRequestContext> { request, context in
            try await slot.respond(to: request, context: context)
        }
        let app = Application(
            responder: front,
            configuration: .init(address: .hostname("127.0.0.1", port: port), serverName: nil),
            onServerRunning: { channel in
                do {
                    let services = try await start(slot, port: channel.localAddress?.port ?? port, log: log)
                    Self.announce(services.paths.root)
                } catch {
                    log.critical("cannot start: \(error)")
                    Foundation.exit(1)
                }
            }, logger: Logger.connector("http", level: .error))
        if untilInputCloses { Self.watchInput() }
        try await app.runService()
    }

    private func start(_ slot: ResponderSlot, port: Int, log: Logger) async throws -> Services {
        let address = configuration.publicURL ?? "http://127.0.0.1:\(port)"
        let prefix = Paths.prefix(behaviour)
        let services = try await assemble(root: address + prefix, log: log)
        let meetings = Meetings(services: services)
        let outbox = Outbox(services: services)
        let bookings = Bookings(services: services, meetings: meetings, outbox: outbox)
        let routes = Routes(
            router: Router(context: BasicRequestContext.self), prefix: prefix, log: log, behaviour: behaviour)
        let access = PortalGuard(services: services)
        ClockRoutes(clocks: services.clocks).register(routes)
        SignInRoutes(services: services).register(routes)
        services.keys.assertion?.register(routes)
        BasesPages(services: services, access: access).register(routes)
        RecordsPage(services: services, access: access).register(routes)
        ApprovalPages(services: services, access: access).register(routes)
        MessagePages(services: services, access: access).register(routes)
        LaunchRoutes(services: services, meetings: meetings).register(routes)
        PatientEntry(services: services).register(routes)
        VisitPages(services: services, outbox: outbox).register(routes)
        bookings.register(routes)
        CallEventHook(services: services).register(routes)
        MessageHook(services: services).register(routes)
        ReportRoutes(services: services).register(routes)
        slot.fill(routes.router.buildResponder())
        try await RestartFaults(behaviour: behaviour, store: services.store).apply()
        let runner = JobRunner(services: services, meetings: meetings, bookings: bookings, outbox: outbox)
        try await services.clocks.start { await runner.run($0) }
        return services
    }

    private func assemble(root: String, log: Logger) async throws -> Services {
        let store = try Store(folder: configuration.data, behaviour: behaviour)
        let http = Outbound(proxy: configuration.proxy, behaviour: behaviour)
        let verifier = TokenVerifier(http: http, behaviour: behaviour)
        let keys = try Keys(folder: configuration.data, given: configuration.rsaKey, behaviour: behaviour)
        let entra = Entra(configuration: configuration, http: http, verifier: verifier)
        return Services(
            configuration: configuration, behaviour: behaviour, paths: Paths(root: root, behaviour: behaviour),
            cookies: Cookies(secure: root.hasPrefix("https:")), store: store,
            identities: Identities(configuration: configuration, behaviour: behaviour, entra: entra, store: store),
            keys: keys, http: http, verifier: verifier, entra: entra,
            graph: Graph(root: configuration.graph, http: http, entra: entra, behaviour: behaviour),
            fhir: FHIRClient(configuration: configuration, http: http, key: keys.assertion, behaviour: behaviour),
            clocks: TenantClocks(
                store: store, times: try await store.clocks(), log: log, backwards: behaviour.has(.otherOrder)),
            sessions: Sessions(behaviour: behaviour), locks: KeyedLocks(), log: log)
    }

    private static func announce(_ url: String) {
        let pid = Double(ProcessInfo.processInfo.processIdentifier)
        let line: JSON = ["event": "ready", "url": .string(url), "pid": .number(pid), "version": .string(version)]
        FileHandle.standardOutput.write(line.data + Data("\n".utf8))
    }

    /// A thread of its own waits for the end of standard input; the parent's death closes it.
    private static func watchInput() {
        Thread.detachNewThread {
            while !FileHandle.standardInput.availableData.isEmpty {}
            kill(getpid(), SIGTERM)
            // A connection that does not end must not keep an orphan alive.
            Thread.sleep(forTimeInterval: 3)
            Foundation.exit(0)
        }
    }
}

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
    private let smsListener: MockListener?
    private let impostorListener: MockListener
    private let gate: TunnelGate?
    private let options: MockWorldOptions

    /// Starts all listeners on loopback; port 0 takes free ones.
    package static func start(
        journal: Journal, seed: RunSeed, ehrPort: Int = 0, microsoftPort: Int = 0
    ) async throws -> MockWorld {
        var options = MockWorldOptions()
        options.ehrPort = ehrPort
        options.microsoftPort = microsoftPort
        return try await start(journal: journal, seed: seed, options: options)
    }

    /// Starts all listeners as a deployment wants them.
    package static func start(
        journal: Journal, seed: RunSeed, options: MockWorldOptions
    ) async throws -> MockWorld {
        let faults = FaultPlan(seed: seed)
        let ehr = MockEHR(
            journal: journal, seed: seed, keySets: options.keySets ?? TransportKeySetReader(),
            writeback: options.writeback)
        let microsoft =
            options.sender.map { MockMicrosoft(journal: journal, sender: $0) } ?? MockMicrosoft(journal: journal)
        try await microsoft.prepare()
        var started: [MockListener] = []
        func listen(
            _ handler: any MockHandler, _ port: Int, tls: MockListener.TLS?, parties: [Party] = []
        ) async throws -> MockListener {
            do {
                let listener = try await MockListener.start(
                    handler: handler, journal: journal, host: options.host, port: port, tls: tls, faults: faults,
                    parties: parties)
                started.append(listener)
                return listener
            } catch {
                for listener in started { await listener.stop() }
                throw error
            }
        }
        let ehrListener = try await listen(ehr, options.ehrPort, tls: options.identity, parties: [.ehr])
        let microsoftListener = try await listen(
            microsoft, options.microsoftPort, tls: options.identity, parties: [.entra, .graph, .teams, .sms])
        // An authority of its own, which nobody is told of.
        let impostor = try RunAuthority().identity(for: [options.host, "localhost"])
        let impostorListener = try await listen(ehr, 0, tls: impostor)
        var smsListener: MockListener?
        if let gateway = options.smsGateway {
            smsListener = try await listen(gateway(microsoft), options.smsPort, tls: options.identity)
        }
        var names: [String: Int] = [:]
        for name in options.ehrNames { names[name] = ehrListener.port }
        for name in options.microsoftNames { names[name] = microsoftListener.port }
        let egressListener = try await listen(EgressProxy(), names.isEmpty ? options.egressPort : 0, tls: nil)
        var gate: TunnelGate?
        if !names.isEmpty {
            gate = TunnelGate(host: options.host, port: options.egressPort, names: names, proxy: egressListener.port)
            if gate == nil {
                for listener in started { await listener.stop() }
                throw MockListenerError(
                    message: "cannot listen on \(options.host):\(options.egressPort)", remedy: "choose another port")
            }
        }
        // Under a well-known name addresses carry the name that the client knows it by.
        if options.microsoftNames.isEmpty {
            await microsoft.listens(at: options.microsoftOrigin ?? microsoftListener.origin)
        }
        return MockWorld(
            ehr: ehr, microsoft: microsoft, faults: faults, ehrListener: ehrListener,
            microsoftListener: microsoftListener, egressListener: egressListener, smsListener: smsListener,
            impostorListener: impostorListener, gate: gate, options: options)
    }

    /// Where clients find the mocks.
    package var ehrOrigin: String { options.ehrOrigin ?? ehrListener.origin }
    package var microsoftOrigin: String { options.microsoftOrigin ?? microsoftListener.origin }
    /// The EHR once more, under a certificate that no client can trust.
    package var impostorOrigin: String { impostorListener.origin }
    package var egressOrigin: String {
        options.egressOrigin ?? gate.map { "http://\(options.host):\($0.port)" } ?? egressListener.origin
    }
    /// Of another gateway for text messages; nil where there is none.
    package var smsOrigin: String? { smsListener.map { options.smsOrigin ?? $0.origin } }

    /// Where each origin or well-known name is really listened on: `host:port` to `host:port`.
    package var connections: [(from: String, to: String)] {
        var connections: [(from: String, to: String)] = []
        func add(_ origin: String?, _ listener: MockListener?) {
            guard let listener, let origin, let authority = Self.authority(origin) else { return }
            let own = Self.authority(listener.origin) ?? ""
            if authority != own { connections.append((authority, own)) }
        }
        add(options.ehrOrigin, ehrListener)
        add(options.microsoftOrigin, microsoftListener)
        add(options.smsOrigin, smsListener)
        for name in options.ehrNames { add("https://\(name)", ehrListener) }
        for name in options.microsoftNames { add("https://\(name)", microsoftListener) }
        return connections
    }

    /// Every `host:port` by which a client of the mocks may know them, to where it is listened on.
    package var routes: [String: String] {
        var routes: [String: String] = [:]
        for listener in [ehrListener, microsoftListener, impostorListener, smsListener].compactMap({ $0 }) {
            if let own = Self.authority(listener.origin) { routes[own] = own }
        }
        routes[egressAuthority] = egressAuthority
        if let known = Self.authority(egressOrigin) { routes[known] = egressAuthority }
        for connection in connections { routes[connection.from] = connection.to }
        return routes
    }

    /// Where the watched way out is listened on.
    package var egressAuthority: String {
        gate.map { "\(options.host):\($0.port)" } ?? Self.authority(egressListener.origin) ?? ""
    }

    /// `host:port` of an origin.
    private static func authority(_ origin: String) -> String? {
        let pieces = origin.split(separator: "/", omittingEmptySubsequences: true)
        guard pieces.count == 2 else { return nil }
        let host = String(pieces[1])
        return host.contains(":") ? host : host + (pieces[0] == "https:" ? ":443" : ":80")
    }

    /// Exchanges and deliveries of a world that have begun and not ended.
    package func inFlight(_ world: WorldID) async -> Int {
        ehrListener.openExchanges(in: world) + impostorListener.openExchanges(in: world)
            + microsoftListener.openExchanges(in: world)
            + (smsListener?.openExchanges(in: world) ?? 0) + (await microsoft.pendingDeliveries(in: world))
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
        await impostorListener.stop()
        gate?.stop()
        await egressListener.stop()
        await smsListener?.stop()
    }
}

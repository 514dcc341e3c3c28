// SPDX-License-Identifier: Apache-2.0

import Foundation
import HummingbirdCore
import Logging
import NIOCore
import NIOPosix
package import Trace
package import World

/// An HTTP server for one mock: HTTP/1.1, with TLS also HTTP/2 (by ALPN), which records every exchange in the journal: the request on receipt, then the
/// events it meant, then the answer, all before the client can see the answer.
///
/// A request whose connection is closed instead of answered (fault `drop` or `timeout`) is recorded with status 0.
package final class MockListener: Sendable {
    /// Certificate chain and key of a TLS listener.
    package typealias TLS = RunAuthority.Identity

    /// What a TLS listener may know beside its certificate.
    package struct TLSOptions: Sendable {
        /// Signs the certificates of TLS faults (expired, wrong host); nil: an authority of their own.
        package var authority: RunAuthority?
        /// PEM of the authority whose client certificates are demanded (mutual TLS); nil: none is asked for.
        package var clientAuthorityPEM: String?

        package init(authority: RunAuthority? = nil, clientAuthorityPEM: String? = nil) {
            self.authority = authority
            self.clientAuthorityPEM = clientAuthorityPEM
        }
    }

    /// Bytes of bodies that all connections together may hold; what is beyond is answered 413.
    package static let bodyBudget = 128 * 1024 * 1024

    /// Connections on which nothing was read or written for this long are closed.
    private static let idleTimeout = TimeAmount.seconds(120)

    /// Bodies beyond this many bytes are answered 413 and recorded without their bytes.
    package static let bodyLimit = 8 * 1024 * 1024

    /// Scheme, host and port, for example `http://127.0.0.1:40123`.
    package let origin: String
    package let port: Int
    private let exchanges: ExchangeRecorder
    private let server: Task<Void, Never>
    private let shutDown: @Sendable () async -> Void

    private init(
        origin: String, port: Int, exchanges: ExchangeRecorder, server: Task<Void, Never>,
        shutDown: @escaping @Sendable () async -> Void
    ) {
        self.origin = origin
        self.port = port
        self.exchanges = exchanges
        self.server = server
        self.shutDown = shutDown
    }

    /// Starts listening and returns once connections are accepted. Port 0 takes a free one. `parties` are those who
    /// answer here, for faults that strike a handshake; `desk` answers paths that are not the mock's.
    package static func start(
        handler: any MockHandler, journal: Journal, host: String = "127.0.0.1", port: Int = 0, tls: TLS? = nil,
        options: TLSOptions = TLSOptions(), faults: FaultPlan? = nil, parties: [Party] = [],
        desk: (any FrontDesk)? = nil
    ) async throws(MockListenerError) -> MockListener {
        let faults = faults ?? FaultPlan()
        let exchanges = ExchangeRecorder(
            handler: handler, desk: desk, journal: journal, faults: faults, scheme: tls == nil ? "http" : "https",
            fallbackHost: host, budget: BodyBudget(limit: bodyBudget))
        let setup = ConnectionSetup(exchanges: exchanges, idleTimeout: idleTimeout)
        do {
            guard let tls else {
                return try await run(
                    PlainChannel(setup: setup), exchanges: exchanges, host: host, port: port, scheme: "http")
            }
            let handshakes = Handshakes(faults: faults, parties: parties, journal: journal)
            let secured = try SecureChannel(
                identity: tls, options: options, host: host, handshakes: handshakes, setup: setup)
            return try await run(secured, exchanges: exchanges, host: host, port: port, scheme: "https")
        } catch {
            throw MockListenerError(
                message: "cannot listen on \(host):\(port): \(error)",
                remedy: "choose port 0 or a port that no other process uses, and check the certificate files")
        }
    }

    private static func run<Child: ServerChildChannel>(
        _ child: Child, exchanges: ExchangeRecorder, host: String, port: Int, scheme: String
    ) async throws -> MockListener {
        let (bound, bind) = AsyncThrowingStream.makeStream(of: Int.self)
        var logger = Logger(label: "mock")
        logger.logLevel = .critical
        // One loop a listener, and everything about its connections on that loop: an exchange changes no thread.
        let loop = MultiThreadedEventLoopGroup.singleton.next()
        let server = Server(
            childChannelSetup: child,
            configuration: .init(address: .hostname(host, port: port), backlog: 4096),
            onServerRunning: { channel in
                bind.yield(channel.localAddress?.port ?? port)
                bind.finish()
            },
            eventLoopGroup: loop, logger: logger)
        let task = Task(executorPreference: LoopExecutor(loop)) {
            do {
                try await server.run()
                bind.finish()
            } catch {
                bind.finish(throwing: error)
            }
        }
        for try await actual in bound {
            return MockListener(
                origin: "\(scheme)://\(host):\(actual)", port: actual, exchanges: exchanges, server: task,
                shutDown: { try? await server.shutdownGracefully() })
        }
        throw MockListenerError(message: "the server ended before it listened", remedy: "start it again")
    }

    /// Stops accepting, lets open exchanges end for at most `grace`, then closes every connection.
    package func stop(grace: Duration = .seconds(2)) async {
        let server = server
        let shutDown = shutDown
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await shutDown() }
            group.addTask {
                // Cancelling the server task closes its connections, which also ends the graceful shutdown.
                try? await Task.sleep(for: grace)
                server.cancel()
            }
            await group.next()
            group.cancelAll()
        }
        server.cancel()
        await server.value
    }

    /// Exchanges of a world (nil: of the run-level lane) that have begun and not ended, without actors' own. One whose
    /// world is not known yet counts everywhere.
    package func openExchanges(in world: WorldID?) -> Int { exchanges.open.count(in: world) }
}

/// Why a listener could not be started.
package struct MockListenerError: Error, Sendable, CustomStringConvertible {
    package let message: String
    package let remedy: String

    package init(message: String, remedy: String) {
        self.message = message
        self.remedy = remedy
    }

    package var description: String { "\(message); \(remedy)" }
}

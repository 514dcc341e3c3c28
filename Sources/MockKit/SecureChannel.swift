// SPDX-License-Identifier: Apache-2.0

import HummingbirdCore
import Logging
import NIOCore
import NIOHTTP2
import NIOSSL
import Synchronization
import Trace
import Value

/// Asks the plan of faults for each new connection of a listener, and records what struck.
struct Handshakes: Sendable {
    let faults: FaultPlan
    let parties: [Party]
    let journal: Journal

    func trouble() -> TLSTrouble? {
        guard let strike = faults.handshake(of: parties), case .tls(let trouble) = strike.effect else { return nil }
        journal.append(
            EventDraft(
                "fault.struck", by: .runner, world: nil,
                ["place": .string(strike.fault.place.description), "effect": strike.effect.value]))
        return trouble
    }
}

/// TLS with HTTP/2 or HTTP/1.1 by ALPN, whose handshakes can be made to fail.
struct SecureChannel: ServerChildChannel {
    /// A connection, or the streams of one.
    typealias Negotiated = NIONegotiatedHTTPVersion<Connection, NIOHTTP2Handler.AsyncStreamMultiplexer<Connection>>

    struct Value: ServerChildChannelValue {
        let negotiated: EventLoopFuture<Negotiated>
        let channel: any Channel
    }

    private let setup: ConnectionSetup
    private let proper: NIOSSLContext
    private let handshakes: Handshakes
    /// Contexts whose handshakes go wrong, made when first needed.
    private let troubled: TroubledContexts

    init(
        identity: RunAuthority.Identity, options: MockListener.TLSOptions, host: String, handshakes: Handshakes,
        setup: ConnectionSetup
    ) throws {
        let make: @Sendable (RunAuthority.Identity, TLSTrouble?) throws -> NIOSSLContext = { identity, trouble in
            try NIOSSLContext(configuration: Self.configuration(identity, options.clientAuthorityPEM, trouble))
        }
        self.setup = setup
        proper = try make(identity, nil)
        self.handshakes = handshakes
        troubled = TroubledContexts { trouble in
            let authority = try options.authority ?? RunAuthority()
            let troubledIdentity =
                switch trouble {
                case .expired: try authority.identity(for: [host, "localhost"], expired: true)
                case .wrongHost: try authority.identity(for: ["wrong-host.example.net"])
                case .unknownCA: try RunAuthority(name: "Nobody's authority").identity(for: [host, "localhost"])
                case .oldVersion: identity
                }
            return try make(troubledIdentity, trouble)
        }
    }

    func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<Value> {
        do {
            let context = try handshakes.trouble().map { try troubled.context($0) } ?? proper
            try channel.pipeline.syncOperations.addHandler(NIOSSLServerHandler(context: context))
        } catch {
            return channel.eventLoop.makeFailedFuture(error)
        }
        let setup = setup
        return channel.configureHTTP2AsyncSecureUpgrade {
            setup.http1($0)
        } http2ConnectionInitializer: { channel in
            channel.eventLoop.makeCompletedFuture {
                let manager = NIOHTTP2ServerConnectionManagementHandler(
                    eventLoop: channel.eventLoop,
                    configuration: .init(
                        maxIdleTime: setup.idleTimeout, maxAge: nil, maxGraceTime: nil, keepalive: nil))
                let streams = try channel.pipeline.syncOperations.configureAsyncHTTP2Pipeline(
                    mode: .server, streamDelegate: manager.http2StreamDelegate
                ) { stream in
                    stream.eventLoop.makeCompletedFuture {
                        try stream.pipeline.syncOperations.addHandler(HTTP2FramePayloadToHTTP1ServerCodec())
                        return try setup.end(stream)
                    }
                }
                try channel.pipeline.syncOperations.addHandler(manager)
                return streams
            }
        }
        .map { Value(negotiated: $0, channel: channel) }
    }

    func handle(value: Value, logger: Logger) async {
        // A handshake that fails, and a connection that breaks, end here: there is nobody to tell.
        guard let negotiated = try? await value.negotiated.get() else { return }
        switch negotiated {
        case .http1_1(let connection): await setup.serve(connection)
        case .http2(let streams):
            await withTaskCancellationHandler {
                try? await withThrowingDiscardingTaskGroup { group in
                    for try await stream in streams.inbound { group.addTask { await setup.serve(stream) } }
                }
            } onCancel: {
                value.channel.close(promise: nil)
            }
        }
    }

    private static func configuration(
        _ identity: RunAuthority.Identity, _ clientAuthority: String?, _ trouble: TLSTrouble?
    ) throws -> TLSConfiguration {
        let chain = try NIOSSLCertificate.fromPEMBytes(Array(identity.certificateChainPEM.utf8))
        let key = try NIOSSLPrivateKey(bytes: Array(identity.privateKeyPEM.utf8), format: .pem)
        var configuration = TLSConfiguration.makeServerConfiguration(
            certificateChain: chain.map { .certificate($0) }, privateKey: .privateKey(key))
        configuration.applicationProtocols = NIOHTTP2SupportedALPNProtocols
        configuration.minimumTLSVersion = .tlsv12
        if trouble == .oldVersion {
            configuration.minimumTLSVersion = .tlsv1
            configuration.maximumTLSVersion = .tlsv1
        }
        if let clientAuthority {
            configuration.trustRoots = .certificates(try NIOSSLCertificate.fromPEMBytes(Array(clientAuthority.utf8)))
            configuration.certificateVerification = .noHostnameVerification
        }
        return configuration
    }
}

/// One context a trouble.
private final class TroubledContexts: Sendable {
    private let made = Mutex<[TLSTrouble: NIOSSLContext]>([:])
    private let make: @Sendable (TLSTrouble) throws -> NIOSSLContext

    init(_ make: @escaping @Sendable (TLSTrouble) throws -> NIOSSLContext) { self.make = make }

    func context(_ trouble: TLSTrouble) throws -> NIOSSLContext {
        if let context = made.withLock({ $0[trouble] }) { return context }
        let context = try make(trouble)
        made.withLock { $0[trouble] = context }
        return context
    }
}

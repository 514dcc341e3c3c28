// SPDX-License-Identifier: Apache-2.0

import HummingbirdCore
import HummingbirdHTTP2
import Logging
import NIOCore
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
    typealias Value = HTTP2UpgradeChannel.Value

    private let proper: HTTP2UpgradeChannel
    private let handshakes: Handshakes
    /// Channels whose handshakes go wrong, made when first needed.
    private let troubled: TroubledChannels

    init(
        identity: RunAuthority.Identity, options: MockListener.TLSOptions, host: String, handshakes: Handshakes,
        responder: @escaping HTTPChannelHandler.Responder, configuration: HTTP1Channel.Configuration
    ) throws {
        let make: @Sendable (RunAuthority.Identity, TLSTrouble?) throws -> HTTP2UpgradeChannel = { identity, trouble in
            try HTTP2UpgradeChannel(
                tlsConfiguration: Self.configuration(identity, options.clientAuthorityPEM, trouble),
                configuration: .init(streamConfiguration: configuration), responder: responder)
        }
        proper = try make(identity, nil)
        self.handshakes = handshakes
        troubled = TroubledChannels { trouble in
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
        guard let trouble = handshakes.trouble() else { return proper.setup(channel: channel, logger: logger) }
        do {
            return try troubled.channel(trouble).setup(channel: channel, logger: logger)
        } catch {
            return channel.eventLoop.makeFailedFuture(error)
        }
    }

    func handle(value: Value, logger: Logger) async { await proper.handle(value: value, logger: logger) }

    private static func configuration(
        _ identity: RunAuthority.Identity, _ clientAuthority: String?, _ trouble: TLSTrouble?
    ) throws -> TLSConfiguration {
        let chain = try NIOSSLCertificate.fromPEMBytes(Array(identity.certificateChainPEM.utf8))
        let key = try NIOSSLPrivateKey(bytes: Array(identity.privateKeyPEM.utf8), format: .pem)
        var configuration = TLSConfiguration.makeServerConfiguration(
            certificateChain: chain.map { .certificate($0) }, privateKey: .privateKey(key))
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

/// One channel setup a trouble.
private final class TroubledChannels: Sendable {
    private let made = Mutex<[TLSTrouble: HTTP2UpgradeChannel]>([:])
    private let make: @Sendable (TLSTrouble) throws -> HTTP2UpgradeChannel

    init(_ make: @escaping @Sendable (TLSTrouble) throws -> HTTP2UpgradeChannel) { self.make = make }

    func channel(_ trouble: TLSTrouble) throws -> HTTP2UpgradeChannel {
        if let channel = made.withLock({ $0[trouble] }) { return channel }
        let channel = try make(trouble)
        made.withLock { $0[trouble] = channel }
        return channel
    }
}

// SPDX-License-Identifier: Apache-2.0

import MockKit
import NIOCore
import NIOPosix
import NIOSSL
import TestSupport
import Testing
import Trace
import Value
import World

struct TLSTests {
    @Test func `a client that trusts the run's authority gets through, another does not`() async throws {
        let authority = try RunAuthority()
        let identity = try authority.identity(for: ["localhost", "graph.microsoft.com"])
        let listener = try await MockListener.start(handler: Greeting(), journal: Journal(), tls: identity)
        for host in ["localhost", "graph.microsoft.com"] {
            let answer = try await greet(listener.port, host: host, trusting: authority)
            #expect(answer.hasPrefix("HTTP/1.1 200 OK"))
        }
        let stranger = try RunAuthority()
        await #expect(throws: (any Error).self) {
            try await greet(listener.port, host: "localhost", trusting: stranger)
        }
        await #expect(throws: (any Error).self) {
            try await greet(listener.port, host: "login.example.net", trusting: authority)
        }
        await listener.stop()
    }

    @Test(arguments: TLSTrouble.allCases) func `a handshake goes wrong as armed, and the next one does not`(
        trouble: TLSTrouble
    ) async throws {
        let authority = try RunAuthority()
        let identity = try authority.identity(for: ["localhost"])
        let faults = FaultPlan()
        let journal = Journal()
        let listener = try await MockListener.start(
            handler: Greeting(), journal: journal, tls: identity, options: .init(authority: authority), faults: faults,
            parties: [.graph])
        faults.arm(Fault(at: FaultPlace(party: .ehr), .tls(trouble), in: nil))
        faults.arm(Fault(at: FaultPlace(party: .graph), .tls(trouble), in: nil, skip: 1))
        func attempt() async throws -> String {
            try await greet(listener.port, host: "localhost", trusting: authority)
        }
        let first = try await attempt()
        #expect(first.contains("200 OK"))
        await #expect(throws: (any Error).self) { try await attempt() }
        let third = try await attempt()
        #expect(third.contains("200 OK"))
        let struck = journal.events().filter { $0.kind == "fault.struck" }
        #expect(struck.map { $0["effect"]?["trouble"]?.string } == [trouble.rawValue])
        await listener.stop()
    }

    @Test func `mutual TLS lets only those in who show a certificate`() async throws {
        let authority = try RunAuthority()
        let listener = try await MockListener.start(
            handler: Greeting(), journal: Journal(), tls: try authority.identity(for: ["localhost"]),
            options: .init(clientAuthorityPEM: authority.certificatePEM))
        let mine = try authority.clientIdentity(named: "connector")
        let stranger = try RunAuthority().clientIdentity(named: "stranger")
        let welcome = try await greet(listener.port, host: "localhost", trusting: authority, showing: mine)
        #expect(welcome.contains("200 OK"))
        for shown in [nil, stranger] {
            await #expect(throws: (any Error).self) {
                let answer = try await greet(listener.port, host: "localhost", trusting: authority, showing: shown)
                // TLS 1.3 lets a client speak before it is refused: then the refusal ends the connection without an answer.
                if answer.isEmpty { throw TestClient.Failure(reason: "refused") }
            }
        }
        await listener.stop()
    }

    @Test func `HTTP/2 is offered by ALPN`() async throws {
        let authority = try RunAuthority()
        let listener = try await MockListener.start(
            handler: Greeting(), journal: Journal(), tls: try authority.identity(for: ["localhost"]))
        // A server that speaks HTTP/2 begins with its SETTINGS frame (RFC 9113 section 3.4): type 4 in the fourth byte.
        let preface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\u{4}\0\0\0\0\0"
        let answer = try await greet(
            listener.port, host: "localhost", trusting: authority, speaking: ["h2"], saying: preface, untilBytes: 9)
        #expect(Array(answer.utf8.prefix(4)).last == 4)
        await listener.stop()
    }

    private func greet(
        _ port: Int, host: String, trusting authority: RunAuthority, showing identity: RunAuthority.Identity? = nil,
        speaking protocols: [String] = [], saying text: String? = nil, untilBytes enough: Int = .max
    ) async throws -> String {
        var configuration = TLSConfiguration.makeClientConfiguration()
        configuration.minimumTLSVersion = .tlsv12
        configuration.applicationProtocols = protocols
        if let identity {
            configuration.certificateChain = try NIOSSLCertificate.fromPEMBytes(
                Array(identity.certificateChainPEM.utf8)
            ).map { .certificate($0) }
            configuration.privateKey = .privateKey(
                try NIOSSLPrivateKey(bytes: Array(identity.privateKeyPEM.utf8), format: .pem))
        }
        configuration.trustRoots = .certificates(
            try NIOSSLCertificate.fromPEMBytes(Array(authority.certificatePEM.utf8)))
        let context = try NIOSSLContext(configuration: configuration)
        let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .connect(host: "127.0.0.1", port: port) { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(
                        NIOSSLClientHandler(context: context, serverHostname: host))
                    return try NIOAsyncChannel<ByteBuffer, ByteBuffer>(wrappingChannelSynchronously: channel)
                }
            }
        return try await channel.executeThenClose { inbound, outbound in
            try await outbound.write(
                ByteBuffer(string: text ?? "GET / HTTP/1.1\r\nHost: \(host)\r\nConnection: close\r\n\r\n"))
            var received = ""
            for try await part in inbound {
                received += String(buffer: part)
                if received.utf8.count >= enough { break }
            }
            return received
        }
    }
}

private struct Greeting: MockHandler {
    func attribute(_ request: MockRequest) async -> (world: WorldID?, party: Party) { (nil, .graph) }
    func respond(to request: MockRequest) async -> MockResponse {
        .text("hello", status: 200, world: nil, party: .graph)
    }
}

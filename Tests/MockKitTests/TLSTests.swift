// SPDX-License-Identifier: Apache-2.0

import MockKit
import NIOCore
import NIOPosix
import NIOSSL
import Testing
import Trace
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

    private func greet(_ port: Int, host: String, trusting authority: RunAuthority) async throws -> String {
        var configuration = TLSConfiguration.makeClientConfiguration()
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
                ByteBuffer(string: "GET / HTTP/1.1\r\nHost: \(host)\r\nConnection: close\r\n\r\n"))
            var text = ""
            for try await part in inbound { text += String(buffer: part) }
            return text
        }
    }
}

private struct Greeting: MockHandler {
    func attribute(_ request: MockRequest) async -> (world: WorldID?, party: Party) { (nil, .graph) }
    func respond(to request: MockRequest) async -> MockResponse {
        .text("hello", status: 200, world: nil, party: .graph)
    }
}

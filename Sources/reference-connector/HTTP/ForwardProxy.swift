// SPDX-License-Identifier: Apache-2.0

import Foundation
import NIOCore
import NIOHTTP1
import NIOPosix

/// Plain HTTP through a forward proxy in absolute form (RFC 9112 section 3.2.2), which AsyncHTTPClient does not speak: it
/// tunnels everything. One connection per request.
struct ForwardProxy: Sendable {
    private typealias Channel = NIOAsyncChannel<HTTPClientResponsePart, HTTPClientRequestPart>

    let host: String
    let port: Int

    func send(
        _ method: String, _ url: String, headers: [(String, String)], body: Data?, limit: Int
    ) async throws -> Answer {
        let channel = try await ClientBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .connectTimeout(.seconds(5))
            .connect(host: host, port: port) { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHTTPClientHandlers()
                    return try Channel(wrappingChannelSynchronously: channel)
                }
            }
        return try await channel.executeThenClose { inbound, outbound in
            var fields = HTTPHeaders(headers)
            fields.replaceOrAdd(name: "Host", value: Self.authority(url))
            fields.replaceOrAdd(name: "Connection", value: "close")
            if let body { fields.replaceOrAdd(name: "Content-Length", value: "\(body.count)") }
            let head = HTTPRequestHead(
                version: .http1_1, method: HTTPMethod(rawValue: method), uri: url, headers: fields)
            try await outbound.write(.head(head))
            if let body { try await outbound.write(.body(.byteBuffer(ByteBuffer(bytes: body)))) }
            try await outbound.write(.end(nil))
            return try await Self.answer(inbound, limit: limit)
        }
    }

    private static func answer(
        _ inbound: NIOAsyncChannelInboundStream<HTTPClientResponsePart>, limit: Int
    ) async throws -> Answer {
        var head: HTTPResponseHead?
        var body = Data()
        for try await part in inbound {
            switch part {
            case .head(let received): head = received
            case .body(let buffer):
                body.append(contentsOf: buffer.readableBytesView)
                guard body.count <= limit else { throw Passing(retryAfter: nil, code: "answer-too-large") }
            case .end:
                guard let head else { break }
                return Answer(status: Int(head.status.code), headers: head.headers, body: body)
            }
        }
        throw Passing(retryAfter: nil, code: "unreachable")
    }

    private static func authority(_ url: String) -> String {
        guard let parts = URLComponents(string: url), let host = parts.host else { return "" }
        return host + (parts.port.map { ":\($0)" } ?? "")
    }
}

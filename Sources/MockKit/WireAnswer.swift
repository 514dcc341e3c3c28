// SPDX-License-Identifier: Apache-2.0

import Foundation
import HTTPTypes
import HummingbirdCore
import NIOCore
import NIOHTTP1

/// How an answer goes out: as HTTP has it, or as a broken network or server leaves it.
enum WireAnswer: Sendable {
    case whole(MockResponse)
    /// Whole, in pieces.
    case dripped(MockResponse, bytes: Int, pause: Duration)
    /// Whole, then an unannounced end of the connection.
    case hungUp(MockResponse)
    /// The announced length is not kept: `sent` bytes of the body, then the end.
    case truncated(MockResponse, sent: Int)
    /// Chunked, with a chunk size that is none.
    case badlyChunked(MockResponse)
    /// Nothing: the connection is closed.
    case closed
    /// Nothing: the connection is reset.
    case reset

    /// What the mock said, where anything is sent of it.
    var response: MockResponse? {
        switch self {
        case .whole(let response), .dripped(let response, _, _), .hungUp(let response), .truncated(let response, _),
            .badlyChunked(let response):
            response
        case .closed, .reset: nil
        }
    }

    /// Thrown to end a connection after an answer that was none.
    struct ConnectionEnded: Error {}

    /// Sends it. Throws where the connection is at its end.
    @concurrent
    func send(_ writer: consuming ResponseWriter, on channel: any Channel) async throws {
        switch self {
        case .whole(let response):
            try await writer.write(
                response: Self.head(response), body: ResponseBody(byteBuffer: ByteBuffer(bytes: response.body)))
        case .dripped(let response, let bytes, let pause):
            var body = try await writer.writeHead(Self.head(response))
            var rest = response.body[...]
            while !rest.isEmpty {
                let piece = rest.prefix(max(1, bytes))
                try await body.write(ByteBuffer(bytes: piece))
                rest = rest.dropFirst(piece.count)
                if !rest.isEmpty { try await Task.sleep(for: pause) }
            }
            try await body.finish(nil)
        case .hungUp(let response):
            try await writer.write(
                response: Self.head(response), body: ResponseBody(byteBuffer: ByteBuffer(bytes: response.body)))
            channel.close(promise: nil)
            throw ConnectionEnded()
        case .truncated(let response, let sent):
            try await Self.raw(Self.headText(response), response.body.prefix(sent), on: channel)
            throw ConnectionEnded()
        case .badlyChunked(let response):
            var chunked = response
            chunked.headers.removeAll { $0.name.lowercased() == "content-length" }
            chunked.headers.append(("Transfer-Encoding", "chunked"))
            let half = response.body.prefix(response.body.count / 2)
            let wrong = Data("\(String(half.count, radix: 16))\r\n".utf8) + half + Data("\r\nnot-a-size\r\n".utf8)
            try await Self.raw(Self.headText(chunked), wrong, on: channel)
            throw ConnectionEnded()
        case .closed:
            channel.close(promise: nil)
            throw ConnectionEnded()
        case .reset:
            // Closing with a linger time of zero makes the kernel send RST. A stream of HTTP/2 has no socket: it is closed.
            if let socket = channel as? any SocketOptionProvider {
                try? await socket.setSoLinger(linger(l_onoff: 1, l_linger: 0)).get()
            }
            channel.close(promise: nil)
            throw ConnectionEnded()
        }
    }

    static func head(_ response: MockResponse) -> HTTPResponse {
        var fields = HTTPFields()
        for (name, value) in response.headers {
            if let name = HTTPField.Name(name) { fields.append(HTTPField(name: name, value: value)) }
        }
        return HTTPResponse(status: .init(code: min(max(response.status, 200), 999)), headerFields: fields)
    }

    private static func headText(_ response: MockResponse) -> String {
        let lines = ["HTTP/1.1 \(response.status) Fault"] + response.headers.map { "\($0.name): \($0.value)" }
        return lines.joined(separator: "\r\n") + "\r\n\r\n"
    }

    /// Writes past the encoder and closes. On HTTP/2, where there is none, the stream is closed unanswered.
    private static func raw(_ head: String, _ body: Data, on channel: any Channel) async throws {
        try? await channel.eventLoop.flatSubmit {
            do {
                let encoder = try channel.pipeline.syncOperations.context(handlerType: HTTPResponseEncoder.self)
                var buffer = channel.allocator.buffer(capacity: head.utf8.count + body.count)
                buffer.writeString(head)
                buffer.writeBytes(body)
                return encoder.writeAndFlush(NIOAny(buffer))
            } catch {
                return channel.eventLoop.makeFailedFuture(error)
            }
        }.get()
        channel.close(promise: nil)
    }
}

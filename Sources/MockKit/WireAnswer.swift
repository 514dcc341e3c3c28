// SPDX-License-Identifier: Apache-2.0

import Foundation
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
    func send(on connection: Connection) async throws {
        let channel = connection.channel
        switch self {
        case .whole(let response):
            connection.write(response)
        case .dripped(let response, let bytes, let pause):
            try await connection.write(part: .head(Self.head(response)))
            var rest = response.body[...]
            while !rest.isEmpty {
                let piece = rest.prefix(max(1, bytes))
                try await connection.write(part: .body(.byteBuffer(ByteBuffer(bytes: piece))))
                rest = rest.dropFirst(piece.count)
                if !rest.isEmpty { try await Task.sleep(for: pause) }
            }
            try await connection.write(part: .end(nil))
        case .hungUp(let response):
            connection.write(response)
            try? await connection.write(raw: ByteBuffer())
            channel.close(promise: nil)
            throw ConnectionEnded()
        case .truncated(let response, let sent):
            try? await connection.write(raw: Self.bytes(response, response.body.prefix(sent)))
            channel.close(promise: nil)
            throw ConnectionEnded()
        case .badlyChunked(let response):
            var chunked = response
            chunked.headers.removeAll { $0.name.lowercased() == "content-length" }
            chunked.headers.append(("Transfer-Encoding", "chunked"))
            let half = response.body.prefix(response.body.count / 2)
            let wrong = Data("\(String(half.count, radix: 16))\r\n".utf8) + half + Data("\r\nnot-a-size\r\n".utf8)
            try? await connection.write(raw: Self.bytes(chunked, wrong))
            channel.close(promise: nil)
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

    /// The head as NIO writes it.
    static func head(_ response: MockResponse) -> HTTPResponseHead {
        HTTPResponseHead(
            version: .http1_1, status: .init(statusCode: min(max(response.status, 200), 999)),
            headers: HTTPHeaders(response.headers.map { ($0.name, $0.value) }))
    }

    private static func bytes(_ response: MockResponse, _ body: Data) -> ByteBuffer {
        let lines = ["HTTP/1.1 \(response.status) Fault"] + response.headers.map { "\($0.name): \($0.value)" }
        var buffer = ByteBuffer(string: lines.joined(separator: "\r\n") + "\r\n\r\n")
        buffer.writeBytes(body)
        return buffer
    }
}

extension MockResponse {
    /// Writes the whole answer as HTTP/1.1 has it; false where a header holds what none may.
    func write(to buffer: inout ByteBuffer) -> Bool {
        var size = 64 + body.count
        for header in headers {
            guard HeaderText.isField(header.name, header.value) else { return false }
            size += header.name.utf8.count + header.value.utf8.count + 4
        }
        buffer.clear(minimumCapacity: size)
        if status == 200 {
            buffer.writeStaticString("HTTP/1.1 200 OK\r\n")
        } else {
            let code = HTTPResponseStatus(statusCode: min(max(status, 200), 999))
            buffer.writeString("HTTP/1.1 \(code.code) \(code.reasonPhrase)\r\n")
        }
        for header in headers {
            buffer.writeString(header.name)
            buffer.writeStaticString(": ")
            buffer.writeString(header.value)
            buffer.writeStaticString("\r\n")
        }
        buffer.writeStaticString("\r\n")
        if !body.isEmpty, status != 204, status != 304 { buffer.writeBytes(body) }
        return true
    }
}

// SPDX-License-Identifier: Apache-2.0

package import Foundation

/// A bare client on a socket: one connection per request, no redirects, no cookies, no authentication of its own.
package struct TestClient: Sendable {
    package init() {}

    package struct Answer: Sendable {
        package let status: Int
        package let headers: [(name: String, value: String)]
        package let body: Data
        package var text: String { String(decoding: body, as: UTF8.self) }
        package func header(_ name: String) -> String? {
            headers.first { $0.name.lowercased() == name.lowercased() }?.value
        }
    }

    package struct Failure: Error {
        package let reason: String
        package init(reason: String) { self.reason = reason }
    }

    /// Sends one request to `http://127.0.0.1:PORT/…`. Blocks on a thread of its own, never in the cooperative pool.
    package func send(
        _ method: String = "GET", _ url: String, headers: [String: String] = [:], body: Data? = nil
    ) async throws -> Answer {
        try Self.parse(try await raw(method, url, headers: headers, body: body).bytes)
    }

    /// What came over the wire, and whether the connection was reset instead of closed. `keepAlive`: without
    /// `Connection: close`, so that only the server can end it.
    package func raw(
        _ method: String = "GET", _ url: String, headers: [String: String] = [:], body: Data? = nil,
        keepAlive: Bool = false
    ) async throws -> (bytes: Data, isReset: Bool) {
        let rest = url.dropFirst("http://".count)
        let authority = rest.prefix { $0 != "/" && $0 != "?" }
        guard url.hasPrefix("http://"), let port = authority.split(separator: ":").last.flatMap({ UInt16($0) })
        else {
            throw Failure(reason: "not a URL of a local listener: \(url)")
        }
        let target = rest.dropFirst(authority.count)
        var head = "\(method) \(target.hasPrefix("/") ? "" : "/")\(target) HTTP/1.1\r\nHost: \(authority)\r\n"
        if !keepAlive { head += "Connection: close\r\n" }
        for (name, value) in headers { head += "\(name): \(value)\r\n" }
        if let body { head += "Content-Length: \(body.count)\r\n" }
        let message = Data((head + "\r\n").utf8) + (body ?? Data())
        return try await withCheckedThrowingContinuation { continuation in
            // Not a dispatch queue: on Linux those share their threads with the cooperative pool that serves the request.
            Thread.detachNewThread { continuation.resume(with: Result { try Self.exchange(port: port, message) }) }
        }
    }

    /// Sends these bytes as they are, and reads to the end. `endsSending`: says that nothing follows (a half-closed connection).
    package func say(_ bytes: Data, to port: Int, endsSending: Bool = false) async throws -> String {
        let port = UInt16(port)
        return try await withCheckedThrowingContinuation { continuation in
            Thread.detachNewThread {
                continuation.resume(
                    with: Result {
                        String(
                            decoding: try Self.exchange(port: port, bytes, endsSending: endsSending).bytes,
                            as: UTF8.self)
                    })
            }
        }
    }

    private static func exchange(
        port: UInt16, _ message: Data, endsSending: Bool = false
    ) throws -> (bytes: Data, isReset: Bool) {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        guard descriptor >= 0 else { throw Failure(reason: "no socket") }
        defer { close(descriptor) }
        // Only a listener that never answers comes to this; a busy machine may take its time.
        var limit = timeval(tv_sec: 600, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        let connected = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard connected == 0 else { throw Failure(reason: "cannot connect to \(port)") }
        var rest = Array(message)[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
            guard count > 0 else { break }
            rest = rest.dropFirst(count)
        }
        if endsSending { shutdown(descriptor, Int32(SHUT_WR)) }
        var received = Data()
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = recv(descriptor, &buffer, buffer.count, 0)
            if count < 0, errno == EINTR { continue }
            if count < 0, errno == EAGAIN { throw Failure(reason: "no answer within \(limit.tv_sec) s") }
            guard count > 0 else { return (received, count < 0 && errno == ECONNRESET) }
            received.append(contentsOf: buffer[..<count])
        }
    }

    /// An answer as it came; throws where there is none.
    package static func parse(_ received: Data) throws -> Answer {
        guard let end = received.range(of: Data("\r\n\r\n".utf8)) else {
            throw Failure(reason: "the connection was closed without an answer")
        }
        let lines = String(decoding: received[..<end.lowerBound], as: UTF8.self).components(separatedBy: "\r\n")
        let status = lines[0].split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0
        let headers = lines.dropFirst().map { line in
            let parts = line.split(separator: ":", maxSplits: 1)
            return (
                name: String(parts[0]), value: parts.count > 1 ? parts[1].trimmingCharacters(in: .whitespaces) : ""
            )
        }
        return Answer(status: status, headers: headers, body: received[end.upperBound...])
    }
}

// SPDX-License-Identifier: Apache-2.0

import Foundation
import Synchronization

/// A server of a few lines for tests: one thread takes connections, each connection has a thread, keep-alive included.
final class LoopbackServer: Sendable {
    struct Request: Sendable {
        let line: String
        let headers: [String]
        let body: Data

        var path: String { line.split(separator: " ").dropFirst().first.map(String.init) ?? "" }
        func header(_ name: String) -> String? {
            let start = name.lowercased() + ":"
            return headers.first { $0.lowercased().hasPrefix(start) }
                .map { $0.dropFirst(start.count).trimmingCharacters(in: .whitespaces) }
        }
    }

    /// Raw bytes of an answer; nil closes the connection, an empty one never answers.
    typealias Answer = @Sendable (Request) -> Data?

    let port: Int
    private let listener: Int32
    private let seen = Mutex<[Request]>([])

    var url: String { "http://127.0.0.1:\(port)" }
    var requests: [Request] { seen.withLock { $0 } }

    init(_ answer: @escaping Answer) {
        listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let descriptor = listener
        port = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { raw in
                _ = bind(descriptor, raw, length)
                _ = listen(descriptor, 64)
                _ = getsockname(descriptor, raw, &length)
            }
            return Int(UInt16(bigEndian: pointer.pointee.sin_port))
        }
        let thread = Thread { [self] in
            while true {
                let connection = accept(descriptor, nil, nil)
                guard connection >= 0 else { return }
                Thread { [self] in serve(connection, answer) }.start()
            }
        }
        thread.start()
    }

    /// Refuses new connections from now on.
    func stop() { shutdown(listener, Int32(SHUT_RDWR)) }

    static func response(_ status: String, _ headers: [String] = [], _ body: String = "") -> Data {
        let lines = ["HTTP/1.1 \(status)"] + headers + ["Content-Length: \(body.utf8.count)"]
        return Data((lines.joined(separator: "\r\n") + "\r\n\r\n" + body).utf8)
    }

    private func serve(_ connection: Int32, _ answer: Answer) {
        var pending = Data()
        while let request = Self.read(connection, &pending) {
            seen.withLock { $0.append(request) }
            guard let bytes = answer(request) else { break }
            _ = bytes.withUnsafeBytes { send(connection, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
        }
        close(connection)
    }

    private static func read(_ connection: Int32, _ pending: inout Data) -> Request? {
        func more() -> Bool {
            var buffer = [UInt8](repeating: 0, count: 65_536)
            let count = recv(connection, &buffer, buffer.count, 0)
            guard count > 0 else { return false }
            pending.append(contentsOf: buffer[..<count])
            return true
        }
        var end = pending.range(of: Data("\r\n\r\n".utf8))
        while end == nil {
            // A TLS greeting is no request.
            guard more(), pending.first != 0x16 else { return nil }
            end = pending.range(of: Data("\r\n\r\n".utf8))
        }
        guard let end else { return nil }
        let head = String(decoding: pending[..<end.lowerBound], as: UTF8.self).components(separatedBy: "\r\n")
        pending = Data(pending[end.upperBound...])
        let length = head.first { $0.lowercased().hasPrefix("content-length:") }
            .flatMap { Int($0.dropFirst(15).trimmingCharacters(in: .whitespaces)) }
        while pending.count < length ?? 0 { guard more() else { return nil } }
        let body = Data(pending.prefix(length ?? 0))
        pending = Data(pending.dropFirst(length ?? 0))
        return Request(line: head.first ?? "", headers: Array(head.dropFirst()), body: body)
    }
}

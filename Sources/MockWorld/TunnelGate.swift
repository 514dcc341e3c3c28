// SPDX-License-Identifier: Apache-2.0

import Foundation
import Synchronization

/// Stands before the watched way out: a tunnel to a well-known name leads to the mock that plays it, anything else to the
/// proxy that lets nothing through and records it.
///
/// Bytes are only carried; each connection has two threads for as long as it lives.
package final class TunnelGate: Sendable {
    package let port: Int
    private let listener: Int32
    private let names: [String: Int]
    private let proxy: Int
    private let host: String
    private let open = Mutex<Set<Int32>>([])

    /// - Parameters:
    ///   - names: well-known host names with the port of the mock that plays each.
    ///   - proxy: port of the proxy for everything else.
    /// - Returns: nil where the port is taken.
    package init?(host: String, port: Int, names: [String: Int], proxy: Int) {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        guard descriptor >= 0 else { return nil }
        var on: Int32 = 1
        setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &on, socklen_t(MemoryLayout<Int32>.size))
        guard let bound = Self.bind(descriptor, host: host, port: port), listen(descriptor, 256) == 0 else {
            Glibc.close(descriptor)
            return nil
        }
        listener = descriptor
        self.port = bound
        self.names = names
        self.proxy = proxy
        self.host = host
        Thread { [self] in accept() }.start()
    }

    /// Ends every connection.
    package func stop() {
        shutdown(listener, Int32(SHUT_RDWR))
        for descriptor in open.withLock({ $0 }) { shutdown(descriptor, Int32(SHUT_RDWR)) }
    }

    private static func address(_ host: String, _ port: Int) -> sockaddr_in {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = inet_addr(host)
        address.sin_port = UInt16(port).bigEndian
        return address
    }

    private static func bind(_ descriptor: Int32, host: String, port: Int) -> Int? {
        var address = address(host, port)
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        return withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { raw -> Int? in
                guard Glibc.bind(descriptor, raw, length) == 0, getsockname(descriptor, raw, &length) == 0 else {
                    return nil
                }
                return Int(UInt16(bigEndian: pointer.pointee.sin_port))
            }
        }
    }

    private func accept() {
        while true {
            let client = Glibc.accept(listener, nil, nil)
            if client < 0, errno == EINTR || errno == ECONNABORTED { continue }
            guard client >= 0 else { break }
            _ = open.withLock { $0.insert(client) }
            Thread { [self] in
                serve(client)
                _ = open.withLock { $0.remove(client) }
                Glibc.close(client)
            }.start()
        }
        Glibc.close(listener)
    }

    private func serve(_ client: Int32) {
        guard let head = Self.head(client) else { return }
        let words = String(decoding: head.prefix(4096), as: UTF8.self).split(separator: "\r\n", maxSplits: 1).first?
            .split(separator: " ")
        var mock: Int?
        if let words, words.count > 1, words[0] == "CONNECT" {
            mock = names[words[1].split(separator: ":").first.map { $0.lowercased() } ?? ""]
        }
        guard let server = dial(mock ?? proxy) else { return }
        defer { Glibc.close(server) }
        if mock != nil {
            guard Self.write(client, Array("HTTP/1.1 200 Connection established\r\n\r\n".utf8)) else { return }
        } else {
            guard Self.write(server, head) else { return }
        }
        let back = DispatchSemaphore(value: 0)
        Thread {
            Self.carry(from: server, to: client)
            back.signal()
        }.start()
        Self.carry(from: client, to: server)
        back.wait()
    }

    private func dial(_ port: Int) -> Int32? {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        guard descriptor >= 0 else { return nil }
        var address = Self.address(host == "0.0.0.0" ? "127.0.0.1" : host, port)
        let isConnected = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
            }
        }
        guard isConnected else {
            Glibc.close(descriptor)
            return nil
        }
        return descriptor
    }

    /// Up to the empty line; nil where it never comes.
    private static func head(_ descriptor: Int32) -> [UInt8]? {
        var head: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 16_384)
        let end = Array("\r\n\r\n".utf8)
        while head.count < 65_536 {
            let count = recv(descriptor, &buffer, buffer.count, 0)
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return nil }
            let from = max(0, head.count - end.count)
            head += buffer[..<count]
            for start in from..<max(from, head.count - end.count + 1) where Array(head[start..<start + 4]) == end {
                return head
            }
        }
        return nil
    }

    private static func carry(from source: Int32, to target: Int32) {
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = recv(source, &buffer, buffer.count, 0)
            if count < 0, errno == EINTR { continue }
            guard count > 0, write(target, Array(buffer[..<count])) else { break }
        }
        shutdown(target, Int32(SHUT_WR))
    }

    private static func write(_ descriptor: Int32, _ bytes: [UInt8]) -> Bool {
        var sent = 0
        while sent < bytes.count {
            let count = bytes.withUnsafeBytes { buffer in
                buffer.baseAddress.map { send(descriptor, $0 + sent, bytes.count - sent, Int32(MSG_NOSIGNAL)) } ?? -1
            }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return false }
            sent += count
        }
        return true
    }
}

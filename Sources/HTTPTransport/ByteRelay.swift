// SPDX-License-Identifier: Apache-2.0

internal import Foundation

/// Plain sockets, and bytes carried between them: for what stands between a client and its server and looks at neither.
///
/// Everything here blocks: callers have threads of their own.
package enum ByteRelay {
    /// A listening TCP socket of an IPv4 address; port 0 takes a free one. Nil where it is taken.
    package static func listen(_ host: String, _ port: Int) -> (descriptor: Int32, port: Int)? {
        let descriptor = socket(AF_INET, stream, 0)
        guard descriptor >= 0 else { return nil }
        var on: Int32 = 1
        setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &on, socklen_t(MemoryLayout<Int32>.size))
        var address = address(host, port)
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let bound = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { raw -> Int? in
                guard bind(descriptor, raw, length) == 0, getsockname(descriptor, raw, &length) == 0 else { return nil }
                return Int(UInt16(bigEndian: pointer.pointee.sin_port))
            }
        }
        guard let bound, Foundation.listen(descriptor, 256) == 0 else {
            close(descriptor)
            return nil
        }
        return (descriptor, bound)
    }

    /// A listening socket at a path of at most 107 bytes; what stood there is removed.
    package static func listen(at path: String) -> Int32? {
        guard var address = address(path) else { return nil }
        let descriptor = socket(AF_UNIX, stream, 0)
        guard descriptor >= 0 else { return nil }
        unlink(path)
        let isBound = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size)) == 0
            }
        }
        guard isBound, Foundation.listen(descriptor, 256) == 0 else {
            close(descriptor)
            return nil
        }
        return descriptor
    }

    /// A connection to an IPv4 address; nil where nobody takes it.
    package static func dial(_ host: String, _ port: Int) -> Int32? {
        let descriptor = socket(AF_INET, stream, 0)
        guard descriptor >= 0 else { return nil }
        var address = address(host, port)
        let isConnected = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
            }
        }
        guard isConnected else {
            close(descriptor)
            return nil
        }
        return descriptor
    }

    /// A connection to the socket at a path.
    package static func dial(at path: String) -> Int32? {
        guard var address = address(path) else { return nil }
        let descriptor = socket(AF_UNIX, stream, 0)
        guard descriptor >= 0 else { return nil }
        let isConnected = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size)) == 0
            }
        }
        guard isConnected else {
            close(descriptor)
            return nil
        }
        return descriptor
    }

    /// Carries bytes both ways until both ends are through. Closes neither.
    package static func carry(between client: Int32, and server: Int32) {
        let back = DispatchSemaphore(value: 0)
        Thread {
            carry(from: server, to: client)
            back.signal()
        }.start()
        carry(from: client, to: server)
        back.wait()
    }

    /// False where the other end no longer takes them.
    package static func write(_ descriptor: Int32, _ bytes: [UInt8]) -> Bool {
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

    /// What has come, at most `most` bytes; empty at the end or a failure.
    package static func read(_ descriptor: Int32, most: Int, peeking: Bool = false) -> [UInt8] {
        var buffer = [UInt8](repeating: 0, count: most)
        while true {
            let count = recv(descriptor, &buffer, most, peeking ? Int32(MSG_PEEK) : 0)
            if count < 0, errno == EINTR { continue }
            return count > 0 ? Array(buffer[..<count]) : []
        }
    }

    /// Up to a line break, which is taken and not given; nil where none comes within `most` bytes.
    package static func line(_ descriptor: Int32, most: Int = 512) -> String? {
        var bytes: [UInt8] = []
        while bytes.count < most, let byte = read(descriptor, most: 1).first {
            if byte == 0x0A { return String(decoding: bytes, as: UTF8.self) }
            bytes.append(byte)
        }
        return nil
    }

    private static var stream: Int32 { Int32(SOCK_STREAM.rawValue) }

    private static func carry(from source: Int32, to target: Int32) {
        while true {
            let bytes = read(source, most: 65_536)
            guard !bytes.isEmpty, write(target, bytes) else { break }
        }
        shutdown(target, Int32(SHUT_WR))
    }

    private static func address(_ host: String, _ port: Int) -> sockaddr_in {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = inet_addr(host)
        address.sin_port = UInt16(truncatingIfNeeded: port).bigEndian
        return address
    }

    private static func address(_ path: String) -> sockaddr_un? {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let bytes = Array(path.utf8) + [0]
        let isCopied = withUnsafeMutableBytes(of: &address.sun_path) { place in
            guard bytes.count <= place.count else { return false }
            place.copyBytes(from: bytes)
            return true
        }
        return isCopied ? address : nil
    }
}

// SPDX-License-Identifier: Apache-2.0

internal import Foundation
internal import HTTPTransport

/// The inner side of a connector's own network: runs in its namespace, decides nothing, and carries everything through
/// two sockets in a folder that both sides see.
///
/// `out`: one line says what comes: `connect ADDRESS PORT` and the bytes of a connection, `attempt PROTOCOL ADDRESS PORT`,
/// or `resolve` and a resolver's question, whose answer comes back. `in`: a port, and the bytes of a connection to it.
final class NetworkInside: Sendable {
    private let folder: String
    private let ports: Set<Int>

    private init(folder: String, ports: Set<Int>) {
        self.folder = folder
        self.ports = ports
    }

    /// - Parameters:
    ///   - folder: with the outer side's socket.
    ///   - ports: on which something of the harness's, or a common service, may be asked for.
    static func open(folder: String, ports: Set<Int>) throws(ProcessError) {
        try Netlink.openLoopback()
        let inside = NetworkInside(folder: folder, ports: ports)
        for port in ports.sorted() {
            guard let bound = ByteRelay.listen("0.0.0.0", port) else {
                throw ProcessError(
                    "the connector's network cannot listen on port \(port): \(String(cString: strerror(errno)))",
                    remedy: IsolatedNetwork.rights)
            }
            _ = SocketListener(bound.descriptor) { inside.leave($0) }
        }
        guard let entrance = ByteRelay.listen(at: folder + "/in") else {
            throw ProcessError(
                "the connector's network has no way in: \(folder)/in: \(String(cString: strerror(errno)))",
                remedy: "make the folder for temporary files writable")
        }
        _ = SocketListener(entrance) { inside.enter($0) }
        try inside.answerNames()
        // TCP, UDP, ICMP.
        for number: Int32 in [6, 17, 1] { try inside.watch(number) }
    }

    /// A connection of the connector's to anywhere.
    private func leave(_ client: Int32) {
        var address = sockaddr_in()
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isKnown = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(client, $0, &length) == 0 }
        }
        guard isKnown, let out = ByteRelay.dial(at: folder + "/out") else { return }
        defer { close(out) }
        let host = Self.text(withUnsafeBytes(of: address.sin_addr.s_addr) { Array($0) })
        let line = "connect \(host) \(UInt16(bigEndian: address.sin_port))\n"
        guard ByteRelay.write(out, Array(line.utf8)) else { return }
        ByteRelay.carry(between: client, and: out)
    }

    /// A connection of the harness's to the connector.
    private func enter(_ client: Int32) {
        guard let port = ByteRelay.line(client).flatMap({ Int($0) }), let own = ByteRelay.dial("127.0.0.1", port) else {
            return
        }
        defer { close(own) }
        ByteRelay.carry(between: client, and: own)
    }

    // MARK: Names

    /// Answers on port 53 of every address, and of each loopback address that is named as a resolver: an answer must come
    /// from where the question went.
    private func answerNames() throws(ProcessError) {
        var hosts = ["0.0.0.0"]
        let resolvers = (try? String(contentsOfFile: "/etc/resolv.conf", encoding: .utf8)) ?? ""
        for line in resolvers.split(separator: "\n") {
            let words = line.split(separator: " ", omittingEmptySubsequences: true)
            if words.count > 1, words[0] == "nameserver", words[1].hasPrefix("127."), words[1] != "127.0.0.1" {
                hosts.append(String(words[1]))
            }
        }
        for host in hosts {
            let descriptor = socket(AF_INET, Int32(SOCK_DGRAM.rawValue), 0)
            var on: Int32 = 1
            setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &on, socklen_t(MemoryLayout<Int32>.size))
            var address = sockaddr_in()
            address.sin_family = sa_family_t(AF_INET)
            address.sin_addr.s_addr = inet_addr(host)
            address.sin_port = UInt16(53).bigEndian
            let isBound = withUnsafePointer(to: &address) { pointer in
                pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
                }
            }
            guard isBound else {
                throw ProcessError(
                    "the connector's network cannot answer names: \(String(cString: strerror(errno)))",
                    remedy: IsolatedNetwork.rights)
            }
            Thread { [self] in resolve(descriptor) }.start()
        }
    }

    private func resolve(_ descriptor: Int32) {
        var buffer = [UInt8](repeating: 0, count: 4096)
        while true {
            var from = sockaddr_storage()
            var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
            let count = withUnsafeMutablePointer(to: &from) { pointer in
                pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    recvfrom(descriptor, &buffer, buffer.count, 0, $0, &length)
                }
            }
            guard count > 0, let out = ByteRelay.dial(at: folder + "/out") else { continue }
            defer { close(out) }
            guard ByteRelay.write(out, Array("resolve\n".utf8) + buffer[..<count]) else { continue }
            let answer = ByteRelay.read(out, most: 4096)
            guard !answer.isEmpty else { continue }
            _ = withUnsafePointer(to: &from) { pointer in
                pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    sendto(descriptor, answer, answer.count, 0, $0, length)
                }
            }
        }
    }

    // MARK: What nobody listens to

    /// Sees every packet of a protocol and tells the first of each attempt that no listener here takes.
    private func watch(_ number: Int32) throws(ProcessError) {
        let descriptor = socket(AF_INET, Int32(SOCK_RAW.rawValue), number)
        guard descriptor >= 0 else {
            throw ProcessError(
                "the connector's network cannot be watched: \(String(cString: strerror(errno)))",
                remedy: IsolatedNetwork.rights)
        }
        Thread { [self] in
            var buffer = [UInt8](repeating: 0, count: 65_536)
            var told: Set<String> = []
            while true {
                let count = recv(descriptor, &buffer, buffer.count, 0)
                guard count > 0 else { continue }
                guard let attempt = Attempt(buffer[..<count], protocolNumber: number) else { continue }
                if attempt.name == "tcp", ports.contains(attempt.port) { continue }
                // Asked again because nobody answered: the same attempt.
                if told.count > 4096 { told.removeAll() }
                guard told.insert("\(attempt.source) \(attempt)").inserted else { continue }
                guard let out = ByteRelay.dial(at: folder + "/out") else { continue }
                _ = ByteRelay.write(out, Array("attempt \(attempt)\n".utf8))
                close(out)
            }
        }.start()
    }

    static func text(_ address: some Collection<UInt8>) -> String { address.map(String.init).joined(separator: ".") }

    /// The beginning of something that wants out, read off an IPv4 packet.
    struct Attempt: CustomStringConvertible {
        let name: String
        let host: String
        let port: Int
        let source: Int

        /// Nil for what stays within the connector's machine, is an answer, or belongs to the resolver.
        init?(_ packet: ArraySlice<UInt8>, protocolNumber: Int32) {
            let bytes = Array(packet)
            guard bytes.count >= 20, bytes[16] != 127 else { return nil }
            let start = Int(bytes[0] & 0x0F) * 4
            host = NetworkInside.text(bytes[16..<20])
            func word(_ place: Int) -> Int { Int(bytes[start + place]) << 8 | Int(bytes[start + place + 1]) }
            switch protocolNumber {
            case 6:
                // SYN without ACK.
                guard bytes.count >= start + 14, bytes[start + 13] & 0x12 == 0x02 else { return nil }
                (name, source, port) = ("tcp", word(0), word(2))
            case 17:
                guard bytes.count >= start + 8, word(0) != 53, word(2) != 53 else { return nil }
                (name, source, port) = ("udp", word(0), word(2))
            default:
                // Echo request.
                guard bytes.count >= start + 8, bytes[start] == 8 else { return nil }
                (name, source, port) = ("icmp", word(4), 0)
            }
        }

        var description: String { "\(name) \(host) \(port)" }
    }
}

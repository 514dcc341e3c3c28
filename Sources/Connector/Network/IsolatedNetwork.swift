// SPDX-License-Identifier: Apache-2.0

internal import Foundation
internal import HTTPTransport
internal import Synchronization

/// A network of the connector's own, seen from outside: a namespace in which every address leads to the harness. What the
/// connector may reach are the mocks; whatever else it tries is recorded, whether it respects a proxy or not.
package final class IsolatedNetwork: Sendable {
    /// Where the connector may get to, and who records the rest.
    package struct Routes: Sendable {
        /// `host:port` as the connector knows it → `host:port` that is listened on.
        package let targets: [String: String]
        /// `host:port` of the forward proxy that lets nothing through.
        package let egress: String

        package init(targets: [String: String], egress: String) {
            self.targets = targets
            self.egress = egress
        }

        fileprivate var ports: Set<Int> { Set(targets.keys.compactMap { IsolatedNetwork.split($0)?.port }) }
        fileprivate var names: Set<String> { Set(targets.keys.compactMap { IsolatedNetwork.split($0)?.host }) }
    }

    /// Something that is no connection to the proxy: `udp`, `icmp`, or `dns`, the question for a stranger's name.
    package struct Attempt: Sendable, Hashable {
        package let scheme: String
        package let host: String
        package let port: Int
    }

    /// What the kernel must let us do.
    package static let rights =
        "run Assay as root or where unprivileged user namespaces are allowed (in a container: --cap-add SYS_ADMIN --cap-add NET_ADMIN --security-opt seccomp=unconfined; on Ubuntu: sysctl kernel.apparmor_restrict_unprivileged_userns=0), or write egress: proxy"

    /// The connector's port where it lets the harness choose: free on both sides.
    package let port: Int
    private let folder: String
    private let routes: Routes
    private let record: @Sendable (Attempt) -> Void
    private let table = Mutex(NameTable())
    private let listeners = Mutex<[Int: SocketListener]>([:])
    private let exit = Mutex<SocketListener?>(nil)

    /// Why this machine gives a process no network of its own; nil where it does.
    package static func trouble() async -> String? {
        do throws(ProcessError) {
            let result = try await CommandRunner.run(unshare + ["true"], within: .seconds(20))
            if result.status.isSuccess { return nil }
            let said = result.errors.trimmingCharacters(in: .whitespacesAndNewlines)
            return said.isEmpty ? "unshare ended with \(result.status)" : said
        } catch {
            return error.message
        }
    }

    /// Throws where no folder or socket can be had.
    package init(_ routes: Routes, record: @escaping @Sendable (Attempt) -> Void) throws(ProcessError) {
        self.routes = routes
        self.record = record
        // A short path: a socket's has 107 bytes at most.
        var template = Array("/tmp/assay-net-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else {
            throw ProcessError(
                "no folder can be made under /tmp: \(String(cString: strerror(errno)))", remedy: "make /tmp writable")
        }
        folder = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        guard let out = ByteRelay.listen(at: folder + "/out"), let first = ByteRelay.listen("127.0.0.1", 0) else {
            throw ProcessError(
                "the connector's network has no way out: \(String(cString: strerror(errno)))",
                remedy: "make /tmp writable")
        }
        port = first.port
        exit.withLock { $0 = SocketListener(out) { [weak self] in self?.serve($0) } }
        admit(first)
    }

    deinit { end() }

    /// Ends every connection and removes the folder.
    package func stop() { end() }

    private func end() {
        exit.withLock {
            $0?.stop()
            $0 = nil
        }
        listeners.withLock { all in
            for listener in all.values { listener.stop() }
            all = [:]
        }
        try? FileManager.default.removeItem(atPath: folder)
    }

    /// The supervisor's command, so that it sets the network up before it starts the connector in it.
    package func supervisor(_ assay: String) -> [String] {
        // 80 and 443 are where strangers are asked for most.
        let ports = routes.ports.union([80, 443]).sorted().map(String.init).joined(separator: ",")
        return Self.unshare + [assay, "supervise", "--network", folder, "--ports", ports, "--"]
    }

    /// As root a namespace is all it takes; others need a user namespace, in which they keep their own number.
    private static var unshare: [String] {
        getuid() == 0
            ? ["unshare", "--net", "--"] : ["unshare", "--user", "--map-current-user", "--keep-caps", "--net", "--"]
    }

    /// Makes the connector's port reachable here under the same number. Throws where that is taken.
    package func admit(port: Int) throws(ProcessError) {
        if listeners.withLock({ $0[port] != nil }) { return }
        guard let bound = ByteRelay.listen("127.0.0.1", port) else {
            throw ProcessError(
                "the connector listens on port \(port) of its own network, and that number is taken on this machine",
                remedy: "let it listen on $(port), or on a port that is free here")
        }
        admit(bound)
    }

    private func admit(_ bound: (descriptor: Int32, port: Int)) {
        let entrance = folder + "/in"
        let listener = SocketListener(bound.descriptor) { client in
            guard let way = ByteRelay.dial(at: entrance) else { return }
            defer { close(way) }
            guard ByteRelay.write(way, Array("\(bound.port)\n".utf8)) else { return }
            ByteRelay.carry(between: client, and: way)
        }
        listeners.withLock { $0[bound.port] = listener }
    }

    // MARK: The way out

    private func serve(_ client: Int32) {
        let words = (ByteRelay.line(client) ?? "").split(separator: " ").map(String.init)
        switch words.first {
        case "connect":
            if words.count == 3, let port = Int(words[2]) { connect(client, to: words[1], port) }
        case "attempt":
            guard words.count == 4, let port = Int(words[3]) else { return }
            let host = table.withLock { $0.name(of: words[2]) } ?? words[2]
            if words[1] == "tcp" {
                refuse(host, port)
            } else {
                record(Attempt(scheme: words[1], host: host, port: port))
            }
        case "resolve": _ = ByteRelay.write(client, answer(ByteRelay.read(client, most: 4096)))
        default: return
        }
    }

    private func connect(_ client: Int32, to address: String, _ port: Int) {
        let host = table.withLock { $0.name(of: address) } ?? address
        if let target = target(host, port) { return relay(client, to: target) }
        if address.hasPrefix("127.") { return }
        let first = ByteRelay.read(client, most: 16_384, peeking: true)
        // A handshake names whom it wants, also where the address came from elsewhere.
        if first.first == 22 {
            let name = ClientHello.serverName(first) ?? host
            if let target = target(name, port) { return relay(client, to: target) }
            return refuse(name, port)
        }
        // Letters and a blank: HTTP, whose request the proxy records whole.
        let method = first.prefix { $0 != 0x20 }
        guard !method.isEmpty, method.count < 16, method.count < first.count,
            method.allSatisfy({ (0x41...0x5A).contains($0) })
        else { return refuse(host, port) }
        relay(client, to: routes.egress)
    }

    private func target(_ host: String, _ port: Int) -> String? {
        routes.targets["\(host):\(port)"]
            ?? (host.hasPrefix("127.") || host == "localhost" ? routes.targets["127.0.0.1:\(port)"] : nil)
    }

    private func relay(_ client: Int32, to target: String) {
        guard let (host, port) = Self.split(target), let server = ByteRelay.dial(host, port) else { return }
        defer { close(server) }
        ByteRelay.carry(between: client, and: server)
    }

    /// Has the proxy record an attempt, as if it had been asked for a tunnel.
    private func refuse(_ host: String, _ port: Int) {
        guard let (proxy, proxyPort) = Self.split(routes.egress), let server = ByteRelay.dial(proxy, proxyPort) else {
            return
        }
        defer { close(server) }
        let head = "CONNECT \(host):\(port) HTTP/1.1\r\nHost: \(host):\(port)\r\n\r\n"
        // Its answer comes once the attempt is on record.
        if ByteRelay.write(server, Array(head.utf8)) { _ = ByteRelay.read(server, most: 4096) }
    }

    // MARK: Names

    /// Every name has an address, by which it is known again when it is dialled.
    private func answer(_ question: [UInt8]) -> [UInt8] {
        guard let message = NameMessage(question) else { return [] }
        let name = message.name
        // Names without a dot, the machine's own and those of addresses are nobody's on the network.
        let own = ProcessInfo.processInfo.hostName.lowercased()
        if !name.contains(".") || name == own || name.hasSuffix(".arpa") || name.hasSuffix(".local") {
            return message.unknown()
        }
        let (address, isNew) = table.withLock { $0.address(of: name) }
        if isNew, !routes.names.contains(name) { record(Attempt(scheme: "dns", host: name, port: 53)) }
        return message.answer(address)
    }

    static func split(_ authority: String) -> (host: String, port: Int)? {
        guard let colon = authority.lastIndex(of: ":"), let port = Int(authority[authority.index(after: colon)...])
        else { return nil }
        let host = String(authority[..<colon])
        return (host == "0.0.0.0" ? "127.0.0.1" : host, port)
    }
}

/// Addresses given out for names, from the range that is nobody's (RFC 2544: 198.18.0.0/15).
struct NameTable {
    private var names: [String] = []
    private var numbers: [String: Int] = [:]
    private static let size = 2 << 16

    mutating func address(of name: String) -> (bytes: [UInt8], isNew: Bool) {
        let known = numbers[name]
        // So many names are an attack on this table: those that no longer fit share the last address.
        let number = known ?? min(names.count, Self.size - 1)
        if known == nil, names.count < Self.size {
            numbers[name] = number
            names.append(name)
        }
        return ([198, 18 + UInt8(number >> 16), UInt8(number >> 8 & 0xFF), UInt8(number & 0xFF)], known == nil)
    }

    func name(of address: String) -> String? {
        let parts = address.split(separator: ".").compactMap { Int($0) }
        guard parts.count == 4, parts[0] == 198, parts[1] == 18 || parts[1] == 19 else { return nil }
        let number = (parts[1] - 18) << 16 | parts[2] << 8 | parts[3]
        return names.indices.contains(number) ? names[number] : nil
    }
}

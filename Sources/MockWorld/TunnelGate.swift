// SPDX-License-Identifier: Apache-2.0

internal import Foundation
internal import HTTPTransport

/// Stands before the watched way out: a tunnel to a well-known name leads to the mock that plays it, anything else to the
/// proxy that lets nothing through and records it.
///
/// Bytes are only carried; each connection has two threads for as long as it lives.
package final class TunnelGate: Sendable {
    package let port: Int
    private let listener: SocketListener

    /// - Parameters:
    ///   - names: well-known host names with the port of the mock that plays each.
    ///   - proxy: port of the proxy for everything else.
    /// - Returns: nil where the port is taken.
    package init?(host: String, port: Int, names: [String: Int], proxy: Int) {
        guard let bound = ByteRelay.listen(host, port) else { return nil }
        self.port = bound.port
        let near = host == "0.0.0.0" ? "127.0.0.1" : host
        listener = SocketListener(bound.descriptor) { Self.serve($0, host: near, names: names, proxy: proxy) }
    }

    /// Ends every connection.
    package func stop() { listener.stop() }

    private static func serve(_ client: Int32, host: String, names: [String: Int], proxy: Int) {
        guard let head = head(client) else { return }
        let words = String(decoding: head.prefix(4096), as: UTF8.self).split(separator: "\r\n", maxSplits: 1).first?
            .split(separator: " ")
        var mock: Int?
        if let words, words.count > 1, words[0] == "CONNECT" {
            mock = names[words[1].split(separator: ":").first.map { $0.lowercased() } ?? ""]
        }
        guard let server = ByteRelay.dial(host, mock ?? proxy) else { return }
        defer { close(server) }
        if mock != nil {
            guard ByteRelay.write(client, Array("HTTP/1.1 200 Connection established\r\n\r\n".utf8)) else { return }
        } else {
            guard ByteRelay.write(server, head) else { return }
        }
        ByteRelay.carry(between: client, and: server)
    }

    /// Up to the empty line; nil where it never comes.
    private static func head(_ descriptor: Int32) -> [UInt8]? {
        var head: [UInt8] = []
        let end = Array("\r\n\r\n".utf8)
        while head.count < 65_536 {
            let bytes = ByteRelay.read(descriptor, most: 16_384)
            guard !bytes.isEmpty else { return nil }
            let from = max(0, head.count - end.count)
            head += bytes
            for start in from..<max(from, head.count - end.count + 1) where Array(head[start..<start + 4]) == end {
                return head
            }
        }
        return nil
    }
}

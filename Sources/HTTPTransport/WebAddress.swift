// SPDX-License-Identifier: Apache-2.0

/// An absolute `http` or `https` URL taken apart, without decoding.
package struct WebAddress: Sendable, Hashable {
    /// `http` or `https`.
    package let scheme: String
    /// Lower case; IPv6 without brackets.
    package let host: String
    /// The default of the scheme where none is written.
    package let port: Int
    /// Starts with `/`.
    package let path: String
    /// Without `?`; nil where there is none.
    package let query: String?

    /// Nil for anything else than an absolute web URL with a host. Read byte by byte: every request is looked at several times.
    package init?(_ url: String) {
        guard let scheme = Self.scheme(of: url.utf8) else { return nil }
        self.scheme = scheme
        let whole = url.utf8
        var rest = whole.dropFirst(scheme.utf8.count + 3)
        if let fragment = rest.firstIndex(of: UInt8(ascii: "#")) { rest = rest[..<fragment] }
        let authorityEnd =
            rest.firstIndex { $0 == UInt8(ascii: "/") || $0 == UInt8(ascii: "?") || $0 == UInt8(ascii: "\\") }
            ?? rest.endIndex
        var authority = rest[..<authorityEnd]
        if let at = authority.lastIndex(of: UInt8(ascii: "@")) { authority = authority[authority.index(after: at)...] }
        let name: Substring.UTF8View
        let portText: Substring.UTF8View
        if authority.first == UInt8(ascii: "[") {
            guard let close = authority.firstIndex(of: UInt8(ascii: "]")) else { return nil }
            name = authority[authority.index(after: authority.startIndex)..<close]
            let after = authority[authority.index(after: close)...]
            guard after.isEmpty || after.first == UInt8(ascii: ":") else { return nil }
            portText = after.dropFirst()
        } else if let colon = authority.lastIndex(of: UInt8(ascii: ":")) {
            name = authority[..<colon]
            portText = authority[authority.index(after: colon)...]
        } else {
            name = authority
            portText = authority[authority.endIndex...]
        }
        guard !name.isEmpty else { return nil }
        host = Self.lowercased(name)
        if portText.isEmpty {
            port = scheme == "https" ? 443 : 80
        } else {
            guard let number = Int(Substring(portText)), (1...65_535).contains(number) else { return nil }
            port = number
        }
        let tail = rest[authorityEnd...]
        let queryStart = tail.firstIndex(of: UInt8(ascii: "?"))
        let path = tail[..<(queryStart ?? tail.endIndex)]
        self.path = path.isEmpty ? "/" : String(Substring(path))
        query = queryStart.map { String(Substring(tail[tail.index(after: $0)...])) }
    }

    /// `http` or `https` where `://` follows.
    private static func scheme(of url: String.UTF8View) -> String? {
        for scheme in ["http", "https"] {
            var rest = url[...]
            let fits = scheme.utf8.allSatisfy { letter in
                guard let byte = rest.popFirst() else { return false }
                return byte | 0x20 == letter
            }
            if fits, rest.starts(with: "://".utf8) { return scheme }
        }
        return nil
    }

    private static func lowercased(_ text: Substring.UTF8View) -> String {
        let isPlain = text.allSatisfy { $0 < 0x80 && !(0x41...0x5A).contains($0) }
        return isPlain ? String(Substring(text)) : Substring(text).lowercased()
    }

    /// `host:port`, with brackets around IPv6.
    package var authority: String { (host.contains(":") ? "[\(host)]" : host) + ":\(port)" }

    /// `scheme://host[:port]`, the port only where it is not the default.
    package var origin: String {
        let isDefault = port == (scheme == "https" ? 443 : 80)
        return "\(scheme)://" + (isDefault ? String(authority.dropLast("\(port)".count + 1)) : authority)
    }

    /// Whether the host names this machine: loopback addresses and `localhost` names (Secure Contexts, section 3.1).
    package var isLoopback: Bool {
        host == "localhost" || host.hasSuffix(".localhost") || host == "::1" || (isIPv4 && host.hasPrefix("127."))
    }

    /// Whether the host is four decimal numbers.
    package var isIPv4: Bool {
        let parts = host.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 4 && parts.allSatisfy { UInt8($0) != nil }
    }

    /// Whether the host is an address and no name.
    package var isIPAddress: Bool { isIPv4 || host.contains(":") }
}

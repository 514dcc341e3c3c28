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

    /// Nil for anything else than an absolute web URL with a host.
    package init?(_ url: String) {
        guard let colon = url.firstRange(of: "://") else { return nil }
        scheme = url[..<colon.lowerBound].lowercased()
        guard scheme == "http" || scheme == "https" else { return nil }
        var rest = url[colon.upperBound...]
        if let fragment = rest.firstIndex(of: "#") { rest = rest[..<fragment] }
        let authorityEnd = rest.firstIndex { $0 == "/" || $0 == "?" || $0 == "\\" } ?? rest.endIndex
        var authority = rest[..<authorityEnd]
        let tail = rest[authorityEnd...]
        if let at = authority.lastIndex(of: "@") { authority = authority[authority.index(after: at)...] }
        let portText: Substring
        if authority.first == "[" {
            guard let close = authority.firstIndex(of: "]") else { return nil }
            host = authority[authority.index(after: authority.startIndex)..<close].lowercased()
            let after = authority[authority.index(after: close)...]
            guard after.isEmpty || after.first == ":" else { return nil }
            portText = after.dropFirst()
        } else if let colon = authority.lastIndex(of: ":") {
            host = authority[..<colon].lowercased()
            portText = authority[authority.index(after: colon)...]
        } else {
            host = authority.lowercased()
            portText = ""
        }
        guard !host.isEmpty else { return nil }
        if portText.isEmpty {
            port = scheme == "https" ? 443 : 80
        } else {
            guard let number = Int(portText), (1...65_535).contains(number) else { return nil }
            port = number
        }
        let queryStart = tail.firstIndex(of: "?")
        let path = String(tail[..<(queryStart ?? tail.endIndex)])
        self.path = path.isEmpty ? "/" : path
        query = queryStart.map { String(tail[tail.index(after: $0)...]) }
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

// SPDX-License-Identifier: Apache-2.0

/// Addresses of private and link-local networks (RFC 1918, RFC 3927, RFC 4193, RFC 4291).
enum PrivateAddress {
    /// True where `authority` (host, with or without port) is such an address, written out.
    static func isPrivate(_ authority: String) -> Bool {
        if authority.hasPrefix("[") {
            let address = authority.dropFirst().prefix { $0 != "]" }.lowercased()
            return ["fc", "fd", "fe8", "fe9", "fea", "feb"].contains { address.hasPrefix($0) }
        }
        let parts = authority.prefix { $0 != ":" }.split(separator: ".", omittingEmptySubsequences: false).map {
            UInt8($0)
        }
        guard parts.count == 4, let first = parts[0], let second = parts[1], parts[2] != nil, parts[3] != nil else {
            return false
        }
        switch (first, second) {
        case (10, _), (192, 168), (169, 254): return true
        case (172, 16...31): return true
        default: return false
        }
    }
}

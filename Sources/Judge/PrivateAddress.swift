// SPDX-License-Identifier: Apache-2.0

internal import Foundation

/// Addresses of private and link-local networks (RFC 1918, RFC 3927, RFC 4193, RFC 4291), in every notation in which
/// software takes an address: `10.1.2.3`, `167838211`, `0xa.1.515`, `[::ffff:a01:203]`.
enum PrivateAddress {
    /// True where `authority` (host, with or without port) is such an address, written out.
    static func isPrivate(_ authority: String) -> Bool {
        if authority.hasPrefix("[") {
            return isPrivate(version6: authority.dropFirst().prefix { $0 != "]" && $0 != "%" })
        }
        var address = in_addr()
        guard inet_aton(String(authority.prefix { $0 != ":" }), &address) != 0 else { return false }
        return isPrivate(version4: withUnsafeBytes(of: address, Array.init))
    }

    private static func isPrivate(version6 text: Substring) -> Bool {
        var address = in6_addr()
        guard inet_pton(AF_INET6, String(text), &address) == 1 else { return false }
        let bytes = withUnsafeBytes(of: address, Array.init)
        let mapped: [UInt8] = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff]
        if bytes.starts(with: mapped) { return isPrivate(version4: Array(bytes.dropFirst(mapped.count))) }
        return bytes[0] & 0xfe == 0xfc || (bytes[0] == 0xfe && bytes[1] & 0xc0 == 0x80)
    }

    /// Four bytes in the order they are written in.
    private static func isPrivate(version4 bytes: [UInt8]) -> Bool {
        switch (bytes[0], bytes[1]) {
        case (10, _), (192, 168), (169, 254), (172, 16...31): true
        default: false
        }
    }
}

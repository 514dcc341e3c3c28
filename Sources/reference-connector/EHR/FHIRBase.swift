// SPDX-License-Identifier: Apache-2.0

import Foundation

/// A FHIR base URL as people enter it.
enum FHIRBase {
    /// The one spelling of a base URL: scheme and host in lower case, no trailing slash, no query or fragment.
    static func normalized(_ entered: String, anywhere: Bool = false) throws -> String {
        let text = entered.trimmingCharacters(in: .whitespacesAndNewlines)
        guard var parts = URLComponents(string: text), let scheme = parts.scheme?.lowercased(),
            let host = parts.host?.lowercased(),
            !host.isEmpty, parts.user == nil, parts.password == nil, parts.query == nil, parts.fragment == nil
        else {
            throw Refusal(
                422, "base-url-malformed", "This is not a complete base URL, such as https://ehr.example.org/r4/id.")
        }
        guard anywhere || isAllowed(scheme: scheme, host: host) else {
            throw Refusal(422, "base-url-unsafe", "Only https addresses of public hosts are accepted as base URL.")
        }
        parts.scheme = scheme
        parts.host = host
        while parts.path.hasSuffix("/") { parts.path.removeLast() }
        guard let url = parts.string else {
            throw Refusal(422, "base-url-malformed", "This is not a complete base URL.")
        }
        return url
    }

    /// The same without errors, for comparing what others send.
    static func comparable(_ text: String?) -> String? { text.flatMap { try? normalized($0) } }

    /// True where the host is written as four numbers, or as a name; the deliberate fault knows no other notation.
    static func isDotted(_ text: String?) -> Bool {
        guard let host = text.flatMap(URLComponents.init(string:))?.host else { return true }
        return host.split(separator: ".").count > 1 && !host.contains(":") && !host.hasPrefix("0")
    }

    /// True where the address begins as those of the two smaller private ranges do, which a deliberate fault does not know.
    static func isInSmallerRange(_ text: String?) -> Bool {
        guard let host = text.flatMap(URLComponents.init(string:))?.host else { return false }
        return host.hasPrefix("172.") || host.hasPrefix("192.168.")
    }

    /// True where the address is one of IPv6's own private or link-local ones, which a deliberate fault does not know.
    static func isInOwnIPv6Range(_ text: String?) -> Bool {
        guard let host = text.flatMap(URLComponents.init(string:))?.host else { return false }
        return host.hasPrefix("[fd") || host.hasPrefix("[fe8")
    }

    /// Loopback is allowed for tests; private and link-local addresses never are.
    private static func isAllowed(scheme: String, host: String) -> Bool {
        if host == "localhost" || host == "127.0.0.1" || host == "[::1]" {
            return scheme == "http" || scheme == "https"
        }
        guard scheme == "https", host.contains("."), !host.hasSuffix(".local"), !host.hasSuffix(".internal") else {
            return false
        }
        // No EHR publishes a bare address; refusing them all covers every private and link-local range.
        if host.hasPrefix("[") || host.hasPrefix("0x") { return false }
        return !host.allSatisfy { $0.isNumber || $0 == "." }
    }
}

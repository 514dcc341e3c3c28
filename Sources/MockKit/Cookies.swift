// SPDX-License-Identifier: Apache-2.0

/// Cookies as RFC 6265 has them on the wire.
package enum Cookies {
    /// Reads a `Cookie` header.
    package static func parse(_ header: String) -> [String: String] {
        var cookies: [String: String] = [:]
        for pair in header.split(separator: ";") {
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard parts.count == 2 else { continue }
            let name = parts[0].drop { $0 == " " || $0 == "\t" }
            cookies[String(name)] = cookies[String(name)] ?? String(parts[1])
        }
        return cookies
    }

    /// A `Set-Cookie` value for a session cookie. `secure` also makes it usable in a frame (SameSite=None).
    package static func session(_ name: String, _ value: String, path: String, secure: Bool) -> String {
        "\(name)=\(value); Path=\(path); HttpOnly; " + (secure ? "Secure; SameSite=None" : "SameSite=Lax")
    }

    /// A `Set-Cookie` value that removes a cookie.
    package static func expired(_ name: String, path: String) -> String {
        "\(name)=; Path=\(path); Max-Age=0; HttpOnly"
    }
}

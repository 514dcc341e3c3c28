// SPDX-License-Identifier: Apache-2.0

package import Foundation

/// One request as it goes on the wire. Redirects are never followed here: who walks wants to see every hop.
package struct HTTPRequest: Sendable, Hashable {
    package var method: String
    /// Absolute `http` or `https` URL; a fragment is not sent.
    package var url: String
    package var headers: [Header]
    package var body: Data?
    /// For the whole exchange, connecting included.
    package var timeout: Duration
    /// URL of a forward proxy; nil goes straight, whatever the environment says.
    package var proxy: String?
    /// Trusted instead of the machine's roots; nil trusts those.
    package var trust: TrustAnchors?
    /// Connects elsewhere than the URL says, while name and Host header stay.
    package var connectTo: [ConnectOverride]
    /// Whether a `BrowserSession` adds its cookies and keeps those of the answer. Ignored by `HTTPClient`.
    package var sendCookies: Bool
    /// Which document caused the request: decides about SameSite.
    package var cookieContext: CookieContext
    /// Largest accepted response body in bytes.
    package var maxResponseBytes: Int

    package init(
        method: String = "GET", url: String, headers: [Header] = [], body: Data? = nil,
        timeout: Duration = .seconds(30), proxy: String? = nil, trust: TrustAnchors? = nil,
        connectTo: [ConnectOverride] = [], sendCookies: Bool = true, cookieContext: CookieContext = .typed,
        maxResponseBytes: Int = 32 << 20
    ) {
        self.method = method
        self.url = url
        self.headers = headers
        self.body = body
        self.timeout = timeout
        self.proxy = proxy
        self.trust = trust
        self.connectTo = connectTo
        self.sendCookies = sendCookies
        self.cookieContext = cookieContext
        self.maxResponseBytes = maxResponseBytes
    }
}

extension HTTPRequest {
    /// A header line; order and spelling are kept.
    package struct Header: Sendable, Hashable {
        package var name: String
        package var value: String

        package init(_ name: String, _ value: String) {
            self.name = name
            self.value = value
        }
    }

    /// Where the trusted roots stand.
    package enum TrustAnchors: Sendable, Hashable {
        /// Path of a PEM bundle.
        case file(String)
        /// The PEM text itself, for example the CA of a run.
        case pem(Data)
    }

    /// `host:port` of the URL and the `host:port` to connect to instead.
    package struct ConnectOverride: Sendable, Hashable {
        package var from: String
        package var to: String

        package init(from: String, to: String) {
            self.from = from
            self.to = to
        }
    }
}

extension [HTTPRequest.Header] {
    /// First value by case-insensitive name.
    package subscript(_ name: String) -> String? {
        first { Self.isSame($0.name, name) }?.value
    }

    /// All values by case-insensitive name, in order.
    package func all(_ name: String) -> [String] {
        filter { Self.isSame($0.name, name) }.map(\.value)
    }

    /// The media type of the content without parameters, in lower case; empty where there is none.
    package var mediaType: String {
        guard let line = self["content-type"]?.utf8 else { return "" }
        var type = line[..<(line.firstIndex(of: UInt8(ascii: ";")) ?? line.endIndex)]
        while let byte = type.first, byte == 0x20 || byte == 0x09 { type.removeFirst() }
        while let byte = type.last, byte == 0x20 || byte == 0x09 { type.removeLast() }
        return Substring(type).lowercased()
    }

    /// Names are ASCII letters of either case (RFC 9110, section 5.1).
    private static func isSame(_ left: String, _ right: String) -> Bool {
        guard left.utf8.count == right.utf8.count else { return false }
        return zip(left.utf8, right.utf8).allSatisfy { left, right in
            left == right || (left | 0x20 == right | 0x20 && (0x61...0x7A).contains(left | 0x20))
        }
    }
}

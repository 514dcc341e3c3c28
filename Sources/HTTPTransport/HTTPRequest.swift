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
        let wanted = name.lowercased()
        return first { $0.name.lowercased() == wanted }?.value
    }

    /// All values by case-insensitive name, in order.
    package func all(_ name: String) -> [String] {
        let wanted = name.lowercased()
        return filter { $0.name.lowercased() == wanted }.map(\.value)
    }
}

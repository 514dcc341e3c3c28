// SPDX-License-Identifier: Apache-2.0

/// Which document caused a request: what SameSite is judged by (RFC 6265bis, section 5.2).
package struct CookieContext: Sendable, Hashable {
    /// URL of the page whose link, form or redirect chain made the request; nil for an address the person typed.
    package var initiator: String?
    /// URL of the page in the address bar, for a request made *inside* it; nil for a navigation of the whole window.
    package var topLevel: String?
    /// URLs of the frames between that page and the request, outermost first.
    package var frames: [String]

    package init(initiator: String? = nil, topLevel: String? = nil, frames: [String] = []) {
        self.initiator = initiator
        self.topLevel = topLevel
        self.frames = frames
    }

    /// An address typed by the person, or opened from outside the browser (a link in a text message).
    package static let typed = CookieContext()

    /// The whole window moves on from `page`.
    package static func navigation(from page: String?) -> CookieContext { CookieContext(initiator: page) }

    /// Inside the window of `page`: a resource of it, or a frame in it.
    package static func inside(_ page: String, frames: [String] = []) -> CookieContext {
        CookieContext(initiator: frames.last ?? page, topLevel: page, frames: frames)
    }

    /// Whether the whole window moves.
    package var isTopLevelNavigation: Bool { topLevel == nil }

    /// Whether a request to `url` is a same-site request: everything above it has its site.
    func isSameSite(_ url: WebAddress) -> Bool {
        let documents = ([initiator, topLevel] + frames.map(Optional.some)).compactMap { $0 }
        return documents.allSatisfy { text in WebAddress(text).map { Site($0) == Site(url) } ?? false }
    }
}

/// A schemeful site: scheme and registrable domain (HTML, "same site").
package struct Site: Sendable, Hashable, CustomStringConvertible {
    package let description: String

    /// Each port of a loopback address counts as a site of its own: there a port stands for what has a name of its own in
    /// the field, and a cookie of one party must not reach the next.
    package init(_ address: WebAddress) {
        if address.isLoopback {
            description = address.origin
        } else {
            description =
                "\(address.scheme)://\(address.isIPAddress ? address.host : Self.registrableDomain(address.host))"
        }
    }

    /// The last two labels, or three below a suffix that many share. Without the Public Suffix List this is an
    /// approximation; it errs towards "same site" only for suffixes missing here.
    static func registrableDomain(_ host: String) -> String {
        let labels = host.split(separator: ".")
        guard labels.count > 2 else { return host }
        let suffix = labels.suffix(2).joined(separator: ".")
        return labels.suffix(sharedSuffixes.contains(suffix) ? 3 : 2).joined(separator: ".")
    }

    /// Whether nobody may set cookies for the whole of this domain.
    static func isSharedSuffix(_ domain: String) -> Bool { !domain.contains(".") || sharedSuffixes.contains(domain) }

    private static let sharedSuffixes: Set<String> = [
        "ac.uk", "appspot.com", "azureedge.net", "azurestaticapps.net", "azurewebsites.net", "cloudapp.net",
        "cloudfront.net", "co.il", "co.in", "co.jp", "co.kr", "co.nz", "co.uk", "co.za", "com.ar", "com.au", "com.br",
        "com.cn", "com.mx", "com.sg", "com.tr", "com.tw", "firebaseapp.com", "github.io", "gov.uk", "herokuapp.com",
        "net.au", "netlify.app", "ngrok.app", "ngrok.io", "nhs.uk", "org.au", "org.uk", "pages.dev", "vercel.app",
        "web.app", "windows.net", "workers.dev",
    ]
}

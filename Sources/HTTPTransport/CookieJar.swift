// SPDX-License-Identifier: Apache-2.0

package import Foundation

/// The cookies of one browser (RFC 6265bis, sections 5.6 to 5.8): a value, no clock of its own, no I/O.
///
/// Two departures, both because everything here runs on loopback: a loopback host counts as secure, and its cookies belong
/// to `host:port`, because there a port stands for a party that has a name of its own in the field.
package struct CookieJar: Sendable, Hashable {
    /// In the order of their creation.
    package private(set) var cookies: [Cookie] = []

    package init() {}

    /// Keeps, replaces or removes the cookie of one `Set-Cookie` value that came from `url`. False where a browser ignores it.
    @discardableResult
    package mutating func store(_ setCookie: String, from url: String, context: CookieContext, now: Date) -> Bool {
        guard let address = WebAddress(url), let line = SetCookie(setCookie),
            let cookie = Self.cookie(line, address: address, context: context, now: now)
        else { return false }
        let old = cookies.firstIndex {
            $0.name == cookie.name && $0.domain == cookie.domain && $0.isHostOnly == cookie.isHostOnly
                && $0.path == cookie.path
        }
        // A plain page must not overwrite what a secure one set (section 5.7, step 16).
        if !cookie.isSecure, !Self.isSecure(address),
            cookies.contains(where: { $0.isSecure && $0.name == cookie.name && $0.domain == cookie.domain })
        {
            return false
        }
        let isExpired = cookie.expires.map { $0 <= now } ?? false
        switch (old, isExpired) {
        case (let index?, true): cookies.remove(at: index)
        case (let index?, false): cookies[index] = Self.dated(cookie, cookies[index].created)
        case (nil, false): cookies.append(cookie)
        case (nil, true): break
        }
        trim(domain: cookie.domain)
        return true
    }

    /// The value of the `Cookie` header of a request; nil where there is nothing to send.
    package func header(for url: String, method: String, context: CookieContext, now: Date) -> String? {
        let chosen = matching(url, method: method, context: context, now: now)
        guard !chosen.isEmpty else { return nil }
        return chosen.map { $0.name.isEmpty ? $0.value : "\($0.name)=\($0.value)" }.joined(separator: "; ")
    }

    /// The cookies a request gets: longer paths first, then older ones (section 5.8.3).
    package func matching(_ url: String, method: String, context: CookieContext, now: Date) -> [Cookie] {
        guard !cookies.isEmpty, let address = WebAddress(url) else { return [] }
        let isSameSite = context.isSameSite(address)
        let isSafe = ["GET", "HEAD", "OPTIONS", "TRACE"].contains(method)
        let found = cookies.enumerated().filter { _, cookie in
            if let expires = cookie.expires, expires <= now { return false }
            guard Self.domainMatches(cookie, address), Self.pathMatches(cookie.path, address.path) else { return false }
            if cookie.isSecure, !Self.isSecure(address) { return false }
            switch cookie.effectiveSameSite {
            case .none: return true
            case .strict: return isSameSite
            case .lax, .unspecified: return isSameSite || (context.isTopLevelNavigation && isSafe)
            }
        }
        return found.sorted { left, right in
            (right.element.path.utf8.count, left.offset) < (left.element.path.utf8.count, right.offset)
        }.map(\.element)
    }

    /// Forgets everything.
    package mutating func removeAll() { cookies = [] }

    // MARK: Storing

    private static func cookie(_ line: SetCookie, address: WebAddress, context: CookieContext, now: Date) -> Cookie? {
        let host = hostKey(address)
        var domain = host
        var isHostOnly = true
        if let wanted = line.domain, wanted != address.host {
            guard !address.isIPAddress, !Site.isSharedSuffix(wanted), address.host.hasSuffix("." + wanted) else {
                return nil
            }
            domain = wanted
            isHostOnly = false
        } else if line.domain != nil, !address.isLoopback, !address.isIPAddress, !Site.isSharedSuffix(address.host) {
            isHostOnly = false
        }
        let secure = isSecure(address)
        if line.isSecure, !secure { return nil }
        if line.sameSite == .none, !line.isSecure { return nil }
        // Inside another site's page only SameSite=None is kept (section 5.7, step 20).
        if line.sameSite != .none, !context.isTopLevelNavigation, !context.isSameSite(address) { return nil }
        let name = (line.name.isEmpty ? line.value : line.name).lowercased()
        if name.hasPrefix("__secure-"), !line.isSecure { return nil }
        if name.hasPrefix("__host-") {
            guard line.isSecure, line.domain == nil, line.path == "/" else { return nil }
        }
        return Cookie(
            name: line.name, value: line.value, domain: domain, isHostOnly: isHostOnly,
            path: line.path ?? defaultPath(address.path), isSecure: line.isSecure, isHTTPOnly: line.isHTTPOnly,
            sameSite: line.sameSite, expires: expiry(line, now: now), created: now)
    }

    /// Max-Age wins; browsers keep nothing longer than 400 days (section 5.5).
    private static func expiry(_ line: SetCookie, now: Date) -> Date? {
        let latest = now.addingTimeInterval(400 * 86_400)
        if let seconds = line.maxAge {
            return seconds <= 0 ? .distantPast : min(latest, now.addingTimeInterval(Double(min(seconds, 400 * 86_400))))
        }
        return line.expires.map { min($0, latest) }
    }

    private static func dated(_ cookie: Cookie, _ created: Date) -> Cookie {
        Cookie(
            name: cookie.name, value: cookie.value, domain: cookie.domain, isHostOnly: cookie.isHostOnly,
            path: cookie.path, isSecure: cookie.isSecure, isHTTPOnly: cookie.isHTTPOnly, sameSite: cookie.sameSite,
            expires: cookie.expires, created: created)
    }

    /// At most 180 cookies of a domain: the oldest go first.
    private mutating func trim(domain: String) {
        while cookies.count(where: { $0.domain == domain }) > 180,
            let oldest = cookies.firstIndex(where: { $0.domain == domain })
        {
            cookies.remove(at: oldest)
        }
    }

    // MARK: Matching

    private static func hostKey(_ address: WebAddress) -> String {
        address.isLoopback ? address.authority : address.host
    }

    private static func isSecure(_ address: WebAddress) -> Bool { address.scheme == "https" || address.isLoopback }

    private static func domainMatches(_ cookie: Cookie, _ address: WebAddress) -> Bool {
        let host = hostKey(address)
        return host == cookie.domain || (!cookie.isHostOnly && host.hasSuffix("." + cookie.domain))
    }

    /// Section 5.1.4.
    static func pathMatches(_ cookiePath: String, _ path: String) -> Bool {
        guard path.hasPrefix(cookiePath) else { return false }
        return path.utf8.count == cookiePath.utf8.count || cookiePath.hasSuffix("/")
            || path.dropFirst(cookiePath.count).first == "/"
    }

    static func defaultPath(_ path: String) -> String {
        guard let slash = path.lastIndex(of: "/"), slash != path.startIndex else { return "/" }
        return String(path[..<slash])
    }
}

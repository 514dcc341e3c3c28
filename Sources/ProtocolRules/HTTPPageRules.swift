// SPDX-License-Identifier: Apache-2.0

internal import Foundation
internal import Trace

/// Pages and cookies the connector gives to browsers.
enum HTTPPageRules {
    static let all = [cookieHTTPOnly, cookieSameSite, cookieSecure, framing, referrerPolicy, mediaType]

    static let cookieHTTPOnly = cookies(
        "http-cookie-httponly", mark: .engineering,
        "Session cookies are HttpOnly (a token against request forgery may be read)."
    ) { cookie, _ in
        cookie.attributes["httponly"] == nil && !cookie.isForgeryToken && !cookie.isTooShortForSession
            ? "without HttpOnly" : nil
    }

    static let cookieSameSite = cookies(
        "http-cookie-samesite", mark: .verified, "Cookies state SameSite; None goes with Secure."
    ) { cookie, _ in
        guard let value = cookie.attributes["samesite"]?.lowercased() else { return "without SameSite" }
        guard ["lax", "strict", "none"].contains(value) else { return "with SameSite=\(value)" }
        return value == "none" && cookie.attributes["secure"] == nil ? "with SameSite=None but without Secure" : nil
    }

    static let cookieSecure = cookies(
        "http-cookie-secure", mark: .engineering, "Cookies of https pages are Secure."
    ) { cookie, exchange in
        exchange.url.scheme == "https" && cookie.attributes["secure"] == nil ? "without Secure" : nil
    }

    static let framing = ProtocolRule(
        "http-framing", .http, requirement: "SEC-03", mark: .engineering,
        "Pages say who may frame them: frame-ancestors or X-Frame-Options, never everybody."
    ) { record in
        Examination.each(pages(record).filter(holdsAnything)) { exchange in
            let policies = exchange.responseHeaders("content-security-policy").flatMap { $0.split(separator: ";") }
            let ancestors = policies.map { $0.split(separator: " ").map { $0.lowercased() } }.first {
                $0.first == "frame-ancestors"
            }
            if let ancestors {
                let open = ancestors.dropFirst().contains { $0 == "*" || $0 == "http:" || $0 == "https:" }
                return open
                    ? ("A page of the connector may be framed by anybody.", ancestors.joined(separator: " ")) : nil
            }
            guard let option = exchange.responseHeader("x-frame-options")?.lowercased() else {
                return ("A page of the connector does not say who may frame it.", exchange.label)
            }
            return ["deny", "sameorigin"].contains(option.trimmed)
                ? nil : ("A page of the connector has an X-Frame-Options that browsers ignore.", option)
        }
    }

    static let referrerPolicy = ProtocolRule(
        "http-referrer-policy", .http, requirement: "PAT-08", mark: .engineering,
        "Pages for patients pass no address on as referrer."
    ) { record in
        let visits = pages(record).filter { exchange in
            exchange.from.actorAlias.map { record.world.patients.contains($0) } ?? false && holdsAnything(exchange)
        }
        return Examination.each(visits) { exchange in
            let header = exchange.responseHeaders("referrer-policy").last?.split(separator: ",").last.map(String.init)
            let policy = header?.lowercased().trimmed ?? metaPolicy(exchange.responseText)
            let safe = [
                "no-referrer", "same-origin", "strict-origin", "origin", "strict-origin-when-cross-origin",
                "origin-when-cross-origin",
            ]
            return policy.map { safe.contains($0) } ?? false
                ? nil
                : ("A patient's page of the connector does not limit its referrer.", policy ?? "no Referrer-Policy")
        }
    }

    static let mediaType = ProtocolRule(
        "http-media-type", .http, requirement: "SEC-08", mark: .engineering,
        "An answer with a body states its media type, HTML its character set."
    ) { record in
        Examination.each(record.visits.filter { !$0.responseBody.isEmpty && $0.fault == nil }) { exchange in
            guard let type = exchange.responseHeader("content-type")?.lowercased(), !type.isEmpty else {
                return ("An answer of the connector does not state its media type.", exchange.label)
            }
            let isBare = type.hasPrefix("text/html") && !type.contains("charset")
            let head = exchange.responseText.prefix(2048).lowercased()
            return isBare && !head.contains("charset=")
                ? ("A page of the connector does not state its character set.", type) : nil
        }
    }

    private static func pages(_ record: RuleRecord) -> [Exchange] {
        record.visits.filter { $0.isHTMLResponse && ($0.status.map { $0 < 500 } ?? false) && !$0.responseBody.isEmpty }
    }

    /// False for a refusal in mere words, as servers write them before any application is asked: nothing on it can be
    /// clicked, and nothing leads or loads elsewhere.
    private static func holdsAnything(_ exchange: Exchange) -> Bool {
        guard let status = exchange.status, status >= 400 else { return true }
        let page = exchange.responseText.lowercased()
        return ["<a ", "<form", "<button", "<input", "<script", "<iframe", " src=", " href=", "http-equiv"].contains {
            page.contains($0)
        }
    }

    private static func metaPolicy(_ html: String) -> String? {
        let head = html.prefix(8192).lowercased()
        guard let name = head.range(of: "name=\"referrer\""),
            let content = head[name.upperBound...].range(of: "content=\"")
        else { return nil }
        return String(head[content.upperBound...].prefix { $0 != "\"" })
    }

    private static func cookies(
        _ id: String, mark: SourceMark, _ statement: String,
        _ verdict: @escaping @Sendable (SetCookie, Exchange) -> String?
    ) -> ProtocolRule {
        ProtocolRule(id, .http, requirement: "SEC-04", mark: mark, statement) { record in
            var examination = Examination()
            for exchange in record.visits {
                for cookie in exchange.responseHeaders("set-cookie").compactMap(SetCookie.init) where !cookie.isDeletion
                {
                    let wrong = verdict(cookie, exchange)
                    examination.look(
                        at: exchange, wrong.map { "The connector set the cookie \(cookie.name) \($0)." },
                        actual: wrong.map { "\(cookie.name) \($0)" } ?? "")
                }
            }
            return examination
        }
    }
}

/// A `Set-Cookie` header (RFC 6265).
struct SetCookie {
    let name: String
    let value: String
    /// By lower-case name.
    let attributes: [String: String]

    init?(_ header: String) {
        let parts = header.split(separator: ";").map { String($0).trimmed }
        guard let first = parts.first, let equals = first.firstIndex(of: "=") else { return nil }
        name = String(first[..<equals])
        value = String(first[first.index(after: equals)...])
        attributes = Dictionary(
            parts.dropFirst().map { part in
                let pair = part.split(separator: "=", maxSplits: 1).map(String.init)
                return (pair.first?.lowercased() ?? "", pair.count > 1 ? pair[1] : "")
            }, uniquingKeysWith: { _, last in last })
    }

    var isDeletion: Bool {
        value.isEmpty || attributes["max-age"] == "0" || attributes["expires"]?.contains(" 1970 ") ?? false
            || attributes["expires"]?.contains("-1970 ") ?? false
    }
    /// A language or a layout, not what a session is known by.
    var isTooShortForSession: Bool { value.count < 8 }
    var isForgeryToken: Bool { name.lowercased().contains("csrf") || name.lowercased().contains("xsrf") }
}

extension String {
    /// Without blanks at both ends.
    var trimmed: String {
        guard let first = firstIndex(where: { !$0.isWhitespace }), let last = lastIndex(where: { !$0.isWhitespace })
        else {
            return ""
        }
        return String(self[first...last])
    }
}

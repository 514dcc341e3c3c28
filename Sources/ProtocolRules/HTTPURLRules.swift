// SPDX-License-Identifier: Apache-2.0

internal import Foundation
internal import Trace
internal import Value

/// What may not stand in an address.
enum HTTPURLRules {
    static let all = [tokenInURL, codeAfterUse, serverError, stackTrace]

    static let tokenInURL = ProtocolRule(
        "http-token-in-url", .http, requirement: "PRI-07", mark: .verified,
        "No token or password stands in an address the connector calls or hands out (RFC 6750 section 5.3)."
    ) { record in
        let names: Set<String> = ["access_token", "id_token", "password", "api_key", "apikey", "sharedaccesskey"]
        func wrong(_ url: WireURL) -> String? {
            let fields = url.query.fields + FormFields(url.fragment).fields
            return fields.first { names.contains($0.name.lowercased()) && !$0.value.isEmpty }?.name
        }
        var examination = Examination.each(record.outgoing) { exchange in
            wrong(exchange.url).map {
                ("The connector called an address with a secret in it.", "\(exchange.label)?\($0)=…")
            }
        }
        for exchange in record.incoming {
            guard let location = exchange.responseHeader("location").map(WireURL.init) else { continue }
            let name = wrong(location)
            examination.look(
                at: exchange, name == nil ? nil : "The connector sent a browser to an address with a secret in it.",
                actual: name.map { "\(location.page)?\($0)=…" } ?? "")
        }
        return examination
    }

    static let codeAfterUse = ProtocolRule(
        "http-code-after-use", .http, requirement: "PRI-07", mark: .engineering,
        "A sign-in code leaves the address bar with its callback: no later address, redirect or referrer carries it."
    ) { record in
        var callbacks: [String: String] = [:]
        var examination = Examination()
        for exchange in record.exchanges where exchange.to == .connector || exchange.from == .connector {
            if exchange.to == .connector, let code = exchange.url.query["code"], record.codes[code] != nil,
                callbacks[code] == nil
            {
                callbacks[code] = exchange.url.text
            }
            guard !callbacks.isEmpty else { continue }
            for (code, callback) in callbacks where exchange.url.text != callback {
                let places = [
                    holds(exchange.url.text, code) ? "address" : nil,
                    exchange.requestHeader("referer").map { holds($0, code) } ?? false ? "Referer" : nil,
                ].compactMap { $0 }
                // The token request carries the code in its body, which is its place.
                if let place = places.first {
                    examination.look(
                        at: exchange, "A used sign-in code of the connector stands in a later \(place).",
                        actual: exchange.label)
                }
            }
            if let location = exchange.responseHeader("location"), exchange.to == .connector {
                let code = callbacks.keys.first { holds(location, $0) }
                examination.look(
                    at: exchange,
                    code == nil ? nil : "The connector redirected with a used sign-in code in the address.",
                    actual: code == nil ? "" : WireURL(location).page)
            }
        }
        // Referrers toward third hosts and to the mocks count as well.
        for exchange in record.exchanges where exchange.to != .connector && exchange.from != .connector {
            guard let referrer = exchange.requestHeader("referer"),
                callbacks.keys.contains(where: { holds(referrer, $0) })
            else { continue }
            examination.look(
                at: exchange, "A browser passed a sign-in code of the connector on as referrer.", actual: exchange.label
            )
        }
        return examination
    }

    static let serverError = ProtocolRule(
        "http-server-error", .http, requirement: "SEC-08", mark: .engineering,
        "The connector answers no request with a server error (a gateway error after a fault of its upstream is one's right)."
    ) { record in
        Examination.each(record.incoming.filter { $0.status != nil && $0.fault == nil }) { exchange in
            guard let status = exchange.status, status >= 500 else { return nil }
            let upstreamFailed = record.world.faults.contains { $0 < (exchange.response?.seq ?? 0) }
            if (502...504).contains(status), upstreamFailed { return nil }
            return ("The connector answered with a server error.", "\(exchange.label) → \(status)")
        }
    }

    static let stackTrace = ProtocolRule(
        "http-stack-trace", .http, requirement: "SEC-08", mark: .engineering,
        "No answer shows the connector's insides: stack traces, source paths, database errors."
    ) { record in
        Examination.each(record.incoming.filter { $0.response != nil && $0.fault == nil }) { exchange in
            guard !exchange.responseBody.isEmpty, exchange.responseBody.count < 1_000_000 else { return nil }
            let body = exchange.responseBody
            guard let sign = signs.first(where: { holds(body, $0) }) else { return nil }
            return ("An answer of the connector shows its insides.", "\(exchange.label): \"\(sign)\"")
        }
    }

    /// A search of bytes: of all rules this one reads the most.
    private static func holds(_ body: Data, _ sign: String) -> Bool { body.withUnsafeBytes { holds($0, sign) } }

    private static func holds(_ text: String, _ sign: String) -> Bool {
        var text = text
        return text.withUTF8 { holds(UnsafeRawBufferPointer($0), sign) }
    }

    private static func holds(_ bytes: UnsafeRawBufferPointer, _ sign: String) -> Bool {
        var sign = sign
        return sign.withUTF8 { sign in
            guard let start = bytes.baseAddress, let first = sign.baseAddress, !sign.isEmpty else { return false }
            var place = 0
            while place + sign.count <= bytes.count,
                let found = memchr(start + place, Int32(first.pointee), bytes.count - place - sign.count + 1)
            {
                if memcmp(found, first, sign.count) == 0 { return true }
                place = start.distance(to: UnsafeRawPointer(found)) + 1
            }
            return false
        }
    }

    private static let signs = [
        "Traceback (most recent call last)", "Exception in thread \"", "\n\tat java.", "\n\tat org.", "\n   at System.",
        "\n   at Microsoft.", "goroutine 1 [running]", "panic: runtime error", "Fatal error: Uncaught", "SQLITE_ERROR",
        "SQLSTATE[", "Swift runtime failure", "NSUnderlyingError", "node_modules/", "ORA-0", "SQLite error ",
    ]
}

// SPDX-License-Identifier: Apache-2.0

internal import Trace
internal import Value

/// SMART App Launch 2.2, "Obtain access token": how the connector redeems a code and treats its tokens.
enum SmartTokenRules {
    static let all = [verifier, redirect, codeOnce, stateChecked, secretInURL, tokenToStranger]

    static let verifier = rule(
        "smart-pkce-verifier", "A code is redeemed with its PKCE verifier, 43 to 128 characters."
    ) {
        exchange, _ in
        guard let verifier = exchange.form["code_verifier"], !verifier.isEmpty else {
            return ("redeemed a code without a PKCE verifier", "no code_verifier")
        }
        return (43...128).contains(verifier.count)
            ? nil : ("sent a PKCE verifier of a length that RFC 7636 forbids", "\(verifier.count) characters")
    }

    static let redirect = rule("smart-redirect-exact", "A code is redeemed with the redirect URI it was asked with.") {
        exchange, record in
        guard let code = exchange.form["code"], let issued = record.codes[code] else { return nil }
        // Of several requests of one person the one with the code's state.
        guard let request = record.authorizations.last(where: { $0.state == issued.state }),
            let asked = request.parameters["redirect_uri"]
        else { return nil }
        let named = exchange.form["redirect_uri"]
        return named == asked
            ? nil : ("redeemed a code with another redirect URI than it was asked with", named ?? "no redirect_uri")
    }

    static let codeOnce = ProtocolRule(
        "smart-code-once", .smart, requirement: "PRV-10", mark: .verified, "A code is redeemed once."
    ) { record in
        var earlier: [String: Exchange] = [:]
        var examination = Examination()
        for exchange in record.tokenRequests {
            guard let code = exchange.form["code"] else { continue }
            // A request whose outcome is unknown may be repeated: the EHR decides whether the code still lives.
            let again = earlier[code].flatMap { $0.outcomeIsUnknown ? nil : $0 }
            examination.look(
                at: exchange, again == nil ? nil : "The connector redeemed one code twice.",
                actual: "a second token request with the same code", also: again?.evidence ?? [])
            earlier[code] = exchange
        }
        return examination
    }

    static let stateChecked = ProtocolRule(
        "smart-state-checked", .smart, requirement: "PRV-10", mark: .verified,
        "A callback whose state the connector never gave out redeems nothing."
    ) { record in
        let given = Set(record.authorizations.compactMap(\.state))
        var examination = Examination()
        for visit in record.visits {
            guard let code = visit.url.query["code"], record.codes[code]?.issuer == .ehr,
                let redeemed = record.tokenRequests.first(where: {
                    $0.form["code"] == code && $0.request.seq > visit.request.seq
                })
            else { continue }
            let state = visit.url.query["state"] ?? ""
            // Only the callback right before the redemption can have caused it.
            let isLast = !record.visits.contains {
                $0.url.query["code"] == code && $0.request.seq > visit.request.seq
                    && $0.request.seq < redeemed.request.seq
            }
            guard isLast else { continue }
            examination.look(
                at: visit,
                given.contains(state) ? nil : "The connector redeemed a code that came with a foreign state.",
                actual: state.isEmpty ? "no state" : "a state never given out", also: redeemed.evidence)
        }
        return examination
    }

    static let secretInURL = ProtocolRule(
        "smart-secret-in-url", .smart, requirement: "PRI-07", mark: .verified,
        "A client secret, assertion or verifier stands in no address."
    ) { record in
        let names: Set<String> = ["client_secret", "client_assertion", "code_verifier", "refresh_token"]
        return Examination.each(record.outgoing + record.authorizations.map(\.exchange)) { exchange in
            let found = exchange.url.query.fields.filter { names.contains($0.name) && !$0.value.isEmpty }.map(\.name)
            return found.isEmpty
                ? nil : ("The connector put a credential into an address.", found.joined(separator: ", "))
        }
    }

    static let tokenToStranger = ProtocolRule(
        "smart-token-stranger", .smart, requirement: "PRI-07", mark: .engineering,
        "An access token goes to nobody but the servers it was issued for."
    ) { record in
        let audience: [Party: Set<Party>] = [.ehr: [.ehr], .entra: [.entra, .graph, .teams, .sms]]
        var issuers: [String: Party] = [:]
        var examination = Examination()
        for exchange in record.outgoing {
            if let header = exchange.requestHeader("authorization"), header.lowercased().hasPrefix("bearer ") {
                let token = String(header.dropFirst("bearer ".count))
                let issuer = issuers[token]
                let allowed = issuer.flatMap { audience[$0] }.map { $0.contains(exchange.to) } ?? true
                examination.look(
                    at: exchange,
                    allowed
                        ? nil : "The connector sent an access token of \(issuer?.rawValue ?? "") to \(exchange.to).",
                    actual: exchange.label)
            }
            guard exchange.to == .ehr || exchange.to == .entra, exchange.form["grant_type"] != nil,
                let answer = try? Value.parseJSON(exchange.responseBody),
                let token = answer["access_token"]?.string
            else { continue }
            issuers[token] = exchange.to
        }
        return examination
    }

    private static func rule(
        _ id: String, _ statement: String,
        _ verdict: @escaping @Sendable (Exchange, RuleRecord) -> (message: String, actual: String)?
    ) -> ProtocolRule {
        ProtocolRule(id, .smart, requirement: "PRV-10", mark: .verified, statement) { record in
            Examination.each(record.tokenRequests.filter { $0.form["grant_type"] == "authorization_code" }) {
                exchange in
                verdict(exchange, record).map { ("The connector \($0.message).", $0.actual) }
            }
        }
    }
}

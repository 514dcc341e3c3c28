// SPDX-License-Identifier: Apache-2.0

internal import Trace
internal import Value

/// SMART App Launch 2.2, "Obtain authorization code": what the connector asks the EHR for.
enum SmartAuthorizeRules {
    static let all = [
        statePresent, stateReused, stateLength, nonceFresh, pkce, pkceFresh, audience, redirect, responseType,
        scopesWildcard, scopesMinimal,
    ]

    static let statePresent = rule("smart-state-present", "Every authorization request carries a state.") { request in
        request.state?.isEmpty ?? true ? ("asked the EHR for authorization without a state", "no state") : nil
    }

    static let stateReused = ProtocolRule(
        "smart-state-reused", .smart, requirement: "PRV-10", mark: .verified,
        "A state is used for one authorization request and never again."
    ) { record in
        // The same request twice is a reload of the browser; the same state with other parameters is not.
        var first: [String: AuthorizationRequest] = [:]
        var redirects: [String: Exchange] = [:]
        var examination = Examination()
        for request in record.authorizations {
            guard let state = request.state, !state.isEmpty else { continue }
            let known = first[state]
            let reused = known.map { $0.content != request.content || $0.person != request.person }
            examination.look(
                at: request.exchange,
                reused == true ? "The connector used one state for two authorization requests." : nil,
                actual: "state of \(state.count) characters seen before",
                also: reused == true ? known?.exchange.evidence ?? [] : [])
            if known == nil { first[state] = request }
        }
        for visit in record.visits {
            guard let location = visit.responseHeader("location").map(WireURL.init),
                location.lastSegment == "authorize", let state = location.query["state"], !state.isEmpty
            else { continue }
            if let earlier = redirects[state] {
                examination.look(
                    at: visit, "The connector handed out one state twice.",
                    actual: "state of \(state.count) characters handed out before", also: earlier.evidence)
            } else {
                redirects[state] = visit
            }
        }
        return examination
    }

    static let nonceFresh = ProtocolRule(
        "smart-nonce-fresh", .smart, requirement: "SEC-01", mark: .verified,
        "A nonce belongs to one browser: no two people's sign-ins share one (OpenID Connect Core section 15.5.2)."
    ) { record in
        // Within one browser it may stay the same: the hash of a session cookie is a form the standard proposes. And an
        // address that was passed on is one request.
        var seen: [String: [AuthorizationRequest]] = [:]
        var examination = Examination()
        let requests = record.authorizations + record.microsoftAuthorizations
        for request in requests.sorted(by: { $0.exchange.request.seq < $1.exchange.request.seq }) {
            guard let nonce = request.parameters["nonce"], !nonce.isEmpty else { continue }
            let earlier = seen[nonce] ?? []
            let isPassedOn = earlier.contains { $0.content == request.content }
            let other = isPassedOn ? nil : earlier.first { $0.person != request.person }
            examination.look(
                at: request.exchange,
                other == nil ? nil : "The connector used one nonce for the sign-ins of two people.",
                actual: "a nonce of \(nonce.count) characters seen before", also: other?.exchange.evidence ?? [])
            seen[nonce, default: []].append(request)
        }
        return examination
    }

    static let stateLength = ProtocolRule(
        "smart-state-entropy", .smart, requirement: "PRV-10", mark: .verified, advice: true,
        "A state has at least 122 bits of entropy (SMART App Launch; widespread libraries send less: advice only)."
    ) { record in
        Examination.each(record.authorizations.filter { $0.state != nil }.map(\.exchange)) { exchange in
            let state = exchange.url.query["state"] ?? exchange.form["state"] ?? ""
            let bits = roomForEntropy(of: state)
            return bits >= 122
                ? nil
                : (
                    "A state of the connector has room for \(Int(bits)) bits of entropy only.",
                    "\(state.count) characters"
                )
        }
    }

    static let pkce = rule("smart-pkce-s256", "Every authorization request carries a PKCE challenge, method S256.") {
        request in
        guard let challenge = request.parameters["code_challenge"], !challenge.isEmpty else {
            return ("asked the EHR for authorization without a PKCE challenge", "no code_challenge")
        }
        let method = request.parameters["code_challenge_method"] ?? "plain (none named)"
        if method != "S256" { return ("sent a PKCE challenge that is not S256", "code_challenge_method \(method)") }
        return challenge.count == 43
            ? nil : ("sent an S256 challenge that is no SHA-256 digest", "\(challenge.count) characters")
    }

    static let pkceFresh = ProtocolRule(
        "smart-pkce-fresh", .smart, requirement: "PRV-10", mark: .verified,
        "Each authorization request has a PKCE challenge of its own (RFC 7636 section 7.1)."
    ) { record in
        // One and the same request is a reload of the browser.
        var first: [String: AuthorizationRequest] = [:]
        var examination = Examination()
        for request in record.authorizations {
            guard let challenge = request.parameters["code_challenge"], !challenge.isEmpty else { continue }
            let known = first[challenge]
            let isReused = known.map { $0.content != request.content } ?? false
            examination.look(
                at: request.exchange,
                isReused ? "The connector used one PKCE challenge for two authorization requests." : nil,
                actual: "a challenge seen before", also: isReused ? known?.exchange.evidence ?? [] : [])
            if known == nil { first[challenge] = request }
        }
        return examination
    }

    static let audience = ProtocolRule(
        "smart-aud", .smart, requirement: "PRV-10", mark: .verified,
        "aud names the FHIR base URL that the launch came from."
    ) { record in
        let bases = Set(record.world.bases)
        return Examination.each(record.authorizations.map(\.exchange)) { exchange in
            let parameters = exchange.method == "POST" ? exchange.form : exchange.url.query
            guard let audience = parameters["aud"] ?? parameters["resource"], !audience.isEmpty else {
                return ("The connector asked the EHR for authorization without aud.", "no aud")
            }
            let plain = WorldFacts.withoutSlash(audience)
            if !bases.isEmpty, !bases.contains(plain) {
                return (
                    "The connector asked for authorization for a server that is no FHIR base of the organization.",
                    plain
                )
            }
            return nil
        }
    }

    static let redirect = rule(
        "smart-redirect-uri", "The redirect URI is absolute, without fragment, https (http on loopback)."
    ) {
        request in
        guard let text = request.parameters["redirect_uri"], !text.isEmpty else {
            return ("asked the EHR for authorization without a redirect URI", "no redirect_uri")
        }
        let url = WireURL(text)
        let host = url.authority.split(separator: ":").first.map(String.init) ?? ""
        let loopback = host == "127.0.0.1" || host == "localhost" || url.authority.hasPrefix("[::1]")
        let isSafe = url.fragment.isEmpty && (url.scheme == "https" || (url.scheme == "http" && loopback))
        return isSafe ? nil : ("named a redirect URI that is not safe", text)
    }

    static let responseType = rule("smart-response-type", "The code flow is asked for, never the implicit one.") {
        request in
        let type = request.parameters["response_type"] ?? "none"
        return type == "code" ? nil : ("asked for another flow than the code flow", "response_type \(type)")
    }

    static let scopesWildcard = ProtocolRule(
        "smart-scope-wildcard", .smart, requirement: "PRI-11", mark: .engineering,
        "No scope covers every resource type."
    ) { record in
        Examination.each(scopeRequests(record)) { exchange in
            let wild = scopes(of: exchange).filter { ResourceScope($0)?.type == "*" }
            return wild.isEmpty ? nil : ("The connector asked for all resource types.", wild.joined(separator: " "))
        }
    }

    static let scopesMinimal = ProtocolRule(
        "smart-scope-minimal", .smart, requirement: "PRI-11", mark: .engineering,
        "Scopes name only resource types that a visit needs, and people are read only."
    ) { record in
        Examination.each(scopeRequests(record)) { exchange in
            let excess = scopes(of: exchange).filter { text in
                ResourceScope(text).map { scope in
                    scope.type != "*" && !neededTypes.contains(scope.type)
                        || scope.mayWrite && people.contains(scope.type)
                } ?? false
            }
            return excess.isEmpty
                ? nil : ("The connector asked for data that a visit does not need.", excess.joined(separator: " "))
        }
    }

    /// What a visit can need: the appointment and who takes part, where it is, and messages about it.
    static let neededTypes: Set<String> = [
        "Appointment", "Patient", "Encounter", "Practitioner", "PractitionerRole", "RelatedPerson", "Person",
        "Location",
        "Organization", "HealthcareService", "Schedule", "Slot", "Communication", "CommunicationRequest",
        "Subscription",
    ]

    /// Whom a visit brings together: nothing about it changes them.
    private static let people: Set<String> = ["Patient", "Practitioner", "PractitionerRole", "RelatedPerson", "Person"]

    private static func scopeRequests(_ record: RuleRecord) -> [Exchange] {
        (record.authorizations.map(\.exchange) + record.tokenRequests).filter { !scopes(of: $0).isEmpty }
    }

    private static func scopes(of exchange: Exchange) -> [String] {
        (exchange.url.query["scope"] ?? exchange.form["scope"] ?? "").split(separator: " ").map(String.init)
    }

    private static func rule(
        _ id: String, _ statement: String,
        _ verdict: @escaping @Sendable (AuthorizationRequest) -> (message: String, actual: String)?
    ) -> ProtocolRule {
        ProtocolRule(id, .smart, requirement: "PRV-10", mark: .verified, statement) { record in
            var examination = Examination()
            for request in record.authorizations {
                let wrong = verdict(request)
                examination.look(
                    at: request.exchange, wrong.map { "The connector \($0.message)." }, actual: wrong?.actual ?? "")
            }
            return examination
        }
    }

    /// Bits that a text of this length and alphabet can hold at most.
    static func roomForEntropy(of text: String) -> Double {
        let isHex = text.allSatisfy { $0.isHexDigit || $0 == "-" }
        let letters = text.count { $0 != "-" || !isHex }
        // A version 4 UUID fixes six of its 128 bits.
        let fixed: Double = isHex && text.count == 36 ? 6 : 0
        return Double(letters) * (isHex ? 4 : 6) - fixed
    }
}

/// `user/Appointment.read`, `patient/*.rs`, `system/Patient.r?name=x`.
struct ResourceScope {
    let type: String
    /// Creates, changes or deletes, in the words of SMART 1 or the letters of SMART 2.
    let mayWrite: Bool

    init?(_ text: String) {
        let parts = text.split(separator: "/", maxSplits: 1)
        guard parts.count == 2, ["user", "patient", "system"].contains(parts[0]) else { return nil }
        type = String(parts[1].prefix { $0 != "." && $0 != "?" })
        let verbs = parts[1].drop { $0 != "." }.dropFirst().prefix { $0 != "?" }
        mayWrite = verbs == "write" || verbs == "*" || verbs != "read" && verbs.contains { "cud".contains($0) }
    }
}

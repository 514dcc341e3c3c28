// SPDX-License-Identifier: Apache-2.0

import Crypto
import Foundation
import MockKit
import Trace
import Value
import World

/// The token endpoint (RFC 6749 section 3.2, SMART App Launch 2.x; vendors: facts 5.3.2, 5.4.1).
extension EHRBase {
    static let tokenHeaders: [(name: String, value: String)] = [
        ("Cache-Control", "no-store"), ("Pragma", "no-cache"), ("Access-Control-Allow-Origin", "*"),
    ]

    func token(_ request: MockRequest, keys: EHRKeys) -> MockResponse {
        if request.method == "OPTIONS" { return preflight }
        let form = request.formFields
        let grant = form["grant_type"] ?? ""
        do throws(OAuthFailure) {
            guard request.method == "POST" else { throw OAuthFailure("invalid_request", "the method is not POST") }
            guard request.mediaType == "application/x-www-form-urlencoded" else {
                throw OAuthFailure("invalid_request", "the body is not a form")
            }
            if let name = form.repeatedNames.first {
                throw OAuthFailure("invalid_request", "parameter repeated: \(name)")
            }
            // The assertion of this grant says who the client is (RFC 7523 section 3.1).
            if grant == GrantName.assertion, profile.smart.grants.contains(grant) {
                return try assert(form, keys: keys)
            }
            let client = try authenticate(request, form)
            guard form["grant_type"] != nil else { throw OAuthFailure("invalid_request", "grant_type is missing") }
            guard GrantName.everywhere.contains(grant) || profile.smart.grants.contains(grant) else {
                throw OAuthFailure("unsupported_grant_type", "grant_type is not supported")
            }
            guard client.grants.contains(grant) else {
                throw OAuthFailure("unauthorized_client", "the client may not use this grant")
            }
            switch grant {
            case "authorization_code": return try redeem(form, client: client.id, keys: keys)
            case "refresh_token": return try refresh(form, client: client.id, keys: keys)
            case GrantName.exchange: return try exchange(form, client: client.id, keys: keys)
            default: return try systemToken(form, client: client.id, keys: keys)
            }
        } catch {
            return refuse(error, grant: grant, client: form["client_id"] ?? world.registration.clientID, request)
        }
    }

    func refuse(
        _ failure: OAuthFailure, grant: String, client: String, _ request: MockRequest
    ) -> MockResponse {
        var body: Members = ["error": .string(failure.error), "error_description": .string(failure.reason)]
        if let uri = errorURI(failure, place: "token", client: client) { body["error_uri"] = .string(uri) }
        let unauthorized = failure.error == "invalid_client"
        let challenge = unauthorized && request.header("Authorization") != nil
        var headers = Self.tokenHeaders
        if challenge { headers.append(("WWW-Authenticate", "Basic realm=\"token\"")) }
        if let seconds = failure.retryAfter { headers.append(("Retry-After", String(seconds))) }
        return .json(
            .object(body), status: failure.retryAfter != nil ? 429 : unauthorized ? 401 : 400, headers: headers,
            world: model.id,
            party: .ehr,
            events: [
                event(
                    "token.refused",
                    ["grant": .string(grant), "error": .string(failure.error), "reason": .string(failure.reason)])
            ])
    }

    private func redeem(_ form: Form, client: String, keys: EHRKeys) throws(OAuthFailure) -> MockResponse {
        guard let value = form["code"] else { throw OAuthFailure("invalid_request", "code is missing") }
        func invalid(_ reason: String) -> OAuthFailure {
            OAuthFailure("invalid_grant", reason, detail: "code-invalid-or-expired")
        }
        guard var code = codes[value] else { throw invalid("the code is not known") }
        if let issued = code.issued {
            // RFC 6749 section 4.1.2: a code used twice takes its tokens with it.
            for token in issued { revoke(token: token) }
            throw invalid("the code was used before")
        }
        guard code.expires > wire else { throw invalid("the code is older than 60 seconds") }
        guard code.request.client == client else { throw invalid("the code belongs to another client") }
        // What follows may be tried again by nobody: a failed redemption uses the code up.
        code.issued = []
        codes[value] = code
        guard form["redirect_uri"] == code.request.redirect else {
            throw invalid("redirect_uri differs from the authorization request")
        }
        if let challenge = code.request.challenge {
            guard let verifier = form["code_verifier"] else { throw invalid("code_verifier is missing") }
            guard Base64URL.encode(SHA256.hash(data: Data(verifier.utf8))) == challenge else {
                throw invalid("code_verifier does not fit the challenge")
            }
        } else if form["code_verifier"] != nil {
            throw invalid("code_verifier without a challenge")
        }
        let scopes = code.request.scopes
        var refreshToken: String?
        if let kind = profile.smart.refreshScopes.first(where: { scopes.contains($0) }),
            world.registration.authentication != .none
        {
            let token = mint()
            refreshTokens[token] = RefreshToken(code: code, isOnline: kind == "online_access")
            refreshToken = token
        }
        let flaw = scopes.contains("openid") ? tampering : nil
        let (answer, access) = answer(
            for: code, scopes: scopes, refreshToken: refreshToken, identity: true, keys: keys)
        tokens[access]?.refreshToken = refreshToken
        codes[value]?.issued = [access] + (refreshToken.map { [$0] } ?? [])
        var response = issued(answer, grant: "authorization_code", by: code, scopes: scopes)
        if let flaw {
            tampering = nil
            response.events.insert(
                EventDraft(
                    "fault.struck", by: .runner, world: model.id,
                    ["place": "ehr id_token", "effect": ["effect": .string(flaw.rawValue)]]), at: 0)
        }
        return response
    }

    private func refresh(_ form: Form, client: String, keys: EHRKeys) throws(OAuthFailure) -> MockResponse {
        guard let value = form["refresh_token"] else {
            throw OAuthFailure("invalid_request", "refresh_token is missing")
        }
        guard let refresh = refreshTokens[value], refresh.code.request.client == client else {
            throw OAuthFailure("invalid_grant", "the refresh token is not known", detail: "refresh-token-invalid")
        }
        guard !refresh.isOnline || sessions[refresh.code.session] != nil else {
            throw OAuthFailure("invalid_grant", "the EHR session has ended", detail: "refresh-token-expired")
        }
        if let interval = profile.smart.refreshInterval, world.throttlesRefresh,
            let last = refresh.lastUsed, wire - last < .seconds(interval)
        {
            // Facts 5.3.2: more often than once a minute may be throttled; how it is said is not published [unv].
            let rest = Int((.seconds(interval) - (wire - last)).inSeconds.rounded(.up))
            throw OAuthFailure(
                "temporarily_unavailable", "refreshed more often than once in \(interval) seconds",
                retryAfter: max(1, rest))
        }
        refreshTokens[value]?.lastUsed = wire
        var scopes = refresh.code.request.scopes
        if let wanted = form["scope"].map({ ScopeSet($0) }), !wanted.words.isEmpty {
            guard wanted.words.allSatisfy({ scopes.contains($0) }) else {
                throw OAuthFailure("invalid_scope", "the scope may not grow")
            }
            scopes = wanted
        }
        // No new refresh token: the first one stays (facts 5.3.2).
        let (answer, access) = answer(
            for: refresh.code, scopes: scopes, refreshToken: nil, identity: false, keys: keys)
        tokens[access]?.refreshToken = value
        return issued(answer, grant: "refresh_token", by: refresh.code, scopes: scopes)
    }

    func systemToken(
        _ form: Form, client: String, keys: EHRKeys, grant: String = "client_credentials"
    ) throws(OAuthFailure) -> MockResponse {
        try checkLength(ofScope: form["scope"])
        let asked = ScopeSet(form["scope"] ?? "")
        if asked.hasWildcard, !profile.smart.wildcardScopes {
            throw OAuthFailure("invalid_scope", "wildcard scopes are not supported", detail: "scope-invalid")
        }
        let scopes = asked.filter { word in
            ScopeSet.access(word).map {
                $0.context == "system" && ($0.type == "*" || profile.fhir.types[$0.type] != nil)
            } ?? false
        }
        guard !scopes.words.isEmpty else {
            throw OAuthFailure("invalid_scope", "no system scope of this server is asked for", detail: "scope-invalid")
        }
        let token = accessToken(
            AccessToken(
                person: nil, client: client, scopes: scopes, launch: nil, patientID: nil,
                expires: wire + .seconds(profile.smart.realLife)), keys: keys)
        let body: Members = [
            "access_token": .string(token), "token_type": "Bearer", "expires_in": Value(profile.smart.advertisedLife),
            "scope": .string(scopes.text),
        ]
        return .json(
            .object(body), headers: Self.tokenHeaders, world: model.id, party: .ehr,
            events: [
                event(
                    "token.issued",
                    [
                        "grant": .string(grant), "scope": .string(scopes.text),
                        "expires": Value(profile.smart.advertisedLife),
                    ])
            ])
    }

    func issued(_ body: Members, grant: String, by code: Code, scopes: ScopeSet) -> MockResponse {
        var facts: Members = [
            "by": .string(code.person.alias), "grant": .string(grant), "scope": .string(scopes.text),
            "expires": Value(profile.smart.advertisedLife),
        ]
        if let patient = patient(of: code) { facts["patient"] = .string(patient.alias) }
        if let launch = code.request.launch { facts["appointment"] = .string(launch.appointment) }
        return .json(
            .object(body), headers: Self.tokenHeaders, world: model.id, party: .ehr,
            events: [event("token.issued", facts)])
    }

    /// Whose chart is open: the launched appointment's patient, or the patient who signed in.
    private func patient(of code: Code) -> Person? {
        if let launch = code.request.launch { return model.person(launch.patient) }
        if let chosen = code.request.chosenPatient { return model.person(chosen) }
        return code.person.role == .patient && code.request.scopes.contains("launch/patient") ? code.person : nil
    }

    func answer(
        for code: Code, scopes: ScopeSet, refreshToken: String?, identity: Bool, keys: EHRKeys
    ) -> (body: Members, accessToken: String) {
        let patient = patient(of: code)
        let token = accessToken(
            AccessToken(
                person: code.person, client: code.request.client, scopes: scopes, launch: code.request.launch,
                patientID: patient?.ehr[.fhirID], expires: wire + .seconds(profile.smart.realLife)), keys: keys)
        var body: Members = [
            "access_token": .string(token), "token_type": "Bearer", "expires_in": Value(profile.smart.advertisedLife),
            "scope": .string(scopes.text),
        ]
        if let refreshToken { body["refresh_token"] = .string(refreshToken) }
        if profile.smart.namesTenant { body["tenant"] = .string(base.tenant) }
        if let patient { body["patient"] = .string(patient.ehr[.fhirID]) }
        if let launch = code.request.launch, let plan = model.appointment(launch.appointment) {
            let isNamed = appointments[plan.alias]?.condition != .unnamed
            if isNamed { body["encounter"] = .string(plan.encounterID) }
            body["need_patient_banner"] = true
            if profile.smart.capabilities.contains("context-style") {
                body["smart_style_url"] = .string(url("/{tenant}/smart-style.json"))
            }
            if isNamed { body["fhirContext"] = [["reference": .string("Appointment/" + plan.fhirID)]] }
            // Facts 5.3.2: Cerner's own profile. Its other word, `intent`, has no published value for a visit.
            if isNamed, profile.smart.namesResource { body["resource"] = .string("Appointment/" + plan.fhirID) }
        }
        if identity, scopes.contains("openid") { body["id_token"] = .string(idToken(code, scopes: scopes, keys: keys)) }
        return (body, token)
    }
}

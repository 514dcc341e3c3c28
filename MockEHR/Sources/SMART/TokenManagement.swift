// SPDX-License-Identifier: Apache-2.0

import MockKit
import Trace
import Value
import World

/// Revocation (RFC 7009) and introspection (RFC 7662, SMART App Launch 2.x "Token Introspection").
extension EHRBase {
    /// Ends a token. A token nobody knows is as good as revoked: 200 all the same (RFC 7009 section 2.2).
    func revoke(_ request: MockRequest) -> MockResponse {
        managed(request, "revocation") { (value, client) throws(OAuthFailure) in
            let owner = tokens[value]?.client ?? refreshTokens[value]?.code.request.client
            guard owner == nil || owner == client.id else {
                throw OAuthFailure("unauthorized_client", "the token belongs to another client")
            }
            revoke(token: value)
            return .empty(status: 200, headers: Self.tokenHeaders, world: model.id, party: .ehr)
        }
    }

    /// Says what a token is good for; of dead and foreign ones only that they are not active.
    func introspect(_ request: MockRequest) -> MockResponse {
        managed(request, "introspection") { (value, client) throws(OAuthFailure) in
            guard client.isConfidential else {
                throw OAuthFailure("invalid_client", "introspection is not for public clients")
            }
            return .json(
                .object(description(of: value)), headers: Self.tokenHeaders, world: model.id, party: .ehr)
        }
    }

    /// Ends an access token, or a refresh token with every access token that came of it.
    func revoke(token: String) {
        tokens[token] = nil
        guard refreshTokens.removeValue(forKey: token) != nil else { return }
        tokens = tokens.filter { $0.value.refreshToken != token }
    }

    private func description(of value: String) -> Members {
        guard let token = tokens[value], token.expires > wire else { return ["active": false] }
        var members: Members = [
            "active": true, "scope": .string(token.scopes.text), "client_id": .string(token.client),
            "exp": Value(Int(token.expires.microseconds / 1_000_000)), "token_type": "Bearer",
        ]
        if let patient = token.patientID { members["patient"] = .string(patient) }
        if let person = token.person, token.scopes.contains("openid") {
            members["iss"] = .string(issuer)
            members["sub"] = .string(person.ehr[.ehrUserID])
            if token.scopes.contains("fhirUser") {
                let type = person.role == .patient ? "Patient" : "Practitioner"
                members["fhirUser"] = .string("\(base.url)/\(type)/\(person.ehr[.fhirID])")
            }
        }
        return members
    }

    private func managed(
        _ request: MockRequest, _ name: String, _ body: (String, Client) throws(OAuthFailure) -> MockResponse
    ) -> MockResponse {
        if request.method == "OPTIONS" { return preflight }
        let form = request.formFields
        do throws(OAuthFailure) {
            guard request.method == "POST", request.mediaType == "application/x-www-form-urlencoded" else {
                throw OAuthFailure("invalid_request", "the request is no posted form")
            }
            if let name = form.repeatedNames.first {
                throw OAuthFailure("invalid_request", "parameter repeated: \(name)")
            }
            let client = try authenticate(request, form)
            guard let token = form["token"] else { throw OAuthFailure("invalid_request", "token is missing") }
            return try body(token, client)
        } catch {
            return refuse(error, grant: name, client: form["client_id"] ?? world.registration.clientID, request)
        }
    }
}

// SPDX-License-Identifier: Apache-2.0

import MockKit
import Trace
import Value
import World

/// Names of grants at the token endpoint.
enum GrantName {
    /// Every vendor takes these, whatever its smart-configuration lists (facts 5.3.2: refresh tokens at Cerner).
    static let everywhere: Set<String> = ["authorization_code", "refresh_token", "client_credentials"]
    /// RFC 7523 section 2.1.
    static let assertion = "urn:ietf:params:oauth:grant-type:jwt-bearer"
    /// RFC 8693 section 2.1.
    static let exchange = "urn:ietf:params:oauth:grant-type:token-exchange"
    /// RFC 8693 section 3.
    static let accessToken = "urn:ietf:params:oauth:token-type:access_token"
}

/// Grants that a vendor lists in its smart-configuration (facts 5.4.1). What it takes in them is not public: here they do what
/// their standards say [eng].
extension EHRBase {
    /// An assertion that the client signed: for itself (`sub` is the client; `system/` scopes), or for a user who let the
    /// client in before and whose session still lives (`sub` is the user's unique id; no scope beyond those granted then).
    func assert(_ form: Form, keys: EHRKeys) throws(OAuthFailure) -> MockResponse {
        guard let assertion = form["assertion"] else {
            throw OAuthFailure("invalid_request", "assertion is missing")
        }
        let claims: Members
        do { claims = try verified(assertion) } catch {
            // RFC 7523 section 3.1: what is wrong with the assertion is wrong with the grant.
            throw OAuthFailure("invalid_grant", error.reason)
        }
        let client = claims["iss"]?.string ?? world.registration.clientID
        guard form["client_id"] ?? client == client else {
            throw OAuthFailure("invalid_client", "client_id is not who signed the assertion")
        }
        guard let user = claims["sub"]?.string, user != client else {
            return try systemToken(form, client: client, keys: keys, grant: GrantName.assertion)
        }
        let standing = codes.values.filter { code in
            code.issued?.isEmpty == false && code.request.client == client && code.person.ehr[.ehrUserID] == user
                && sessions[code.session] != nil
        }.max { $0.expires < $1.expires }
        guard let standing else {
            throw OAuthFailure("invalid_grant", "the user has not let the client in, or has no session any more")
        }
        let scopes = try narrowed(standing.request.scopes, to: form["scope"])
        let (answer, _) = answer(for: standing, scopes: scopes, refreshToken: nil, identity: false, keys: keys)
        return issued(answer, grant: GrantName.assertion, by: standing, scopes: scopes)
    }

    /// An access token of this server for another one with the same or fewer rights, which lives no longer.
    func exchange(_ form: Form, client: String, keys: EHRKeys) throws(OAuthFailure) -> MockResponse {
        for name in ["subject_token", "subject_token_type"] where form[name] == nil {
            throw OAuthFailure("invalid_request", "\(name) is missing")
        }
        guard form["subject_token_type"] == GrantName.accessToken,
            form["requested_token_type"] ?? GrantName.accessToken == GrantName.accessToken,
            form["actor_token"] == nil
        else { throw OAuthFailure("invalid_request", "access tokens alone are exchanged, for access tokens") }
        for name in ["resource", "audience"] {
            guard form[name].map(isAddress) ?? true else {
                throw OAuthFailure("invalid_target", "\(name) is not this FHIR base")
            }
        }
        guard let subject = form["subject_token"].flatMap({ tokens[$0] }), subject.expires > wire,
            subject.client == client
        else { throw OAuthFailure("invalid_grant", "the subject token is not known, or has run out") }
        let scopes = try narrowed(subject.scopes, to: form["scope"])
        let life = Int((subject.expires - wire).inSeconds)
        let token = accessToken(
            AccessToken(
                person: subject.person, client: client, scopes: scopes, launch: subject.launch,
                patientID: subject.patientID, expires: subject.expires, refreshToken: subject.refreshToken), keys: keys)
        let body: Members = [
            "access_token": .string(token), "issued_token_type": .string(GrantName.accessToken),
            "token_type": "Bearer", "expires_in": Value(life), "scope": .string(scopes.text),
        ]
        var facts: Members = [
            "grant": .string(GrantName.exchange), "scope": .string(scopes.text), "expires": Value(life),
        ]
        if let person = subject.person { facts["by"] = .string(person.alias) }
        return .json(
            .object(body), headers: Self.tokenHeaders, world: model.id, party: .ehr,
            events: [event("token.issued", facts)])
    }

    private func narrowed(_ scopes: ScopeSet, to text: String?) throws(OAuthFailure) -> ScopeSet {
        guard let wanted = text.map({ ScopeSet($0) }), !wanted.words.isEmpty else { return scopes }
        guard wanted.words.allSatisfy({ scopes.contains($0) }) else {
            throw OAuthFailure("invalid_scope", "the scope may not grow")
        }
        return wanted
    }
}

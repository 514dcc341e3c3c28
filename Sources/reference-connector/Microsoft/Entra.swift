// SPDX-License-Identifier: Apache-2.0

import Foundation

/// A verified Microsoft sign-in.
struct MicrosoftIdentity: Sendable {
    let tenant: String
    /// Object id in that tenant.
    let object: String
    /// Principal name; kept in memory only.
    let principal: String
    /// Directory role templates of the token.
    let roles: Set<String>

    static let globalAdministrator = "62e90394-69f5-4237-9190-012177145e10"
    static let reportsReader = "4a5d8f65-41da-4de4-8968-e035b65339cf"

    var isGlobalAdministrator: Bool { roles.contains(Self.globalAdministrator) }
    var mayReadReports: Bool { isGlobalAdministrator || roles.contains(Self.reportsReader) }
}

/// Entra ID: sign-ins of people and tokens of this application.
actor Entra {
    private let configuration: Configuration
    private let http: Outbound
    private let verifier: TokenVerifier
    private var documents: [String: JSON] = [:]
    private var tokens: [String: (value: String, expires: Date)] = [:]

    init(configuration: Configuration, http: Outbound, verifier: TokenVerifier) {
        self.configuration = configuration
        self.http = http
        self.verifier = verifier
    }

    private func document(_ tenant: String) async throws -> JSON {
        if let known = documents[tenant] { return known }
        let url = "\(configuration.entra)/\(tenant)/v2.0/.well-known/openid-configuration"
        let answer = try await http.sendPatiently("GET", url, headers: [("Accept", "application/json")])
        guard answer.isSuccess, answer.json["token_endpoint"].string != nil else { throw Refusal.unavailable }
        documents[tenant] = answer.json
        return answer.json
    }

    /// The region scope Microsoft publishes for a tenant, for example `EU`.
    func regionScope(tenant: String) async throws -> String? {
        try await document(Text.percentEncoded(tenant))["tenant_region_scope"].string
    }

    /// Where a person signs in with a work account of any organization.
    func authorizeURL(
        redirect: String, state: String, nonce: String, verifier: String, again: Bool
    ) async throws -> String {
        let document = try await document("organizations")
        guard let endpoint = document["authorization_endpoint"].string else { throw Refusal.unavailable }
        var fields = [
            ("client_id", configuration.entraClient.id), ("response_type", "code"), ("redirect_uri", redirect),
            ("response_mode", "query"), ("scope", "openid profile"), ("state", state), ("nonce", nonce),
            ("code_challenge", Secret.challenge(verifier)), ("code_challenge_method", "S256"),
        ]
        if again { fields.append(("prompt", "login")) }
        return Text.url(endpoint, adding: fields)
    }

    /// Redeems a code and verifies who signed in.
    func redeem(code: String, redirect: String, nonce: String, verifier: String) async throws -> MicrosoftIdentity {
        let document = try await document("organizations")
        guard let endpoint = document["token_endpoint"].string, let jwks = document["jwks_uri"].string,
            let issuer = document["issuer"].string
        else { throw Refusal.unavailable }
        let answer = try await http.post(
            endpoint,
            form: [
                ("client_id", configuration.entraClient.id), ("client_secret", configuration.entraClient.secret),
                ("grant_type", "authorization_code"), ("code", code), ("redirect_uri", redirect),
                ("code_verifier", verifier), ("scope", "openid profile"),
            ])
        guard answer.isSuccess, let token = answer.json["id_token"].string else {
            throw Refusal(403, "microsoft-sign-in-failed", "The Microsoft sign-in did not succeed. Start again.")
        }
        let claims = try await self.verifier.verify(
            token, jwks: jwks, audience: configuration.entraClient.id, nonce: nonce
        ) { claims in
            guard let tenant = claims["tid"].string, !tenant.isEmpty else { return false }
            return claims["iss"].string == issuer.replacingOccurrences(of: "{tenantid}", with: tenant)
        }
        guard let tenant = claims["tid"].string, let object = claims["oid"].string else {
            throw Refusal(403, "token-invalid", "The sign-in could not be verified. Start again.")
        }
        return MicrosoftIdentity(
            tenant: tenant, object: object, principal: claims["preferred_username"].string ?? "",
            roles: Set(claims["wids"].items.compactMap(\.string)))
    }

    /// A token of this application for Graph in one tenant, kept in memory until shortly before it expires.
    func applicationToken(tenant: String, fresh: Bool = false) async throws -> String {
        if !fresh, let known = tokens[tenant], known.expires > Date() { return known.value }
        let url = "\(configuration.entra)/\(Text.percentEncoded(tenant))/oauth2/v2.0/token"
        let form = [
            ("client_id", configuration.entraClient.id), ("client_secret", configuration.entraClient.secret),
            ("grant_type", "client_credentials"), ("scope", "https://graph.microsoft.com/.default"),
        ]
        let answer = try await http.sendPatiently(
            "POST", url, headers: [("Content-Type", "application/x-www-form-urlencoded")],
            body: Data(Text.form(form).utf8))
        guard answer.isSuccess, let token = answer.json["access_token"].string else {
            throw Refusal(502, "microsoft-token", "Microsoft does not let this connector act for the organization.")
        }
        let lifetime = answer.json["expires_in"].number ?? 300
        tokens[tenant] = (token, Date().addingTimeInterval(lifetime - min(60, lifetime / 2)))
        return token
    }

    /// Keys that sign Graph's validation tokens.
    nonisolated var commonKeys: String { "\(configuration.entra)/common/discovery/v2.0/keys" }
}

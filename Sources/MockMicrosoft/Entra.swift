// SPDX-License-Identifier: Apache-2.0

import MockKit
import Trace
import Value
import World

/// Microsoft Entra ID v2.0 for one request: routing, tenants, discovery, keys.
struct Entra {
    let request: MockRequest
    /// The tenant segment of the path: GUID, domain, `organizations` or `common`.
    let tenant: String
    /// Scheme, host and port of the sign-in service.
    let origin: String
    /// The same of Graph, where `userinfo` lives.
    let graphOrigin: String
    /// What the world's tokens are signed with.
    let keys: MicrosoftKeys
    /// What they were signed with before, and may still be checked by.
    let formerKeys: [MicrosoftKeys]
    let issued: IssuedTokens
    let worlds: [WorldID: MicrosoftWorld]

    static let manyTenants: Set<String> = ["organizations", "common", "consumers"]
    /// Where personal accounts live (Microsoft's published id); this cloud has none.
    static let consumers = "9188040d-6c67-4c5b-b112-36a304b66dad"

    /// True for a path of Entra: `/{tenant}/…` with one of its endpoints.
    static func owns(_ segments: [String]) -> Bool {
        guard segments.count > 1 else { return false }
        let rest = Array(segments.dropFirst())
        return rest.starts(with: ["v2.0"]) || rest.starts(with: ["oauth2"]) || rest.starts(with: ["discovery"])
            || segments == ["oidc", "userinfo"]
            || ["login", "adminconsent", "consent"].contains(rest.joined(separator: "/"))
    }

    func respond() -> MockResponse {
        switch request.segments.dropFirst().joined(separator: "/") {
        case "v2.0/.well-known/openid-configuration", ".well-known/openid-configuration":
            return withTenant { _ in discovery() }
        case "discovery/v2.0/keys", "discovery/keys": return jwks()
        case "discovery/instance": return instanceDiscovery()
        case "userinfo" where tenant == "oidc": return userInfo()
        case "oauth2/v2.0/authorize": return withTenant { authorize(in: $0) }
        case "adminconsent", "v2.0/adminconsent": return withTenant { adminConsent(in: $0) }
        case "consent": return withTenant { decideConsent(in: $0) }
        case "login": return withTenant { signIn(in: $0) }
        case "oauth2/v2.0/token": return token()
        case "oauth2/v2.0/logout": return signOut()
        case "oauth2/v2.0/devicecode":
            // Not built: this is what registrations hear that allow no public client flows, as these do not.
            return EntraError(
                70002, "invalid_client",
                "The provided client is not supported for this feature. The client application must be marked as 'mobile.'"
            ).response(trace: trace, world: homeWorld?.id)
        default:
            return .text("Not found", status: 404, world: homeWorld?.id, party: .entra)
        }
    }

    /// The world of the path's tenant; nil where the path names none.
    var homeWorld: MicrosoftWorld? { Self.world(ofTenant: tenant, in: worlds) }

    static func world(ofTenant tenant: String, in worlds: [WorldID: MicrosoftWorld]) -> MicrosoftWorld? {
        let wanted = tenant.lowercased()
        return worlds.values.first { $0.model.tenant.lowercased() == wanted || $0.model.domain.lowercased() == wanted }
    }

    /// Why the path's tenant cannot be served; nil where it can.
    var tenantError: EntraError? {
        if Self.manyTenants.contains(tenant) || homeWorld != nil { return nil }
        let isGUID =
            tenant.split(separator: "-").map(\.count) == [8, 4, 4, 4, 12]
            && tenant.allSatisfy { $0.isHexDigit || $0 == "-" }
        return isGUID || tenant.contains(".") ? .unknownTenant(tenant) : .malformedTenant(tenant)
    }

    private func withTenant(_ work: (MicrosoftWorld?) -> MockResponse) -> MockResponse {
        guard let error = tenantError else { return work(homeWorld) }
        if request.path.hasSuffix("openid-configuration") { return error.response(trace: trace, world: nil) }
        return error.page(trace: trace, world: nil)
    }

    var trace: EntraTrace { EntraTrace(request, origin: origin) }

    func issuer(_ tenant: String) -> String { "\(origin)/\(tenant)/v2.0" }

    private func discovery() -> MockResponse {
        let path = "\(origin)/\(tenant)"
        let issuerTenant = homeWorld?.model.tenant ?? (tenant == "consumers" ? Self.consumers : "{tenantid}")
        return .json(
            [
                "token_endpoint": .string(path + "/oauth2/v2.0/token"),
                "token_endpoint_auth_methods_supported": [
                    "client_secret_post", "private_key_jwt", "client_secret_basic",
                ],
                "jwks_uri": .string(path + "/discovery/v2.0/keys"),
                "response_modes_supported": ["query", "fragment", "form_post"],
                "subject_types_supported": ["pairwise"], "id_token_signing_alg_values_supported": ["RS256"],
                "response_types_supported": ["code", "id_token", "code id_token", "id_token token"],
                "scopes_supported": ["openid", "profile", "email", "offline_access"],
                "issuer": .string(issuer(issuerTenant)), "request_uri_parameter_supported": false,
                "userinfo_endpoint": .string(graphOrigin + "/oidc/userinfo"),
                "authorization_endpoint": .string(path + "/oauth2/v2.0/authorize"),
                "device_authorization_endpoint": .string(path + "/oauth2/v2.0/devicecode"),
                "http_logout_supported": true, "frontchannel_logout_supported": true,
                "end_session_endpoint": .string(path + "/oauth2/v2.0/logout"),
                "claims_supported": [
                    "sub", "iss", "cloud_instance_name", "cloud_instance_host_name", "cloud_graph_host_name",
                    "msgraph_host", "aud", "exp", "iat", "auth_time", "acr", "nonce", "preferred_username", "name",
                    "tid", "ver", "at_hash", "c_hash", "email",
                ],
                "tenant_region_scope": .string(regionScope), "cloud_instance_name": "microsoftonline.com",
                "cloud_graph_host_name": "graph.windows.net",
                "msgraph_host": .string(MicrosoftHosts.host(of: graphOrigin)),
                "rbac_url": "https://pas.windows.net",
            ], headers: trace.headers, world: homeWorld?.id, party: .entra)
    }

    private var host: String { MicrosoftHosts.host(of: origin) }

    private var regionScope: String {
        switch homeWorld?.model.region {
        case .americas: "NA"
        case .europe: "EU"
        case .asiaPacific: "AS"
        case nil: "WW"
        }
    }

    private func jwks() -> MockResponse {
        let published = (formerKeys + [keys]).compactMap { keys -> Value? in
            guard var key = try? keys.signing.jwk(certificate: keys.certificate) else { return nil }
            key["alg"] = nil
            key["issuer"] = .string(issuer(homeWorld?.model.tenant ?? "{tenantid}"))
            return .object(key)
        }
        return .json(["keys": .array(published)], world: homeWorld?.id, party: .entra)
    }

    /// Which addresses belong to the cloud of an authority (MSAL asks before it trusts one).
    private func instanceDiscovery() -> MockResponse {
        guard let asked = request.queryFields["authorization_endpoint"] else {
            return EntraError.missing("authorization_endpoint").response(trace: trace, world: nil)
        }
        let parts = asked.split(separator: "/", omittingEmptySubsequences: true).map(String.init)
        guard parts.count >= 3, parts[0] == "https:" || parts[0] == "http:",
            parts[1].lowercased() == host.lowercased() || MicrosoftHosts.logins.contains(parts[1].lowercased())
        else {
            return EntraError(50049, "invalid_instance", "Unknown or invalid instance.")
                .response(trace: trace, world: nil)
        }
        let aliases = MicrosoftHosts.logins.contains(host) ? MicrosoftHosts.logins.sorted() : [host]
        return .json(
            [
                "tenant_discovery_endpoint": .string("\(origin)/\(parts[2])/v2.0/.well-known/openid-configuration"),
                "api-version": "1.1",
                "metadata": [
                    [
                        "preferred_network": .string(host), "preferred_cache": .string(host),
                        "aliases": .array(aliases.map { .string($0) }),
                    ]
                ],
            ], headers: trace.headers, world: nil, party: .entra)
    }

    /// Claims about the person of a Graph token with `openid` (OpenID Connect Core 5.3).
    private func userInfo() -> MockResponse {
        guard let token = request.bearerToken.flatMap({ issued.access[$0] }), token.expires > .wall,
            let alias = token.alias, let world = worlds[token.world],
            let directory = world.model.person(alias)?.directory
        else {
            return .empty(
                status: 401, headers: [(name: "WWW-Authenticate", value: "Bearer error=\"invalid_token\"")], world: nil,
                party: .entra)
        }
        return .json(
            [
                "sub": .string(Self.pairwise(directory[.directoryID], token.appID, world.model.tenant)),
                "name": .string(directory[.displayName]), "family_name": .string(directory[.familyName]),
                "given_name": .string(directory[.givenName]), "email": .string(directory[.principalName]),
                "picture": .string(graphOrigin + "/v1.0/me/photo/$value"),
            ], world: world.id, party: .entra)
    }

    private func signOut() -> MockResponse {
        if let cookie = request.cookies[MicrosoftSession.cookie] { issued.sessions[cookie] = nil }
        let expired = [(name: "Set-Cookie", value: Cookies.expired(MicrosoftSession.cookie, path: "/"))]
        let world = homeWorld
        if let target = request.queryFields["post_logout_redirect_uri"],
            worlds.values.contains(where: { $0.entra.redirectURIs.contains(target) })
        {
            return .redirect(to: target, headers: expired, world: world?.id, party: .entra)
        }
        return .html(
            HTMLPage(title: "You signed out of your account", body: []), headers: expired, world: world?.id,
            party: .entra)
    }
}

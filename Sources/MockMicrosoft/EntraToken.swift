// SPDX-License-Identifier: Apache-2.0

import Crypto
import Foundation
import MockKit
import Trace
import Value
import World

/// The token endpoint (wire-protocols 4.2 and 4.3).
extension Entra {
    private static let lifetime = 3599

    func token() -> MockResponse {
        guard request.method == "POST" else { return EntraError.method.response(trace: trace, world: homeWorld?.id) }
        if let error = tenantError { return error.response(trace: trace, world: nil) }
        let form = request.formFields
        guard !form.fields.isEmpty, form.repeatedNames.isEmpty else { return refuse(.malformed, form, homeWorld) }
        let basic = request.basicCredentials
        guard let client = form["client_id"] ?? basic.map({ PercentCoding.decode($0.user) }), !client.isEmpty else {
            return refuse(.missing("client_id"), form, homeWorld)
        }
        let code = form["code"].flatMap { issued.codes[$0] }
        let refresh = form["refresh_token"].flatMap { issued.refresh[$0] }
        let assertion = form["assertion"].flatMap { issued.access[$0] }
        let world = homeWorld ?? (code?.world ?? refresh?.world ?? assertion?.world).flatMap { worlds[$0] }
        let registered = world.map { [$0] } ?? Array(worlds.values)
        guard
            let registration = registered.first(where: { $0.knows(client: client) })?.entra
        else { return refuse(.unknownApplication(client), form, world) }
        if let trouble = (request.trouble.entraError ?? world?.settings.applicationError)
            .flatMap({ EntraError.scripted[$0] })
        {
            return refuse(trouble.ofTheGrant, form, world)
        }
        if let problem = clientProblem(form, client: client, registration: registration, world: world) {
            return refuse(problem, form, world)
        }
        switch form["grant_type"] {
        case nil: return refuse(.missing("grant_type"), form, world)
        case "authorization_code": return redeem(form, code, client: client, world: world)
        case "refresh_token": return renew(form, refresh, client: client, world: world)
        case "client_credentials": return applicationToken(form, client: client)
        case "urn:ietf:params:oauth:grant-type:jwt-bearer":
            return onBehalfOf(form, assertion, client: client, world: world)
        default: return refuse(.unsupportedGrant, form, world)
        }
    }

    private func redeem(
        _ form: Form, _ code: AuthorizationCode?, client: String, world: MicrosoftWorld?
    ) -> MockResponse {
        guard let text = form["code"] else { return refuse(.missing("code"), form, world) }
        guard let code else { return refuse(.expiredGrant, form, world) }
        guard let world, code.world == world.id else { return refuse(.otherTenant, form, world) }
        guard !code.isUsed else { return refuse(.redeemedCode, form, world) }
        issued.codes[text]?.isUsed = true
        guard Instant.wall - code.issued < .seconds(600) else { return refuse(.expiredGrant, form, world) }
        guard code.client.lowercased() == client.lowercased() else { return refuse(.unknownGrant, form, world) }
        guard form["redirect_uri"] == code.redirect else { return refuse(.redirectURI, form, world) }
        if let challenge = code.challenge {
            guard let verifier = form["code_verifier"] else { return refuse(.noVerifier, form, world) }
            let derived = code.method == "S256" ? Base64URL.encode(SHA256.hash(data: Data(verifier.utf8))) : verifier
            guard derived == challenge else { return refuse(.wrongVerifier, form, world) }
        }
        guard let person = world.model.person(code.alias) else { return refuse(.unknownUser, form, world) }
        if let trouble = trouble(of: person, in: world) { return refuse(trouble, form, world) }
        return userTokens(
            "authorization_code", person, resource: code.resource, scopes: code.scopes, nonce: code.nonce,
            client: client, form: form, world: world)
    }

    private func renew(_ form: Form, _ refresh: RefreshToken?, client: String, world: MicrosoftWorld?) -> MockResponse {
        guard form["refresh_token"] != nil else { return refuse(.missing("refresh_token"), form, world) }
        guard let refresh, let world, refresh.world == world.id, refresh.client.lowercased() == client.lowercased(),
            let person = world.model.person(refresh.alias)
        else { return refuse(.unknownGrant, form, world) }
        if let trouble = trouble(of: person, in: world) { return refuse(trouble, form, world) }
        let wanted: RequestedScopes
        do throws(RequestedScopes.Refusal) {
            wanted = try RequestedScopes(form["scope"] ?? "", client: client, origin: origin)
        } catch { return refuse(error.error, form, world) }
        let granted = wanted.granted(in: world)
        guard world.isConsented, granted.count == wanted.names.count else {
            return refuse(EntraError.consent(client).ofTheGrant, form, world)
        }
        // Without a scope, or with sign-in words alone, the grant goes on as it was.
        let isSame = granted.allSatisfy { RequestedScopes.openID.contains($0.lowercased()) }
        return userTokens(
            "refresh_token", person, resource: isSame ? refresh.resource : wanted.resource,
            scopes: isSame
                ? refresh.scopes : granted + (refresh.scopes.contains("offline_access") ? ["offline_access"] : []),
            nonce: nil, client: client, form: form, world: world)
    }

    /// The person's token of this application's own API against one for another API, with the person's rights.
    private func onBehalfOf(
        _ form: Form, _ assertion: AccessToken?, client: String, world: MicrosoftWorld?
    ) -> MockResponse {
        guard form["requested_token_use"] == "on_behalf_of" else {
            return refuse(.missing("requested_token_use"), form, world)
        }
        guard let text = form["assertion"] else { return refuse(.missing("assertion"), form, world) }
        guard let scope = form["scope"] else { return refuse(.missing("scope"), form, world) }
        guard let assertion, let world, assertion.world == world.id else {
            return refuse(.userAssertion, form, world)
        }
        guard let alias = assertion.alias, let person = world.model.person(alias) else {
            return refuse(.applicationAssertion, form, world)
        }
        guard assertion.resource == .application(client.lowercased()) else {
            let audience = JWT.read(text)?.claims["aud"]?.string ?? "unknown"
            return refuse(.userAssertionAudience(audience, client), form, world)
        }
        guard assertion.expires > .wall else { return refuse(.userAssertionExpired, form, world) }
        if let trouble = trouble(of: person, in: world) { return refuse(trouble, form, world) }
        let wanted: RequestedScopes
        do throws(RequestedScopes.Refusal) {
            wanted = try RequestedScopes(scope, client: client, origin: origin)
        } catch { return refuse(error.error, form, world) }
        let granted = wanted.granted(in: world)
        guard world.isConsented, granted.count == wanted.names.count else {
            return refuse(EntraError.consent(client).ofTheGrant, form, world)
        }
        return userTokens(
            "on_behalf_of", person, resource: wanted.resource, scopes: granted, nonce: nil, client: client, form: form,
            world: world)
    }

    /// What a scenario said of this person's sign-ins.
    private func trouble(of person: Person, in world: MicrosoftWorld) -> EntraError? {
        world.settings.signInErrors[person.alias].flatMap { EntraError.scripted[$0] }?.ofTheGrant
    }

    private func applicationToken(_ form: Form, client: String) -> MockResponse {
        guard let world = homeWorld else { return refuse(.noTenant, form, nil) }
        guard let scope = form["scope"] else { return refuse(.missing("scope"), form, world) }
        guard scope.hasSuffix("/.default"), !scope.contains(" ") else { return refuse(.scope(scope), form, world) }
        let name = String(scope.dropLast("/.default".count))
        guard let resource = TokenResource(name, client: client, origin: origin) else {
            return refuse(.unknownResource(name), form, world)
        }
        // An application nobody consented to has no service principal in the tenant.
        guard world.isConsented else { return refuse(.unknownApplication(client), form, world) }
        let roles = resource == .graph ? world.entra.applicationPermissions : []
        var claims = standardClaims(world: world, client: client, audience: name)
        claims["appidacr"] = form["client_assertion"] == nil ? "1" : "2"
        claims["idtyp"] = "app"
        claims["roles"] = .array(roles.map { .string($0) })
        claims["oid"] = .string(Self.pairwise("service-principal", client, world.model.tenant))
        claims["sub"] = claims["oid"]
        guard let token = keys.token(claims) else { return .empty(status: 500, world: world.id, party: .entra) }
        issued.access[token] = AccessToken(
            world: world.id, alias: nil, appID: client, resource: resource, permissions: Set(roles),
            expires: .wall + .seconds(Self.lifetime))
        world.record(
            "entra.token.issued", by: .entra, exchange: request.exchange,
            ["grant": "client_credentials", "client": .string(client), "scope": .string(scope)])
        return answer(
            [
                "token_type": "Bearer", "expires_in": Value(Self.lifetime), "ext_expires_in": Value(Self.lifetime),
                "access_token": .string(token),
            ], world)
    }

    private func userTokens(
        _ grant: String, _ person: Person, resource: TokenResource, scopes: [String], nonce: String?, client: String,
        form: Form, world: MicrosoftWorld
    ) -> MockResponse {
        let directory = person.directory ?? PersonRecord()
        let delegated = scopes.contains(".default") ? scopes + RequestedScopes.all(of: resource, in: world) : scopes
        let permissions = Set(delegated).subtracting([".default"]).union(resource == .graph ? ["User.Read"] : [])
        let scope = permissions.subtracting(["offline_access"]).sorted().joined(separator: " ")
        let audience =
            switch resource {
            case .graph: TokenResource.graphID
            case .communication: "https://communication.azure.com"
            case .application(let id): "api://\(id)"
            }
        let subject = Self.pairwise(directory[.directoryID], client, world.model.tenant)
        let roles = DirectoryRole.roles(of: person).map(\.templateID) + [DirectoryRole.everyUser]
        var common: Members = [
            "name": .string(directory[.displayName]), "oid": .string(directory[.directoryID]), "sub": .string(subject),
            "wids": .array(roles.map { .string($0) }),
        ]
        var access = standardClaims(world: world, client: client, audience: audience)
        access["appidacr"] = form["client_assertion"] == nil ? "1" : "2"
        for (name, value) in common { access[name] = value }
        access["idtyp"] = "user"
        access["scp"] = .string(scope)
        access["upn"] = .string(directory[.principalName])
        access["uti"] = .string(world.random.token(22))
        guard let accessToken = keys.token(access) else { return .empty(status: 500, world: world.id, party: .entra) }
        issued.access[accessToken] = AccessToken(
            world: world.id, alias: person.alias, appID: client, resource: resource, permissions: permissions,
            expires: .wall + .seconds(Self.lifetime))
        var body: Members = [
            "token_type": "Bearer", "scope": .string(scope), "expires_in": Value(Self.lifetime),
            "ext_expires_in": Value(Self.lifetime), "access_token": .string(accessToken),
        ]
        if scopes.contains("offline_access") {
            let refresh = "1.A" + world.random.token(80)
            issued.refresh[refresh] = RefreshToken(
                world: world.id, alias: person.alias, client: client, resource: resource, scopes: scopes)
            body["refresh_token"] = .string(refresh)
        }
        if scopes.contains("openid") {
            let home = world.tenant(of: person.alias)
            let now = secondsNow
            common["aud"] = .string(client)
            common["iss"] = .string(issuer(home))
            common["iat"] = Value(now)
            common["nbf"] = Value(now)
            common["exp"] = Value(now + Self.lifetime)
            common["preferred_username"] = .string(directory[.principalName])
            common["tid"] = .string(home)
            common["uti"] = access["uti"]
            common["ver"] = "2.0"
            if let nonce { common["nonce"] = .string(nonce) }
            if scopes.contains("email"), !directory[.email].isEmpty { common["email"] = .string(directory[.email]) }
            let flaw = world.settings.tampering
            guard let idToken = keys.token(common, tampering: flaw) else {
                return .empty(status: 500, world: world.id, party: .entra)
            }
            body["id_token"] = .string(idToken)
            if let flaw {
                world.settings.tampering = nil
                world.record(
                    "fault.struck", by: .runner, exchange: request.exchange,
                    ["place": "entra id_token", "effect": ["effect": .string(flaw.rawValue)]])
            }
        }
        if form["client_info"] == "1" {
            // MSAL names an account by these two.
            let info: Members = [
                "uid": .string(directory[.directoryID]), "utid": .string(world.tenant(of: person.alias)),
            ]
            body["client_info"] = .string(Base64URL.encode(Value.object(info).jsonBytes()))
        }
        world.record(
            "entra.token.issued", by: .entra, exchange: request.exchange,
            ["grant": .string(grant), "by": .string(person.alias), "client": .string(client), "scope": .string(scope)])
        return answer(body, world)
    }

    private func standardClaims(world: MicrosoftWorld, client: String, audience: String) -> Members {
        let now = secondsNow
        return [
            "aud": .string(audience), "iss": .string("https://sts.windows.net/\(world.model.tenant)/"),
            "iat": Value(now),
            "nbf": Value(now), "exp": Value(now + Self.lifetime), "appid": .string(client), "appidacr": "1",
            "tid": .string(world.model.tenant), "uti": .string(world.random.token(22)), "ver": "1.0",
        ]
    }

    /// What the clock of the token service says, which a fault may have put wrong.
    private var secondsNow: Int { Int((Instant.wall + request.trouble.clockSkew).microseconds / 1_000_000) }

    /// A subject that differs from application to application.
    static func pairwise(_ user: String, _ client: String, _ tenant: String) -> String {
        Base64URL.encode(SHA256.hash(data: Data("\(user)|\(client)|\(tenant)".utf8)))
    }

    private func answer(_ body: Members, _ world: MicrosoftWorld) -> MockResponse {
        .json(
            .object(body),
            headers: [(name: "Cache-Control", value: "no-store"), (name: "Pragma", value: "no-cache")] + trace.headers,
            world: world.id, party: .entra)
    }

    private func refuse(_ error: EntraError, _ form: Form, _ world: MicrosoftWorld?) -> MockResponse {
        world?.record(
            "entra.token.refused", by: .entra, exchange: request.exchange,
            ["grant": .string(form["grant_type"] ?? ""), "error": .string(error.error), "code": Value(error.code)])
        return error.response(trace: trace, world: world?.id)
    }
}

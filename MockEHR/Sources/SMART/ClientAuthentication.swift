// SPDX-License-Identifier: Apache-2.0

import MockKit
import Value
import World

/// Who asks at the token endpoint, and the proof (RFC 6749 section 2.3, SMART client authentication).
extension EHRBase {
    /// A client that proved who it is, and the grants that are open to it.
    struct Client: Sendable {
        let id: String
        let grants: Set<String>
        /// False for public clients, which prove nothing.
        var isConfidential = true

        static func app(_ id: String) -> Client {
            Client(id: id, grants: ["authorization_code", "refresh_token", GrantName.exchange])
        }
        static func system(_ id: String) -> Client { Client(id: id, grants: ["client_credentials"]) }
        static func open(_ id: String) -> Client {
            Client(id: id, grants: ["authorization_code", "refresh_token"], isConfidential: false)
        }
        /// Who signs assertions may also ask as a backend service (SMART Backend Services).
        static func asserted(_ id: String) -> Client {
            Client(
                id: id,
                grants: ["authorization_code", "refresh_token", "client_credentials", GrantName.exchange])
        }
    }

    func authenticate(_ request: MockRequest, _ form: Form) throws(OAuthFailure) -> Client {
        guard world.isRegistrationEffective else { throw OAuthFailure("invalid_client", "the client is not known yet") }
        let client = try proven(request, form)
        if let id = form["client_id"], id != client.id {
            throw OAuthFailure("invalid_client", "client_id is not the client that authenticates")
        }
        return client
    }

    private func proven(_ request: MockRequest, _ form: Form) throws(OAuthFailure) -> Client {
        let offered = profile.smart.clientAuthentication
        let failed = "the client's credentials are wrong"
        if let assertion = form["client_assertion"] {
            if request.header("Authorization") != nil || form["client_secret"] != nil {
                throw OAuthFailure("invalid_request", "two kinds of client authentication at once")
            }
            guard form["client_assertion_type"] == "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
                offered.contains(.privateKeyJWT)
            else { throw OAuthFailure("invalid_client", "client_assertion_type is not supported") }
            return try authenticate(assertion)
        }
        if request.header("Authorization") != nil {
            guard let basic = request.basicCredentials, offered.contains(.basic) else {
                throw OAuthFailure("invalid_client", "the Authorization header is not Basic")
            }
            if form["client_secret"] != nil {
                throw OAuthFailure("invalid_request", "two kinds of client authentication at once")
            }
            // RFC 6749 section 2.3.1: both are form-encoded before Base64; many clients do not, which reads the same
            // as long as they hold no escape.
            let names = [basic.user, PercentCoding.decode(basic.user, plusIsSpace: true)]
            let secrets = [basic.password, PercentCoding.decode(basic.password, plusIsSpace: true)]
            return try client(names: names, secrets: secrets, failed)
        }
        guard let id = form["client_id"] else { throw OAuthFailure("invalid_client", "no client authentication") }
        if let secret = form["client_secret"] {
            guard offered.contains(.post) else {
                throw OAuthFailure("invalid_client", "client_secret_post is not supported")
            }
            return try client(names: [id], secrets: [secret], failed)
        }
        guard id == world.registration.clientID else {
            throw OAuthFailure("invalid_client", "the client is not known")
        }
        guard world.registration.authentication == .none else {
            throw OAuthFailure("invalid_client", "the client must authenticate")
        }
        return .open(id)
    }

    private func client(names: [String], secrets: [String], _ failed: String) throws(OAuthFailure) -> Client {
        let registration = world.registration
        if let secret = registration.clientSecret, names.contains(registration.clientID), secrets.contains(secret) {
            guard registration.authentication == .basic || registration.authentication == .post else {
                throw OAuthFailure("invalid_client", "the client is registered for another kind of authentication")
            }
            return .app(registration.clientID)
        }
        if let system = registration.systemClient, let secret = system.secret, names.contains(system.id),
            secrets.contains(secret)
        {
            return .system(system.id)
        }
        throw OAuthFailure("invalid_client", failed)
    }

    /// `private_key_jwt`: issuer and subject are the client.
    private func authenticate(_ assertion: String) throws(OAuthFailure) -> Client {
        let claims = try verified(assertion)
        guard let id = claims["iss"]?.string, claims["sub"]?.string == id else {
            throw OAuthFailure("invalid_client", "iss and sub of the assertion are not the client's id")
        }
        return id == world.registration.clientID ? .asserted(id) : .system(id)
    }

    /// The claims of an assertion that the client signed (facts 5.1, asymmetric client auth). It cannot be shown again.
    func verified(_ assertion: String) throws(OAuthFailure) -> Members {
        let registration = world.registration
        let signers = registration.signers
        guard !signers.isEmpty else {
            throw OAuthFailure("invalid_client", "the client is not registered for assertions")
        }
        guard let jwks = registration.jwks ?? world.clientKeys?.set else {
            throw OAuthFailure("invalid_client", "the client's key set cannot be read")
        }
        guard let token = JWT.read(assertion) else {
            throw OAuthFailure("invalid_client", "the assertion is no JWT")
        }
        let claims = token.claims
        guard claims["iss"]?.string.map(signers.contains) == true, claims["sub"]?.string?.isEmpty == false else {
            throw OAuthFailure("invalid_client", "iss and sub of the assertion are not the client's id")
        }
        guard token.header["jku"].map({ $0.string == registration.jwksURL }) ?? true else {
            throw OAuthFailure("invalid_client", "jku of the assertion is not the registered address of the key set")
        }
        guard claims["aud"]?.string == url(profile.smart.tokenPath) else {
            throw OAuthFailure("invalid_client", "aud of the assertion is not the token URL")
        }
        // Clocks differ by some seconds in the field; half a minute is let pass [eng].
        let now = wireSeconds
        guard let expires = claims["exp"]?.int else {
            throw OAuthFailure("invalid_client", "exp of the assertion is missing")
        }
        guard expires > now else { throw OAuthFailure("invalid_client", "the assertion has expired") }
        guard expires <= now + 330 else {
            throw OAuthFailure("invalid_client", "exp of the assertion is more than five minutes ahead")
        }
        guard claims["nbf"]?.int.map({ $0 <= now + 30 }) ?? true else {
            throw OAuthFailure("invalid_client", "the assertion is not valid yet")
        }
        try AssertionKey.verify(assertion, header: token.header, jwks: jwks)
        // Kept for as long as the assertion could be shown again (facts 5.1). A forged one does not use up an id.
        guard let id = claims["jti"]?.string, !id.isEmpty else {
            throw OAuthFailure("invalid_client", "jti of the assertion is missing")
        }
        assertionIDs = assertionIDs.filter { $0.value > wire }
        guard assertionIDs[id] == nil else {
            throw OAuthFailure("invalid_client", "jti of the assertion was used before")
        }
        assertionIDs[id] = Instant(microseconds: Int64(expires) * 1_000_000)
        return claims
    }
}

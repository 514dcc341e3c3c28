// SPDX-License-Identifier: Apache-2.0

import MockKit
import Value
import World

/// Who asks at the token endpoint, and the proof (RFC 6749 section 2.3, SMART client authentication).
extension EHRBase {
    enum Client: Sendable {
        case app(String)
        case system(String)
    }

    func authenticate(_ request: MockRequest, _ form: Form) throws(OAuthFailure) -> Client {
        let offered = profile.smart.clientAuthentication
        let failed = "the client's credentials are wrong"
        if let assertion = form["client_assertion"] {
            guard form["client_assertion_type"] == "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
                offered.contains(.privateKeyJWT)
            else { throw OAuthFailure("invalid_client", "client_assertion_type is not supported") }
            return try authenticate(assertion: assertion)
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
        guard id == world.registration.clientID, world.registration.authentication == .none else {
            throw OAuthFailure("invalid_client", "the client must authenticate")
        }
        return .app(id)
    }

    private func client(names: [String], secrets: [String], _ failed: String) throws(OAuthFailure) -> Client {
        let registration = world.registration
        if let secret = registration.clientSecret, names.contains(registration.clientID), secrets.contains(secret) {
            guard registration.authentication == .basic || registration.authentication == .post else {
                throw OAuthFailure("invalid_client", "the client is registered for another kind of authentication")
            }
            return .app(registration.clientID)
        }
        if let system = registration.systemClient, names.contains(system.id), secrets.contains(system.secret) {
            return .system(system.id)
        }
        throw OAuthFailure("invalid_client", failed)
    }

    /// `private_key_jwt`: the claims (facts 5.1, asymmetric client auth) and the signature.
    private func authenticate(assertion: String) throws(OAuthFailure) -> Client {
        let registration = world.registration
        guard registration.authentication == .privateKeyJWT, let jwks = registration.jwks,
            let token = JWT.read(assertion)
        else { throw OAuthFailure("invalid_client", "the client is not registered for assertions") }
        let claims = token.claims
        let now = Instant.wall.microseconds / 1_000_000
        guard claims["iss"]?.string == registration.clientID, claims["sub"]?.string == registration.clientID else {
            throw OAuthFailure("invalid_client", "iss and sub of the assertion are not the client's id")
        }
        guard claims["aud"]?.string == url(profile.smart.tokenPath) else {
            throw OAuthFailure("invalid_client", "aud of the assertion is not the token URL")
        }
        guard let expires = claims["exp"]?.int, Int64(expires) > now, Int64(expires) <= now + 330 else {
            throw OAuthFailure("invalid_client", "exp of the assertion is past or more than five minutes ahead")
        }
        guard let id = claims["jti"]?.string, assertionIDs.insert(id).inserted else {
            throw OAuthFailure("invalid_client", "jti of the assertion is missing or was used before")
        }
        guard AssertionKey.verifies(assertion, header: token.header, jwks: jwks) else {
            throw OAuthFailure("invalid_client", "the assertion's signature does not verify")
        }
        return .app(registration.clientID)
    }
}

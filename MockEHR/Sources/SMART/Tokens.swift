// SPDX-License-Identifier: Apache-2.0

import Foundation
import MockKit
import Value
import World

/// The keys of the mock's authorization servers.
struct EHRKeys: Sendable {
    /// RS256, for id tokens.
    let identity: SigningKey
    /// ES256, for access tokens.
    let access: SigningKey

    /// Counts the keys of a world from 1.
    var number = 1

    /// The first ones are every world's.
    static func make(number: Int = 1) async throws -> EHRKeys {
        let id = "ehr-identity-\(number)"
        return EHRKeys(
            identity: number == 1 ? try await .rsa(id: id) : try await .newRSA(id: id),
            access: .p256(id: "2022-01-0\(number)T00:00:00.000.ec"), number: number)
    }

    /// The public halves, and those of what was signed with before.
    func jwks(former: [EHRKeys]) -> Value {
        let keys = (former + [self]).flatMap { [try? $0.identity.jwk(), try? $0.access.jwk()] }.compactMap { $0 }
        return ["keys": .array(keys.map { .object($0) })]
    }
}

extension EHRBase {
    /// Keeps a token and writes it in the vendor's form: opaque, or a JWT (claims: facts 5.3.2).
    func accessToken(_ token: AccessToken, keys: EHRKeys) -> String {
        let text = profile.smart.jwtAccessTokens ? jwt(token, keys: keys) : mint(64)
        tokens[text] = token
        return text
    }

    private func jwt(_ token: AccessToken, keys: EHRKeys) -> String {
        let now = wireSeconds
        var user: Members = [:]
        if let person = token.person {
            user = [
                "principal": .string(person.ehr[.ehrUserID]),
                "persona": .string(person.role == .patient ? "patient" : "provider"),
                "idsp": .string(base.tenant), "sessionId": .string(uuid()), "principalType": "username",
                // Which addresses these are is not public [eng].
                "principalUri": .string(issuer + "principals/" + PercentCoding.encode(person.ehr[.ehrUserID])),
                "idspUri": .string(issuer),
            ]
        }
        var claims: Members = [
            "sub": .string(token.person?.ehr[.ehrUserID] ?? token.client), "azp": .string(token.client),
            "iss": .string(origin + "/"), "iat": Value(now), "exp": Value(now + profile.smart.realLife),
            "jti": .string(uuid()),
        ]
        claims["urn:com:cerner:authorization:claims"] = [
            "ver": "1.0", "tnt": .string(base.tenant), "azs": .string(token.scopes.text),
        ]
        claims["urn:cerner:authorization:claims:version:1"] = [
            "ver": "1.0", "profiles": ["smart-v1": ["azs": .string(token.scopes.text)]],
            "client": ["name": .string("connector"), "id": .string(token.client)], "user": .object(user),
            "tenant": .string(base.tenant),
        ]
        // P-256 signing of a few hundred bytes does not fail; an opaque token would serve as well.
        return (try? JWT.compact(claims: claims, key: keys.access)) ?? mint(64)
    }

    /// OpenID Connect: `sub` is the EHR user's unique id, `fhirUser` absolute.
    func idToken(_ code: Code, scopes: ScopeSet, keys: EHRKeys) -> String {
        let now = wireSeconds
        let type = code.person.role == .patient ? "Patient" : "Practitioner"
        let user = "\(base.url)/\(type)/\(code.person.ehr[.fhirID])"
        var claims: Members = [
            "iss": .string(issuer), "sub": .string(code.person.ehr[.ehrUserID]), "aud": .string(code.request.client),
            "iat": Value(now), "exp": Value(now + 3600), "jti": .string(uuid()),
        ]
        if scopes.contains("fhirUser") { claims["fhirUser"] = .string(user) }
        if scopes.contains("profile") { claims["profile"] = .string(user) }
        if let nonce = code.request.nonce { claims["nonce"] = .string(nonce) }
        if let tampering { return (try? tampering.token(claims, key: keys.identity)) ?? "" }
        return (try? JWT.compact(claims: claims, key: keys.identity)) ?? ""
    }

    /// Wire times are real (wall 4's exception): whole seconds since 1970, as this server's clock has them.
    var wireSeconds: Int { Int((wire + world.clockSkew).microseconds / 1_000_000) }
}

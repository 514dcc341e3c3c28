// SPDX-License-Identifier: Apache-2.0

import Crypto
import Foundation

/// The key by which the connector proves to an EHR who it is, instead of a secret (`private_key_jwt`, ES384): made at each
/// start, published at `/keys.json`, kept nowhere.
struct AssertionKey: Sendable {
    private let key: Data
    private let id = Secret.token(bytes: 8)

    init() { key = P384.Signing.PrivateKey().rawRepresentation }

    func register(_ routes: Routes) {
        routes.get("/keys.json") { _ in .json(try published()) }
    }

    private func published() throws -> JSON {
        let point = try P384.Signing.PrivateKey(rawRepresentation: key).publicKey.rawRepresentation
        return [
            "keys": [
                [
                    "kty": "EC", "crv": "P-384", "alg": "ES384", "use": "sig", "kid": .string(id),
                    "x": .string(Secret.base64URL(point.prefix(48))), "y": .string(Secret.base64URL(point.suffix(48))),
                ]
            ]
        ]
    }

    /// What stands in the form of a token request, good once and for four minutes.
    func fields(client: String, tokenURL: String) throws -> [(String, String)] {
        let header: JSON = ["alg": "ES384", "typ": "JWT", "kid": .string(id)]
        let now = Date().timeIntervalSince1970.rounded(.down)
        let claims: JSON = [
            "iss": .string(client), "sub": .string(client), "aud": .string(tokenURL), "jti": .string(Secret.token()),
            "iat": .number(now), "exp": .number(now + 240),
        ]
        let signed = Secret.base64URL(header.data) + "." + Secret.base64URL(claims.data)
        let signature = try P384.Signing.PrivateKey(rawRepresentation: key).signature(for: Data(signed.utf8))
        return [
            ("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"),
            ("client_assertion", signed + "." + Secret.base64URL(signature.rawRepresentation)),
        ]
    }
}

// SPDX-License-Identifier: Apache-2.0

import Crypto
import CryptoExtras
import Foundation
import MockEHR
import MockKit
import Value

/// A client that signs assertions (SMART App Launch 2.x, asymmetric client authentication), well or badly.
struct Assertion: Sendable {
    static let type = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
    private static let ec = P384.Signing.PrivateKey()
    private static let stranger = P384.Signing.PrivateKey()
    private static let rsa = Result { try _RSA.Signing.PrivateKey(keySize: .bits2048) }

    /// The app registered with both public keys, `ec` and `rsa`.
    static func registration() throws -> EHRRegistration {
        let point = ec.publicKey.rawRepresentation
        let numbers = try rsa.get().publicKey.getKeyPrimitives()
        return EHRRegistration(
            clientID: "app", clientSecret: nil, authentication: .privateKeyJWT,
            jwks: [
                "keys": [
                    [
                        "kty": "EC", "crv": "P-384", "kid": "ec", "x": .string(Base64URL.encode(point.prefix(48))),
                        "y": .string(Base64URL.encode(point.suffix(48))),
                    ],
                    [
                        "kty": "RSA", "kid": "rsa", "n": .string(Base64URL.encode(numbers.modulus.drop { $0 == 0 })),
                        "e": .string(Base64URL.encode(numbers.publicExponent.drop { $0 == 0 })),
                    ],
                ]
            ], redirectURIs: [Ward.redirect])
    }

    var algorithm = "ES384"
    var kid = "ec"
    var issuer = "app"
    var subject = "app"
    /// Nil: the token endpoint.
    var audience: String?
    var life = 120
    var jti: String? = "j-1"
    var notBefore: Int?
    /// True: signed by a key nobody registered.
    var isForged = false
    /// `jku`; nil: none.
    var keySet: String?

    /// The token request of a backend service with this assertion.
    func request(_ ward: Ward, scope: String = "system/Appointment.rs") async throws -> Form {
        [
            "grant_type": "client_credentials", "scope": scope, "client_assertion_type": Self.type,
            "client_assertion": try await compact(ward),
        ]
    }

    func compact(_ ward: Ward) async throws -> String {
        let endpoint = try await ward.endpoint("token_endpoint")
        var claims: Members = [
            "iss": .string(issuer), "sub": .string(subject), "aud": .string(audience ?? endpoint),
            "exp": Value(ward.wire.seconds + life),
        ]
        if let jti { claims["jti"] = .string(jti) }
        if let notBefore { claims["nbf"] = Value(ward.wire.seconds + notBefore) }
        var header: Members = ["alg": .string(algorithm), "kid": .string(kid), "typ": "JWT"]
        if let keySet { header["jku"] = .string(keySet) }
        let text =
            Base64URL.encode(Value.object(header).jsonBytes()) + "."
            + Base64URL.encode(Value.object(claims).jsonBytes())
        return try text + "." + Base64URL.encode(signature(of: Data(text.utf8)))
    }

    private func signature(of text: Data) throws -> Data {
        let digest = SHA384.hash(data: text)
        switch algorithm {
        case "none": return Data()
        case "RS384": return try Self.rsa.get().signature(for: digest, padding: .insecurePKCS1v1_5).rawRepresentation
        case "HS384":
            // The public key as a shared secret: the classic confusion of algorithms.
            let key = SymmetricKey(data: Self.ec.publicKey.rawRepresentation)
            return Data(HMAC<SHA384>.authenticationCode(for: text, using: key))
        default: return try (isForged ? Self.stranger : Self.ec).signature(for: digest).rawRepresentation
        }
    }
}

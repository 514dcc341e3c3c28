// SPDX-License-Identifier: Apache-2.0

package import Crypto
package import CryptoExtras
package import Foundation
package import Value

/// A key of a mock's authorization server: RSA 2048 for RS256, or P-256 for ES256 (RFC 7518 section 3.1).
///
/// The mocks sign with swift-crypto alone, so that they share no JWT library with a connector.
package struct SigningKey: Sendable {
    /// The secret half.
    package enum Secret: Sendable {
        case rsa(_RSA.Signing.PrivateKey)
        case p256(P256.Signing.PrivateKey)
    }

    /// Key id in JWT headers and JWKS.
    package let id: String
    package let secret: Secret

    package init(id: String, secret: Secret) {
        self.id = id
        self.secret = secret
    }

    /// `RS256` or `ES256`.
    package var algorithm: String {
        switch secret {
        case .rsa: "RS256"
        case .p256: "ES256"
        }
    }

    /// A new P-256 key; fast.
    package static func p256(id: String) -> SigningKey { SigningKey(id: id, secret: .p256(.init())) }

    /// The process's RSA key under a name of the caller's. Made at the first call, in the background: making one takes
    /// up to a second in a debug build.
    package static func rsa(id: String) async throws -> SigningKey {
        SigningKey(id: id, secret: .rsa(try await sharedRSA.value))
    }

    /// An RSA key of its own: to be told from the process's, as after a rotation.
    package static func newRSA(id: String) async throws -> SigningKey {
        let made = Task.detached { try _RSA.Signing.PrivateKey(keySize: .bits2048) }
        return SigningKey(id: id, secret: .rsa(try await made.value))
    }

    /// Starts making the RSA key, so that the first `rsa(id:)` need not wait.
    package static func warmUp() { _ = sharedRSA }

    private static let sharedRSA = Task.detached(priority: .userInitiated) {
        try _RSA.Signing.PrivateKey(keySize: .bits2048)
    }

    /// A signature as it stands in a JWS (RFC 7515).
    package func sign(_ data: Data) throws -> Data {
        switch secret {
        case .rsa(let key):
            try key.signature(for: SHA256.hash(data: data), padding: .insecurePKCS1v1_5).rawRepresentation
        case .p256(let key): try key.signature(for: SHA256.hash(data: data)).rawRepresentation
        }
    }

    /// The public half as PEM text (SubjectPublicKeyInfo).
    package var publicPEM: String {
        switch secret {
        case .rsa(let key): key.publicKey.pemRepresentation
        case .p256(let key): key.publicKey.pemRepresentation
        }
    }

    /// The public half as a JWK (RFC 7517); with `certificate` (DER) also `x5c` and `x5t`, as Entra publishes them.
    package func jwk(certificate: Data? = nil) throws -> Members {
        var members: Members
        switch secret {
        case .rsa(let key):
            let numbers = try key.publicKey.getKeyPrimitives()
            members = [
                "kty": "RSA", "use": "sig", "alg": "RS256", "kid": .string(id),
                "n": .string(Base64URL.encode(numbers.modulus.drop { $0 == 0 })),
                "e": .string(Base64URL.encode(numbers.publicExponent.drop { $0 == 0 })),
            ]
        case .p256(let key):
            let point = key.publicKey.rawRepresentation
            members = [
                "kty": "EC", "use": "sig", "alg": "ES256", "kid": .string(id), "crv": "P-256",
                "x": .string(Base64URL.encode(point.prefix(32))), "y": .string(Base64URL.encode(point.suffix(32))),
            ]
        }
        if let certificate {
            members["x5t"] = .string(Base64URL.encode(Insecure.SHA1.hash(data: certificate)))
            members["x5c"] = [.string(certificate.base64EncodedString())]
        }
        return members
    }
}

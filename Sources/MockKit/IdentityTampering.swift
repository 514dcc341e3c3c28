// SPDX-License-Identifier: Apache-2.0

import Crypto
import Foundation
package import Value

/// A deliberate flaw of an id token that no connector may accept (OpenID Connect Core 1.0 section 3.1.3.7).
package enum IdentityTampering: String, Sendable, Hashable, CaseIterable {
    /// `alg: none` and no signature.
    case unsigned
    /// Signed with a stranger's key, under a `kid` that the key set does not hold.
    case unknownKey = "unknown-key"
    /// Signed with another key under a published `kid`.
    case foreignKey = "foreign-key"
    case wrongIssuer = "wrong-issuer"
    case wrongAudience = "wrong-audience"
    case wrongNonce = "wrong-nonce"
    case expired
    /// HS256 with the public key's PEM text as its secret: who lets the token choose its algorithm takes the published
    /// key for a shared one (RFC 8725 section 2.1).
    case keyConfusion = "key-confusion"

    /// The token of `claims` with this flaw. `header` is what a sound one would have.
    package func token(_ claims: Members, header: Members? = nil, key: SigningKey) throws -> String {
        var claims = claims
        var header = header ?? JWT.header(for: key)
        switch self {
        case .unsigned: return try JWT.compact(claims: claims, key: nil)
        case .unknownKey:
            header["kid"] = "no-such-key"
            return try JWT.compact(claims: claims, header: header, key: SigningKey.p256(id: "no-such-key"))
        case .foreignKey:
            // Not the published key: the signature is a real one of a wrong kind.
            let other = SigningKey.p256(id: key.id)
            return try JWT.compact(claims: claims, header: header, key: other)
        case .wrongIssuer: claims["iss"] = "https://issuer.example.net/"
        case .wrongAudience: claims["aud"] = "another-client"
        case .wrongNonce: claims["nonce"] = "another-nonce"
        case .expired:
            claims["iat"] = Value((claims["iat"]?.int ?? 0) - 7200)
            claims["exp"] = Value((claims["exp"]?.int ?? 0) - 7200)
        case .keyConfusion:
            header["alg"] = "HS256"
            return JWT.compact(claims: claims, header: header, secret: Data(key.publicPEM.utf8))
        }
        return try JWT.compact(claims: claims, header: header, key: key)
    }
}

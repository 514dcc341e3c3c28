// SPDX-License-Identifier: Apache-2.0

import Crypto
import CryptoExtras
import Foundation
import MockKit
import Value

/// Verifies RS384 and ES384 signatures of client assertions (SMART App Launch 2.x, asymmetric client authentication).
enum AssertionKey {
    /// Throws unless exactly one key of the set has the header's `kid` and the algorithm's type, and it verifies the
    /// signature.
    static func verify(_ token: String, header: Members, jwks: Value) throws(OAuthFailure) {
        guard let types = ["RS384": "RSA", "ES384": "EC"][header["alg"]?.string ?? ""] else {
            throw OAuthFailure("invalid_client", "alg of the assertion is not RS384 or ES384")
        }
        let kid = header["kid"]?.string
        let fitting = (jwks["keys"]?.array ?? []).filter { kid != nil && $0["kid"]?.string == kid }
        guard fitting.count == 1, fitting[0]["kty"]?.string == types else {
            throw OAuthFailure("invalid_client", "no single registered key has the assertion's kid and type")
        }
        guard verifies(token, algorithm: header["alg"]?.string, key: fitting[0]) else {
            throw OAuthFailure("invalid_client", "the assertion's signature does not verify")
        }
    }

    private static func verifies(_ token: String, algorithm: String?, key jwk: Value) -> Bool {
        guard let end = token.lastIndex(of: "."), let signature = Base64URL.decode(token[token.index(after: end)...])
        else { return false }
        let digest = SHA384.hash(data: Data(token[..<end].utf8))
        switch algorithm {
        case "RS384":
            guard let n = part("n", of: jwk), let e = part("e", of: jwk),
                let key = try? _RSA.Signing.PublicKey(n: n, e: e)
            else { return false }
            return key.isValidSignature(
                _RSA.Signing.RSASignature(rawRepresentation: signature), for: digest, padding: .insecurePKCS1v1_5)
        case "ES384":
            guard let x = part("x", of: jwk), let y = part("y", of: jwk),
                let key = try? P384.Signing.PublicKey(rawRepresentation: x + y),
                let value = try? P384.Signing.ECDSASignature(rawRepresentation: signature)
            else { return false }
            return key.isValidSignature(value, for: digest)
        default: return false
        }
    }

    private static func part(_ name: String, of key: Value) -> Data? {
        key[name]?.string.flatMap { Base64URL.decode($0) }
    }
}

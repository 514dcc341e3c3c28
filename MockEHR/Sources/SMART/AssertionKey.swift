// SPDX-License-Identifier: Apache-2.0

import Crypto
import CryptoExtras
import Foundation
import MockKit
import Value

/// Verifies RS384 and ES384 signatures of client assertions (SMART App Launch 2.x, asymmetric client authentication).
enum AssertionKey {
    /// True where exactly one key of the set has the header's `kid` and it verifies the signature.
    static func verifies(_ token: String, header: Members, jwks: Value) -> Bool {
        guard let kid = header["kid"]?.string, let keys = jwks["keys"]?.array else { return false }
        let fitting = keys.filter { $0["kid"]?.string == kid }
        guard fitting.count == 1, let end = token.lastIndex(of: "."),
            let signature = Base64URL.decode(token[token.index(after: end)...])
        else { return false }
        let digest = SHA384.hash(data: Data(token[..<end].utf8))
        switch header["alg"]?.string {
        case "RS384":
            guard let n = part("n", of: fitting[0]), let e = part("e", of: fitting[0]),
                let key = try? _RSA.Signing.PublicKey(n: n, e: e)
            else { return false }
            return key.isValidSignature(
                _RSA.Signing.RSASignature(rawRepresentation: signature), for: digest, padding: .insecurePKCS1v1_5)
        case "ES384":
            guard let x = part("x", of: fitting[0]), let y = part("y", of: fitting[0]),
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

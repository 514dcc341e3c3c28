// SPDX-License-Identifier: Apache-2.0

import Crypto
import Foundation
package import Value

/// JSON Web Tokens in compact form (RFC 7519, RFC 7515).
package enum JWT {
    /// The header that goes with a key. Change it to make tokens that nobody may accept.
    package static func header(for key: SigningKey, type: String = "JWT") -> Members {
        ["alg": .string(key.algorithm), "kid": .string(key.id), "typ": .string(type)]
    }

    /// Signs claims. `header` defaults to the key's own; `key` nil leaves the signature empty (`alg: none`).
    package static func compact(claims: Members, header: Members? = nil, key: SigningKey?) throws -> String {
        let header = header ?? key.map { Self.header(for: $0) } ?? ["alg": "none", "typ": "JWT"]
        let signed = part(header) + "." + part(claims)
        guard let key else { return signed + "." }
        return signed + "." + Base64URL.encode(try key.sign(Data(signed.utf8)))
    }

    /// The same with a shared secret (HS256).
    static func compact(claims: Members, header: Members, secret: Data) -> String {
        let signed = part(header) + "." + part(claims)
        let code = HMAC<SHA256>.authenticationCode(for: Data(signed.utf8), using: SymmetricKey(data: secret))
        return signed + "." + Base64URL.encode(code)
    }

    /// Header and claims of a compact token, without any check of its signature; nil where it is no JWT.
    package static func read(_ token: String) -> (header: Members, claims: Members)? {
        let parts = token.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 3, let header = object(parts[0]), let claims = object(parts[1]) else { return nil }
        return (header, claims)
    }

    private static func part(_ members: Members) -> String { Base64URL.encode(Value.object(members).jsonBytes()) }

    private static func object(_ part: Substring) -> Members? {
        guard let data = Base64URL.decode(part) else { return nil }
        return (try? Value.parseJSON(Array(data)))?.members
    }
}

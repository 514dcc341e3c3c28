// SPDX-License-Identifier: Apache-2.0

import Crypto
import CryptoExtras
import Foundation
import Value
import World

@testable import MockKit

/// An application's certificate, and assertions as real clients make them.
struct ClientCertificate {
    let der: Data
    let key: _RSA.Signing.PrivateKey

    init() async throws {
        let signing = try await SigningKey.rsa(id: "client")
        guard case .rsa(let secret) = signing.secret else { throw CancellationError() }
        key = secret
        der = try RunAuthority.selfSigned(signing, commonName: "client")
    }

    var x5t: String { Base64URL.encode(Insecure.SHA1.hash(data: der)) }
    var x5tS256: String { Base64URL.encode(SHA256.hash(data: der)) }

    /// `header` and `claims` replace members of an assertion that is right; null removes one.
    func assertion(
        client: String = "client-1", audience: String, algorithm: String = "RS256", header: Members = [:],
        claims: Members = [:], spoiled: Bool = false
    ) throws -> String {
        let now = Int(Instant.wall.microseconds / 1_000_000)
        var head: Members = ["alg": .string(algorithm), "typ": "JWT", "x5t": .string(x5t + "=")]
        var body: Members = [
            "aud": .string(audience), "iss": .string(client), "sub": .string(client),
            "jti": .string(UUID().uuidString), "iat": Value(now), "exp": Value(now + 600),
        ]
        for (name, value) in header { head[name] = value.isNull ? nil : value }
        for (name, value) in claims { body[name] = value.isNull ? nil : value }
        let signed =
            Base64URL.encode(Value.object(head).jsonBytes()) + "." + Base64URL.encode(Value.object(body).jsonBytes())
        var signature = try key.signature(
            for: SHA256.hash(data: Data(signed.utf8)),
            padding: head["alg"] == "PS256" ? .PSS : .insecurePKCS1v1_5
        ).rawRepresentation
        if spoiled { signature = Data(signature.reversed()) }
        return signed + "." + Base64URL.encode(signature)
    }
}

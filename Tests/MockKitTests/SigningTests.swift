// SPDX-License-Identifier: Apache-2.0

import Crypto
import CryptoExtras
import Foundation
import MockKit
import SwiftASN1
import TestSupport
import Testing
import Trace
import Value
import World
import X509

struct SigningTests {
    @Test func `an ES256 token verifies with its published key`() throws {
        let key = SigningKey.p256(id: "k1")
        let token = try JWT.compact(claims: ["sub": "x"], key: key)
        let parts = token.split(separator: ".").map(String.init)
        let jwk = try key.jwk()
        let x = try #require(jwk["x"]?.string.flatMap { Base64URL.decode($0) })
        let y = try #require(jwk["y"]?.string.flatMap { Base64URL.decode($0) })
        let publicKey = try P256.Signing.PublicKey(rawRepresentation: x + y)
        let signature = try P256.Signing.ECDSASignature(rawRepresentation: #require(Base64URL.decode(parts[2])))
        #expect(publicKey.isValidSignature(signature, for: Data((parts[0] + "." + parts[1]).utf8)))
        #expect(JWT.read(token)?.header["kid"] == "k1")
        #expect(JWT.read(token)?.claims["sub"] == "x")
    }

    @Test func `an RS256 token verifies, and its certificate holds the same key`() async throws {
        let key = try await SigningKey.rsa(id: "r1")
        let token = try JWT.compact(claims: ["sub": "x"], key: key)
        let parts = token.split(separator: ".").map(String.init)
        let certificate = try RunAuthority.selfSigned(key, commonName: "signer")
        let jwk = try key.jwk(certificate: certificate)
        let n = try #require(jwk["n"]?.string.flatMap { Base64URL.decode($0) })
        let e = try #require(jwk["e"]?.string.flatMap { Base64URL.decode($0) })
        let publicKey = try _RSA.Signing.PublicKey(n: n, e: e)
        let signature = _RSA.Signing.RSASignature(rawRepresentation: try #require(Base64URL.decode(parts[2])))
        let digest = SHA256.hash(data: Data((parts[0] + "." + parts[1]).utf8))
        #expect(publicKey.isValidSignature(signature, for: digest, padding: .insecurePKCS1v1_5))
        #expect(jwk["x5t"]?.string?.count == 27)
        let certified = try Certificate(derEncoded: Array(certificate)).publicKey
        let certifiedKey = try #require(_RSA.Signing.PublicKey(certified))
        #expect(certifiedKey.derRepresentation == publicKey.derRepresentation)
    }

    @Test func `an unsigned token can be made on purpose`() throws {
        let token = try JWT.compact(claims: ["sub": "x"], key: nil)
        #expect(token.hasSuffix("."))
        #expect(JWT.read(token)?.header["alg"] == "none")
    }

    @Test func `a listener serves TLS under the run's authority`() async throws {
        let authority = try RunAuthority()
        let identity = try authority.identity(for: ["127.0.0.1", "localhost", "graph.microsoft.com"])
        #expect(identity.certificateChainPEM.components(separatedBy: "BEGIN CERTIFICATE").count == 3)
        let listener = try await MockListener.start(handler: Refusal(), journal: Journal(), tls: identity)
        #expect(listener.origin.hasPrefix("https://127.0.0.1:"))
        // Plain HTTP gets no answer there.
        await #expect(throws: (any Error).self) {
            try await TestClient().send("GET", "http://127.0.0.1:\(listener.port)/")
        }
        await listener.stop()
    }
}

private struct Refusal: MockHandler {
    func attribute(_ request: MockRequest) async -> (world: WorldID?, party: Party) { (nil, .ehr) }
    func respond(to request: MockRequest) async -> MockResponse { .empty(status: 404, world: nil, party: .ehr) }
}

// SPDX-License-Identifier: Apache-2.0

import Evidence
import Foundation
import Testing

@Suite struct SignatureTests {
    /// The vector of the DSSE specification, protocol.md.
    @Test func `the encoding that is signed is that of DSSE`() {
        let encoding = Envelope.preAuthenticationEncoding(
            type: "http://example.com/HelloWorld", body: Data("hello world".utf8))
        #expect(String(decoding: encoding, as: UTF8.self) == "DSSEv1 29 http://example.com/HelloWorld 11 hello world")
    }

    /// RFC 8410 section 10.3 (private key) and 10.1 (public key).
    @Test func `the keys of RFC 8410 are read and written as they stand there`() throws {
        let privatePEM = """
            -----BEGIN PRIVATE KEY-----
            MC4CAQAwBQYDK2VwBCIEINTuctv5E1hK1bbY8fdp+K06/nwoy/HU++CXqI9EdVhC
            -----END PRIVATE KEY-----

            """
        let publicPEM = """
            -----BEGIN PUBLIC KEY-----
            MCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=
            -----END PUBLIC KEY-----

            """
        let key = try #require(SigningKey(pem: privatePEM))
        #expect(key.pem == privatePEM)
        #expect(key.publicKey.pem == publicPEM)
        #expect(VerificationKey(pem: publicPEM) == key.publicKey)
    }

    @Test func `an envelope is read back, and only as it was written`() throws {
        let key = SigningKey()
        let envelope = try Envelope(signing: Data("{}".utf8), type: Envelope.inToto, with: key)
        #expect(Envelope(parsing: envelope.bytes) == envelope)
        #expect(envelope.isSigned(by: key.publicKey))
        #expect(!envelope.isSigned(by: SigningKey().publicKey))
        #expect(Envelope(parsing: envelope.bytes + Data(" ".utf8)) == nil)
        let text = String(decoding: envelope.bytes, as: UTF8.self)
        #expect(Envelope(parsing: Data(text.replacing(":", with: ": ").utf8)) == nil)
        // The same type and body, cut elsewhere, is another message.
        #expect(
            Envelope.preAuthenticationEncoding(type: "a 1", body: Data("b".utf8))
                != Envelope.preAuthenticationEncoding(type: "a", body: Data("1 b".utf8)))
    }

    @Test func `a key is written once, and only its owner may read it`() throws {
        try SampleBundle.inFolder { folder in
            let path = folder.appending(path: "signer.key").path
            let key = try KeyFile.create(at: path)
            #expect(try KeyFile.signingKey(at: path).publicKey == key)
            #expect(try KeyFile.verificationKey(at: path + ".pub") == key)
            let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
            #expect(mode == 0o600)
            #expect(throws: EvidenceError.self) { try KeyFile.create(at: path) }
            try FileManager.default.removeItem(atPath: path)
            #expect(throws: EvidenceError.self) { try KeyFile.create(at: path) }
            #expect(!FileManager.default.fileExists(atPath: path))
            #expect(throws: EvidenceError.self) { try KeyFile.signingKey(at: path + ".pub") }
        }
    }

    @Test func `a manifest is canonical or none`() throws {
        let digest = String(repeating: "a", count: 64)
        let good = "\(digest)  a\n\(digest)  b/c\n"
        #expect(Manifest(parsing: Data(good.utf8))?.text == good)
        for bad in [
            "\(digest)  b\n\(digest)  a\n", "\(digest)  a\n\(digest)  a\n", "\(digest)  a", "\(digest) *a\n",
            "\(digest)  /a\n", "\(digest)  ../a\n", "\(digest)  a\n\n", "\(digest.uppercased())  a\n",
            "\(digest)  a\\n\n",
        ] {
            #expect(Manifest(parsing: Data(bad.utf8)) == nil, "\(bad)")
        }
    }
}

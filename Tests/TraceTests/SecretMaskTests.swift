// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing
import Trace

struct SecretMaskTests {
    private let secret = "s3cret/+value"

    @Test func `a secret is hidden plain, form-encoded and in base64 at any place`() throws {
        let mask = try #require(SecretMask([secret]))
        for prefix in ["", "a", "ab", "id:", "longer-id:"] {
            for suffix in ["", "x", "xy"] {
                let encoded = Data("\(prefix)\(secret)\(suffix)".utf8).base64EncodedString()
                let shown = mask.masked(encoded)
                #expect(shown.utf8.count == encoded.utf8.count)
                let decoded = try #require(Data(base64Encoded: shown))
                #expect(decoded.range(of: Data(secret.utf8.dropFirst(3).dropLast(3))) == nil)
            }
        }
        #expect(!mask.masked("a=s3cret%2F%2Bvalue").contains("s3cret"))
        #expect(!mask.masked("say \(secret) twice \(secret)").contains("s3cret"))
    }

    @Test func `the same secret gives the same replacement, and everything else stays`() throws {
        let mask = try #require(SecretMask([secret]))
        #expect(mask.masked(secret) == mask.masked(secret))
        #expect(mask.masked("nothing to hide") == "nothing to hide")
        #expect(mask.masked(Data("{\"a\":\"\(secret)\"}".utf8)).count == 21)
    }

    @Test func `addresses and very short texts are no secrets`() {
        #expect(SecretMask(["http://127.0.0.1:80", "abc"]) == nil)
    }
}

// SPDX-License-Identifier: Apache-2.0

internal import Crypto
package import Foundation

/// SHA-256 in lower-case hexadecimal, as manifests and statements write it.
package enum Digest {
    package static func sha256(_ data: some DataProtocol) -> String {
        SHA256.hash(data: data).map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
    }

    /// Whether `text` is one: 64 digits, lower case.
    package static func isSHA256(_ text: some StringProtocol) -> Bool {
        text.utf8.count == 64 && text.utf8.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }
    }
}

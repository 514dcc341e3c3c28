// SPDX-License-Identifier: Apache-2.0

import Crypto
import Foundation

/// Random values and digests.
enum Secret {
    /// URL-safe random text of the given strength in bytes.
    static func token(bytes: Int = 16) -> String {
        var generator = SystemRandomNumberGenerator()
        return base64URL(Data((0..<bytes).map { _ in UInt8.random(in: .min ... .max, using: &generator) }))
    }

    static func base64URL(_ data: Data) -> String {
        let letters = data.base64EncodedData().compactMap { letter -> UInt8? in
            switch letter {
            case UInt8(ascii: "+"): UInt8(ascii: "-")
            case UInt8(ascii: "/"): UInt8(ascii: "_")
            case UInt8(ascii: "="): nil
            default: letter
            }
        }
        return String(decoding: letters, as: UTF8.self)
    }

    /// Lower-case hexadecimal SHA-256.
    static func sha256(_ text: String) -> String {
        SHA256.hash(data: Data(text.utf8)).map { byte in
            let digits = String(byte, radix: 16)
            return digits.count == 1 ? "0" + digits : digits
        }.joined()
    }

    /// The S256 challenge of RFC 7636.
    static func challenge(_ verifier: String) -> String {
        base64URL(Data(SHA256.hash(data: Data(verifier.utf8))))
    }

    /// Sixteen bytes as 22 letters and digits: no mark at the end that a phone's link detection would cut off.
    static func alphanumeric(_ bytes: some Collection<UInt8>) -> String {
        let alphabet = Array("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz")
        var digits = bytes.map(Int.init)
        var result: [Character] = []
        for _ in 0..<22 {
            var remainder = 0
            for index in digits.indices {
                let value = remainder * 256 + digits[index]
                digits[index] = value / 62
                remainder = value % 62
            }
            result.append(alphabet[remainder])
        }
        return String(result.reversed())
    }
}

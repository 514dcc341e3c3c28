// SPDX-License-Identifier: Apache-2.0

internal import Crypto
internal import Foundation

/// Seed and nonce of a run: the seed fixes plan, order and faults; external ids and canaries mix in the nonce,
/// so that a connector that lives on never meets yesterday's appointment again.
package struct RunSeed: Sendable, Hashable {
    package let seed: UInt64
    package let nonce: String

    package init(seed: UInt64, nonce: String) {
        self.seed = seed
        self.nonce = nonce
    }

    /// A reproducible stream for decisions that must not change with the nonce.
    package func plan(_ path: String...) -> RandomStream { RandomStream(label: ["plan", String(seed)] + path) }

    /// A reproducible stream for ids and canaries; differs with the nonce.
    package func identity(_ path: String...) -> RandomStream {
        RandomStream(label: ["identity", String(seed), nonce] + path)
    }
}

/// A deterministic random stream (SplitMix64 keyed by SHA-256 of its label). Not for secrets.
package struct RandomStream: RandomNumberGenerator, Sendable {
    private var state: UInt64

    init(label: [String]) {
        let digest = SHA256.hash(data: Data(label.joined(separator: "\u{1F}").utf8))
        state = digest.prefix(8).reduce(0) { $0 << 8 | UInt64($1) }
    }

    package mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }

    /// A version 4 UUID in lower case.
    package mutating func uuid() -> String {
        hexadecimal("0123456789abcdef", hyphens: true)
    }

    /// The 32 digits of a version 4 UUID, in upper case.
    package mutating func hexadecimal() -> String { hexadecimal("0123456789ABCDEF", hyphens: false) }

    private mutating func hexadecimal(_ digits: StaticString, hyphens: Bool) -> String {
        let words = (next(), next())
        return String(unsafeUninitializedCapacity: 36) { text in
            var place = 0
            for index in 0..<16 {
                if hyphens, index == 4 || index == 6 || index == 8 || index == 10 {
                    text[place] = UInt8(ascii: "-")
                    place += 1
                }
                var byte = UInt8(truncatingIfNeeded: (index < 8 ? words.0 : words.1) >> (8 * (index % 8)))
                if index == 6 { byte = byte & 0x0F | 0x40 }
                if index == 8 { byte = byte & 0x3F | 0x80 }
                text[place] = digits.utf8Start[Int(byte >> 4)]
                text[place + 1] = digits.utf8Start[Int(byte & 15)]
                place += 2
            }
            return place
        }
    }

    /// `count` characters drawn from `alphabet` (default: letters and digits).
    package mutating func token(
        _ count: Int, from alphabet: String = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
    ) -> String {
        let letters = Array(alphabet)
        return String((0..<count).compactMap { _ in letters.randomElement(using: &self) })
    }

    /// `count` decimal digits, the first not zero.
    package mutating func digits(_ count: Int) -> String {
        token(1, from: "123456789") + token(max(0, count - 1), from: "0123456789")
    }

    /// The number of a record that is no person's: nine digits, which no date of birth has however it is written, and which
    /// begin as no person's number does.
    package mutating func recordNumber() -> String { token(1, from: "1234") + token(8, from: "0123456789") }
}

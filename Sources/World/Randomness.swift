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
        var bytes: [UInt8] = (0..<2).flatMap { _ in
            let word = next()
            return (0..<8).map { UInt8(truncatingIfNeeded: word >> (8 * $0)) }
        }
        bytes[6] = bytes[6] & 0x0F | 0x40
        bytes[8] = bytes[8] & 0x3F | 0x80
        let hex = bytes.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
        let cuts = [8, 4, 4, 4, 12]
        var rest = Substring(hex)
        return cuts.map { width in
            defer { rest = rest.dropFirst(width) }
            return String(rest.prefix(width))
        }.joined(separator: "-")
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
}

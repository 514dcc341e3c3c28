// SPDX-License-Identifier: Apache-2.0

/// A digest of a canary's value, by its first and last eight bytes.
struct KnownDigest: Sendable {
    let canary: Int
    let name: String
    let first: UInt64
    let last: UInt64
}

/// Digests by their beginning and their end, which is what truncation leaves.
struct DigestIndex: Sendable {
    private let digests: [KnownDigest]
    /// Where a bucket's numbers begin in `numbers`; a bucket holds what agrees in its highest bits.
    private let starts: [Int32]
    /// Number of the digest, twice, and one more where its end is meant.
    private let numbers: [Int32]
    private let shift: UInt64
    /// Two bits a digest's beginning or end, so that what is none is seldom looked up further.
    private let marks: [UInt64]
    private let markShift: UInt64

    init(_ digests: [KnownDigest]) {
        self.digests = digests
        var bits: UInt64 = 8
        while bits < 22, 1 << bits < digests.count * 2 { bits += 1 }
        let shift = 64 - bits
        var starts = [Int32](repeating: 0, count: (1 << Int(bits)) + 1)
        for digest in digests {
            starts[Int(digest.first >> shift) + 1] += 1
            starts[Int(digest.last >> shift) + 1] += 1
        }
        for bucket in 1..<starts.count { starts[bucket] += starts[bucket - 1] }
        var next = starts
        var numbers = [Int32](repeating: 0, count: digests.count * 2)
        var markBits: UInt64 = 12
        while markBits < 24, 1 << markBits < digests.count * 24 { markBits += 1 }
        let markShift = 70 - markBits
        var marks = [UInt64](repeating: 0, count: 1 << Int(markBits - 6))
        func put(_ key: UInt64, _ number: Int) {
            marks[Int(key >> markShift)] |= Self.bits(key)
            let bucket = Int(key >> shift)
            numbers[Int(next[bucket])] = Int32(number)
            next[bucket] += 1
        }
        for (number, digest) in digests.enumerated() {
            put(digest.first, number * 2)
            put(digest.last, number * 2 + 1)
        }
        self.starts = starts
        self.numbers = numbers
        self.shift = shift
        self.marks = marks
        self.markShift = markShift
    }

    /// Digests are evenly spread: their own bits serve.
    private static func bits(_ key: UInt64) -> UInt64 { 1 << (key & 63) | 1 << (key >> 6 & 63) }

    /// Calls `body` with every digest that begins or ends so.
    func forEach(_ key: UInt64, _ body: (KnownDigest) -> Void) {
        let bits = Self.bits(key)
        guard marks[Int(key >> markShift)] & bits == bits else { return }
        let bucket = Int(key >> shift)
        for place in Int(starts[bucket])..<Int(starts[bucket + 1]) {
            let number = Int(numbers[place])
            let digest = digests[number / 2]
            if (number & 1 == 0 ? digest.first : digest.last) == key { body(digest) }
        }
    }
}

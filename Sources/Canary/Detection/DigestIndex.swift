// SPDX-License-Identifier: Apache-2.0

/// A digest of a canary's value, by its first and last eight bytes.
struct KnownDigest: Sendable {
    fileprivate(set) var canary: Int32
    let function: DigestFunction
    let first: UInt64
    let last: UInt64
}

/// Digests by their beginning and their end, which is what truncation leaves. A class, so that handing it on costs one
/// count of references and not one for each array.
final class DigestIndex: Sendable {
    /// As they were made, for each world its own.
    private let parts: [[KnownDigest]]
    /// What is added to the numbers of each part's canaries.
    private let moves: [Int32]
    /// The number of each part's first digest.
    private let firsts: [Int32]
    /// Where a bucket's numbers begin in `numbers`; a bucket holds what agrees in its highest bits.
    private let starts: [Int32]
    /// Number of the digest, twice, and one more where its end is meant.
    private let numbers: [Int32]
    private let shift: UInt64
    /// Two bits a digest's beginning or end, so that what is none is seldom looked up further.
    private let marks: [UInt64]
    private let markShift: UInt64

    /// - Parameter moves: what is added to the numbers of each part's canaries.
    init(_ parts: [[KnownDigest]], moves: [Int32]) {
        self.parts = parts
        self.moves = moves
        var firsts: [Int32] = []
        var count = 0
        for part in parts {
            firsts.append(Int32(count))
            count += part.count
        }
        self.firsts = firsts
        var bits: UInt64 = 8
        while bits < 22, 1 << bits < count * 2 { bits += 1 }
        let shift = 64 - bits
        // While they are filled, each beginning stands one place further on.
        var starts = [Int32](repeating: 0, count: (1 << Int(bits)) + 2)
        for digest in parts.joined() {
            starts[Int(digest.first >> shift) + 2] += 1
            starts[Int(digest.last >> shift) + 2] += 1
        }
        for bucket in 2..<starts.count { starts[bucket] += starts[bucket - 1] }
        var numbers = [Int32](repeating: 0, count: count * 2)
        var markBits: UInt64 = 12
        while markBits < 24, 1 << markBits < count * 24 { markBits += 1 }
        let markShift = 70 - markBits
        var marks = [UInt64](repeating: 0, count: 1 << Int(markBits - 6))
        func put(_ key: UInt64, _ number: Int) {
            marks[Int(key >> markShift)] |= Self.bits(key)
            let bucket = Int(key >> shift) + 1
            numbers[Int(starts[bucket])] = Int32(number)
            starts[bucket] += 1
        }
        for (number, digest) in parts.joined().enumerated() {
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
            let digest = digest(number / 2)
            if (number & 1 == 0 ? digest.first : digest.last) == key { body(digest) }
        }
    }

    private func digest(_ number: Int) -> KnownDigest {
        var (low, high) = (0, parts.count)
        while high - low > 1 {
            let middle = (low + high) / 2
            if Int(firsts[middle]) <= number { low = middle } else { high = middle }
        }
        var digest = parts[low][number - Int(firsts[low])]
        digest.canary += moves[low]
        return digest
    }
}

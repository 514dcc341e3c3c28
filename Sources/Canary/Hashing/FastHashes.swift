// SPDX-License-Identifier: Apache-2.0

/// Hashes that were made for tables, not for secrecy, and that programs nevertheless write down for what they hash.
enum FastHashes {
    /// FNV-1a of 64 bits, the highest byte first.
    static func fnv1a(_ message: [UInt8]) -> [UInt8] {
        bytes(message.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 })
    }

    /// MurmurHash3 of 128 bits for 64-bit machines with seed 0: its two words, each with the highest byte first.
    static func murmur3(_ message: [UInt8]) -> [UInt8] {
        var (first, second): (UInt64, UInt64) = (0, 0)
        let whole = message.count / 16 * 16
        for start in stride(from: 0, to: whole, by: 16) {
            first ^= scrambled(word(message[start..<start + 8]), low, 31, high)
            first = (turned(first, 27) &+ second) &* 5 &+ 0x52DC_E729
            second ^= scrambled(word(message[start + 8..<start + 16]), high, 33, low)
            second = (turned(second, 31) &+ first) &* 5 &+ 0x3849_5AB5
        }
        let rest = message[whole...]
        if rest.count > 8 { second ^= scrambled(word(rest.dropFirst(8)), high, 33, low) }
        if !rest.isEmpty { first ^= scrambled(word(rest.prefix(8)), low, 31, high) }
        first ^= UInt64(message.count)
        second ^= UInt64(message.count)
        first &+= second
        second &+= first
        first = finished(first)
        second = finished(second)
        first &+= second
        second &+= first
        return bytes(first) + bytes(second)
    }

    /// xxHash of 64 bits with seed 0, the highest byte first.
    static func xxHash(_ message: [UInt8]) -> [UInt8] {
        var rest = message[...]
        var hash: UInt64
        if message.count >= 32 {
            var lanes = [prime[0] &+ prime[1], prime[1], 0, 0 &- prime[0]]
            while rest.count >= 32 {
                for lane in 0..<4 {
                    lanes[lane] = mixed(lanes[lane], word(rest.prefix(8)))
                    rest = rest.dropFirst(8)
                }
            }
            hash = zip(lanes, [1, 7, 12, 18] as [UInt64]).reduce(0) { $0 &+ turned($1.0, $1.1) }
            for lane in lanes { hash = (hash ^ mixed(0, lane)) &* prime[0] &+ prime[3] }
        } else {
            hash = prime[4]
        }
        hash &+= UInt64(message.count)
        while rest.count >= 8 {
            hash = turned(hash ^ mixed(0, word(rest.prefix(8))), 27) &* prime[0] &+ prime[3]
            rest = rest.dropFirst(8)
        }
        if rest.count >= 4 {
            hash = turned(hash ^ word(rest.prefix(4)) &* prime[0], 23) &* prime[1] &+ prime[2]
            rest = rest.dropFirst(4)
        }
        for byte in rest { hash = turned(hash ^ UInt64(byte) &* prime[4], 11) &* prime[0] }
        hash = (hash ^ hash >> 33) &* prime[1]
        hash = (hash ^ hash >> 29) &* prime[2]
        return bytes(hash ^ hash >> 32)
    }

    private static let (low, high): (UInt64, UInt64) = (0x87C3_7B91_1142_53D5, 0x4CF5_AD43_2745_937F)
    private static let prime: [UInt64] = [
        0x9E37_79B1_85EB_CA87, 0xC2B2_AE3D_27D4_EB4F, 0x1656_67B1_9E37_79F9, 0x85EB_CA77_C2B2_AE63,
        0x27D4_EB2F_1656_67C5,
    ]

    private static func turned(_ value: UInt64, _ by: UInt64) -> UInt64 { value << by | value >> (64 - by) }

    /// The lowest byte first.
    private static func word(_ bytes: ArraySlice<UInt8>) -> UInt64 {
        bytes.reversed().reduce(0) { $0 << 8 | UInt64($1) }
    }

    private static func bytes(_ word: UInt64) -> [UInt8] { withUnsafeBytes(of: word.bigEndian) { Array($0) } }

    private static func scrambled(_ word: UInt64, _ by: UInt64, _ turn: UInt64, _ then: UInt64) -> UInt64 {
        turned(word &* by, turn) &* then
    }

    private static func finished(_ value: UInt64) -> UInt64 {
        var value = (value ^ value >> 33) &* 0xFF51_AFD7_ED55_8CCD
        value = (value ^ value >> 33) &* 0xC4CE_B9FE_1A85_EC53
        return value ^ value >> 33
    }

    private static func mixed(_ lane: UInt64, _ word: UInt64) -> UInt64 {
        turned(lane &+ word &* prime[1], 31) &* prime[0]
    }
}

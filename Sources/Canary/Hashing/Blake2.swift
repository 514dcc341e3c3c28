// SPDX-License-Identifier: Apache-2.0

/// BLAKE2 without key (RFC 7693), which the crypto library does not offer.
enum Blake2 {
    private static let sigma: [[Int]] = [
        [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15], [14, 10, 4, 8, 9, 15, 13, 6, 1, 12, 0, 2, 11, 7, 5, 3],
        [11, 8, 12, 0, 5, 2, 15, 13, 10, 14, 3, 6, 7, 1, 9, 4], [7, 9, 3, 1, 13, 12, 11, 14, 2, 6, 5, 10, 4, 0, 15, 8],
        [9, 0, 5, 7, 2, 4, 10, 15, 14, 1, 11, 12, 6, 8, 3, 13], [2, 12, 6, 10, 0, 11, 8, 3, 4, 13, 7, 5, 15, 14, 1, 9],
        [12, 5, 1, 15, 14, 13, 4, 10, 0, 7, 6, 3, 9, 2, 8, 11], [13, 11, 7, 14, 12, 1, 3, 9, 5, 0, 15, 4, 8, 6, 2, 10],
        [6, 15, 14, 9, 11, 3, 0, 8, 12, 2, 13, 7, 1, 4, 10, 5], [10, 2, 8, 4, 7, 6, 1, 5, 15, 11, 9, 14, 3, 12, 13, 0],
    ]
    private static let start64: [UInt64] = [
        0x6A09_E667_F3BC_C908, 0xBB67_AE85_84CA_A73B, 0x3C6E_F372_FE94_F82B, 0xA54F_F53A_5F1D_36F1,
        0x510E_527F_ADE6_82D1, 0x9B05_688C_2B3E_6C1F, 0x1F83_D9AB_FB41_BD6B, 0x5BE0_CD19_137E_2179,
    ]

    /// BLAKE2b.
    /// - Parameter count: bytes of the digest, 1 to 64.
    static func b(_ message: [UInt8], count: Int) -> [UInt8] {
        digest(message, count, start64, rounds: 12, turns: [32, 24, 16, 63])
    }

    /// BLAKE2s.
    /// - Parameter count: bytes of the digest, 1 to 32.
    static func s(_ message: [UInt8], count: Int) -> [UInt8] {
        digest(message, count, start64.map { UInt32($0 >> 32) }, rounds: 10, turns: [16, 12, 8, 7])
    }

    private static func digest<Word: FixedWidthInteger & UnsignedInteger>(
        _ message: [UInt8], _ count: Int, _ start: [Word], rounds: Int, turns: [Word]
    ) -> [UInt8] {
        let size = Word.bitWidth / 8
        let block = size * 16
        var state = start
        var words = [Word](repeating: 0, count: 16)
        state[0] ^= 0x0101_0000 ^ Word(count)
        let blocks = max(1, (message.count + block - 1) / block)
        for number in 0..<blocks {
            let isLast = number == blocks - 1
            let end = isLast ? message.count : (number + 1) * block
            for place in 0..<16 { words[place] = 0 }
            for place in 0..<end - number * block {
                words[place / size] |= Word(message[number * block + place]) << Word(8 * (place % size))
            }
            var work = state + start
            work[12] ^= Word(end)
            if isLast { work[14] = ~work[14] }
            for round in 0..<rounds {
                let order = sigma[round % 10]
                for column in 0..<4 {
                    mix(
                        &work, column, column + 4, column + 8, column + 12, words[order[column * 2]],
                        words[order[column * 2 + 1]], turns)
                }
                for column in 0..<4 {
                    mix(
                        &work, column, (column + 1) % 4 + 4, (column + 2) % 4 + 8, (column + 3) % 4 + 12,
                        words[order[8 + column * 2]], words[order[9 + column * 2]], turns)
                }
            }
            for index in 0..<8 { state[index] ^= work[index] ^ work[index + 8] }
        }
        return Array(
            state.flatMap { word in (0..<size).map { UInt8(truncatingIfNeeded: word >> Word(8 * $0)) } }.prefix(count))
    }

    @inline(__always)
    private static func mix<Word: FixedWidthInteger & UnsignedInteger>(
        _ work: inout [Word], _ a: Int, _ b: Int, _ c: Int, _ d: Int, _ x: Word, _ y: Word, _ turns: [Word]
    ) {
        func turned(_ value: Word, _ by: Word) -> Word { value &>> by | value &<< (Word(Word.bitWidth) &- by) }
        work[a] = work[a] &+ work[b] &+ x
        work[d] = turned(work[d] ^ work[a], turns[0])
        work[c] = work[c] &+ work[d]
        work[b] = turned(work[b] ^ work[c], turns[1])
        work[a] = work[a] &+ work[b] &+ y
        work[d] = turned(work[d] ^ work[a], turns[2])
        work[c] = work[c] &+ work[d]
        work[b] = turned(work[b] ^ work[c], turns[3])
    }
}

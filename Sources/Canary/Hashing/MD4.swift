// SPDX-License-Identifier: Apache-2.0

/// MD4 (RFC 1320), which old directories still hash with.
enum MD4 {
    static func digest(_ message: [UInt8]) -> [UInt8] {
        var padded = message + [0x80]
        padded += [UInt8](repeating: 0, count: (120 - padded.count % 64) % 64)
        let bits = UInt64(message.count) * 8
        padded += (0..<8).map { UInt8(truncatingIfNeeded: bits >> (8 * UInt64($0))) }
        var state: [UInt32] = [0x6745_2301, 0xEFCD_AB89, 0x98BA_DCFE, 0x1032_5476]
        for start in stride(from: 0, to: padded.count, by: 64) { compress(&state, padded[start..<start + 64]) }
        return state.flatMap { word in (0..<4).map { UInt8(truncatingIfNeeded: word >> (8 * UInt32($0))) } }
    }

    private static let turns: [[UInt32]] = [[3, 7, 11, 19], [3, 5, 9, 13], [3, 9, 11, 15]]
    private static let orders: [[Int]] = [
        Array(0..<16), [0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15],
        [0, 8, 4, 12, 2, 10, 6, 14, 1, 9, 5, 13, 3, 11, 7, 15],
    ]
    private static let constants: [UInt32] = [0, 0x5A82_7999, 0x6ED9_EBA1]

    private static func compress(_ state: inout [UInt32], _ block: ArraySlice<UInt8>) {
        var words = [UInt32](repeating: 0, count: 16)
        for (place, byte) in block.enumerated() { words[place / 4] |= UInt32(byte) << UInt32(8 * (place % 4)) }
        var (a, b, c, d) = (state[0], state[1], state[2], state[3])
        for round in 0..<3 {
            for step in 0..<16 {
                let mixed =
                    switch round {
                    case 0: b & c | ~b & d
                    case 1: b & c | b & d | c & d
                    default: b ^ c ^ d
                    }
                let sum = a &+ mixed &+ words[orders[round][step]] &+ constants[round]
                let turn = turns[round][step % 4]
                (a, b, c, d) = (d, sum << turn | sum >> (32 - turn), b, c)
            }
        }
        for (index, word) in zip(0..<4, [a, b, c, d]) { state[index] = state[index] &+ word }
    }
}

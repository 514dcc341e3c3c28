// SPDX-License-Identifier: Apache-2.0

/// The sponge of SHA-3 (FIPS 202), for the widths that the crypto library does not offer.
enum Keccak {
    static func sha3Of224Bits(_ message: [UInt8]) -> [UInt8] { sponge(message, rate: 144, suffix: 0x06, count: 28) }

    /// As Ethereum uses it: padded as before the standard.
    static func keccak256(_ message: [UInt8]) -> [UInt8] { sponge(message, rate: 136, suffix: 0x01, count: 32) }

    /// - Parameter count: bytes, at most 168.
    static func shake128(_ message: [UInt8], count: Int) -> [UInt8] {
        sponge(message, rate: 168, suffix: 0x1F, count: count)
    }

    /// - Parameter count: bytes, at most 136.
    static func shake256(_ message: [UInt8], count: Int) -> [UInt8] {
        sponge(message, rate: 136, suffix: 0x1F, count: count)
    }

    private static func sponge(_ message: [UInt8], rate: Int, suffix: UInt8, count: Int) -> [UInt8] {
        var padded = message + [suffix]
        padded += [UInt8](repeating: 0, count: (rate - padded.count % rate) % rate)
        padded[padded.count - 1] |= 0x80
        var state = [UInt64](repeating: 0, count: 25)
        for start in stride(from: 0, to: padded.count, by: rate) {
            for place in 0..<rate { state[place / 8] ^= UInt64(padded[start + place]) << UInt64(place % 8 * 8) }
            permute(&state)
        }
        return (0..<count).map { UInt8(truncatingIfNeeded: state[$0 / 8] >> UInt64($0 % 8 * 8)) }
    }

    private static func turned(_ value: UInt64, _ by: UInt64) -> UInt64 {
        by == 0 ? value : value << by | value >> (64 - by)
    }

    private static func permute(_ state: inout [UInt64]) {
        withUnsafeTemporaryAllocation(of: UInt64.self, capacity: 30) { work in
            let moved = UnsafeMutableBufferPointer(rebasing: work[..<25])
            let columns = UnsafeMutableBufferPointer(rebasing: work[25...])
            state.withUnsafeMutableBufferPointer { state in
                for constant in rounds { round(state, moved, columns, constant) }
            }
        }
    }

    @inline(__always)
    private static func round(
        _ state: UnsafeMutableBufferPointer<UInt64>, _ moved: UnsafeMutableBufferPointer<UInt64>,
        _ columns: UnsafeMutableBufferPointer<UInt64>, _ constant: UInt64
    ) {
        for x in 0..<5 { columns[x] = state[x] ^ state[x + 5] ^ state[x + 10] ^ state[x + 15] ^ state[x + 20] }
        for x in 0..<5 {
            let mixed = columns[(x + 4) % 5] ^ turned(columns[(x + 1) % 5], 1)
            for y in 0..<5 {
                let place = x + 5 * y
                moved[y + 5 * ((2 * x + 3 * y) % 5)] = turned(state[place] ^ mixed, turns[place])
            }
        }
        for row in stride(from: 0, to: 25, by: 5) {
            for x in 0..<5 {
                let (next, second) = (moved[row + (x + 1) % 5], moved[row + (x + 2) % 5])
                state[row + x] = moved[row + x] ^ (~next & second)
            }
        }
        state[0] ^= constant
    }

    private static let turns: [UInt64] = [
        0, 1, 62, 28, 27, 36, 44, 6, 55, 20, 3, 10, 43, 25, 39, 41, 45, 15, 21, 8, 18, 2, 61, 56, 14,
    ]
    private static let rounds: [UInt64] = [
        0x0000_0000_0000_0001, 0x0000_0000_0000_8082, 0x8000_0000_0000_808A, 0x8000_0000_8000_8000,
        0x0000_0000_0000_808B, 0x0000_0000_8000_0001, 0x8000_0000_8000_8081, 0x8000_0000_0000_8009,
        0x0000_0000_0000_008A, 0x0000_0000_0000_0088, 0x0000_0000_8000_8009, 0x0000_0000_8000_000A,
        0x0000_0000_8000_808B, 0x8000_0000_0000_008B, 0x8000_0000_0000_8089, 0x8000_0000_0000_8003,
        0x8000_0000_0000_8002, 0x8000_0000_0000_0080, 0x0000_0000_0000_800A, 0x8000_0000_8000_000A,
        0x8000_0000_8000_8081, 0x8000_0000_0000_8080, 0x0000_0000_8000_0001, 0x8000_0000_8000_8008,
    ]
}

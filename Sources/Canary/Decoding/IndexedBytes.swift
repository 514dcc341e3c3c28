// SPDX-License-Identifier: Apache-2.0

/// `{"0":76,"1":117}`: how JavaScript writes an array of bytes as JSON.
enum IndexedBytes {
    private typealias Bytes = UnsafeBufferPointer<UInt8>

    static func expand(_ view: View, into expansion: inout Expansion) {
        view.bytes.withUnsafeBufferPointer { bytes in
            var position = 0
            while let found = ByteRuns.first(Array("{\"0\":".utf8), in: Bytes(rebasing: bytes[position...])) {
                let start = position + found
                let (text, end) = list(bytes, start + 1)
                if text.count >= 6 {
                    expansion.views.append(
                        View(
                            bytes: text, chain: view.chain + ["character-codes"],
                            segments: [.init(start: 0, root: view.root(start..<end), isLinear: false)]))
                }
                position = max(end, start + 5)
            }
        }
    }

    /// The values as long as their names count on from zero.
    private static func list(_ bytes: Bytes, _ start: Int) -> (text: [UInt8], end: Int) {
        var index = start
        var text: [UInt8] = []
        func skip(_ signs: [UInt8]) {
            while index < bytes.count, signs.contains(bytes[index]) { index += 1 }
        }
        func number() -> Int? {
            var value: Int?
            while index < bytes.count, Surroundings.isDigit(bytes[index]), value ?? 0 < 1 << 24 {
                value = (value ?? 0) * 10 + Int(bytes[index] - 0x30)
                index += 1
            }
            return value
        }
        while index < bytes.count, bytes[index] == 0x22 {
            index += 1
            guard number() == text.count, index < bytes.count, bytes[index] == 0x22 else { break }
            index += 1
            skip([0x3A, 0x20])
            guard let value = number(), value < 256 else { break }
            text.append(UInt8(value))
            skip([0x2C, 0x20, 0x0A, 0x0D])
        }
        return (text, index)
    }
}

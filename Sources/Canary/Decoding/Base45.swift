// SPDX-License-Identifier: Apache-2.0

/// RFC 9285: two bytes are three characters of an alphabet that barcodes take whole.
enum Base45 {
    private static let alphabet = Array("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:".utf8)
    private static let values = ByteRuns.table { byte in alphabet.firstIndex(of: byte).map(UInt8.init) ?? 255 }

    static func encode(_ bytes: [UInt8]) -> [UInt8] {
        var text: [UInt8] = []
        for start in stride(from: 0, to: bytes.count, by: 2) {
            let isWhole = start + 1 < bytes.count
            var word = isWhole ? Int(bytes[start]) << 8 | Int(bytes[start + 1]) : Int(bytes[start])
            for _ in 0..<(isWhole ? 3 : 2) {
                text.append(alphabet[word % 45])
                word /= 45
            }
        }
        return text
    }

    /// The characters that do not depend on what stands before and after the bytes.
    static func inner(_ bytes: [UInt8]) -> [[UInt8]] {
        (0..<2).map { phase in encode(Array(bytes.dropFirst(phase).prefix((bytes.count - phase) & ~1))) }
    }

    static func holds(_ byte: UInt8) -> Bool { values.marks[Int(byte)] != 255 }

    /// Whether it looks like more than numbers and times, which are made of the same characters.
    static func mayHold(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
        let values = values.marks
        var capitals = 0
        for byte in text {
            if values[Int(byte)] == 255 { return false }
            if byte >= 0x41 { capitals &+= 1 }
        }
        return capitals >= 3
    }

    /// Nil where a character is none of the alphabet, or a group is no number of its width.
    static func decode(_ text: UnsafeBufferPointer<UInt8>) -> [UInt8]? {
        let values = values.marks
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.count)
        var index = 0
        while index < text.count {
            let width = min(3, text.count - index)
            var word = 0
            for place in (0..<width).reversed() {
                guard values[Int(text[index + place])] != 255 else { return nil }
                word = word * 45 + Int(values[Int(text[index + place])])
            }
            // One character at the end belongs to what follows.
            if width == 3 {
                guard word <= 0xFFFF else { return nil }
                bytes.append(UInt8(word >> 8))
                bytes.append(UInt8(word & 255))
            } else if width == 2, word <= 0xFF {
                bytes.append(UInt8(word))
            }
            index += width
        }
        return bytes
    }
}

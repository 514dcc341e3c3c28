// SPDX-License-Identifier: Apache-2.0

/// Whether bytes are a text.
extension RunDecoder {
    /// Readable, or valid UTF-8.
    static func isText(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        if isReadable(bytes) { return true }
        var index = 0
        while index < bytes.count {
            let width = bytes[index] < 0x80 ? 1 : FoldedText.scalar(bytes, at: index).1
            if width == 1, bytes[index] >= 0x80 { return false }
            index += width
        }
        return true
    }

    /// Mostly printable, or UTF-16 of printable, or the beginning of something compressed.
    static func isReadable(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        guard bytes.count > 1 else { return bytes.isEmpty }
        return isMarked(bytes) || strange(bytes) * 4 <= bytes.count
    }

    /// Whether something compressed may begin.
    static func isMarked(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        guard bytes.count > 1 else { return false }
        return bytes[0] == 0x78 || (bytes[0] == 0x1F && bytes[1] == 0x8B) || (bytes[0] == 0x50 && bytes[1] == 0x4B)
    }

    /// How many bytes no text holds.
    static func strange(_ bytes: UnsafeBufferPointer<UInt8>) -> Int {
        let table = readable.marks
        var good = 0
        for byte in bytes { good &+= Int(table[Int(byte)]) }
        return bytes.count - good
    }

    /// 1: what a text is made of.
    private static let readable = ByteRuns.table { byte in
        byte == 0 || byte == 9 || byte == 10 || byte == 13 || (byte >= 32 && byte < 127) ? 1 : 0
    }
}

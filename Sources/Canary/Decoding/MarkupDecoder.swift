// SPDX-License-Identifier: Apache-2.0

/// What stands within a word for the eye only: tags, colours of a terminal, distances between a document's letters.
enum MarkupDecoder {
    /// First bytes of such marks, and how each is read.
    static var triggers: [(UInt8, (EscapeDecoder.Bytes, Int) -> EscapeDecoder.Escape?)] {
        [(UInt8(ascii: "<"), tags), (0x1B, colour), (UInt8(ascii: ")"), distance)]
    }

    private static func isText(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte) || (0x61...0x7A).contains(byte | 32) || byte >= 0x80 || byte == 0x2D
            || byte == 0x40
            || byte == 0x2E
    }

    /// Tags in a row are one mark; it counts where a text goes on behind it.
    private static func tags(_ bytes: EscapeDecoder.Bytes, _ index: Int) -> EscapeDecoder.Escape? {
        var end = index
        while end < bytes.count, bytes[end] == UInt8(ascii: "<"), let next = tag(bytes, end) { end = next }
        guard end > index else { return nil }
        let counts = index > 0 && isText(bytes[index - 1]) && end < bytes.count && isText(bytes[end])
        return (end - index, [], counts)
    }

    private static func tag(_ bytes: EscapeDecoder.Bytes, _ index: Int) -> Int? {
        guard index + 2 < bytes.count else { return nil }
        let first = bytes[index + 1]
        guard (0x61...0x7A).contains(first | 32) || [0x21, 0x2F, 0x3F].contains(first) else { return nil }
        var end = index + 2
        while end < bytes.count, end < index + 200, bytes[end] != UInt8(ascii: ">") {
            if bytes[end] == UInt8(ascii: "<") { return nil }
            end += 1
        }
        return end < bytes.count && bytes[end] == UInt8(ascii: ">") ? end + 1 : nil
    }

    /// `ESC [ 1 ; 31 m` (ECMA-48).
    private static func colour(_ bytes: EscapeDecoder.Bytes, _ index: Int) -> EscapeDecoder.Escape? {
        guard index + 2 < bytes.count, bytes[index + 1] == UInt8(ascii: "[") else { return nil }
        var end = index + 2
        while end < bytes.count, end < index + 24, (0x20...0x3F).contains(bytes[end]) { end += 1 }
        guard end < bytes.count, (0x40...0x7E).contains(bytes[end]) else { return nil }
        return (end + 1 - index, [], true)
    }

    /// `[(Nae) -20 (gray)] TJ` of a PDF.
    private static func distance(_ bytes: EscapeDecoder.Bytes, _ index: Int) -> EscapeDecoder.Escape? {
        var end = index + 1
        var digits = 0
        while end < bytes.count, end < index + 16, bytes[end] != UInt8(ascii: "(") {
            switch bytes[end] {
            case 0x30...0x39: digits += 1
            case 0x20, 0x0A, 0x0D, 0x2D, 0x2E: break
            default: return nil
            }
            end += 1
        }
        guard digits > 0, end < bytes.count, bytes[end] == UInt8(ascii: "(") else { return nil }
        return (end + 1 - index, [], true)
    }
}

// SPDX-License-Identifier: Apache-2.0

/// Escapes of RTF, in which EHRs keep notes.
enum RichText {
    /// `\'e8` and `\u232?`, negative beyond 32767.
    static func escape(_ bytes: EscapeDecoder.Bytes, _ index: Int) -> EscapeDecoder.Escape? {
        guard index + 4 <= bytes.count else { return nil }
        if bytes[index + 1] == UInt8(ascii: "'") {
            return EscapeDecoder.hex(bytes, index + 2, 2).map { (4, EscapeDecoder.utf8($0), true) }
        }
        guard bytes[index + 1] == UInt8(ascii: "u") else { return nil }
        var end = index + 2
        let isNegative = bytes[end] == UInt8(ascii: "-")
        if isNegative { end += 1 }
        let start = end
        var value: UInt32 = 0
        while end < bytes.count, end < start + 5, Surroundings.isDigit(bytes[end]) {
            value = value * 10 + UInt32(bytes[end] - 0x30)
            end += 1
        }
        // What a reader without Unicode shows.
        guard end > start + 1, end < bytes.count, bytes[end] == UInt8(ascii: "?"), value < 0x1_0000 else { return nil }
        return (end + 1 - index, EscapeDecoder.utf8(isNegative ? 0x1_0000 - value : value), true)
    }
}

/// `\4c\65`, as directories write names and filters (RFC 4514, RFC 4515).
enum BackslashPairs {
    /// One alone may be a folder of Windows; two side by side are hardly two.
    static func escape(_ bytes: EscapeDecoder.Bytes, _ index: Int) -> EscapeDecoder.Escape? {
        guard let value = pair(bytes, index), pair(bytes, index + 3) != nil || pair(bytes, index - 3) != nil else {
            return nil
        }
        return (3, [value], true)
    }

    private static func pair(_ bytes: EscapeDecoder.Bytes, _ index: Int) -> UInt8? {
        guard index >= 0, index + 3 <= bytes.count, bytes[index] == UInt8(ascii: "\\") else { return nil }
        return EscapeDecoder.hex(bytes, index + 1, 2).map { UInt8($0) }
    }
}

// SPDX-License-Identifier: Apache-2.0

/// What a match looks like without what it says: `+9 999 999-9999`, `Xxxx X'Xxxxx`, `XX9xXXxx=`.
enum MaskedExcerpt {
    /// Bytes shown at most.
    private static let limit = 48

    /// Letters as `x` and `X`, digits as `9`, marks as they are, any other byte as `·`. A letter of several bytes is one `x`.
    static func of(_ bytes: Slice<UnsafeBufferPointer<UInt8>>) -> String {
        var masked: [UInt8] = []
        masked.reserveCapacity(limit + 8)
        for byte in bytes.prefix(limit) {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), 0xC0...: masked.append(UInt8(ascii: "x"))
            case UInt8(ascii: "A")...UInt8(ascii: "Z"): masked.append(UInt8(ascii: "X"))
            case UInt8(ascii: "0")...UInt8(ascii: "9"): masked.append(UInt8(ascii: "9"))
            case 0x20..<0x7F: masked.append(byte)
            case 0x80..<0xC0: continue
            default: masked += "·".utf8
            }
        }
        return String(decoding: masked, as: UTF8.self) + (bytes.count > limit ? "…" : "")
    }
}

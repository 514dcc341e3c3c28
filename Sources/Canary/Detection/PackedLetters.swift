// SPDX-License-Identifier: Apache-2.0

/// Alphabets that are too rare to be decoded everywhere: a value that stands alone in one is searched as it is.
enum PackedLetters {
    /// Small letters and digits that are easy to tell apart (z-base-32).
    static let zBase32 = Array("ybndrfg8ejkmcpqxot1uwisza345h769".utf8)
    /// Base64 as password files order it.
    static let crypt64 = Array("./ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789".utf8)

    /// - Parameter width: bits a letter. What does not fill a letter is left out.
    static func encode(_ bytes: [UInt8], _ alphabet: [UInt8], width: Int) -> [UInt8] {
        var text: [UInt8] = []
        var (word, bits) = (0, 0)
        for byte in bytes {
            word = (word << 8 | Int(byte)) & 0xFFFF
            bits += 8
            while bits >= width {
                bits -= width
                text.append(alphabet[word >> bits & (1 << width - 1)])
            }
        }
        return text
    }
}

/// basE91: thirteen or fourteen bits, the lowest first, in two of ninety-one signs.
enum Base91 {
    private static let alphabet = Array(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789!#$%&()*+,./:;<=>?@[]^_`{|}~\"".utf8)

    static func encode(_ bytes: [UInt8]) -> [UInt8] {
        var text: [UInt8] = []
        var (word, bits) = (0, 0)
        for byte in bytes {
            word |= Int(byte) << bits
            bits += 8
            guard bits > 13 else { continue }
            let width = word & 0x1FFF > 88 ? 13 : 14
            let value = word & (1 << width - 1)
            word >>= width
            bits -= width
            text += [alphabet[value % 91], alphabet[value / 91]]
        }
        guard bits > 0 else { return text }
        text.append(alphabet[word % 91])
        if bits > 7 || word > 90 { text.append(alphabet[word / 91]) }
        return text
    }
}

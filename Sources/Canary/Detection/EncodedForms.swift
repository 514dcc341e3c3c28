// SPDX-License-Identifier: Apache-2.0

internal import Foundation
internal import World

/// Forms that stand in the bytes of an encoding: they are searched without folding, and so also where an encoded run
/// begins
/// in the middle of another.
extension NeedleMaker {
    /// The spellings of the value that programs make before they encode or hash it.
    var spellings: [String] {
        let value = canary.value
        var all = [
            value, value.lowercased(), value.uppercased(), String(decoding: FoldedText.fold(value), as: UTF8.self),
        ]
        all.append(value.precomposedStringWithCanonicalMapping)
        all.append(value.decomposedStringWithCanonicalMapping)
        let digits = value.filter { $0.isNumber && $0.isASCII }
        if digits.count >= 7 { all.append(digits) }
        if canary.dataClass == .phone || canary.dataClass == .fax, digits.count == 11 {
            all.append(String(digits.dropFirst()))
        }
        if canary.dataClass == .birthDate, digits.count == 8 {
            let (year, month, day) = (digits.prefix(4), digits.dropFirst(4).prefix(2), digits.suffix(2))
            all += ["\(month)/\(day)/\(year)", "\(month)\(day)\(year)", "\(day).\(month).\(year)"]
        }
        var seen = Set<[UInt8]>()
        // Canonically equal strings compare equal in Swift; their bytes do not.
        return all.filter { seen.insert(Array($0.utf8)).inserted }
    }

    mutating func addEncodedForms() {
        for spelling in spellings.prefix(3) {
            let bytes = Array(spelling.utf8)
            guard bytes.count >= 7 else { continue }
            // The outermost bits are lost: enough to take one number for its neighbour, so numbers are left to
            // decoding.
            if spelling.filter({ !$0.isNumber }).count >= 7 {
                for needle in Base64Phase.inner(bytes) { addRaw(needle, chain: ["base64"]) }
            }
            addRaw(Base58.encode(bytes), chain: ["base58"])
            addAlphabets(bytes)
            for needle in Base45.inner(bytes) { addRaw(needle, chain: ["base45"]) }
            for label in Punycode.labels(of: spelling) { addRaw(label, chain: ["punycode"]) }
            for alphabet in Base85.Alphabet.allCases { addRaw(Base85.encode(bytes, alphabet), chain: ["base85"]) }
            let units = Array(spelling.utf16)
            addRaw(units.flatMap { [UInt8(truncatingIfNeeded: $0), UInt8($0 >> 8)] }, chain: ["utf-16le"])
            addRaw(units.flatMap { [UInt8($0 >> 8), UInt8(truncatingIfNeeded: $0)] }, chain: ["utf-16be"])
            if !spelling.allSatisfy(\.isASCII) {
                let encodings: [(String.Encoding, String)] = [
                    (.windowsCP1251, "windows-1251"), (.windowsCP1250, "windows-1250"), (.shiftJIS, "shift-jis"),
                    (.japaneseEUC, "euc-jp"),
                ]
                for (encoding, name) in encodings {
                    if let data = spelling.data(using: encoding) { addRaw(Array(data), chain: [name]) }
                }
                let scalars = spelling.unicodeScalars.map(\.value)
                let wide = scalars.flatMap { value in
                    (0..<4).map { UInt8(truncatingIfNeeded: value >> (8 * UInt32($0))) }
                }
                let wideBig = scalars.flatMap { value in
                    (0..<4).map { UInt8(truncatingIfNeeded: value >> (24 - 8 * UInt32($0))) }
                }
                addRaw(wide, chain: ["utf-32le"])
                addRaw(wideBig, chain: ["utf-32be"])
            }
        }
    }
}

extension NeedleMaker {
    /// Forms of a value that stands alone, which decoding does not look for: too many words could be one.
    private mutating func addAlphabets(_ bytes: [UInt8]) {
        let small = "abcdefghijklmnopqrstuvwxyz"
        let digits = "0123456789"
        for (name, alphabet) in [
            ("base62", digits + small.uppercased() + small), ("base62", digits + small + small.uppercased()),
            ("base36", digits + small), ("base36", digits + small.uppercased()),
        ] {
            addRaw(LargeNumber.text(of: bytes, Array(alphabet.utf8)), chain: [name])
        }
        for needle in Base64Phase.inner(bytes) { addRaw(needle.reversed(), chain: ["reversed", "base64"]) }
        addRaw(bytes.map { $0 > 32 && $0 < 127 ? 33 + ($0 - 33 + 47) % 94 : $0 }, chain: ["rot47"])
        if bytes.allSatisfy({ $0 < 0x80 }) { addRaw(bytes.map(EBCDIC.byte), chain: ["ebcdic"]) }
    }
}

/// Bytes read as one number and written to another base.
enum LargeNumber {
    static func text(of bytes: [UInt8], _ alphabet: [UInt8]) -> [UInt8] {
        var number = bytes
        var output: [UInt8] = []
        while !number.isEmpty {
            var rest = 0
            var quotient: [UInt8] = []
            for byte in number {
                rest = rest << 8 | Int(byte)
                let digit = UInt8(rest / alphabet.count)
                if digit > 0 || !quotient.isEmpty { quotient.append(digit) }
                rest %= alphabet.count
            }
            output.append(alphabet[rest])
            number = quotient
        }
        return output.reversed()
    }
}

/// IBM's code pages 037 and 500, which agree on letters, digits and what stands in names and numbers.
enum EBCDIC {
    static func byte(_ ascii: UInt8) -> UInt8 {
        switch ascii {
        case 0x30...0x39: ascii + 0xC0
        case 0x41...0x49: ascii + 0x80
        case 0x4A...0x52: ascii - 0x4A + 0xD1
        case 0x53...0x5A: ascii - 0x53 + 0xE2
        case 0x61...0x69: ascii + 0x20
        case 0x6A...0x72: ascii - 0x6A + 0x91
        case 0x73...0x7A: ascii - 0x73 + 0xA2
        default: other[ascii] ?? 0x6F
        }
    }

    private static let other: [UInt8: UInt8] = [
        0x20: 0x40, 0x2E: 0x4B, 0x28: 0x4D, 0x2B: 0x4E, 0x26: 0x50, 0x29: 0x5D, 0x2D: 0x60, 0x2F: 0x61, 0x2C: 0x6B,
        0x25: 0x6C, 0x5F: 0x6D, 0x3A: 0x7A, 0x23: 0x7B, 0x40: 0x7C, 0x27: 0x7D, 0x3D: 0x7E, 0x22: 0x7F,
    ]
}

/// Base64 of a text depends on where in a group of three bytes it begins; only its inner characters are certain.
enum Base64Phase {
    static func inner(_ bytes: [UInt8]) -> [[UInt8]] {
        (0..<3).flatMap { phase -> [[UInt8]] in
            let padded = [UInt8](repeating: 0, count: phase) + bytes
            let text = Array(Data(padded).base64EncodedString().utf8)
            let lead = [0, 2, 3][phase]
            let certain = padded.count * 8 / 6
            guard certain > lead else { return [] }
            let standard = Array(text[lead..<certain])
            let url = standard.map {
                $0 == UInt8(ascii: "+") ? UInt8(ascii: "-") : $0 == UInt8(ascii: "/") ? UInt8(ascii: "_") : $0
            }
            return url == standard ? [standard] : [standard, url]
        }
    }
}

// SPDX-License-Identifier: Apache-2.0

internal import Foundation
internal import World

/// Forms that stand in the bytes of an encoding: they are searched without folding, and so also where an encoded run
/// begins in the middle of another.
extension NeedleMaker {
    /// The spellings of the value that programs make before they encode or hash it.
    static func spellings(of canary: Canary) -> [String] {
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

    /// Of a value drawn at random: as it is, and within base64; other encodings of programs are decoded.
    mutating func addRandomForms() {
        add(canary.value)
        for needle in Base64Phase.inner(Array(canary.value.utf8)) { addRaw(needle, chain: ["base64"]) }
    }

    mutating func addEncodedForms() {
        addDifferences(Array(canary.value.utf8))
        for spelling in spellings.prefix(3) {
            let bytes = Array(spelling.utf8)
            guard bytes.count >= 7 else { continue }
            // The outermost bits are lost: enough to take one number for its neighbour, so numbers are left to
            // decoding.
            let inner = Base64Phase.inner(bytes)
            if spelling.count(where: { !Self.isNumber($0) }) >= 7 {
                for needle in inner { addRaw(needle, chain: ["base64"]) }
            }
            for needle in inner { addRaw(needle.reversed(), chain: ["reversed", "base64"]) }
            addAlphabets(bytes)
            for needle in Base45.inner(bytes) { addRaw(needle, chain: ["base45"]) }
            for label in Punycode.labels(of: spelling) { addRaw(label, chain: ["punycode"]) }
            for alphabet in Base85.Alphabet.allCases { addRaw(Base85.encode(bytes, alphabet), chain: ["base85"]) }
            let units = Array(spelling.utf16)
            addRaw(Self.bytes(of: units, lowestFirst: true), chain: ["utf-16le"])
            addRaw(Self.bytes(of: units, lowestFirst: false), chain: ["utf-16be"])
            if !spelling.allSatisfy(\.isASCII) {
                for page in CodePages.encodings(of: spelling) { addRaw(page.bytes, chain: [page.name]) }
                // As it is: folded, only the signs of the script would be left, which another word has too.
                for wrong in CodePages.mistaken(spelling) { addRaw(Array(wrong.text.utf8), chain: [wrong.name]) }
                let scalars = spelling.unicodeScalars.map(\.value)
                addRaw(Self.bytes(of: scalars, lowestFirst: true), chain: ["utf-32le"])
                addRaw(Self.bytes(of: scalars, lowestFirst: false), chain: ["utf-32be"])
            }
        }
    }

    private static func isNumber(_ character: Character) -> Bool {
        character.asciiValue.map { $0 >= 0x30 && $0 <= 0x39 } ?? character.isNumber
    }

    private static func bytes(of units: [some FixedWidthInteger], lowestFirst: Bool) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(units.count * 4)
        for unit in units {
            withUnsafeBytes(of: lowestFirst ? unit.littleEndian : unit.bigEndian) { bytes += $0 }
        }
        return bytes
    }
}

extension NeedleMaker {
    /// Forms of a value that stands alone, which decoding does not look for: too many words could be one.
    private mutating func addAlphabets(_ bytes: [UInt8]) {
        for alphabet in Base58.Alphabet.allCases { addRaw(Base58.encode(bytes, alphabet), chain: ["base58"]) }
        addRaw(PackedLetters.encode(bytes, PackedLetters.zBase32, width: 5), chain: ["base32"])
        addRaw(PackedLetters.encode(bytes, PackedLetters.crypt64, width: 6), chain: ["base64"])
        addRaw(Base91.encode(bytes), chain: ["base91"])
        let small = LargeNumber.digits(of: bytes, base: 36)
        addRaw(small.map { Self.capitalsLast[Int($0)] }, chain: ["base36"])
        addRaw(small.map { Self.capitalsFirst[Int($0)] }, chain: ["base36"])
        let crockford = LargeNumber.digits(of: bytes, base: 32).map { Self.crockford[Int($0)] }
        addRaw(crockford, chain: ["base32"])
        addRaw(crockford.map { $0 >= 0x41 ? $0 | 32 : $0 }, chain: ["base32"])
        let large = LargeNumber.digits(of: bytes, base: 62)
        addRaw(large.map { Self.capitalsFirst[Int($0)] }, chain: ["base62"])
        addRaw(large.map { Self.capitalsLast[Int($0)] }, chain: ["base62"])
        addRaw(bytes.map { $0 > 32 && $0 < 127 ? 33 + ($0 - 33 + 47) % 94 : $0 }, chain: ["rot47"])
        if bytes.allSatisfy({ $0 < 0x80 }) { addRaw(bytes.map(EBCDIC.byte), chain: ["ebcdic"]) }
    }

    /// Without I, L, O and U.
    private static let crockford = Array("0123456789ABCDEFGHJKMNPQRSTVWXYZ".utf8)
    private static let capitalsFirst = Array("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz".utf8)
    private static let capitalsLast = Array("0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ".utf8)
}

/// Bytes read as one number and written to another base.
enum LargeNumber {
    /// The number's digits, the highest first; none where every byte is zero.
    /// - Parameter base: at most 64.
    static func digits(of bytes: [UInt8], base: UInt64) -> [UInt8] {
        // Five digits at a time: 64^5 is less than 2^32, so that a rest and four bytes are one word.
        let scale = base * base * base * base * base
        var number: [UInt64] = []
        for start in Swift.stride(from: bytes.count, to: 0, by: -4) {
            number.append(bytes[max(0, start - 4)..<start].reduce(0) { $0 << 8 | UInt64($1) })
        }
        var output: [UInt8] = []
        output.reserveCapacity(bytes.count * 2)
        while let highest = number.last {
            guard highest > 0 else {
                number.removeLast()
                continue
            }
            var rest: UInt64 = 0
            for index in number.indices.reversed() {
                let word = rest << 32 | number[index]
                number[index] = word / scale
                rest = word % scale
            }
            for _ in 0..<5 {
                output.append(UInt8(rest % base))
                rest /= base
            }
        }
        while output.last == 0 { output.removeLast() }
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
    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

    static func inner(_ bytes: [UInt8]) -> [[UInt8]] {
        var found: [[UInt8]] = []
        for phase in 0..<3 {
            // The first bit of the first character that holds none of what stands before.
            let lead = [0, 4, 2][phase]
            var standard: [UInt8] = []
            standard.reserveCapacity(bytes.count * 4 / 3)
            var isMarked = false
            for bit in Swift.stride(from: lead, through: bytes.count * 8 - 6, by: 6) {
                let byte = bit >> 3
                let pair = UInt16(bytes[byte]) << 8 | (byte + 1 < bytes.count ? UInt16(bytes[byte + 1]) : 0)
                let sextet = pair >> UInt16(10 - bit & 7) & 63
                if sextet >= 62 { isMarked = true }
                standard.append(alphabet[Int(sextet)])
            }
            guard !standard.isEmpty else { continue }
            found.append(standard)
            if isMarked {
                found.append(
                    standard.map {
                        $0 == UInt8(ascii: "+") ? UInt8(ascii: "-") : $0 == UInt8(ascii: "/") ? UInt8(ascii: "_") : $0
                    })
            }
        }
        return found
    }
}

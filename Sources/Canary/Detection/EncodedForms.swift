// SPDX-License-Identifier: Apache-2.0

internal import Crypto
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

    /// Every unkeyed digest of every spelling, with its name.
    var digests: [(name: String, bytes: [UInt8])] {
        spellings.flatMap { spelling -> [(name: String, bytes: [UInt8])] in
            let data = Data(spelling.utf8)
            return [
                ("md5", Array(Insecure.MD5.hash(data: data))), ("sha1", Array(Insecure.SHA1.hash(data: data))),
                ("sha256", Array(SHA256.hash(data: data))), ("sha384", Array(SHA384.hash(data: data))),
                ("sha512", Array(SHA512.hash(data: data))),
            ]
        }
    }
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

// SPDX-License-Identifier: Apache-2.0

internal import Crypto
internal import Foundation
internal import World

/// How a digest without a key was made.
enum DigestFunction: String, Sendable {
    case md5, sha1, sha224, sha256, sha384, sha512, ripemd160, blake2b, blake2s, uuid3, uuid5
    case blake2bShort = "blake2b-256"
    case sha3Short = "sha3-256"
    case sha3Middle = "sha3-384"
    case sha3Long = "sha3-512"
    case md5Twice = "md5-twice"
    case sha1Twice = "sha1-twice"
    case sha256Twice = "sha256-twice"
}

/// Digests without a key: whoever knows the few possible values has them back by trying.
extension NeedleMaker {
    /// What programs hash: the value in its spellings, and for some classes its usual formats and parts.
    private var hashed: [String] {
        var all = spellings
        let value = canary.value
        let digits = value.filter { $0.isNumber && $0.isASCII }
        switch canary.dataClass {
        case .phone, .fax:
            let national = digits.count == 11 && digits.hasPrefix("1") ? String(digits.dropFirst()) : digits
            all += ["+" + digits, "1" + national]
            guard national.count == 10 else { break }
            let (area, exchange, line) = (national.prefix(3), national.dropFirst(3).prefix(3), national.suffix(4))
            all += ["\(area)-\(exchange)-\(line)", "(\(area)) \(exchange)-\(line)", "\(area).\(exchange).\(line)"]
        case .displayName, .relativeName:
            let words = value.split(separator: " ").map(String.init)
            guard words.count > 1, let given = words.first, let family = words.last else { break }
            for text in [family, given + family, "\(family), \(given)", "\(family)^\(given)", "\(family) \(given)"] {
                all += [text, text.lowercased(), text.uppercased()]
            }
        case .medicalRecordNumber, .accountNumber, .healthPlanNumber, .licenceNumber:
            if digits.count >= 6 { all.append(digits) }
        default: break
        }
        var seen = Set<[UInt8]>()
        return all.filter { seen.insert(Array($0.utf8)).inserted }
    }

    /// Every unkeyed digest. The rarer functions are applied to the value as it is and in lower case. Common ones are
    /// looked for as bytes too.
    var digests: [(function: DigestFunction, bytes: [UInt8], isCommon: Bool)] {
        var found: [(function: DigestFunction, bytes: [UInt8], isCommon: Bool)] = []
        for (number, text) in hashed.enumerated() {
            let bytes = Array(text.utf8)
            let (md5, sha1) = (Array(Insecure.MD5.hash(data: bytes)), Array(Insecure.SHA1.hash(data: bytes)))
            let sha256 = Array(SHA256.hash(data: bytes))
            found += [
                (.md5, md5, number < 2), (.sha1, sha1, number < 2), (.sha256, sha256, number < 2),
                (.sha384, Array(SHA384.hash(data: bytes)), false), (.sha512, Array(SHA512.hash(data: bytes)), false),
            ]
            guard number < 2 else { continue }
            let (md5Text, sha1Text) = (Self.hexadecimal(md5), Self.hexadecimal(sha1))
            found += [
                (.sha224, SHA224.digest(bytes), false), (.ripemd160, RIPEMD160.digest(bytes), false),
                (.blake2b, Blake2.b(bytes, count: 64), false), (.blake2bShort, Blake2.b(bytes, count: 32), false),
                (.blake2s, Blake2.s(bytes, count: 32), false),
                (.sha3Short, Array(SHA3_256.hash(data: bytes)), false),
                (.sha3Middle, Array(SHA3_384.hash(data: bytes)), false),
                (.sha3Long, Array(SHA3_512.hash(data: bytes)), false),
                (.md5Twice, Array(SHA256.hash(data: md5Text)), false),
                (.md5Twice, Array(Insecure.MD5.hash(data: md5Text)), false),
                (.sha1Twice, Array(SHA256.hash(data: sha1Text)), false),
                (.sha256Twice, Array(SHA256.hash(data: Self.hexadecimal(sha256))), false),
            ]
            found += Self.identifiers(bytes).map { ($0.function, $0.bytes, false) }
        }
        return found
    }

    /// Identifiers made of a name (RFC 9562, versions 3 and 5, in the four published name spaces).
    private static func identifiers(_ bytes: [UInt8]) -> [(function: DigestFunction, bytes: [UInt8])] {
        [0x10, 0x11, 0x12, 0x14].flatMap { (last: UInt8) -> [(function: DigestFunction, bytes: [UInt8])] in
            let space: [UInt8] = [
                0x6B, 0xA7, 0xB8, last, 0x9D, 0xAD, 0x11, 0xD1, 0x80, 0xB4, 0x00, 0xC0, 0x4F, 0xD4, 0x30, 0xC8,
            ]
            func marked(_ digest: [UInt8], _ version: UInt8) -> [UInt8] {
                var id = Array(digest.prefix(16))
                id[6] = id[6] & 0x0F | version << 4
                id[8] = id[8] & 0x3F | 0x80
                return id
            }
            return [
                (.uuid3, marked(Array(Insecure.MD5.hash(data: space + bytes)), 3)),
                (.uuid5, marked(Array(Insecure.SHA1.hash(data: space + bytes)), 5)),
            ]
        }
    }

    private static func hexadecimal(_ bytes: [UInt8]) -> [UInt8] {
        let digits = Array("0123456789abcdef".utf8)
        return bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }
    }
}

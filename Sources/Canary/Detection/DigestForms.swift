// SPDX-License-Identifier: Apache-2.0

internal import Crypto
internal import Foundation
internal import World

/// How a digest without a key was made.
enum DigestFunction: String, Sendable {
    case md4, md5, sha1, sha224, sha256, sha384, sha512, ripemd160, blake2b, blake2s, uuid, uuid3, uuid5
    case keccak, shake128, shake256, fnv1a, murmur3
    case blake2bShort = "blake2b-256"
    case blake2bOther = "blake2b-short"
    case sha3Shortest = "sha3-224"
    case sha3Short = "sha3-256"
    case sha3Middle = "sha3-384"
    case sha3Long = "sha3-512"
    case md5Twice = "md5-twice"
    case sha1Twice = "sha1-twice"
    case sha256Twice = "sha256-twice"
    case xxHash = "xxhash64"
    case hmacWithoutKey = "hmac-without-key"
    case gitBlob = "git-blob"
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
            all += ["+" + digits, "tel:+" + digits, "1" + national]
            guard national.count == 10 else { break }
            let (area, exchange, line) = (national.prefix(3), national.dropFirst(3).prefix(3), national.suffix(4))
            all += ["\(area)-\(exchange)-\(line)", "(\(area)) \(exchange)-\(line)", "\(area).\(exchange).\(line)"]
            all += ["00" + digits, "+1 (\(area)) \(exchange)-\(line)", "+1-\(area)-\(exchange)-\(line)"]
        case .displayName, .relativeName:
            let words = value.split(separator: " ").map(String.init)
            guard words.count > 1, let given = words.first, let family = words.last else { break }
            for text in [
                family, given, given + family, "\(family), \(given)", "\(family)^\(given)", "\(family) \(given)",
            ] { all += [text, text.lowercased(), text.uppercased()] }
            let unmarked = String(value.decomposedStringWithCanonicalMapping.unicodeScalars.filter { $0.value < 0x80 })
            if unmarked.count == value.count { all += [unmarked, unmarked.lowercased(), unmarked.uppercased()] }
        case .medicalRecordNumber, .accountNumber, .healthPlanNumber, .licenceNumber:
            if digits.count >= 6 { all.append(digits) }
            all.append("Patient/" + value)
        case .birthDate: all += [value + "T00:00:00Z", value + "T00:00:00", value + " 00:00:00"]
        case .email, .principalName: all.append("mailto:" + value)
        default: break
        }
        var seen = Set<[UInt8]>()
        return all.filter { seen.insert(Array($0.utf8)).inserted }
    }

    /// Calls `body` with every unkeyed digest, and whether it is a common one, which is looked for as bytes too. The rarer
    /// functions are applied to the value as it is and in lower case.
    func forEachDigest(_ body: (DigestFunction, UnsafeRawBufferPointer, _ isCommon: Bool) -> Void) {
        for (number, text) in hashed.enumerated() {
            let bytes = Array(text.utf8)
            func tell(_ function: DigestFunction, _ digest: some Digest, isCommon: Bool = false) {
                digest.withUnsafeBytes { body(function, $0, isCommon) }
            }
            func tell(_ function: DigestFunction, _ digest: [UInt8]) {
                digest.withUnsafeBytes { body(function, $0, false) }
            }
            let (md5, sha1) = (Self.digest(Insecure.MD5.self, bytes), Self.digest(Insecure.SHA1.self, bytes))
            let sha256 = Self.digest(SHA256.self, bytes)
            tell(.md5, md5, isCommon: number < 2)
            tell(.sha1, sha1, isCommon: number < 2)
            tell(.sha256, sha256, isCommon: number < 2)
            tell(.sha384, Self.digest(SHA384.self, bytes))
            tell(.sha512, Self.digest(SHA512.self, bytes))
            guard number < 2 else { continue }
            RareDigests.forEachFunction(bytes, tell)
            for other in RareDigests.forms(of: text) {
                tell(.md5, Self.digest(Insecure.MD5.self, other))
                tell(.sha1, Self.digest(Insecure.SHA1.self, other))
                tell(.sha256, Self.digest(SHA256.self, other))
            }
            let (short, middle, long) = (Array(md5), Array(sha1), Array(sha256))
            RareDigests.forEachRepeated(md5: short, sha1: middle, sha256: long, tell)
            RareDigests.forEachIdentifier(md5: short, sha1: middle, sha256: long, tell)
            for space in Self.nameSpaces {
                tell(.uuid3, RareDigests.identifier(Array(Self.digest(Insecure.MD5.self, space + bytes)), version: 3))
                tell(.uuid5, RareDigests.identifier(Array(Self.digest(Insecure.SHA1.self, space + bytes)), version: 5))
            }
        }
    }

    private static func digest<Function: HashFunction>(_: Function.Type, _ bytes: [UInt8]) -> Function.Digest {
        var function = Function()
        bytes.withUnsafeBytes { function.update(bufferPointer: $0) }
        return function.finalize()
    }

    /// The four published name spaces (RFC 9562 section 6.6).
    private static let nameSpaces: [[UInt8]] = [0x10, 0x11, 0x12, 0x14].map { last in
        [0x6B, 0xA7, 0xB8, last, 0x9D, 0xAD, 0x11, 0xD1, 0x80, 0xB4, 0x00, 0xC0, 0x4F, 0xD4, 0x30, 0xC8]
    }

    static func hexadecimal(_ bytes: some Collection<UInt8>) -> [UInt8] {
        var text: [UInt8] = []
        text.reserveCapacity(bytes.count * 2)
        for byte in bytes {
            text.append(digit(byte >> 4))
            text.append(digit(byte & 15))
        }
        return text
    }

    private static func digit(_ value: UInt8) -> UInt8 { value < 10 ? 0x30 + value : 0x57 + value }
}

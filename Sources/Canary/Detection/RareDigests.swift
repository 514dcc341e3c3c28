// SPDX-License-Identifier: Apache-2.0

internal import Crypto
internal import Foundation

/// Digests that programs make less often: of other functions, of a text in another form, of a digest, as an identifier.
enum RareDigests {
    typealias Body = (DigestFunction, [UInt8]) -> Void

    /// What a program may hash in place of a text's UTF-8: what a database or a shell gives it.
    static func forms(of text: String) -> [[UInt8]] {
        let plain = Array(text.utf8)
        // `nvarchar` of a database and strings of .NET; `echo` without `-n`; a value of JSON with its quotation marks.
        return [
            text.utf16.flatMap { [UInt8(truncatingIfNeeded: $0), UInt8(truncatingIfNeeded: $0 >> 8)] },
            plain + [0x0A], [0x22] + plain + [0x22], Array(Data(plain).base64EncodedString().utf8),
        ]
    }

    /// Functions beside the common ones.
    static func forEachFunction(_ bytes: [UInt8], _ body: Body) {
        body(.sha224, SHA224.digest(bytes))
        body(.ripemd160, RIPEMD160.digest(bytes))
        body(.blake2b, Blake2.b(bytes, count: 64))
        body(.blake2bShort, Blake2.b(bytes, count: 32))
        for count in [16, 20, 48] { body(.blake2bOther, Blake2.b(bytes, count: count)) }
        body(.blake2s, Blake2.s(bytes, count: 32))
        body(.sha3Shortest, Keccak.sha3Of224Bits(bytes))
        body(.sha3Short, Array(SHA3_256.hash(data: bytes)))
        body(.sha3Middle, Array(SHA3_384.hash(data: bytes)))
        body(.sha3Long, Array(SHA3_512.hash(data: bytes)))
        body(.keccak, Keccak.keccak256(bytes))
        // Of any length: all begin alike.
        body(.shake128, Keccak.shake128(bytes, count: 16))
        body(.shake256, Keccak.shake256(bytes, count: 32))
        body(.md4, MD4.digest(bytes))
        body(.fnv1a, FastHashes.fnv1a(bytes))
        body(.murmur3, FastHashes.murmur3(bytes))
        body(.xxHash, FastHashes.xxHash(bytes))
        // The same for everybody: no key.
        body(.hmacWithoutKey, Array(HMAC<SHA256>.authenticationCode(for: bytes, using: SymmetricKey(data: []))))
        body(.hmacWithoutKey, Array(HMAC<Insecure.SHA1>.authenticationCode(for: bytes, using: SymmetricKey(data: []))))
        body(.gitBlob, Array(Insecure.SHA1.hash(data: Array("blob \(bytes.count)\u{0}".utf8) + bytes)))
    }

    /// Digests of digests, in hexadecimal and as bytes.
    static func forEachRepeated(md5: [UInt8], sha1: [UInt8], sha256: [UInt8], _ body: Body) {
        for (function, digest) in [(DigestFunction.md5Twice, md5), (.sha1Twice, sha1), (.sha256Twice, sha256)] {
            for again in [NeedleMaker.hexadecimal(digest), digest] {
                body(function, Array(Insecure.MD5.hash(data: again)))
                body(function, Array(Insecure.SHA1.hash(data: again)))
                body(function, Array(SHA256.hash(data: again)))
            }
        }
    }

    /// A digest's first sixteen bytes as an identifier with the bits of a version set: what Java, .NET and scripts make.
    static func forEachIdentifier(md5: [UInt8], sha1: [UInt8], sha256: [UInt8], _ body: Body) {
        for (digest, versions) in [(md5, [3, 4]), (sha1, [4, 5]), (sha256, [4, 5, 8])] as [([UInt8], [UInt8])] {
            for version in versions { body(.uuid, identifier(digest, version: version)) }
            // Where a longer digest is cut, or its first words are written the lowest byte first.
            body(.uuid, Array(digest[8..<16]))
        }
    }

    /// An identifier made of a name (RFC 9562).
    static func identifier(_ digest: [UInt8], version: UInt8) -> [UInt8] {
        var id = Array(digest.prefix(16))
        id[6] = id[6] & 0x0F | version << 4
        id[8] = id[8] & 0x3F | 0x80
        return id
    }
}

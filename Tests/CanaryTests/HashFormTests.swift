// SPDX-License-Identifier: Apache-2.0

import Testing
import World

@testable import Canary

/// The functions that the crypto library does not offer, against digests of Python's hashlib.
@Suite struct HashFormTests {
    private static let long = Array("Recurrent vobabexelato with headaches since the second Tuesday of November".utf8)

    private static func hex(_ bytes: [UInt8]) -> String { LeakShape.hex(bytes) }

    @Test func `digests are those of another implementation`() {
        let short = Array("abc".utf8)
        #expect(Self.hex(SHA224.digest(short)) == "23097d223405d8228642a477bda255b32aadbce4bda0b3f7e36c9da7")
        #expect(Self.hex(SHA224.digest(Self.long)) == "fb2988711aba19c718c03bf170062f522a073f18158d3a00d5dc21ca")
        #expect(Self.hex(RIPEMD160.digest(short)) == "8eb208f7e05d987a9b044a8e98c6b087f15a0bfc")
        #expect(Self.hex(RIPEMD160.digest(Self.long)) == "5eace1903ddbcec951008cf106ad1f2462d982a8")
        #expect(
            Self.hex(Blake2.s(short, count: 32)) == "508c5e8c327c14e2e1a72ba34eeb452f37458b209ed63a294d999b4c86675982")
        #expect(
            Self.hex(Blake2.s(Self.long, count: 32))
                == "fc34dbffe5c32ad4585fe357ee8bff17f9c35d58dd679760746c28533267879f")
        #expect(
            Self.hex(Blake2.b(Self.long, count: 32))
                == "4e09f36a0c0db0acd757d563a36eabed188bc74c18303ca7a18d79360b7816dc")
        #expect(
            Self.hex(Blake2.b(Self.long + Self.long + Self.long, count: 64))
                == "1785857cc9bd03e852b3eb5dcf6b44f1397976788fbd4fdb0ff5fd2526204f52"
                + "cd4faff80ee90e930ff5f82508b803148c41a54c7743f46ac424bc30d0e35133")
    }

    @Test func `rarer digests are those of another implementation`() {
        let short = Array("abc".utf8)
        #expect(Self.hex(Keccak.sha3Of224Bits(short)) == "e642824c3f8cf24ad09234ee7d3c766fc9a3a5168d0c94ad73b46fdf")
        #expect(Self.hex(Keccak.shake128(short, count: 16)) == "5881092dd818bf5cf8a3ddb793fbcba7")
        #expect(Self.hex(Keccak.shake256(short, count: 16)) == "483366601360a8771c6863080cc4114d")
        #expect(Self.hex(FastHashes.murmur3(short)) == "b4963f3f3fad78673ba2744126ca2d52")
        #expect(Self.hex(FastHashes.xxHash(short)) == "44bc2cf5ad770999")
        #expect(Self.hex(FastHashes.fnv1a(short)) == "e71fa2190541574b")
        #expect(Self.hex(Keccak.sha3Of224Bits(Self.long)) == "fe1670d66a2e5c52d3a5f49d5b220f40a26bb14f0c7a4a4328551a7c")
        #expect(Self.hex(Keccak.shake128(Self.long, count: 16)) == "c976e259784205710143e8b7265b99c1")
        #expect(Self.hex(Keccak.shake256(Self.long, count: 16)) == "a5a775e09b0f808f535c6c73bba85410")
        #expect(Self.hex(FastHashes.murmur3(Self.long)) == "4b992493a36b2d8da579f0b98a0ad3d3")
        #expect(Self.hex(FastHashes.xxHash(Self.long)) == "05fe8fb3a4e96b5e")
        #expect(Self.hex(FastHashes.fnv1a(Self.long)) == "08e24b2a1baf18e2")
        #expect(
            Self.hex(Keccak.sha3Of224Bits(Self.long + Self.long + Self.long))
                == "084e4e1cc2db468e96936aef7d6c79828af32a145dcdf4bb9efe63d2")
        #expect(
            Self.hex(Keccak.shake128(Self.long + Self.long + Self.long, count: 16))
                == "0d772284e06ddf108e5422bfa2b51740")
        #expect(
            Self.hex(Keccak.shake256(Self.long + Self.long + Self.long, count: 16))
                == "6396d7c84b1a463f0e7e7f4451a2f886")
        #expect(Self.hex(FastHashes.murmur3(Self.long + Self.long + Self.long)) == "64f3c4b14776c96ce663bc1e79ae1592")
        #expect(Self.hex(FastHashes.xxHash(Self.long + Self.long + Self.long)) == "8db95cd84fd7c177")
        #expect(Self.hex(FastHashes.fnv1a(Self.long + Self.long + Self.long)) == "cf51759dd6d14ff2")
        // RFC 1320, and the digest of nothing that Ethereum publishes.
        #expect(Self.hex(MD4.digest(short)) == "a448017aaf21d8525fc10ae87aa6729d")
        #expect(
            Self.hex(
                MD4.digest(
                    Array("12345678901234567890123456789012345678901234567890123456789012345678901234567890".utf8)))
                == "e33b4ddc9c38f2199c3e7b164fcc0536")
        #expect(
            Self.hex(Keccak.keccak256([])) == "c5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470")
    }
}

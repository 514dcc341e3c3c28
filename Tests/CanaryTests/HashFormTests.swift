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
}

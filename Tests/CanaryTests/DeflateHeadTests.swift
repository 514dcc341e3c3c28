// SPDX-License-Identifier: Apache-2.0

import CZlib
import Testing
import World

@testable import Canary

/// The look at a stream's first block against zlib itself.
@Suite struct DeflateHeadTests {
    private static func inflates(_ bytes: [UInt8]) -> Bool {
        bytes.withUnsafeBufferPointer {
            guard let output = Inflater.inflate($0, .raw, limit: 1 << 16) else { return false }
            return output.isLimited || output.isComplete && output.consumed + 16 >= bytes.count
        }
    }

    private static func mayBeWhole(_ bytes: [UInt8]) -> Bool {
        bytes.withUnsafeBufferPointer { DeflateHead.mayBeWhole($0, limit: 1 << 16) }
    }

    @Test func `every stream of zlib may be one, and what it leaves behind`() {
        var stream = RunSeed(seed: 7, nonce: "deflate").identity("texts")
        for count in [1, 2, 5, 20, 300, 5000] {
            let noise = (0..<count).map { _ in UInt8(truncatingIfNeeded: stream.next()) }
            let letters = noise.map { 0x61 + $0 % 7 }
            let repeated = (0..<count).map { UInt8(truncatingIfNeeded: $0 % 300) }
            for text in [noise, letters, repeated] {
                for strategy in [Z_DEFAULT_STRATEGY, Z_FIXED, Z_HUFFMAN_ONLY, Z_RLE] {
                    for level in [0, 1, 9] as [Int32] {
                        let packed = LeakShape.deflate(text, bits: -15, level: level, strategy: strategy)
                        #expect(Self.inflates(packed) && Self.mayBeWhole(packed))
                        #expect(Self.mayBeWhole(packed + [1, 2, 3]))
                    }
                }
            }
        }
    }

    /// A fixed block cannot be told from noise by its first bits, so most that are tried begin like one.
    @Test func `noise that zlib takes for a stream may be one, and most that it does not take is refused`() {
        var stream = RunSeed(seed: 8, nonce: "deflate").identity("noise")
        var (taken, passed, refused) = (0, 0, 0)
        for round in 0..<60_000 {
            let count = 8 + Int(stream.next() % 40)
            var bytes = (0..<count).map { _ in UInt8(truncatingIfNeeded: stream.next()) }
            if round % 3 != 0 { bytes[0] = bytes[0] & ~7 | 3 }
            let isStream = Self.inflates(bytes)
            let mayBe = Self.mayBeWhole(bytes)
            #expect(mayBe || !isStream, "\(bytes)")
            if isStream { taken += 1 } else if mayBe { passed += 1 } else { refused += 1 }
        }
        #expect(taken > 100)
        #expect(refused > passed * 50, "\(taken) \(passed) \(refused)")
    }
}

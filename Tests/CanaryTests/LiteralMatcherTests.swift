// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing
import World

@testable import Canary

/// The search of literals, and the forms it is fed with, against plain words of what they are.
@Suite struct LiteralMatcherTests {
    @Test(arguments: [12, 30_000]) func `every occurrence is found, whatever the number of literals`(count: Int) {
        var stream = RunSeed(seed: 7, nonce: "literals").identity("\(count)")
        // A small alphabet: neighbours share their grams.
        func text(_ length: Int) -> [UInt8] { (0..<length).map { _ in 0x61 + UInt8(stream.next() % 4) } }
        let literals = (0..<count).map { _ in text(4 + Int(stream.next() % 30)) }
        var log = text(300)
        for literal in literals.suffix(12) { log += literal + text(3) }
        let matcher = LiteralMatcher(literals)
        var found: Set<[Int]> = []
        log.withUnsafeBufferPointer { log in matcher.forEachMatch(in: log) { found.insert([$0, $1]) } }
        var expected: Set<[Int]> = []
        for (number, literal) in literals.enumerated() {
            for start in 0..<max(0, log.count - literal.count + 1)
            where log[start] == literal[0] && log[start..<start + literal.count].elementsEqual(literal) {
                expected.insert([number, start])
            }
        }
        #expect(found == expected)
        #expect(expected.count >= 12)
    }

    @Test(arguments: [7, 8, 12, 20]) func `among zeros every occurrence is found, of literals of zeros too`(
        most: Int
    ) {
        var stream = RunSeed(seed: 7, nonce: "zeros").identity("\(most)")
        func noise(_ length: Int) -> [UInt8] { (0..<length).map { _ in UInt8(stream.next() % 4) } }
        var literals: [[UInt8]] = [[UInt8](repeating: 0, count: most)]
        for zeros in 3...most {
            let blank = [UInt8](repeating: 0, count: zeros)
            literals += [blank + [1, 2, 3, 4], [4, 3, 2, 1] + blank, [5, 6] + blank + [7], noise(4 + zeros)]
        }
        // With and without those that forbid to skip anything.
        for literals in [literals, literals.filter { $0.split { $0 != 0 }.allSatisfy { $0.count < 8 } }] {
            var text = [UInt8](repeating: 0, count: 40)
            for literal in literals { text += literal + [UInt8](repeating: 0, count: Int(stream.next() % 40)) }
            var found: Set<[Int]> = []
            text.withUnsafeBufferPointer { text in
                LiteralMatcher(literals).forEachMatch(in: text) { found.insert([$0, $1]) }
            }
            var expected: Set<[Int]> = []
            for (number, literal) in literals.enumerated() {
                for start in 0...text.count - literal.count
                where text[start..<start + literal.count].elementsEqual(literal) { expected.insert([number, start]) }
            }
            #expect(found == expected)
            #expect(!expected.isEmpty)
        }
    }

    @Test func `base64 at any phase keeps the characters that are certain`() {
        var stream = RunSeed(seed: 7, nonce: "phases").identity("base64")
        for length in 1...40 {
            let bytes = (0..<length).map { _ in UInt8(truncatingIfNeeded: stream.next()) }
            let inner = Base64Phase.inner(bytes).map { String(decoding: $0, as: UTF8.self) }
            for phase in 0..<3 {
                let before = [UInt8](repeating: 0x55, count: phase)
                let text = Data(before + bytes + [0xAA, 0xAA]).base64EncodedString()
                let url = text.replacing("+", with: "-").replacing("/", with: "_")
                // Of so many bytes, all characters but at most one at either edge.
                let least = (length * 8 - 10) / 6
                #expect(least < 1 || inner.contains { $0.count >= least && text.contains($0) })
                #expect(least < 1 || inner.contains { $0.count >= least && url.contains($0) })
            }
        }
    }

    @Test func `a number in another base is the same number`() {
        var stream = RunSeed(seed: 7, nonce: "numbers").identity("bases")
        for base in [36, 58, 62, 64] as [UInt64] {
            for length in 1...24 {
                let bytes = (0..<length).map { $0 == 0 ? 1 : UInt8(truncatingIfNeeded: stream.next()) }
                // Back again, digit by digit.
                var number: [UInt8] = [0]
                for digit in LargeNumber.digits(of: bytes, base: base) {
                    var carry = Int(digit)
                    for place in number.indices {
                        carry += Int(number[place]) * Int(base)
                        number[place] = UInt8(carry & 255)
                        carry >>= 8
                    }
                    if carry > 0 { number.append(UInt8(carry)) }
                }
                #expect(number.reversed() == bytes)
            }
        }
        #expect(LargeNumber.digits(of: [0, 0], base: 58) == [])
    }

    @Test func `Han characters and punctuation fold as Unicode has it`() {
        let ranges: [ClosedRange<UInt32>] = [0x2000...0x206F, 0x4E00...0x9FFF, 0xFFFD...0xFFFD]
        for value in ranges.joined() {
            guard let scalar = Unicode.Scalar(value), scalar.properties.generalCategory != .unassigned else { continue }
            let isLetter = (0x4E00...0x9FFF).contains(value)
            let plain = String(scalar).decomposedStringWithCompatibilityMapping.unicodeScalars
                .filter { $0.properties.isAlphabetic || $0.properties.numericType != nil }
            #expect(FoldedText.fold(String(scalar)) == plain.flatMap { Array(String($0).utf8) })
            #expect(plain.isEmpty != isLetter)
        }
    }

    @Test func `a digest is known by its beginning and by its end`() {
        let digests = (0..<500).map { number in
            let key = UInt64(number) &* 0x9E37_79B9_7F4A_7C15
            return KnownDigest(canary: Int32(number), function: .sha256, first: key, last: ~key)
        }
        let parts = [Array(digests[..<120]), [], Array(digests[120...])]
        let index = DigestIndex(parts, moves: [0, 1_000, 2_000])
        for digest in digests {
            for key in [digest.first, digest.last] {
                var found: [Int32] = []
                index.forEach(key) { found.append($0.canary) }
                #expect(found == [digest.canary + (digest.canary < 120 ? 0 : 2_000)])
            }
        }
        index.forEach(12345) { Issue.record("\($0.canary) begins and ends otherwise") }
    }
}

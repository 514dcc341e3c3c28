// SPDX-License-Identifier: Apache-2.0

import CByteMarks
import Testing
import World

@testable import Canary

/// The index against the plain words of what it says.
@Suite struct TextIndexTests {
    /// Texts of every length about a block's edge, plain and mixed.
    private static let texts: [[UInt8]] = {
        var stream = RunSeed(seed: 4, nonce: "index").identity("texts")
        let letters = Array("abcXYZ019+/-_=:%\\ \n\r<>{}#é漢ß\u{0}".unicodeScalars)
        return ([0, 1, 7, 63, 64, 65, 127, 128, 129, 200, 1000] as [Int]).flatMap { count in
            (0..<6).map { round in
                var text = ""
                for _ in 0..<count {
                    let limit = round < 3 ? letters.count - 4 : letters.count
                    text.unicodeScalars.append(letters[Int(stream.next() % UInt64(limit))])
                }
                return Array(text.utf8)
            }
        }
    }()

    @Test func `every byte is marked as its kind says, and longest runs are found`() {
        let index = TextIndex()
        for text in Self.texts {
            text.withUnsafeBufferPointer { bytes in
                index.read(bytes)
                for kind in TextIndex.Kind.allCases {
                    let members = bytes.map { $0 < 128 && kind.holds($0) }
                    #expect(index.holds(kind) == members.contains(true))
                    #expect(index.count(kind, in: 0..<bytes.count) == members.count { $0 })
                    #expect(index.next(kind, from: 0) == members.firstIndex(of: true))
                    for least in [2, 3, 11, 64] {
                        var found: [Range<Int>] = []
                        index.forEachRun(kind, least: least) { found.append($0) }
                        #expect(found == Self.runs(members, least))
                        for range in found { #expect(index.run(kind, around: range.lowerBound + 1) == range) }
                    }
                }
            }
        }
    }

    private static func runs(_ members: [Bool], _ least: Int) -> [Range<Int>] {
        var found: [Range<Int>] = []
        var start = 0
        for place in 0...members.count where place == members.count || !members[place] {
            if place - start >= least { found.append(start..<place) }
            start = place + 1
        }
        return found
    }

    @Test func `the folded text is what folding every character gives, and leads back to it`() {
        let index = TextIndex()
        for text in Self.texts {
            text.withUnsafeBufferPointer { bytes in
                index.read(bytes)
                let expected = FoldedText.fold(String(decoding: bytes, as: UTF8.self))
                #expect(Array(index.folded) == expected)
                for anchor in index.anchors {
                    let place = index.original(Int(anchor)..<Int(anchor) + 1)
                    #expect(!place.isEmpty && place.upperBound <= bytes.count)
                }
                // A word or a number begins at each of these, and nowhere else in plain text.
                guard !index.hasHigh else { return }
                let starts = bytes.indices.filter { place in
                    let isIn = TextIndex.Kind.alphanumeric.holds(bytes[place])
                    let before = place > 0 ? bytes[place - 1] : 0
                    let isDigit = TextIndex.Kind.digit.holds(bytes[place]) && !TextIndex.Kind.digit.holds(before)
                    return isIn && (!TextIndex.Kind.alphanumeric.holds(before) || isDigit)
                }
                let escapes = bytes.indices.filter { place in
                    place > 1 && bytes[place - 2] == 0x5C && [0x6E, 0x72, 0x74].contains(bytes[place - 1])
                }
                let places = Set(index.anchors.map { index.original(Int($0)..<Int($0) + 1).lowerBound })
                #expect(places.isSuperset(of: starts))
                #expect(places.count <= starts.count + escapes.count)
            }
        }
    }

    #if arch(x86_64)
        @Test func `wide registers and single bytes give the same marks`() {
            guard bytemarks_has_avx2() != 0 else { return }
            var sets: [UInt8] = []
            for kind in TextIndex.Kind.allCases {
                for low in 0..<16 as Range<UInt8> {
                    sets.append((0..<8 as Range<UInt8>).reduce(0) { $0 | (kind.holds($1 << 4 | low) ? 1 << $1 : 0) })
                }
            }
            let count = TextIndex.Kind.allCases.count
            let bytes = (0..<1024).map { UInt8(truncatingIfNeeded: $0 * 37 + $0 / 256) }
            var (plain, wide) = (
                [UInt64](repeating: 1, count: 16 * (count + 1)), [UInt64](repeating: 2, count: 16 * (count + 1))
            )
            var present = (
                [UInt64](repeating: 0, count: count + 1), [UInt64](repeating: 0, count: count + 1)
            )
            bytemarks_classify_plain(bytes, 16, sets, count, &plain, &present.0)
            bytemarks_classify_avx2(bytes, 16, sets, count, &wide, &present.1)
            #expect(plain == wide)
            #expect(present.0 == present.1)
        }
    #endif
}

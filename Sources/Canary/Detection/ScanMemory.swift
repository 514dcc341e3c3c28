// SPDX-License-Identifier: Apache-2.0

internal import CByteMarks

/// What one search after another may use again: room for what is decoded, the index of a text, and which words are
/// known to hold nothing. Of one ``Detector``, since what holds nothing of one may hold something of another.
package final class ScanMemory {
    package init() {}

    let scratch = Scratch()
    let index = TextIndex()
    let barren = BarrenWords()
}

/// Words of long texts that were decoded in vain: an identifier that stands in a hundred lines is decoded once. Remembers
/// the latest of each slot, by a hash with a key that nobody outside knows.
final class BarrenWords {
    /// Of which decoder: the same word may mean something to another.
    enum Decoder: UInt64 {
        case run = 0x9E37_79B9_7F4A_7C15
        case token = 0xD6E8_FEB8_6659_FD93
    }

    private static let slots = 1 << 17
    /// The lowest bits of a hash are not compared; the note stands there.
    private static let noteMask: UInt64 = 15
    private let key = UInt64.random(in: .min ... .max) | 1
    /// Whether noise that was searched once is known to hold nothing; from the first find in noise on it is not.
    private(set) var trustsNoise = true
    /// Words found in a text, before any of them is looked up: begin, end, hash.
    let found = Memory<(start: Int, end: Int, hash: UInt64)>()
    /// Made when the first long text comes.
    private var hashes = Memory<UInt64>()
    private var isReady = false

    /// - Parameter range: not empty.
    @inline(__always)
    func hash(_ bytes: UnsafeBufferPointer<UInt8>, _ range: Range<Int>, _ decoder: Decoder) -> UInt64 {
        guard let base = bytes.baseAddress else { return 0 }
        let raw = UnsafeRawPointer(base)
        var hash = key ^ UInt64(range.count)
        var place = range.lowerBound
        while place &+ 8 <= range.upperBound {
            hash = Self.mixed(hash ^ raw.loadUnaligned(fromByteOffset: place, as: UInt64.self), decoder.rawValue)
            place &+= 8
        }
        if place < range.upperBound {
            var rest: UInt64 = 0
            if range.count >= 8 {
                // The last eight: some of them once more.
                rest = raw.loadUnaligned(fromByteOffset: range.upperBound &- 8, as: UInt64.self)
            } else {
                for index in place..<range.upperBound { rest = rest &<< 8 | UInt64(base[index]) }
            }
            hash = Self.mixed(hash ^ rest, decoder.rawValue)
        }
        return Self.mixed(hash, key)
    }

    @inline(__always)
    private static func mixed(_ one: UInt64, _ other: UInt64) -> UInt64 {
        let (high, low) = one.multipliedFullWidth(by: other)
        return high ^ low ^ one
    }

    /// Asks for the word's slot before it is read.
    @inline(__always)
    func prefetch(_ hash: UInt64) {
        if isReady { bytemarks_prefetch(hashes.base + Int(truncatingIfNeeded: hash &>> 47)) }
    }

    /// The note left with the word; nil where it is not known to be barren.
    @inline(__always)
    func note(_ hash: UInt64) -> UInt64? {
        guard isReady else { return nil }
        let known = hashes.base[Int(truncatingIfNeeded: hash &>> 47)]
        return (known ^ hash) & ~Self.noteMask == 0 ? known & Self.noteMask : nil
    }

    /// Something was found in noise: what is known of noise is forgotten.
    func distrust() {
        guard trustsNoise else { return }
        trustsNoise = false
        if isReady { hashes.base.update(repeating: 0, count: Self.slots) }
    }

    /// - Parameter note: four bits.
    func insert(_ hash: UInt64, note: UInt64 = 0) {
        if !isReady {
            hashes.reserve(Self.slots, keeping: 0)
            hashes.base.update(repeating: 0, count: Self.slots)
            isReady = true
        }
        hashes.base[Int(truncatingIfNeeded: hash &>> 47)] = hash & ~Self.noteMask | note & Self.noteMask
    }
}

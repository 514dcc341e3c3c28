// SPDX-License-Identifier: Apache-2.0

internal import Foundation

/// Finds thousands of literals in one pass.
///
/// With shortest literal m and gram length q, an occurrence holds exactly one of every (m−q+1)-th text position, so
/// only those are looked up, in a bitmap of the first m−q+1 grams of each literal; a set bit is confirmed exactly.
/// Literals are grouped by length so that a short one does not shrink the stride of the long ones.
package struct LiteralMatcher: Sendable {
    private let groups: [LiteralGroup]
    private let texts: LiteralTexts
    /// Length of the longest literal: a stream must carry one byte less from piece to piece.
    package var longest: Int { texts.longest }

    /// - Parameter literals: at least four bytes each; shorter ones are never found.
    package init(_ literals: [[UInt8]]) {
        self.init(LiteralTexts(literals), bounds: [(4, 6), (7, 8), (9, 15), (16, Int.max)])
    }

    /// - Parameter bounds: lengths of the groups, the shortest first.
    init(_ texts: LiteralTexts, bounds: [(Int, Int)]) {
        self.texts = texts
        groups = bounds.compactMap { low, high in
            let members = texts.indices.filter { (low...high).contains(texts.count($0)) }
            return members.isEmpty ? nil : LiteralGroup(members: members, texts)
        }
    }

    func length(_ literal: Int) -> Int { texts.count(literal) }

    /// Calls `body` with literal index and offset for every occurrence, overlapping ones too, in no order.
    package func forEachMatch(in bytes: UnsafeBufferPointer<UInt8>, _ body: (_ literal: Int, _ offset: Int) -> Void) {
        var found: [(literal: Int, offset: Int)] = []
        for group in groups { group.find(in: bytes, texts, &found) }
        for match in found { body(match.literal, match.offset) }
    }
}

/// Finds literals that can begin only at known places: one look-up a place.
struct AnchoredMatcher: Sendable {
    private let group: LiteralGroup?
    private let texts: LiteralTexts
    var longest: Int { texts.longest }

    /// Of some of the needles, at least four bytes each; they count from zero in their order.
    init(_ needles: JoinedNeedles, _ numbers: [Int32]) {
        texts = LiteralTexts(needles, numbers)
        group = numbers.isEmpty ? nil : LiteralGroup(members: Array(texts.indices), texts, anchored: true)
    }

    func length(_ literal: Int) -> Int { texts.count(literal) }

    /// Behind `bytes` eight more must be readable.
    func forEachMatch(
        in bytes: UnsafeBufferPointer<UInt8>, at anchors: UnsafeBufferPointer<UInt32>,
        _ body: (_ literal: Int, _ offset: Int) -> Void
    ) {
        var found: [(literal: Int, offset: Int)] = []
        group?.find(in: bytes, at: anchors, texts, &found)
        for match in found { body(match.literal, match.offset) }
    }
}

/// Values read in a tight loop: no bounds check, no retain. Unchecked: filled before anyone else sees it, never changed then.
private final class Table<Element: BitwiseCopyable & Sendable>: @unchecked Sendable {
    fileprivate let memory: UnsafeMutablePointer<Element>
    var base: UnsafePointer<Element> { UnsafePointer(memory) }

    /// All zero, which costs nothing until it is written to.
    init(count: Int) {
        let bytes = calloc(max(1, count), MemoryLayout<Element>.stride)
        guard let bytes else { fatalError("no memory for \(count) entries of a table") }
        memory = bytes.bindMemory(to: Element.self, capacity: max(1, count))
    }

    deinit { free(memory) }
}

/// All literals one after another, so that comparing needs no look at an array of arrays.
struct LiteralTexts: Sendable {
    fileprivate let text: Table<UInt8>
    fileprivate let starts: Table<Int32>
    let indices: Range<Int>
    let longest: Int

    init(_ literals: [[UInt8]]) {
        self.init(count: literals.count, bytes: literals.reduce(0) { $0 + $1.count }) { body in
            for literal in literals { literal.withUnsafeBufferPointer(body) }
        }
    }

    /// Some of the needles.
    init(_ needles: JoinedNeedles, _ numbers: [Int32]) {
        var bytes = 0
        needles.forEach(numbers) { bytes += $0.count }
        self.init(count: numbers.count, bytes: bytes) { needles.forEach(numbers, $0) }
    }

    /// - Parameter forEach: calls its body with each literal in turn.
    private init(count: Int, bytes: Int, _ forEach: ((UnsafeBufferPointer<UInt8>) -> Void) -> Void) {
        let starts = Table<Int32>(count: count + 1)
        // The last word is read whole.
        let text = Table<UInt8>(count: bytes + 8)
        var (number, used, longest) = (0, 0, 0)
        forEach { literal in
            if let base = literal.baseAddress { (text.memory + used).update(from: base, count: literal.count) }
            used += literal.count
            number += 1
            starts.memory[number] = Int32(used)
            longest = max(longest, literal.count)
        }
        self.text = text
        self.starts = starts
        indices = 0..<count
        self.longest = longest
    }

    func start(_ literal: Int) -> Int { Int(starts.base[literal]) }
    func count(_ literal: Int) -> Int { Int(starts.base[literal + 1]) - start(literal) }

    /// Whether a literal is all zeros, or has eight of them in a row.
    fileprivate func holdsZeros(_ literal: Int) -> Bool {
        let count = count(literal)
        let bytes = UnsafeBufferPointer(start: text.base + start(literal), count: count)
        var zeros = 0
        for byte in bytes {
            zeros = byte == 0 ? zeros &+ 1 : 0
            if zeros == min(8, count) { return true }
        }
        return false
    }

    /// Eight bytes of the texts, the first the lowest.
    fileprivate func word(at place: Int) -> UInt64 {
        UnsafeRawPointer(text.base).loadUnaligned(fromByteOffset: place, as: UInt64.self)
    }
}

/// Literals of similar length with one gram length and stride.
private struct LiteralGroup: Sendable {
    private struct Entry: Sendable, BitwiseCopyable {
        /// The gram and what follows it, as far as eight bytes reach.
        let word: UInt64
        let literal: Int32
        let back: UInt8
        /// How many bytes of the word are the literal's, at least the gram's.
        let known: UInt8
    }

    private let gramLength: Int
    private let stride: Int
    private let mask: UInt64
    private let shift: UInt64
    private let bitmap: Table<UInt64>
    /// Whether no literal lies, wholly or by eight bytes, in a stretch of zeros: then long ones need no confirming.
    private let skipsZeros: Bool
    private let bucketShift: UInt64
    private let bucketStarts: Table<Int32>
    private let entries: Table<Entry>

    private static let factor: UInt64 = 0x9E37_79B9_7F4A_7C15
    /// Beyond so many entries making them costs more than a text of megabytes gains from a longer stride.
    private static let manyEntries = 1 << 18

    /// The bits of a bitmap's word that a gram sets: two, so that few others have both.
    @inline(__always)
    private static func marks(_ hash: UInt64, _ shift: UInt64) -> UInt64 {
        1 &<< (hash &>> shift & 63) | 1 &<< (hash &>> 30 & 63)
    }

    /// Masks the lowest bytes of a word, one to eight.
    @inline(__always)
    private static func lowBytes(_ count: Int) -> UInt64 { UInt64.max &>> UInt64(64 &- 8 &* count) }

    init(members: [Int], _ texts: LiteralTexts, anchored: Bool = false) {
        let shortest = members.reduce(Int.max) { min($0, texts.count($1)) }
        let usual = anchored ? 4 : shortest >= 16 ? 8 : shortest >= 9 ? 6 : 4
        let stride = anchored ? 1 : max(1, min(shortest - usual + 1, min(255, Self.manyEntries / members.count)))
        // A shorter stride leaves room for a longer, more telling gram.
        let gramLength = anchored ? usual : min(8, shortest - stride + 1)
        let mask = Self.lowBytes(gramLength)
        let count = members.count * stride
        // About one bit in thirty set: larger would leave the second-level cache, smaller would confirm too often.
        var bits: UInt64 = 15
        while bits < 24, 1 << bits < count * 32 { bits += 1 }
        var bucketBits: UInt64 = 6
        while bucketBits < bits, 1 << bucketBits < count { bucketBits += 1 }
        let bitmap = Table<UInt64>(count: 1 << Int(bits - 6))
        let shift = 64 - bits
        let bucketShift = 64 - bucketBits
        let buckets = 1 << Int(bucketBits)
        // While it is filled, each bucket's beginning stands one place further on.
        let bucketStarts = Table<Int32>(count: buckets + 2)
        for member in members {
            let start = texts.start(member)
            for back in 0..<stride {
                let hash = (texts.word(at: start + back) & mask) &* Self.factor
                let bit = hash >> shift
                bitmap.memory[Int(bit >> 6)] |= Self.marks(hash, shift)
                bucketStarts.memory[Int(hash >> bucketShift) + 2] += 1
            }
        }
        skipsZeros = !members.contains { texts.holdsZeros($0) }
        for index in 2..<buckets + 2 { bucketStarts.memory[index] += bucketStarts.memory[index - 1] }
        self.gramLength = gramLength
        self.stride = stride
        self.mask = mask
        self.shift = shift
        self.bitmap = bitmap
        self.bucketShift = bucketShift
        self.bucketStarts = bucketStarts
        entries = Table(count: count)
        for member in members {
            let start = texts.start(member)
            let length = texts.count(member)
            for back in 0..<stride {
                let known = min(8, length - back)
                let word = texts.word(at: start + back) & Self.lowBytes(known)
                let bucket = Int(((word & mask) &* Self.factor) >> bucketShift)
                let place = Int(bucketStarts.memory[bucket + 1])
                bucketStarts.memory[bucket + 1] += 1
                entries.memory[place] =
                    Entry(word: word, literal: Int32(member), back: UInt8(back), known: UInt8(known))
            }
        }
    }

    /// Occurrences that begin at an anchor, or at the first digit behind zeros there.
    func find(
        in bytes: UnsafeBufferPointer<UInt8>, at anchors: UnsafeBufferPointer<UInt32>, _ texts: LiteralTexts,
        _ found: inout [(literal: Int, offset: Int)]
    ) {
        guard let base = bytes.baseAddress else { return }
        let raw = UnsafeRawPointer(base)
        let (shift, factor) = (shift, Self.factor)
        let bits = bitmap.base
        for anchor in anchors {
            var position = Int(anchor)
            while true {
                let gram = UInt64(raw.loadUnaligned(fromByteOffset: position, as: UInt32.self))
                let hash = gram &* factor
                let marks = Self.marks(hash, shift)
                if bits[Int(truncatingIfNeeded: hash &>> (shift &+ 6))] & marks == marks {
                    confirm(gram, position, bytes, texts, &found)
                }
                guard gram & 0xFF == 0x30, position &+ 1 < bytes.count, position &- Int(anchor) < 12 else { break }
                position &+= 1
            }
        }
    }

    /// Every occurrence, confirmed.
    func find(
        in bytes: UnsafeBufferPointer<UInt8>, _ texts: LiteralTexts, _ found: inout [(literal: Int, offset: Int)]
    ) {
        let count = bytes.count
        guard let base = bytes.baseAddress, count >= gramLength else { return }
        let raw = UnsafeRawPointer(base)
        let (mask, shift, stride, factor) = (mask, shift, stride, Self.factor)
        let bits = bitmap.base
        var position = 0
        while position &+ 8 <= count {
            let gram = raw.loadUnaligned(fromByteOffset: position, as: UInt64.self) & mask
            let hash = gram &* factor
            let marks = Self.marks(hash, shift)
            if bits[Int(truncatingIfNeeded: hash &>> (shift &+ 6))] & marks == marks,
                gram != 0 || !skipsZeros || !Self.isAmongZeros(raw, position)
            {
                confirm(gram, position, bytes, texts, &found)
            }
            position &+= stride
        }
        // The last seven bytes have no full word behind them.
        while position + gramLength <= count {
            var gram: UInt64 = 0
            for index in 0..<gramLength { gram |= UInt64(bytes[position + index]) << UInt64(index * 8) }
            confirm(gram, position, bytes, texts, &found)
            position += stride
        }
    }

    /// Whether the eight bytes before a place and the eight behind it are all zero, as most of a database's free pages are.
    @inline(__always)
    private static func isAmongZeros(_ raw: UnsafeRawPointer, _ position: Int) -> Bool {
        position >= 8 && raw.loadUnaligned(fromByteOffset: position, as: UInt64.self) == 0
            && raw.loadUnaligned(fromByteOffset: position &- 8, as: UInt64.self) == 0
    }

    @inline(never)
    private func confirm(
        _ gram: UInt64, _ position: Int, _ bytes: UnsafeBufferPointer<UInt8>, _ texts: LiteralTexts,
        _ found: inout [(literal: Int, offset: Int)]
    ) {
        let bucket = Int(truncatingIfNeeded: (gram &* Self.factor) &>> bucketShift)
        var index = Int(bucketStarts.base[bucket])
        let end = Int(bucketStarts.base[bucket + 1])
        guard index < end else { return }
        var following: UInt64 = 0
        if position &+ 8 <= bytes.count, let base = bytes.baseAddress {
            following = UnsafeRawPointer(base).loadUnaligned(fromByteOffset: position, as: UInt64.self)
        } else {
            for place in 0..<max(0, bytes.count - position) {
                following |= UInt64(bytes[position + place]) << UInt64(place * 8)
            }
        }
        while index < end {
            let entry = entries.base[index]
            index &+= 1
            guard following & Self.lowBytes(Int(entry.known)) == entry.word else { continue }
            let (literal, offset) = (Int(entry.literal), position - Int(entry.back))
            let start = texts.start(literal)
            let count = texts.count(literal)
            guard offset >= 0, offset + count <= bytes.count else { continue }
            var same = 0
            while same < count, bytes[offset + same] == texts.text.base[start + same] { same &+= 1 }
            if same == count { found.append((literal, offset)) }
        }
    }
}

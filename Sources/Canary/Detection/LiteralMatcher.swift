// SPDX-License-Identifier: Apache-2.0

/// Finds thousands of literals in one pass.
///
/// With shortest literal m and gram length q, an occurrence holds exactly one of every (m−q+1)-th text position, so
/// only those
/// are looked up, in a bitmap of the first m−q+1 grams of each literal; a set bit is confirmed exactly. Literals are
/// grouped by
/// length so that a short one does not shrink the stride of the long ones.
package struct LiteralMatcher: Sendable {
    private let groups: [LiteralGroup]
    private let text: Table<UInt8>
    private let starts: Table<Int>
    /// Length of the longest literal: a stream must carry one byte less from piece to piece.
    package let longest: Int

    /// - Parameter literals: at least four bytes each; shorter ones are never found.
    package init(_ literals: [[UInt8]]) { self.init(literals, bounds: [(4, 6), (7, 8), (9, 15), (16, Int.max)]) }

    /// - Parameter bounds: lengths of the groups, the shortest first.
    init(_ literals: [[UInt8]], bounds: [(Int, Int)]) {
        var text: [UInt8] = []
        var starts = [0]
        for literal in literals {
            text += literal
            starts.append(text.count)
        }
        self.text = Table(text)
        self.starts = Table(starts)
        longest = literals.map(\.count).max() ?? 0
        groups = bounds.compactMap { low, high in
            let members = literals.indices.filter { literals[$0].count >= low && literals[$0].count <= high }
            return members.isEmpty ? nil : LiteralGroup(members: members, literals: literals)
        }
    }

    /// Calls `body` with literal index and offset for every occurrence, overlapping ones too, in no order.
    package func forEachMatch(in bytes: UnsafeBufferPointer<UInt8>, _ body: (_ literal: Int, _ offset: Int) -> Void) {
        var found: [(literal: Int, offset: Int)] = []
        for group in groups { group.find(in: bytes, text, starts, &found) }
        for match in found { body(match.literal, match.offset) }
    }
}

/// Finds literals that can begin only at known places: one look-up a place.
struct AnchoredMatcher: Sendable {
    private let group: LiteralGroup?
    private let text: Table<UInt8>
    private let starts: Table<Int>
    let longest: Int

    /// - Parameter literals: at least four bytes each.
    init(_ literals: [[UInt8]]) {
        text = Table(literals.flatMap { $0 })
        starts = Table(literals.reduce(into: [0]) { $0.append($0[$0.count - 1] + $1.count) })
        longest = literals.map(\.count).max() ?? 0
        group =
            literals.isEmpty ? nil : LiteralGroup(members: Array(literals.indices), literals: literals, anchored: true)
    }

    /// Behind `bytes` eight more must be readable.
    func forEachMatch(
        in bytes: UnsafeBufferPointer<UInt8>, at anchors: UnsafeBufferPointer<UInt32>,
        _ body: (_ literal: Int, _ offset: Int) -> Void
    ) {
        var found: [(literal: Int, offset: Int)] = []
        group?.find(in: bytes, at: anchors, text, starts, &found)
        for match in found { body(match.literal, match.offset) }
    }
}

/// Values read in a tight loop: no bounds check, no retain. Unchecked: filled before anyone sees it, never changed.
private final class Table<Element: BitwiseCopyable & Sendable>: @unchecked Sendable {
    let base: UnsafePointer<Element>

    init(_ values: [Element]) {
        let memory = UnsafeMutablePointer<Element>.allocate(capacity: max(1, values.count))
        memory.initialize(from: values, count: values.count)
        base = UnsafePointer(memory)
    }

    deinit { base.deallocate() }
}

/// Literals of similar length with one gram length and stride.
private struct LiteralGroup: Sendable {
    private struct Entry: Sendable, BitwiseCopyable {
        let gram: UInt64
        /// The gram and what follows it, as far as eight bytes reach.
        let word: UInt64
        let wordMask: UInt64
        let literal: Int32
        let back: Int32
    }

    private let gramLength: Int
    private let stride: Int
    private let mask: UInt64
    private let shift: UInt64
    private let bitmap: Table<UInt64>
    private let bucketShift: UInt64
    private let bucketStarts: Table<Int32>
    private let entries: Table<Entry>

    private static let factor: UInt64 = 0x9E37_79B9_7F4A_7C15

    init(members: [Int], literals: [[UInt8]], anchored: Bool = false) {
        let shortest = members.map { literals[$0].count }.min() ?? 8
        let gramLength = anchored ? 4 : shortest >= 16 ? 8 : shortest >= 9 ? 6 : 4
        let stride = anchored ? 1 : shortest - gramLength + 1
        let mask = gramLength == 8 ? UInt64.max : (1 << UInt64(gramLength * 8)) - 1
        var found: [Entry] = []
        found.reserveCapacity(members.count * stride)
        for member in members {
            for back in 0..<stride {
                var gram: UInt64 = 0
                for index in 0..<gramLength { gram |= UInt64(literals[member][back + index]) << UInt64(index * 8) }
                let known = min(8, literals[member].count - back)
                var word: UInt64 = 0
                for index in 0..<known { word |= UInt64(literals[member][back + index]) << UInt64(index * 8) }
                let wordMask = known == 8 ? UInt64.max : (1 << UInt64(known * 8)) - 1
                found.append(
                    Entry(gram: gram, word: word, wordMask: wordMask, literal: Int32(member), back: Int32(back)))
            }
        }
        // About one bit in thirty set: larger would leave the second-level cache, smaller would confirm too often.
        var bits: UInt64 = 15
        while bits < 21, 1 << bits < found.count * 32 { bits += 1 }
        let bucketBits = min(bits, 16)
        var bitmap = [UInt64](repeating: 0, count: 1 << Int(bits - 6))
        let shift = 64 - bits
        let bucketShift = 64 - bucketBits
        for entry in found {
            let hash = (entry.gram &* Self.factor) >> shift
            bitmap[Int(hash >> 6)] |= 1 << (hash & 63)
        }
        func bucket(_ entry: Entry) -> Int { Int((entry.gram &* Self.factor) >> bucketShift) }
        found.sort { bucket($0) < bucket($1) }
        var counts = [Int32](repeating: 0, count: (1 << Int(bucketBits)) + 1)
        for entry in found { counts[bucket(entry) + 1] += 1 }
        for index in 1..<counts.count { counts[index] += counts[index - 1] }
        self.gramLength = gramLength
        self.stride = stride
        self.mask = mask
        self.shift = shift
        self.bitmap = Table(bitmap)
        self.bucketShift = bucketShift
        bucketStarts = Table(counts)
        entries = Table(found)
    }

    /// Occurrences that begin at an anchor, or at the first digit behind zeros there.
    func find(
        in bytes: UnsafeBufferPointer<UInt8>, at anchors: UnsafeBufferPointer<UInt32>, _ text: Table<UInt8>,
        _ starts: Table<Int>, _ found: inout [(literal: Int, offset: Int)]
    ) {
        guard let base = bytes.baseAddress else { return }
        let raw = UnsafeRawPointer(base)
        let (shift, factor) = (shift, Self.factor)
        let bits = bitmap.base
        for anchor in anchors {
            var position = Int(anchor)
            while true {
                let gram = UInt64(raw.loadUnaligned(fromByteOffset: position, as: UInt32.self))
                let hash = (gram &* factor) &>> shift
                if bits[Int(truncatingIfNeeded: hash &>> 6)] &>> (hash & 63) & 1 != 0 {
                    confirm(gram, position, bytes, text, starts, &found)
                }
                guard gram & 0xFF == 0x30, position &+ 1 < bytes.count, position &- Int(anchor) < 12 else { break }
                position &+= 1
            }
        }
    }

    /// Every occurrence, confirmed.
    func find(
        in bytes: UnsafeBufferPointer<UInt8>, _ text: Table<UInt8>, _ starts: Table<Int>,
        _ found: inout [(literal: Int, offset: Int)]
    ) {
        let count = bytes.count
        guard let base = bytes.baseAddress, count >= gramLength else { return }
        let raw = UnsafeRawPointer(base)
        let (mask, shift, stride, factor) = (mask, shift, stride, Self.factor)
        let bits = bitmap.base
        var position = 0
        while position &+ 8 <= count {
            let gram = raw.loadUnaligned(fromByteOffset: position, as: UInt64.self) & mask
            let hash = (gram &* factor) &>> shift
            if bits[Int(truncatingIfNeeded: hash &>> 6)] &>> (hash & 63) & 1 != 0 {
                confirm(gram, position, bytes, text, starts, &found)
            }
            position &+= stride
        }
        // The last seven bytes have no full word behind them.
        while position + gramLength <= count {
            var gram: UInt64 = 0
            for index in 0..<gramLength { gram |= UInt64(bytes[position + index]) << UInt64(index * 8) }
            confirm(gram, position, bytes, text, starts, &found)
            position += stride
        }
    }

    @inline(never)
    private func confirm(
        _ gram: UInt64, _ position: Int, _ bytes: UnsafeBufferPointer<UInt8>, _ text: Table<UInt8>,
        _ starts: Table<Int>, _ found: inout [(literal: Int, offset: Int)]
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
            guard entry.gram == gram, following & entry.wordMask == entry.word else { continue }
            let (literal, offset) = (Int(entry.literal), position - Int(entry.back))
            let start = starts.base[literal]
            let count = starts.base[literal + 1] - start
            guard offset >= 0, offset + count <= bytes.count else { continue }
            var same = 0
            while same < count, bytes[offset + same] == text.base[start + same] { same &+= 1 }
            if same == count { found.append((literal, offset)) }
        }
    }
}

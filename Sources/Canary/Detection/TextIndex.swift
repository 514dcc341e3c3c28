// SPDX-License-Identifier: Apache-2.0

internal import CByteMarks
internal import Foundation

/// One pass over a view, whose fruits every search and decoder of that view shares: which kinds of bytes stand where (a
/// bit each), the text folded to what people read, and where its words and numbers begin.
final class TextIndex {
    /// Kinds of bytes, each a set of its own.
    enum Kind: Int, CaseIterable {
        /// Either alphabet of base64.
        case base64
        /// Digits, and what stands between numbers of a list.
        case numbers
        /// Hexadecimal digits, and what stands between them.
        case hexList
        /// Punctuation of a base85 text that words and quotations seldom hold.
        case odd
        /// Equals sign and colon.
        case separator
        /// What begins an escape or a mark within a word.
        case escape
        /// No text holds it.
        case control
        case alphanumeric
        case digit
        /// Anything but spaces and controls.
        case visible
        /// What the names of fields are made of.
        case name
        case upper

        func holds(_ byte: UInt8) -> Bool {
            let isDigit = byte >= 0x30 && byte <= 0x39
            let isLetter = byte | 32 >= 0x61 && byte | 32 <= 0x7A
            switch self {
            case .base64: return isDigit || isLetter || Array("+/-_".utf8).contains(byte)
            case .numbers: return isDigit || Array(" ,\n\r\t;-.:".utf8).contains(byte)
            case .hexList:
                return EscapeDecoder.hexValue(byte) != nil || byte | 32 == 0x78
                    || Array(" ,\n\r\t;-.:".utf8).contains(byte)
            case .odd: return Array("!#$%&()*;<>?@^`{|}~+\\".utf8).contains(byte)
            case .separator: return byte == 0x3D || byte == 0x3A
            case .escape: return Array("%\\&<)\u{1B}".utf8).contains(byte)
            case .control: return byte < 9 || byte > 13 && byte < 32 || byte == 127
            case .alphanumeric: return isDigit || isLetter
            case .digit: return isDigit
            case .visible: return byte > 32 && byte < 127
            case .name: return isDigit || isLetter || byte == UInt8(ascii: "_")
            case .upper: return byte >= 0x41 && byte <= 0x5A
            }
        }
    }

    private static let kinds = Kind.allCases.count
    /// Words a block: one a kind, and one for bytes of 128 and above.
    private static let stride = kinds + 1
    /// Whether the machine has the wide registers.
    static var isWide: Bool { tables.isWide }
    private static let tables = IndexTables(kinds: Kind.allCases.map { kind in { kind.holds($0) } })

    private(set) var bytes = UnsafeBufferPointer<UInt8>(start: nil, count: 0)
    private var blocks = 0
    private let marks = Memory<UInt64>()
    /// All marks of a kind together: whether it occurs at all.
    private let present = Memory<UInt64>()
    /// The last block, filled up.
    private let tail = Memory<UInt8>()
    private let output = Memory<UInt8>()
    private var foldedCount = 0
    /// Of each block: the original position of its first character, and the folded bytes before it.
    private let rawStarts = Memory<UInt32>()
    private let foldedStarts = Memory<UInt32>()
    private let anchorMemory = Memory<UInt32>()
    private var anchorCount = 0
    /// What rare characters fold to, as far as met.
    private var letters: [UInt32: [UInt8]] = [:]

    var folded: UnsafeBufferPointer<UInt8> { .init(start: output.base, count: foldedCount) }
    /// Folded positions at which a word or a number begins.
    var anchors: UnsafeBufferPointer<UInt32> { .init(start: anchorMemory.base, count: anchorCount) }
    /// Whether there are bytes beyond ASCII.
    var hasHigh: Bool { present.base[Self.kinds] != 0 }
    /// Whether every byte is one of a plain text.
    var isPlain: Bool { !hasHigh && !holds(.control) }
    func holds(_ kind: Kind) -> Bool { present.base[kind.rawValue] != 0 }

    /// Reads a view; what was read before is forgotten.
    func read(_ bytes: UnsafeBufferPointer<UInt8>) {
        self.bytes = bytes
        blocks = (bytes.count + 63) / 64
        foldedCount = 0
        anchorCount = 0
        for place in 0..<Self.stride { present.base[place] = 0 }
        if letters.count > 4096 { letters = [:] }
        marks.reserve(blocks * Self.stride, keeping: 0)
        output.reserve(bytes.count + 4096, keeping: 0)
        rawStarts.reserve(blocks + 1, keeping: 0)
        foldedStarts.reserve(blocks + 1, keeping: 0)
        anchorMemory.reserve(bytes.count + 64, keeping: 0)
        guard let base = bytes.baseAddress, blocks > 0 else { return }
        let whole = bytes.count / 64
        let rest = bytes.count - whole * 64
        if rest > 0 {
            for place in 0..<rest { tail.base[place] = base[whole * 64 + place] }
            for place in rest..<64 { tail.base[place] = 0 }
            let last = marks.base + whole * Self.stride
            classify(tail.base, 1, last)
            // Zeros fill it up, which are of a kind too.
            for kind in 0..<Self.stride {
                last[kind] &= (1 << UInt64(rest)) - 1
                present.base[kind] = last[kind]
            }
        }
        classify(base, whole, marks.base)
        fold(base, whole)
        // The gram of the last anchors is read whole.
        for place in 0..<8 { output.base[foldedCount + place] = 0 }
        if holds(.escape) { anchorAfterEscapes(base) }
        if !isPlain { anchorAfterIdentifiers(base) }
    }

    private func classify(_ base: UnsafePointer<UInt8>, _ count: Int, _ marks: UnsafeMutablePointer<UInt64>) {
        let sets = Self.tables.sets
        #if arch(x86_64)
            if Self.tables.isWide {
                return bytemarks_classify_avx2(base, count, sets, Self.kinds, marks, present.base)
            }
        #endif
        bytemarks_classify_plain(base, count, sets, Self.kinds, marks, present.base)
    }

    // MARK: Folding

    private func fold(_ base: UnsafePointer<UInt8>, _ whole: Int) {
        var cursor = 0
        var block = 0
        while block < blocks {
            if cursor == block * 64, high(block) == 0 {
                if block == whole {
                    plain(tail.base, block, 1, base)
                    block += 1
                } else {
                    var end = block + 1
                    while end < whole, high(end) == 0 { end += 1 }
                    plain(base + block * 64, block, end - block, base)
                    block = end
                }
                cursor = min(bytes.count, block * 64)
            } else {
                rawStarts.base[block] = UInt32(cursor)
                foldedStarts.base[block] = UInt32(foldedCount)
                output.reserve(foldedCount + 4096 + bytes.count - cursor, keeping: foldedCount)
                anchorMemory.reserve(anchorCount + 2048 + bytes.count - cursor, keeping: anchorCount)
                cursor = mixed(cursor, until: min(bytes.count, (block + 1) * 64))
                block += 1
            }
        }
        rawStarts.base[blocks] = UInt32(bytes.count)
        foldedStarts.base[blocks] = UInt32(foldedCount)
    }

    private func high(_ block: Int) -> UInt64 { marks.base[block * Self.stride + Self.kinds] }

    private func plain(_ from: UnsafePointer<UInt8>, _ block: Int, _ count: Int, _ base: UnsafePointer<UInt8>) {
        let own = marks.base + block * Self.stride
        let ends = foldedStarts.base + block + 1
        let (alphanumeric, digit) = (Kind.alphanumeric.rawValue, Kind.digit.rawValue)
        foldedStarts.base[block] = UInt32(foldedCount)
        for place in 0..<count { rawStarts.base[block + place] = UInt32((block + place) * 64) }
        let start = UInt32(foldedCount)
        var before: UInt32 = 0
        if block > 0 {
            let last = base[block * 64 - 1]
            before = (Kind.alphanumeric.holds(last) ? 1 : 0) | (Kind.digit.holds(last) ? 2 : 0)
        }
        #if arch(x86_64)
            if Self.tables.isWide {
                foldedCount = bytemarks_fold_avx2(
                    from, count, own, Self.stride, alphanumeric, output.base, ends, foldedCount, Self.tables.shuffles)
                anchorCount += bytemarks_anchors_avx2(
                    count, own, Self.stride, alphanumeric, digit, ends, start, before, anchorMemory.base + anchorCount)
                return
            }
        #endif
        foldedCount = bytemarks_fold_plain(from, count, own, Self.stride, alphanumeric, output.base, ends, foldedCount)
        anchorCount += bytemarks_anchors_plain(
            count, own, Self.stride, alphanumeric, digit, ends, start, before, anchorMemory.base + anchorCount)
    }

    /// Text with characters beyond ASCII, one after another.
    private func mixed(_ start: Int, until end: Int) -> Int {
        var cursor = start
        while cursor < end {
            let byte = bytes[cursor]
            if byte < 0x80 {
                if Kind.isAlphanumeric(byte) {
                    let before = cursor > 0 ? bytes[cursor - 1] : 0
                    let isDigit = byte < 0x3A
                    if !Kind.isAlphanumeric(before) || isDigit && !(before >= 0x30 && before < 0x3A) {
                        anchor()
                    }
                    output.base[foldedCount] = byte | 32
                    foldedCount += 1
                }
                cursor += 1
                continue
            }
            let (scalar, width) = FoldedText.scalar(bytes, at: cursor)
            cursor += width
            let before = foldedCount
            foldedCount += FoldedText.fold(scalar, &letters, into: output.base + foldedCount)
            if foldedCount > before {
                anchorMemory.base[anchorCount] = UInt32(before)
                anchorCount += 1
            }
        }
        return cursor
    }

    private func anchor() {
        anchorMemory.base[anchorCount] = UInt32(foldedCount)
        anchorCount += 1
    }

    /// `\nSmith` in a JSON text: the letter belongs to the escape, and a word begins behind it.
    private func anchorAfterEscapes(_ base: UnsafePointer<UInt8>) {
        var position = 0
        while position + 2 < bytes.count, let found = memchr(base + position, 0x5C, bytes.count - position - 2) {
            let index = UnsafeRawPointer(found) - UnsafeRawPointer(base)
            let letter = base[index + 1]
            if letter == 0x6E || letter == 0x72 || letter == 0x74 {
                let place = foldedPosition(of: index + 2)
                if place < foldedCount {
                    anchorMemory.reserve(anchorCount + 1, keeping: anchorCount)
                    anchorMemory.base[anchorCount] = UInt32(place)
                    anchorCount += 1
                }
            }
            position = index + 2
        }
    }

    /// In a database's page the next column follows a UUID at once: a number begins there, also behind a digit.
    private func anchorAfterIdentifiers(_ base: UnsafePointer<UInt8>) {
        forEachRun(.base64, least: 43) { range in
            let text = base + range.lowerBound
            guard text[8] == 0x2D, text[13] == 0x2D, text[18] == 0x2D, text[23] == 0x2D,
                Surroundings.isDigit(text[35]), Surroundings.isDigit(text[36])
            else { return }
            anchorMemory.reserve(anchorCount + 1, keeping: anchorCount)
            anchorMemory.base[anchorCount] = UInt32(foldedPosition(of: range.lowerBound + 36))
            anchorCount += 1
        }
    }

    private func foldedPosition(of raw: Int) -> Int {
        var block = raw / 64
        while block > 0, rawStarts.base[block] > raw { block -= 1 }
        var (input, output) = (Int(rawStarts.base[block]), Int(foldedStarts.base[block]))
        while input < raw {
            let (scalar, width) = FoldedText.scalar(bytes, at: input)
            output += FoldedText.width(scalar, &letters)
            input += width
        }
        return output
    }

    /// The stretch of the view that a folded stretch came from.
    func original(_ range: Range<Int>) -> Range<Int> {
        var low = 0
        var high = blocks
        while high - low > 1 {
            let middle = (low + high) / 2
            if foldedStarts.base[middle] <= range.lowerBound { low = middle } else { high = middle }
        }
        var (input, output) = (Int(rawStarts.base[low]), Int(foldedStarts.base[low]))
        var start: Int?
        while input < bytes.count {
            let (scalar, width) = FoldedText.scalar(bytes, at: input)
            let produced = FoldedText.width(scalar, &letters)
            if start == nil, output + produced > range.lowerBound { start = input }
            output += produced
            input += width
            if output >= range.upperBound { break }
        }
        return (start ?? input)..<input
    }

    // MARK: Runs

    /// Calls `body` with every longest run of at least `least` bytes of a kind, in order.
    /// - Parameter least: 2 to 64.
    @inline(__always)
    func forEachRun(_ kind: Kind, least: Int, _ body: (Range<Int>) -> Void) {
        guard holds(kind) else { return }
        let words = marks.base + kind.rawValue
        let step = Self.stride
        var block = 0
        var floor = 0
        while block < blocks {
            var low = words[block &* step]
            if low == 0 {
                block &+= 1
                continue
            }
            var high = block &+ 1 < blocks ? words[(block &+ 1) &* step] : 0
            if floor > block &* 64 { low &= floor >= (block &+ 1) &* 64 ? 0 : ~0 << UInt64(floor &- block &* 64) }
            // What stays set has so many bytes of the kind behind it.
            var have = 1
            while have < least {
                let shift = UInt64(min(have, least &- have))
                if shift == 64 {
                    (low, high) = (low & high, high & 0)
                } else {
                    low &= low &>> shift | high &<< (64 &- shift)
                    high &= high &>> shift
                }
                have &+= Int(shift)
            }
            guard low != 0 else {
                block &+= 1
                continue
            }
            let start = block &* 64 &+ low.trailingZeroBitCount
            let end = self.end(of: words, from: start)
            body(start..<end)
            floor = end
            block = end / 64
        }
    }

    /// The first position at or behind `from` that is not of the kind.
    @inline(__always)
    private func end(of words: UnsafeMutablePointer<UInt64>, from: Int) -> Int {
        var block = from / 64
        var free = ~words[block &* Self.stride] & (~0 << UInt64(from & 63))
        while free == 0 {
            block &+= 1
            if block >= blocks { return bytes.count }
            free = ~words[block &* Self.stride]
        }
        return min(bytes.count, block &* 64 &+ free.trailingZeroBitCount)
    }

    /// The first position of a kind at or behind `from`; nil where none follows.
    @inline(__always)
    func next(_ kind: Kind, from: Int) -> Int? {
        guard from < bytes.count else { return nil }
        var block = from / 64
        var set = marks.base[block &* Self.stride &+ kind.rawValue] & (~0 << UInt64(from & 63))
        while set == 0 {
            block &+= 1
            if block >= blocks { return nil }
            set = marks.base[block &* Self.stride &+ kind.rawValue]
        }
        return block &* 64 &+ set.trailingZeroBitCount
    }

    /// Where the run of a kind around a position begins and ends.
    func run(_ kind: Kind, around position: Int) -> Range<Int> {
        let words = marks.base + kind.rawValue
        var block = position / 64
        var free = ~words[block * Self.stride] & (position & 63 == 0 ? 0 : ~0 >> UInt64(64 - position & 63))
        while free == 0, block > 0 {
            block -= 1
            free = ~words[block * Self.stride]
        }
        let start = free == 0 ? 0 : block * 64 + 64 - free.leadingZeroBitCount
        return start..<end(of: words, from: position)
    }

    /// Where the run of a kind that goes on before `end` begins; `end` itself where the byte before is none of it.
    @inline(__always)
    func start(_ kind: Kind, before end: Int) -> Int {
        guard end > 0 else { return 0 }
        let words = marks.base + kind.rawValue
        var block = (end &- 1) / 64
        // The bits of the block before `end`, moved to the top.
        let kept = UInt64(end &- block &* 64)
        let gaps = ~words[block &* Self.stride] &<< (64 &- kept)
        if gaps != 0 { return end &- gaps.leadingZeroBitCount }
        while block > 0 {
            block &-= 1
            let free = ~words[block &* Self.stride]
            if free != 0 { return block &* 64 &+ 64 &- free.leadingZeroBitCount }
        }
        return 0
    }

    /// The first position at or behind `from` that is not of a kind.
    @inline(__always)
    func end(_ kind: Kind, from: Int) -> Int {
        from < bytes.count ? end(of: marks.base + kind.rawValue, from: from) : bytes.count
    }

    /// Whether a byte of a kind stands in a range.
    @inline(__always)
    func holds(_ kind: Kind, in range: Range<Int>) -> Bool {
        next(kind, from: range.lowerBound).map { $0 < range.upperBound } ?? false
    }

    /// How many runs of a kind begin in a range, the one that reaches into it too.
    func runs(_ kind: Kind, in range: Range<Int>) -> Int {
        var total = 0
        var position = range.lowerBound
        var goesOn: UInt64 = 0
        while position < range.upperBound {
            let block = position / 64
            var word = marks.base[block &* Self.stride &+ kind.rawValue] & (~0 &<< UInt64(position & 63))
            let end = min(range.upperBound, block &* 64 &+ 64)
            if end & 63 != 0 { word &= (1 &<< UInt64(end & 63)) &- 1 }
            total &+= (word & ~(word &<< 1 | goesOn)).nonzeroBitCount
            goesOn = word &>> 63
            position = end
        }
        return total
    }

    /// How many bytes of a kind stand in a range.
    func count(_ kind: Kind, in range: Range<Int>) -> Int {
        var total = 0
        var position = range.lowerBound
        while position < range.upperBound {
            let block = position / 64
            var word = marks.base[block * Self.stride + kind.rawValue] & (~0 << UInt64(position & 63))
            let end = min(range.upperBound, block * 64 + 64)
            if end & 63 != 0 { word &= (1 << UInt64(end & 63)) - 1 }
            total += word.nonzeroBitCount
            position = end
        }
        return total
    }
}

extension TextIndex.Kind {
    /// Letters and digits, without a table.
    @inline(__always)
    static func isAlphanumeric(_ byte: UInt8) -> Bool {
        byte >= 0x30 && byte <= 0x39 || byte | 32 >= 0x61 && byte | 32 <= 0x7A
    }
}

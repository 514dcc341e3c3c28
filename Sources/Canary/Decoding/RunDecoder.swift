// SPDX-License-Identifier: Apache-2.0

internal import Foundation

/// Runs of letters and digits that are an encoding of something: hexadecimal, base64, base32, base58.
struct RunDecoder {
    private typealias Bytes = UnsafeBufferPointer<UInt8>

    /// 1: base64 of either alphabet; 2: hexadecimal; 4: upper; 8: lower; 16: digit; 32: base32; 64: base58; 128: what
    /// may stand in wrapped base64.
    private static let classes = ByteRuns.table { byte in
        var mark: UInt8 = 0
        switch byte {
        case 0x41...0x5A: mark = 1 | 4 | 32 | 64
        case 0x61...0x7A: mark = 1 | 8 | 64
        case 0x30...0x39: mark = 1 | 16 | 2 | 64
        case UInt8(ascii: "+"), UInt8(ascii: "/"), UInt8(ascii: "-"), UInt8(ascii: "_"): mark = 1
        case UInt8(ascii: "="), 0x0A, 0x0D: mark = 128
        default: break
        }
        if (0x41...0x46).contains(byte) || (0x61...0x66).contains(byte) { mark |= 2 }
        if (0x32...0x37).contains(byte) { mark |= 32 }
        if [UInt8(ascii: "0"), UInt8(ascii: "O"), UInt8(ascii: "I"), UInt8(ascii: "l")].contains(byte) { mark &= ~64 }
        return mark & 1 != 0 ? mark | 128 : mark
    }

    private static let values64 = ByteRuns.table { byte in
        switch byte {
        case 0x41...0x5A: byte - 0x41
        case 0x61...0x7A: byte - 0x61 + 26
        case 0x30...0x39: byte - 0x30 + 52
        case UInt8(ascii: "+"), UInt8(ascii: "-"): 62
        case UInt8(ascii: "/"), UInt8(ascii: "_"): 63
        default: 255
        }
    }

    /// Of a character of standard base64, or the `,` that mailboxes write for `/` (RFC 3501).
    static func value64(_ byte: UInt8) -> UInt32? {
        if byte == UInt8(ascii: ",") { return 63 }
        let value = values64.marks[Int(byte)]
        return value < 64 && byte != 0x2D && byte != 0x5F ? UInt32(value) : nil
    }

    private enum Encoding: String {
        case hex, base64, base32, base58

        var bit: UInt64 {
            switch self {
            case .hex: 1
            case .base64: 2
            case .base32: 4
            case .base58: 8
            }
        }
    }

    /// Longest run read as base58: its cost grows with the square.
    private static let longest58 = 4096

    private let view: View
    private let limit: Int
    private let scratch: Scratch
    /// Whether the run at hand gave anything but noise, and noise of which encodings.
    private var isFruitful = false
    private var noise: UInt64 = 0
    /// Whether all of its noise will be searched, in so few pieces that packed letters are looked for.
    private var isNoiseSearched = true
    private var hex = PieceCollector("hex")
    private var base64 = PieceCollector("base64")
    private var base32 = PieceCollector("base32")
    private var base58 = PieceCollector("base58")
    private var neighbours = Neighbours()

    private init(_ view: View, limit: Int, _ scratch: Scratch) {
        self.view = view
        self.limit = limit
        self.scratch = scratch
    }

    /// Characters of the shortest run that is looked at.
    static let shortest = 11

    /// Whether two runs of one length stood side by side: then they may be one in groups.
    private struct Neighbours {
        private(set) var areEqual = false
        private var last = 0..<0

        @inline(__always)
        mutating func meet(_ run: Range<Int>) {
            if run.lowerBound == last.upperBound &+ 1, run.count == last.count { areEqual = true }
            last = run
        }
    }

    /// - Parameter barren: runs that need no second look; nil: all are looked at.
    static func expand(
        _ view: View, _ index: TextIndex, limit: Int, _ scratch: Scratch, _ barren: BarrenWords?,
        into expansion: inout Expansion
    ) {
        var decoder = RunDecoder(view, limit: limit, scratch)
        decoder.walk(index, barren, &expansion)
        expansion.hasEqualNeighbours = decoder.neighbours.areEqual
        decoder.hex.add(to: &expansion, of: view)
        decoder.base64.add(to: &expansion, of: view)
        decoder.base32.add(to: &expansion, of: view)
        decoder.base58.add(to: &expansion, of: view)
    }

    /// Runs of at least `least` characters, wrapped in lines or not, decoded whole: what is compressed in them reads
    /// no other way.
    static func expandLong(_ view: View, least: Int, limit: Int, _ scratch: Scratch, into expansion: inout Expansion) {
        view.bytes.withUnsafeBufferPointer { bytes in
            let classes = Self.classes.marks
            ByteRuns.forEach(128, least: least, in: bytes, classes) { range in
                guard range.count * 3 / 4 <= limit else {
                    expansion.cutShort.append((view.chain + ["base64"], view.root(range)))
                    return
                }
                var digits = 0
                for index in range where classes[Int(bytes[index])] & 2 != 0 { digits &+= 1 }
                let isHex = digits * 10 >= range.count * 9
                let name = isHex ? "hex" : "base64"
                let decoded = isHex ? hexDigits(bytes, range, scratch) : base64(bytes, range, scratch)
                var found = View(
                    bytes: Array(decoded), chain: view.chain + [name],
                    segments: [.init(start: 0, root: view.root(range), isLinear: false)])
                found.isOpaque = !isText(decoded)
                expansion.whole.append((found.chain, view.root(range)))
                for output in ContainerDecoder.compressed(decoded, limit: limit) {
                    let chain = found.chain + [output.name]
                    if output.isLimited { expansion.cutShort.append((chain, view.root(range))) }
                    expansion.views.append(View(bytes: output.bytes, chain: chain, segments: found.segments))
                }
                expansion.views.append(found)
            }
        }
    }

    private mutating func walk(_ index: TextIndex, _ barren: BarrenWords?, _ expansion: inout Expansion) {
        let bytes = index.bytes
        guard let barren else {
            index.forEachRun(.base64, least: Self.shortest) { range in
                neighbours.meet(range)
                let isWord = Self.isWord(index, range)
                if !isWord || range.count >= 14 { attempt(bytes, range, isWord, &expansion) }
            }
            return wrapped(index, &expansion)
        }
        // The memory of barren runs is large: all of them are asked for before the first is looked up.
        let found = barren.found
        found.reserve(bytes.count / 11 + 1, keeping: 0)
        var count = 0
        index.forEachRun(.base64, least: Self.shortest) { range in
            neighbours.meet(range)
            if range.count < 14, Self.isWord(index, range) { return }
            let hash = barren.hash(bytes, range, .run)
            barren.prefetch(hash)
            found.base[count] = (range.lowerBound, range.upperBound, hash)
            count &+= 1
        }
        for place in 0..<count {
            let (start, end, hash) = found.base[place]
            if let note = barren.note(hash), note & openCollectors == 0 { continue }
            let range = start..<end
            attempt(bytes, range, Self.isWord(index, range), &expansion)
            if isFruitful { continue }
            barren.insert(hash, note: barren.trustsNoise && isNoiseSearched ? 0 : noise)
        }
        wrapped(index, &expansion)
    }

    /// Words of small letters, with hyphens or slashes between them, encode nothing but perhaps hexadecimal.
    @inline(__always)
    private static func isWord(_ index: TextIndex, _ range: Range<Int>) -> Bool {
        !index.holds(.digit, in: range) && !index.holds(.upper, in: range)
    }

    private mutating func attempt(_ bytes: Bytes, _ range: Range<Int>, _ isWord: Bool, _ expansion: inout Expansion) {
        let classes = Self.classes.marks
        var every: UInt8 = 0xFF
        var some: UInt8 = 0
        for place in range {
            let mark = classes[Int(bytes[place])]
            every &= mark
            some |= mark
        }
        isFruitful = false
        noise = 0
        isNoiseSearched = true
        if !isWord || holdsHex(bytes, range) { run(bytes, range, every, some, &expansion) }
    }

    /// Whether seven bytes in hexadecimal stand together.
    private func holdsHex(_ bytes: Bytes, _ range: Range<Int>) -> Bool {
        var isFound = false
        ByteRuns.forEach(2, least: 14, in: Bytes(rebasing: bytes[range]), Self.classes.marks) { _ in isFound = true }
        return isFound
    }

    /// Which collectors would still take a piece of noise, a bit each.
    private var openCollectors: UInt64 {
        (hex.takesNoise ? 1 : 0) | (base64.takesNoise ? 2 : 0) | (base32.takesNoise ? 4 : 0)
            | (base58.takesNoise ? 8 : 0)
    }

    private mutating func run(
        _ bytes: Bytes, _ range: Range<Int>, _ every: UInt8, _ some: UInt8, _ expansion: inout Expansion
    ) {
        subruns(bytes, range, mark: 2, least: 14) { decoder, found in
            decoder.decodeHex(bytes, found, &expansion)
        }
        if range.count == 36 { identifier(bytes, range, &expansion) }
        if some & 16 != 0, some & 12 != 12, range.count >= 12 { otherBase32(bytes, range, &expansion) }
        guard some & 4 != 0 else {
            // Small letters are as good as capitals; so are words, of which nothing comes.
            subruns(bytes, range, mark: 32 | 8, least: 12) { decoder, found in
                decoder.smallBase32(bytes, found, &expansion)
            }
            return
        }
        if some & 24 != 0, every & 2 == 0, !Self.isTimestamp(bytes, range) { decodeBase64(bytes, range, &expansion) }
        subruns(bytes, range, mark: 32, least: 12) { decoder, found in
            decoder.decodeBase32(bytes, found, &expansion)
        }
        if every & 2 == 0, some & 8 != 0 {
            subruns(bytes, range, mark: 64, least: 9) { decoder, found in
                guard found.count <= Self.longest58 else {
                    decoder.isFruitful = true
                    expansion.tooLong.append((decoder.view.chain + ["base58"], decoder.view.root(found)))
                    return
                }
                guard let decoded = Base58.decode(Bytes(rebasing: bytes[found]), decoder.scratch) else { return }
                decoder.emit(decoded, found, .base58, &expansion)
            }
        }
    }

    /// `2026-11-21T05`, which a colon ends: every line of a log begins so.
    private static func isTimestamp(_ bytes: Bytes, _ range: Range<Int>) -> Bool {
        guard range.count == 13, let base = bytes.baseAddress else { return false }
        let text = base + range.lowerBound
        guard text[4] == 0x2D, text[7] == 0x2D, text[10] == UInt8(ascii: "T") else { return false }
        for index in 0..<13 where index != 4 && index != 7 && index != 10 && !Surroundings.isDigit(text[index]) {
            return false
        }
        return true
    }

    private mutating func subruns(
        _ bytes: Bytes, _ range: Range<Int>, mark: UInt8, least: Int, _ body: (inout RunDecoder, Range<Int>) -> Void
    ) {
        ByteRuns.forEach(mark, least: least, in: Bytes(rebasing: bytes[range]), Self.classes.marks) { found in
            body(&self, range.lowerBound + found.lowerBound..<range.lowerBound + found.upperBound)
        }
    }

    private mutating func decodeHex(_ bytes: Bytes, _ range: Range<Int>, _ expansion: inout Expansion) {
        // Twice, since a run may begin with a stray digit.
        for phase in 0...1 {
            let decoded = Self.hexDigits(bytes, range.dropFirst(phase), scratch)
            if phase == 0 || Self.isReadable(decoded) { emit(decoded, range, .hex, &expansion) }
        }
    }

    /// Pairs of digits; whatever else stands between them is left out.
    private static func hexDigits(_ bytes: Bytes, _ range: Range<Int>, _ scratch: Scratch) -> Bytes {
        let out = scratch.room(range.count / 2 + 1)
        let table = EscapeDecoder.hexTable.marks
        var used = 0
        var high: UInt8 = 255
        for index in range {
            let digit = table[Int(bytes[index])]
            if digit == 255 { continue }
            if high == 255 {
                high = digit
            } else {
                out[used] = high << 4 | digit
                used &+= 1
                high = 255
            }
        }
        return Bytes(start: out, count: used)
    }

    private mutating func decodeBase64(_ bytes: Bytes, _ range: Range<Int>, _ expansion: inout Expansion) {
        // `sha384-…`: the hyphen is one of base64url's characters, but parts a digest from its name (W3C, Subresource
        // Integrity).
        if range.count > 48, bytes[range.lowerBound + 6] == 0x2D, bytes[range].starts(with: "sha".utf8) {
            let digest = Self.base64(bytes, range.dropFirst(7), scratch)
            if expansion.addRun(Encoding.base64.rawValue, digest, view.root(range)) { isFruitful = true }
        }
        for phase in 0..<4 where range.count - phase >= 10 {
            // Behind a stray beginning a text is a text from its first bytes on.
            if phase > 0, range.count > 24 {
                let head = Self.base64(bytes, range.lowerBound + phase..<range.lowerBound + phase + 12, scratch)
                guard Self.isReadable(head) else { continue }
            }
            let decoded = Self.base64(bytes, range.dropFirst(phase), scratch)
            if phase == 0 || Self.isReadable(decoded) { emit(decoded, range, .base64, &expansion) }
        }
    }

    private static func base64(_ bytes: Bytes, _ range: Range<Int>, _ scratch: Scratch) -> Bytes {
        let out = scratch.room(range.count * 3 / 4 + 3)
        let values = values64.marks
        var used = 0
        var word: UInt32 = 0
        var bits: UInt32 = 0
        for index in range {
            let value = values[Int(bytes[index])]
            if value == 255 { continue }
            word = word << 6 | UInt32(value)
            bits &+= 6
            if bits >= 8 {
                bits &-= 8
                out[used] = UInt8(truncatingIfNeeded: word &>> bits)
                used &+= 1
            }
        }
        return Bytes(start: out, count: used)
    }

    /// A digest may be written as a UUID.
    private mutating func identifier(_ bytes: Bytes, _ range: Range<Int>, _ expansion: inout Expansion) {
        let first = range.lowerBound
        guard bytes[first + 8] == 0x2D, bytes[first + 13] == 0x2D, bytes[first + 18] == 0x2D, bytes[first + 23] == 0x2D
        else { return }
        let decoded = Self.hexDigits(bytes, range, scratch)
        if decoded.count == 16, expansion.addRun("uuid", decoded, view.root(range)) { isFruitful = true }
        // Sixteen letters that a program put into one.
        if Self.isText(decoded) { emit(decoded, range, .hex, &expansion) }
    }

    private mutating func smallBase32(_ bytes: Bytes, _ range: Range<Int>, _ expansion: inout Expansion) {
        // A word of letters alone is one of a language.
        guard range.contains(where: { bytes[$0] < 0x3A }) else { return }
        emitText(bytes, range, &expansion, Self.small32)
    }

    private static let small32 = ByteRuns.table { byte in
        switch byte {
        case 0x61...0x7A: byte - 0x61
        case 0x32...0x37: byte - 0x32 + 26
        default: 255
        }
    }

    /// The alphabets that begin with the digits: RFC 4648's base32hex, Crockford's without I, L, O and U.
    private mutating func otherBase32(_ bytes: Bytes, _ range: Range<Int>, _ expansion: inout Expansion) {
        emitText(bytes, range, &expansion, Self.extendedHex)
        emitText(bytes, range, &expansion, Self.crockford)
    }

    private static let extendedHex = ByteRuns.table { byte in
        switch byte {
        case 0x30...0x39: byte - 0x30
        case 0x41...0x56: byte - 0x41 + 10
        case 0x61...0x76: byte - 0x61 + 10
        default: 255
        }
    }

    private static let crockford = ByteRuns.table { byte in
        let place = Array("0123456789ABCDEFGHJKMNPQRSTVWXYZ".utf8).firstIndex(
            of: (0x61...0x7A).contains(byte) ? byte - 32 : byte)
        return place.map(UInt8.init) ?? 255
    }

    /// Five bits a character; only what comes out as text is kept.
    private mutating func emitText(
        _ bytes: Bytes, _ range: Range<Int>, _ expansion: inout Expansion, _ alphabet: MarkTable
    ) {
        let values = alphabet.marks
        let out = scratch.room(range.count * 5 / 8 + 1)
        var used = 0
        var word: UInt32 = 0
        var bits: UInt32 = 0
        for index in range {
            let digit = values[Int(bytes[index])]
            if digit == 255 { return }
            word = word << 5 | UInt32(digit)
            bits += 5
            if bits >= 8 {
                bits -= 8
                let byte = UInt8(truncatingIfNeeded: word >> bits)
                // The first byte that no text holds ends the attempt.
                if byte < 9 || byte == 127 || (byte > 13 && byte < 32) { return }
                out[used] = byte
                used += 1
            }
        }
        let decoded = Bytes(start: out, count: used)
        if decoded.count >= 6, Self.isText(decoded) { emit(decoded, range, .base32, &expansion) }
    }

    private mutating func decodeBase32(_ bytes: Bytes, _ range: Range<Int>, _ expansion: inout Expansion) {
        let out = scratch.room(range.count * 5 / 8 + 1)
        var used = 0
        var word: UInt32 = 0
        var bits: UInt32 = 0
        for index in range {
            let byte = bytes[index]
            word = word << 5 | UInt32(byte >= 0x41 ? byte - 0x41 : byte - 0x32 + 26)
            bits += 5
            if bits >= 8 {
                bits -= 8
                out[used] = UInt8(truncatingIfNeeded: word >> bits)
                used += 1
            }
        }
        emit(Bytes(start: out, count: used), range, .base32, &expansion)
    }

    /// Lines that are nothing but base64 or hexadecimal and follow each other are one run.
    private mutating func wrapped(_ index: TextIndex, _ expansion: inout Expansion) {
        let bytes = index.bytes
        var start: Int?
        var lines = 0
        var lineStart = 0
        func isAlphabet(_ range: Range<Int>) -> Bool {
            guard range.count >= 4 else { return false }
            let end = index.end(.base64, from: range.lowerBound)
            guard end + 3 > range.upperBound else { return false }
            return end >= range.upperBound
                || bytes[end..<range.upperBound].allSatisfy {
                    $0 == UInt8(ascii: "=") || Self.classes.marks[Int($0)] & 1 != 0
                }
        }
        func finish(_ decoder: inout RunDecoder, _ end: Int) {
            guard let first = start, lines > 1 else { return }
            decoder.emit(
                Self.base64(bytes, first..<end, decoder.scratch), first..<end, .base64, &expansion)
            let pairs = Self.hexDigits(bytes, first..<end, decoder.scratch)
            if pairs.count * 20 >= (end - first) * 9 { decoder.emit(pairs, first..<end, .hex, &expansion) }
        }
        while lineStart <= bytes.count {
            let next = Self.lineEnd(bytes, from: lineStart)
            var end = next
            if end > lineStart, bytes[end - 1] == 0x0D { end -= 1 }
            var from = lineStart
            while from < end, bytes[from] == 0x20 || bytes[from] == 0x09 { from += 1 }
            if isAlphabet(from..<max(from, end)) {
                if start == nil { start = from }
                lines += 1
            } else {
                finish(&self, lineStart)
                start = nil
                lines = 0
            }
            lineStart = next + 1
        }
        finish(&self, bytes.count)
    }

    private static func lineEnd(_ bytes: Bytes, from start: Int) -> Int {
        guard let base = bytes.baseAddress, start < bytes.count,
            let found = memchr(base + start, 0x0A, bytes.count - start)
        else { return bytes.count }
        return UnsafeRawPointer(found) - UnsafeRawPointer(base)
    }

    private mutating func emit(
        _ decoded: Bytes, _ range: Range<Int>, _ encoding: Encoding, _ expansion: inout Expansion
    ) {
        guard decoded.count >= 6 else { return }
        let root = view.root(range)
        if expansion.addRun(encoding.rawValue, decoded, root) { isFruitful = true }
        let isText = Self.isText(decoded)
        let fate: PieceCollector.Fate
        switch encoding {
        case .hex: fate = hex.append(decoded, isText: isText, root: root)
        case .base64: fate = base64.append(decoded, isText: isText, root: root)
        case .base32: fate = base32.append(decoded, isText: isText, root: root)
        case .base58: fate = base58.append(decoded, isText: isText, root: root)
        }
        switch fate {
        case .kept: isFruitful = true
        case .searchedNoise: noise |= encoding.bit
        case .noise:
            noise |= encoding.bit
            isNoiseSearched = false
        }
        guard decoded.count >= 8, !isText || decoded.count < 64 else { return }
        let name = encoding.rawValue
        for output in ContainerDecoder.compressed(decoded, limit: limit) {
            isFruitful = true
            let chain = view.chain + [name, output.name]
            if output.isLimited { expansion.cutShort.append((chain, root)) }
            expansion.views.append(
                View(bytes: output.bytes, chain: chain, segments: [.init(start: 0, root: root, isLinear: false)]))
        }
    }
}

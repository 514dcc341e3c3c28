// SPDX-License-Identifier: Apache-2.0

/// Encodings that punctuation belongs to: lists of character codes, separated hexadecimal pairs, base85.
enum TokenDecoder {
    private typealias Bytes = UnsafeBufferPointer<UInt8>

    /// - Parameter barren: words that need no second look; nil: all are looked at.
    static func expand(
        _ view: View, _ index: TextIndex, _ scratch: Scratch, _ barren: BarrenWords?, into expansion: inout Expansion
    ) {
        view.bytes.withUnsafeBufferPointer { bytes in
            var codes = PieceCollector("character-codes")
            numbers(bytes, index, view, &codes)
            var pairs = PieceCollector("hex-pairs")
            var armor = PieceCollector("base85")
            hexPairs(bytes, index, view, &pairs, &expansion)
            if index.holds(.odd) {
                base85(bytes, index, view, scratch, barren, &armor)
                marked(bytes, view, &armor)
            }
            codes.add(to: &expansion, of: view)
            pairs.add(to: &expansion, of: view)
            armor.add(to: &expansion, of: view)
        }
    }

    /// 1: digit; 2: what may stand between numbers; 4: what lists of hexadecimal pairs are made of; 64: what lists of binary
    /// digits are made of.
    private static let classes = ByteRuns.table { byte in
        var mark: UInt8 = 0
        if (0x30...0x39).contains(byte) { mark |= 1 | 4 }
        if [0x20, 0x2C, 0x0A, 0x0D, 0x09, 0x3B, 0x2D, 0x2E, 0x3A].contains(byte) { mark |= 2 | 4 }
        if EscapeDecoder.hexValue(byte) != nil || byte | 32 == UInt8(ascii: "x") { mark |= 4 }
        if byte == 0x20 || byte == 0x30 || byte == 0x31 { mark |= 64 }
        return mark
    }

    /// Six and more whole numbers with nothing but separators between them.
    private static func numbers(_ bytes: Bytes, _ index: TextIndex, _ view: View, _ codes: inout PieceCollector) {
        index.forEachRun(.numbers, least: 11) { range in
            if range.count >= 48 { binary(bytes, range, view, &codes) }
            if index.runs(.digit, in: range) >= 6 { list(bytes, range, view, &codes) }
        }
    }

    private static func list(_ bytes: Bytes, _ range: Range<Int>, _ view: View, _ codes: inout PieceCollector) {
        let words = bytes[range].split { !(0x30...0x39).contains($0) }
        // `116 141 145`: three octal digits each.
        if words.allSatisfy({ $0.count == 3 && $0.allSatisfy { $0 < 0x38 } }) {
            let piece = words.map { UInt8(truncatingIfNeeded: $0.reduce(0) { $0 << 3 | UInt32($1 - 0x30) }) }
            if piece.withUnsafeBufferPointer(RunDecoder.isText) { codes.append(piece, root: view.root(range)) }
        }
        let list = words.map { digits in
            digits.count > 7 ? UInt32.max : digits.reduce(0) { $0 * 10 + UInt32($1 - 0x30) }
        }
        // Numbers beyond any character part one list from the next.
        for codesOnly in list.split(whereSeparator: { $0 < 9 || $0 >= 0x11_0000 }) where codesOnly.count >= 6 {
            let piece: [UInt8] =
                codesOnly.allSatisfy { $0 < 256 }
                ? codesOnly.map { UInt8($0) }
                : codesOnly.flatMap { Unicode.Scalar($0).map { Array(String($0).utf8) } ?? [] }
            guard piece.withUnsafeBufferPointer(RunDecoder.isText) else { continue }
            codes.append(piece, root: view.root(range))
        }
    }

    /// Eight binary digits a byte, with spaces between the bytes or none.
    private static func binary(_ bytes: Bytes, _ within: Range<Int>, _ view: View, _ codes: inout PieceCollector) {
        ByteRuns.forEach(64, least: 48, in: Bytes(rebasing: bytes[within]), classes.marks) { found in
            let range = within.lowerBound + found.lowerBound..<within.lowerBound + found.upperBound
            let bits = bytes[range].filter { $0 != 0x20 }
            guard bits.count >= 48 else { return }
            let piece = stride(from: 0, to: bits.count - 7, by: 8).map { start in
                bits[start..<start + 8].reduce(0) { $0 << 1 | ($1 & 1) }
            }
            if piece.withUnsafeBufferPointer(RunDecoder.isText) { codes.append(piece, root: view.root(range)) }
        }
    }

    /// `5a:6f`, `5A 6F`, `5a-6f`, `0x5a, 0x6f`: seven pairs and more.
    private static func hexPairs(
        _ bytes: Bytes, _ index: TextIndex, _ view: View, _ pairs: inout PieceCollector, _ expansion: inout Expansion
    ) {
        var piece: [UInt8] = []
        index.forEachRun(.hexList, least: 17) { range in
            // One separator in five bytes at least: a UUID has one in nine.
            guard (range.count - index.count(.alphanumeric, in: range)) * 6 >= range.count else { return }
            pairList(bytes, range, view, &piece, &pairs, &expansion)
        }
    }

    private static func pairList(
        _ bytes: Bytes, _ range: Range<Int>, _ view: View, _ piece: inout [UInt8], _ pairs: inout PieceCollector,
        _ expansion: inout Expansion
    ) {
        let marks = classes.marks
        let hex = EscapeDecoder.hexTable.marks
        let count = range.upperBound
        var index = range.lowerBound
        var start = index
        var width = 2
        func finish(_ end: Int) {
            if piece.count >= 6 {
                let root = view.root(start..<end)
                pairs.append(piece, root: root)
                _ = piece.withUnsafeBufferPointer { expansion.addRun("hex-pairs", $0, root) }
            }
            if !piece.isEmpty { piece.removeAll(keepingCapacity: true) }
        }
        while index < count {
            if hex[Int(bytes[index])] > 15 {
                index &+= 1
                continue
            }
            // Here a word of hexadecimal digits begins.
            let first = index
            while index < count, hex[Int(bytes[index])] < 16 { index &+= 1 }
            var from = first
            if index - from == 1, bytes[from] == 0x30, index < count, bytes[index] | 32 == 0x78 {
                index += 1
                from = index
                while index < count, hex[Int(bytes[index])] < 16 { index &+= 1 }
            }
            // A dump has words of two digits, or of four.
            guard index - from == 2 || (index - from == 4 && (piece.isEmpty || width == 4)) else {
                finish(first)
                continue
            }
            if piece.isEmpty {
                start = first
                width = index - from
            }
            for place in stride(from: from, to: index, by: 2) {
                piece.append(hex[Int(bytes[place])] << 4 | hex[Int(bytes[place + 1])])
            }
            var gap = 0
            while index < count, gap < 3, marks[Int(bytes[index])] & 2 != 0 {
                index += 1
                gap += 1
            }
            // The last byte of a dump by fours stands alone.
            let isLast = width == 4 && index - gap - from == 2
            if gap == 0 || isLast || index == count || hex[Int(bytes[index])] > 15 { finish(index) }
        }
        finish(count)
    }

    /// Words with punctuation inside, as a whole and from their last quotation mark, colon or equals sign on.
    private static func base85(
        _ bytes: Bytes, _ index: TextIndex, _ view: View, _ scratch: Scratch, _ barren: BarrenWords?,
        _ armor: inout PieceCollector
    ) {
        guard let barren else {
            return forEachWord(index) { _ = word(bytes, $0, view, scratch, &armor) }
        }
        let found = barren.found
        found.reserve(bytes.count / 8 + 1, keeping: 0)
        var count = 0
        forEachWord(index) { range in
            let hash = barren.hash(bytes, range, .token)
            barren.prefetch(hash)
            found.base[count] = (range.lowerBound, range.upperBound, hash)
            count &+= 1
        }
        for place in 0..<count {
            let (start, end, hash) = found.base[place]
            if barren.note(hash) == nil, !word(bytes, start..<end, view, scratch, &armor) { barren.insert(hash) }
        }
    }

    /// What stands between spaces and holds odd characters.
    @inline(__always)
    private static func forEachWord(_ index: TextIndex, _ body: (Range<Int>) -> Void) {
        var position = 0
        while let odd = index.next(.odd, from: position) {
            let range = index.run(.visible, around: odd)
            position = range.upperBound
            if range.count >= 8 { body(range) }
        }
    }

    /// Adobe's text may be wrapped in lines; its end is marked.
    private static func marked(_ bytes: Bytes, _ view: View, _ armor: inout PieceCollector) {
        var position = 0
        while let found = ByteRuns.first([0x7E, 0x3E], in: Bytes(rebasing: bytes[position...])) {
            marked(bytes, from: position, to: position + found, view, &armor)
            position += found + 2
        }
    }

    private static func marked(
        _ bytes: Bytes, from least: Int, to end: Int, _ view: View, _ armor: inout PieceCollector
    ) {
        var start = end
        while start > least,
            (0x21...0x75).contains(bytes[start - 1]) || bytes[start - 1] == 0x7A || bytes[start - 1] == 10
                || bytes[start - 1] == 13
        { start -= 1 }
        // A word of the document may stand on the line before, and a string of JSON has its own escapes.
        var lines = unescaped(bytes[start..<end]).split(separator: 10).map { $0.filter { $0 != 13 } }
        for _ in 0..<3 where !lines.isEmpty {
            var text = Array(lines.joined())
            if text.starts(with: [0x3C, 0x7E]) { text.removeFirst(2) }
            if let decoded = text.withUnsafeBufferPointer({ Base85.decode($0, .ascii85) }), decoded.count >= 6 {
                armor.append(decoded, root: view.root(start..<end))
            }
            lines.removeFirst()
        }
    }

    /// Without the backslashes that a string of JSON has before quotation marks and backslashes, and before its lines' ends; all
    /// of them, or none where one stands before anything else.
    private static func unescaped(_ text: Slice<Bytes>) -> [UInt8] {
        var plain: [UInt8] = []
        var index = text.startIndex
        while index < text.endIndex {
            guard text[index] == UInt8(ascii: "\\"), index + 1 < text.endIndex else {
                plain.append(text[index])
                index += 1
                continue
            }
            switch text[index + 1] {
            case UInt8(ascii: "\\"), UInt8(ascii: "\""), UInt8(ascii: "/"): plain.append(text[index + 1])
            case UInt8(ascii: "n"): plain.append(10)
            default: return Array(text)
            }
            index += 2
        }
        return plain
    }

    /// Capitals, digits and nine signs; from any place, since what stands before the text may be of the alphabet too.
    private static func base45(
        _ bytes: Bytes, _ range: Range<Int>, _ view: View, _ armor: inout PieceCollector
    ) -> Bool {
        guard range.count >= 9, Base45.mayHold(Bytes(rebasing: bytes[range])) else { return false }
        var isFruitful = false
        for phase in 0..<3 {
            guard let decoded = Base45.decode(Bytes(rebasing: bytes[range.dropFirst(phase)])), decoded.count >= 6,
                decoded.withUnsafeBufferPointer(RunDecoder.isReadable)
            else { continue }
            armor.append(decoded, root: view.root(range))
            isFruitful = true
        }
        return isFruitful
    }

    /// Returns whether anything readable came of it.
    private static func word(
        _ bytes: Bytes, _ range: Range<Int>, _ view: View, _ scratch: Scratch, _ armor: inout PieceCollector
    ) -> Bool {
        var isFruitful = false
        let (start, index) = (range.lowerBound, range.upperBound)
        var cuts: [Range<Int>] = [range]
        var from = start
        for place in range {
            switch bytes[place] {
            case UInt8(ascii: "\""), UInt8(ascii: "'"):
                if place - from >= 8 { cuts.append(from..<place) }
                from = place + 1
            case UInt8(ascii: "="), UInt8(ascii: ":"):
                if cuts.count < 8, index - place > 8 { cuts.append(place + 1..<index) }
            default: break
            }
        }
        if index - from >= 8, from > start { cuts.append(from..<index) }
        for cut in cuts {
            var word = Base85.Word(Bytes(rebasing: bytes[cut]))
            guard word.isMixed else { continue }
            let whole = cut.count
            var cut = cut
            if bytes[cut].starts(with: [0x3C, 0x7E]) { cut = cut.dropFirst(2) }
            if cut.count > 2, bytes[cut.upperBound - 2] == 0x7E, bytes[cut.upperBound - 1] == 0x3E {
                cut = cut.dropLast(2)
            }
            if cut.count < whole { word = Base85.Word(Bytes(rebasing: bytes[cut])) }
            if word.isBase45, base45(bytes, cut, view, &armor) { isFruitful = true }
            for alphabet in Base85.Alphabet.allCases where word.isOf(alphabet) {
                guard let decoded = Base85.readable(Bytes(rebasing: bytes[cut]), alphabet, scratch), decoded.count >= 6
                else { continue }
                armor.append(decoded, isText: RunDecoder.isText(decoded), root: view.root(cut))
                isFruitful = true
            }
        }
        return isFruitful
    }
}

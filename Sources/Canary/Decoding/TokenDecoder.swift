// SPDX-License-Identifier: Apache-2.0

/// Encodings that punctuation belongs to: lists of character codes, separated hexadecimal pairs, base85.
enum TokenDecoder {
    private typealias Bytes = UnsafeBufferPointer<UInt8>

    static func expand(_ view: View, into expansion: inout Expansion) {
        view.bytes.withUnsafeBufferPointer { bytes in
            var codes = PieceCollector("character-codes")
            numbers(bytes, view, &codes)
            var pairs = PieceCollector("hex-pairs")
            var armor = PieceCollector("base85")
            hexPairs(bytes, view, &pairs, &expansion)
            base85(bytes, view, &armor)
            for collector in [codes, pairs, armor] {
                expansion.views += collector.views(of: view)
            }
        }
    }

    /// 1: digit; 2: what may stand between numbers; 4: what lists of hexadecimal pairs are made of; 8: visible; 16:
    /// punctuation that words, numbers and quotations of a log do not hold, but a base85 text of ten characters surely
    /// does.
    private static let classes = ByteRuns.table { byte in
        var mark: UInt8 = 0
        if (0x30...0x39).contains(byte) { mark |= 1 | 4 }
        if [0x20, 0x2C, 0x0A, 0x0D, 0x09, 0x3B, 0x2D, 0x2E, 0x3A].contains(byte) { mark |= 2 | 4 }
        if EscapeDecoder.hexValue(byte) != nil || byte | 32 == UInt8(ascii: "x") { mark |= 4 }
        if byte > 0x20 && byte < 0x7F { mark |= 8 }
        if Array("!#$%&()*;<>?@^`{|}~+\\".utf8).contains(byte) { mark |= 16 }
        return mark
    }

    /// Six and more whole numbers with nothing but separators between them.
    private static func numbers(_ bytes: Bytes, _ view: View, _ codes: inout PieceCollector) {
        let marks = classes.marks
        ByteRuns.forEach(3, least: 11, in: bytes, marks) { range in
            var numbers = 0
            var previous: UInt8 = 0
            for index in range {
                let mark = marks[Int(bytes[index])] & 1
                numbers &+= Int(mark & ~previous)
                previous = mark
            }
            if numbers >= 6 { list(bytes, range, view, &codes) }
        }
    }

    private static func list(_ bytes: Bytes, _ range: Range<Int>, _ view: View, _ codes: inout PieceCollector) {
        let list = bytes[range].split { !(0x30...0x39).contains($0) }.map { digits in
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

    /// `5a:6f`, `5A 6F`, `5a-6f`, `0x5a, 0x6f`: seven pairs and more.
    private static func hexPairs(
        _ bytes: Bytes, _ view: View, _ pairs: inout PieceCollector, _ expansion: inout Expansion
    ) {
        var piece: [UInt8] = []
        ByteRuns.forEach(4, least: 17, in: bytes, classes.marks) { range in
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
        func finish(_ end: Int) {
            if piece.count >= 6 {
                let root = view.root(start..<end)
                pairs.append(piece, root: root)
                piece.withUnsafeBufferPointer { expansion.addRun("hex-pairs", $0, root) }
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
            guard index - from == 2 else {
                finish(first)
                continue
            }
            if piece.isEmpty { start = first }
            piece.append(hex[Int(bytes[from])] << 4 | hex[Int(bytes[from + 1])])
            var gap = 0
            while index < count, gap < 3, marks[Int(bytes[index])] & 2 != 0 {
                index += 1
                gap += 1
            }
            if gap == 0 || index == count || hex[Int(bytes[index])] > 15 { finish(index) }
        }
        finish(count)
    }

    /// Words with punctuation inside, as a whole and from their last quotation mark, colon or equals sign on.
    private static func base85(_ bytes: Bytes, _ view: View, _ armor: inout PieceCollector) {
        let marks = classes.marks
        let count = bytes.count
        var index = 0
        while index < count {
            // Odd characters are few: eight bytes are told free of them at once.
            while index + 8 <= count {
                let first = marks[Int(bytes[index])] | marks[Int(bytes[index &+ 1])] | marks[Int(bytes[index &+ 2])]
                let second = marks[Int(bytes[index &+ 3])] | marks[Int(bytes[index &+ 4])]
                let third = marks[Int(bytes[index &+ 5])] | marks[Int(bytes[index &+ 6])]
                if (first | second | third | marks[Int(bytes[index &+ 7])]) & 16 != 0 { break }
                index &+= 8
            }
            while index < count, marks[Int(bytes[index])] & 16 == 0 { index &+= 1 }
            guard index < count else { return }
            var start = index
            while start > 0, marks[Int(bytes[start - 1])] & 8 != 0 { start &-= 1 }
            while index < count, marks[Int(bytes[index])] & 8 != 0 { index &+= 1 }
            if index - start >= 8 { word(bytes, start..<index, view, &armor) }
        }
    }

    private static func word(_ bytes: Bytes, _ range: Range<Int>, _ view: View, _ armor: inout PieceCollector) {
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
            guard cut.contains(where: { classes.marks[Int(bytes[$0])] & 16 != 0 }) else { continue }
            var cut = cut
            if bytes[cut].starts(with: [0x3C, 0x7E]) { cut = cut.dropFirst(2) }
            if cut.count > 2, bytes[cut.upperBound - 2] == 0x7E, bytes[cut.upperBound - 1] == 0x3E {
                cut = cut.dropLast(2)
            }
            for alphabet in Base85.Alphabet.allCases {
                guard let decoded = Base85.decode(Bytes(rebasing: bytes[cut]), alphabet), decoded.count >= 6,
                    decoded.withUnsafeBufferPointer(RunDecoder.isReadable)
                else { continue }
                armor.append(decoded, root: view.root(cut))
            }
        }
    }
}

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

    /// Seven and more whole numbers with nothing but separators between them.
    private static func numbers(_ bytes: Bytes, _ view: View, _ codes: inout PieceCollector) {
        var list: [UInt32] = []
        var start = 0
        var index = 0
        func finish(_ end: Int) {
            defer { list.removeAll(keepingCapacity: true) }
            guard list.count >= 6, list.allSatisfy({ $0 >= 9 && $0 < 0x11_0000 }) else { return }
            let piece: [UInt8]
            if list.allSatisfy({ $0 < 256 }) {
                piece = list.map { UInt8($0) }
            } else {
                piece = list.flatMap { Unicode.Scalar($0).map { Array(String($0).utf8) } ?? [] }
            }
            guard RunDecoder.isReadable(piece) || String(validating: piece, as: UTF8.self) != nil else { return }
            codes.append(piece, root: view.root(start..<end))
        }
        while index < bytes.count {
            let byte = bytes[index]
            if byte >= 0x30, byte <= 0x39 {
                let first = index
                var value: UInt32 = 0
                while index < bytes.count, bytes[index] >= 0x30, bytes[index] <= 0x39 {
                    if index - first < 7 { value = value * 10 + UInt32(bytes[index] - 0x30) }
                    index += 1
                }
                if index - first <= 7 {
                    if list.isEmpty { start = first }
                    list.append(value)
                } else {
                    finish(first)
                }
            } else {
                switch byte {
                case 0x20, 0x2C, 0x0A, 0x0D, 0x09, 0x3B, 0x2D, 0x2E, 0x3A: break
                default: if !list.isEmpty { finish(index) }
                }
                index += 1
            }
        }
        finish(bytes.count)
    }

    /// `5a:6f`, `5A 6F`, `5a-6f`, `0x5a, 0x6f`: seven pairs and more.
    private static func hexPairs(_ bytes: Bytes, _ view: View, _ pairs: inout PieceCollector, _ expansion: inout Expansion) {
        var index = 0
        var piece: [UInt8] = []
        var start = 0
        func isHex(_ index: Int) -> Bool { index < bytes.count && EscapeDecoder.hexValue(bytes[index]) != nil }
        while index < bytes.count {
            // Every pair but the last has a separator behind it.
            if piece.isEmpty, index + 2 < bytes.count, !isHex(index) {
                index += 1
                continue
            }
            var from = index
            if from + 1 < bytes.count, bytes[from] == 0x30, bytes[from + 1] | 32 == 0x78 { from += 2 }
            if isHex(from), isHex(from + 1), !isHex(from + 2), let high = EscapeDecoder.hexValue(bytes[from]),
                let low = EscapeDecoder.hexValue(bytes[from + 1])
            {
                if piece.isEmpty { start = index }
                piece.append(UInt8(high << 4 | low))
                index = from + 2
                var gap = 0
                while index < bytes.count, gap < 3, [0x20, 0x2C, 0x3A, 0x2D, 0x0A, 0x0D, 0x2E].contains(bytes[index]) {
                    index += 1
                    gap += 1
                }
                if gap > 0 { continue }
            }
            if piece.count >= 6 {
                let root = view.root(start..<index)
                pairs.append(piece, root: root)
                if piece.count >= 8 { expansion.runs.append(("hex-pairs", piece, root)) }
            }
            piece.removeAll(keepingCapacity: true)
            // Past the rest of a longer word.
            while isHex(index) { index += 1 }
            index += 1
        }
        if piece.count >= 6 { pairs.append(piece, root: view.root(start..<bytes.count)) }
    }

    /// Punctuation that words, numbers and quotations of a log do not hold, but a base85 text of ten characters surely does.
    private static let odd: [Bool] = (0..<256).map { value in
        Array("!#$%&()*;<>?@^`{|}~+\\".utf8).contains(UInt8(value))
    }

    /// Words with punctuation inside, as a whole and from their last quotation mark, colon or equals sign on.
    private static func base85(_ bytes: Bytes, _ view: View, _ armor: inout PieceCollector) {
        var index = 0
        while index < bytes.count {
            while index < bytes.count, bytes[index] <= 0x20 || bytes[index] >= 0x7F { index += 1 }
            let start = index
            var isOdd = false
            while index < bytes.count, bytes[index] > 0x20, bytes[index] < 0x7F {
                isOdd = isOdd || odd[Int(bytes[index])]
                index += 1
            }
            guard isOdd, index - start >= 8 else { continue }
            var cuts: [Range<Int>] = [start..<index]
            var from = start
            for place in start..<index {
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
            for cut in cuts.prefix(12) {
                var cut = cut
                if bytes[cut].starts(with: [0x3C, 0x7E]) { cut = cut.dropFirst(2) }
                if cut.count > 2, bytes[cut.upperBound - 2] == 0x7E, bytes[cut.upperBound - 1] == 0x3E { cut = cut.dropLast(2) }
                for alphabet in Base85.Alphabet.allCases {
                    guard let decoded = Base85.decode(Bytes(rebasing: bytes[cut]), alphabet), decoded.count >= 6,
                        RunDecoder.isReadable(decoded)
                    else { continue }
                    armor.append(decoded, root: view.root(cut))
                }
            }
        }
    }
}

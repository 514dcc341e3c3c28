// SPDX-License-Identifier: Apache-2.0

internal import Foundation

/// Runs of letters and digits that are an encoding of something: hexadecimal, base64, base32, base58.
struct RunDecoder {
    private typealias Bytes = UnsafeBufferPointer<UInt8>

    /// 1: base64 of either alphabet; 2: hexadecimal; 4: upper; 8: lower; 16: digit; 32: base32; 64: base58.
    private static let classes: [UInt8] = (0..<256).map { value in
        let byte = UInt8(value)
        var mark: UInt8 = 0
        switch byte {
        case 0x41...0x5A: mark = 1 | 4 | 32 | 64
        case 0x61...0x7A: mark = 1 | 8 | 64
        case 0x30...0x39: mark = 1 | 16 | 2 | 64
        case UInt8(ascii: "+"), UInt8(ascii: "/"), UInt8(ascii: "-"), UInt8(ascii: "_"): mark = 1
        default: break
        }
        if (0x41...0x46).contains(byte) || (0x61...0x66).contains(byte) { mark |= 2 }
        if (0x32...0x37).contains(byte) { mark |= 32 }
        if [UInt8(ascii: "0"), UInt8(ascii: "O"), UInt8(ascii: "I"), UInt8(ascii: "l")].contains(byte) { mark &= ~64 }
        return mark
    }

    private static let values64: [UInt8] = {
        var table = [UInt8](repeating: 255, count: 256)
        let alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8
        for (index, byte) in alphabet.enumerated() { table[Int(byte)] = UInt8(index) }
        table[Int(UInt8(ascii: "-"))] = 62
        table[Int(UInt8(ascii: "_"))] = 63
        return table
    }()

    /// Texts above this size get the costlier trials for longer runs only.
    static let small = 1 << 16

    private let view: View
    private let limit: Int
    private var hex = PieceCollector("hex")
    private var base64 = PieceCollector("base64")
    private var base32 = PieceCollector("base32")
    private var base58 = PieceCollector("base58")

    private init(_ view: View, limit: Int) {
        self.view = view
        self.limit = limit
    }

    static func expand(_ view: View, limit: Int, into expansion: inout Expansion) {
        var decoder = RunDecoder(view, limit: limit)
        view.bytes.withUnsafeBufferPointer { decoder.walk($0, &expansion) }
        for collector in [decoder.hex, decoder.base64, decoder.base32, decoder.base58] {
            expansion.views += collector.views(of: view)
        }
    }

    private mutating func walk(_ bytes: Bytes, _ expansion: inout Expansion) {
        let count = bytes.count
        let isSmall = count <= Self.small
        Self.classes.withUnsafeBufferPointer { classes in
            var position = 0
            while position < count {
                // A run of eleven has a member at every eleventh place.
                guard classes[Int(bytes[position])] & 1 != 0 else {
                    position += 1
                    continue
                }
                let start = position
                var every: UInt8 = 0xFF
                var some: UInt8 = 0
                while position < count {
                    let mark = classes[Int(bytes[position])]
                    if mark & 1 == 0 { break }
                    every &= mark
                    some |= mark
                    position += 1
                }
                guard position - start >= 11 else { continue }
                run(bytes, start..<position, every, some, isSmall, &expansion)
            }
        }
        if isSmall { wrapped(bytes, &expansion) }
    }

    private mutating func run(
        _ bytes: Bytes, _ range: Range<Int>, _ every: UInt8, _ some: UInt8, _ isSmall: Bool,
        _ expansion: inout Expansion
    ) {
        subruns(bytes, range, mark: 2, least: 14) { decoder, found in
            decoder.decodeHex(bytes, found, &expansion)
        }
        if some & 4 != 0, some & 24 != 0, every & 2 == 0 {
            decodeBase64(bytes, range, isSmall, &expansion)
        }
        if some & 4 != 0 {
            subruns(bytes, range, mark: 32, least: 12) { decoder, found in
                decoder.decodeBase32(bytes, found, &expansion)
            }
        }
        if every & 2 == 0, some & 12 == 12 {
            subruns(bytes, range, mark: 64, least: 9) { decoder, found in
                guard found.count <= 160, let decoded = Base58.decode(Bytes(rebasing: bytes[found])), decoded.count >= 6
                else { return }
                decoder.emit(decoded, found, bytes, \.base58, "base58", isSmall, &expansion)
            }
        }
    }

    private mutating func subruns(
        _ bytes: Bytes, _ range: Range<Int>, mark: UInt8, least: Int, _ body: (inout RunDecoder, Range<Int>) -> Void
    ) {
        var index = range.lowerBound
        while index < range.upperBound {
            let start = index
            while index < range.upperBound, Self.classes[Int(bytes[index])] & mark != 0 { index += 1 }
            if index - start >= least { body(&self, start..<index) }
            index += 1
        }
    }

    private mutating func decodeHex(_ bytes: Bytes, _ range: Range<Int>, _ expansion: inout Expansion) {
        let table = EscapeDecoder.hexTable
        // Twice, since a run may begin with a stray digit.
        for phase in 0...1 {
            var decoded: [UInt8] = []
            decoded.reserveCapacity(range.count / 2)
            var index = range.lowerBound + phase
            while index + 1 < range.upperBound {
                decoded.append(table[Int(bytes[index])] << 4 | table[Int(bytes[index + 1])])
                index += 2
            }
            if phase == 0 || Self.isReadable(decoded) {
                emit(decoded, range, bytes, \.hex, "hex", bytes.count <= Self.small, &expansion)
            }
        }
    }

    private mutating func decodeBase64(
        _ bytes: Bytes, _ range: Range<Int>, _ isSmall: Bool, _ expansion: inout Expansion
    ) {
        for phase in 0..<4 where range.count - phase >= 10 {
            let decoded = Self.base64(bytes, range.dropFirst(phase))
            if phase == 0 || Self.isReadable(decoded) {
                emit(decoded, range, bytes, \.base64, "base64", isSmall, &expansion)
            }
        }
    }

    private static func base64(_ bytes: Bytes, _ range: Range<Int>) -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: range.count * 3 / 4 + 3) { out, used in
            values64.withUnsafeBufferPointer { values in
                var word: UInt32 = 0
                var bits: UInt32 = 0
                for index in range {
                    let value = values[Int(bytes[index])]
                    if value == 255 { continue }
                    word = word << 6 | UInt32(value)
                    bits += 6
                    if bits >= 8 {
                        bits -= 8
                        out[used] = UInt8(truncatingIfNeeded: word >> bits)
                        used += 1
                    }
                }
            }
        }
    }

    private mutating func decodeBase32(_ bytes: Bytes, _ range: Range<Int>, _ expansion: inout Expansion) {
        var decoded: [UInt8] = []
        var word: UInt32 = 0
        var bits: UInt32 = 0
        for index in range {
            let byte = bytes[index]
            word = word << 5 | UInt32(byte >= 0x41 ? byte - 0x41 : byte - 0x32 + 26)
            bits += 5
            if bits >= 8 {
                bits -= 8
                decoded.append(UInt8(truncatingIfNeeded: word >> bits))
            }
        }
        emit(decoded, range, bytes, \.base32, "base32", bytes.count <= Self.small, &expansion)
    }

    /// Lines that are nothing but base64 or hexadecimal and follow each other are one run.
    private mutating func wrapped(_ bytes: Bytes, _ expansion: inout Expansion) {
        var start: Int?
        var lines = 0
        var lineStart = 0
        func isAlphabet(_ range: Range<Int>) -> Bool {
            guard range.count >= 4 else { return false }
            return range.allSatisfy {
                Self.classes[Int(bytes[$0])] & 1 != 0 || ($0 + 3 > range.upperBound && bytes[$0] == UInt8(ascii: "="))
            }
        }
        func finish(_ decoder: inout RunDecoder, _ end: Int) {
            guard let first = start, lines > 1 else { return }
            let decoded = Self.base64(bytes, first..<end)
            decoder.emit(decoded, first..<end, bytes, \.base64, "base64", true, &expansion)
            let digits = (first..<end).compactMap { EscapeDecoder.hexValue(bytes[$0]) }
            if digits.count * 10 >= (end - first) * 9 {
                let pairs = stride(from: 0, to: digits.count - 1, by: 2).map { UInt8(digits[$0] << 4 | digits[$0 + 1]) }
                decoder.emit(pairs, first..<end, bytes, \.hex, "hex", true, &expansion)
            }
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
        _ decoded: [UInt8], _ range: Range<Int>, _ bytes: Bytes,
        _ collector: WritableKeyPath<RunDecoder, PieceCollector>,
        _ name: String, _ isSmall: Bool, _ expansion: inout Expansion
    ) {
        guard decoded.count >= 6 else { return }
        let root = view.root(range)
        if decoded.count >= 8, decoded.count <= 130 { expansion.runs.append((name, decoded, root)) }
        self[keyPath: collector].append(decoded, root: root)
        // Unsigned compression is tried on every run of a message, in a long text on those that could hold a name and
        // more.
        guard decoded.count >= (bytes.count <= Self.small / 4 ? 8 : 36) else { return }
        decoded.withUnsafeBufferPointer { decoded in
            for output in ContainerDecoder.compressed(decoded, limit: limit) {
                let chain = view.chain + [name, output.name]
                if output.isLimited { expansion.cutShort.append((chain, root)) }
                expansion.views.append(
                    View(bytes: output.bytes, chain: chain, segments: [.init(start: 0, root: root, isLinear: false)]))
            }
        }
    }

    /// Readable, or valid UTF-8.
    static func isText(_ bytes: [UInt8]) -> Bool {
        if isReadable(bytes) { return true }
        return bytes.withUnsafeBufferPointer { bytes in
            var index = 0
            while index < bytes.count {
                let width = bytes[index] < 0x80 ? 1 : FoldedText.scalar(bytes, at: index).1
                if width == 1, bytes[index] >= 0x80 { return false }
                index += width
            }
            return true
        }
    }

    /// Mostly printable, or UTF-16 of printable, or the beginning of something compressed.
    static func isReadable(_ bytes: [UInt8]) -> Bool {
        if bytes.starts(with: [0x1F, 0x8B]) || bytes.first == 0x78 || bytes.starts(with: [0x50, 0x4B]) { return true }
        let good = bytes.count { $0 == 0 || $0 == 9 || $0 == 10 || $0 == 13 || ($0 >= 32 && $0 < 127) }
        return good * 4 >= bytes.count * 3
    }
}

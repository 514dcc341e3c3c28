// SPDX-License-Identifier: Apache-2.0

internal import Foundation

/// A text reduced to what people read: letters in lower case without marks, digits; full-width and other compatibility
/// forms
/// as their plain ones; everything else left out. Positions lead back to the original.
struct FoldedText {
    private(set) var bytes: [UInt8] = []
    /// Every so often: an original offset at a character boundary, and the folded length before it.
    private var checkpoints: [(raw: Int, folded: Int)] = []
    private static let interval = 512

    /// 0: left out; 0xFF: beginning of something beyond ASCII.
    private static let table = ByteRuns.table { byte in
        switch byte {
        case 0x41...0x5A: byte + 32
        case 0x61...0x7A, 0x30...0x39: byte
        case 0x80...: 0xFF
        default: 0
        }
    }

    init(_ raw: UnsafeBufferPointer<UInt8>) {
        // Folding may lengthen a text, but seldom does; the longest, U+FDFA, makes 33 bytes of three.
        if !fill(raw, room: raw.count + raw.count / 4 + 2 * Self.interval) {
            _ = fill(raw, room: raw.count * 12 + 2 * Self.interval)
        }
    }

    /// False where there was not enough room.
    private mutating func fill(_ raw: UnsafeBufferPointer<UInt8>, room: Int) -> Bool {
        let count = raw.count
        var checkpoints: [(raw: Int, folded: Int)] = []
        checkpoints.reserveCapacity(count / Self.interval + 1)
        var letters: [UInt32: [UInt8]] = [:]
        var isCut = false
        bytes = [UInt8](unsafeUninitializedCapacity: room) { out, used in
            var output = 0
            var input = 0
            guard let base = raw.baseAddress, let result = out.baseAddress else { return }
            let table = Self.table.marks
            while input < count {
                checkpoints.append((input, output))
                let end = min(count, input &+ Self.interval)
                while input < end {
                    let folded = table[Int(base[input])]
                    if folded != 0xFF {
                        result[output] = folded
                        output &+= folded == 0 ? 0 : 1
                        input &+= 1
                    } else {
                        let (scalar, width) = Self.scalar(raw, at: input)
                        input &+= width
                        guard output < room - Self.interval - 96 else {
                            isCut = true
                            break
                        }
                        let near = scalar < 0x600 ? Self.near.words[Int(scalar)] : UInt64.max
                        if near != UInt64.max {
                            let length = Int(near &>> 56)
                            for step in 0..<length {
                                result[output &+ step] = UInt8(truncatingIfNeeded: near &>> UInt64(8 * step))
                            }
                            output &+= length
                        } else {
                            for byte in Self.fold(scalar, &letters).prefix(64) {
                                result[output] = byte
                                output &+= 1
                            }
                        }
                    }
                }
                if isCut || (input < count && output >= room - Self.interval - 96) {
                    isCut = true
                    break
                }
            }
            used = output
        }
        self.checkpoints = checkpoints
        return !isCut
    }

    /// A short text folded.
    static func fold(_ text: String) -> [UInt8] {
        Array(text.utf8).withUnsafeBufferPointer { FoldedText($0).bytes }
    }

    /// The stretch of the original that a folded stretch came from.
    func original(_ range: Range<Int>, in raw: UnsafeBufferPointer<UInt8>) -> Range<Int> {
        var low = 0
        var high = checkpoints.count
        while high - low > 1 {
            let middle = (low + high) / 2
            if checkpoints[middle].folded <= range.lowerBound { low = middle } else { high = middle }
        }
        guard low < checkpoints.count else { return 0..<0 }
        var (input, output) = checkpoints[low]
        var start: Int?
        var letters: [UInt32: [UInt8]] = [:]
        while input < raw.count {
            let (scalar, width) = Self.scalar(raw, at: input)
            let produced =
                scalar < 0x80 ? (Self.table.marks[Int(scalar)] == 0 ? 0 : 1) : Self.fold(scalar, &letters).count
            if start == nil, output + produced > range.lowerBound { start = input }
            output += produced
            input += width
            if output >= range.upperBound { break }
        }
        return (start ?? input)..<input
    }

    /// The scalar at `index` and its width; a byte that is no UTF-8 is taken as Latin-1.
    static func scalar(_ raw: UnsafeBufferPointer<UInt8>, at index: Int) -> (UInt32, Int) {
        let first = raw[index]
        if first < 0xC2 || first > 0xF4 { return (UInt32(first), 1) }
        let width = first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4
        guard index + width <= raw.count else { return (UInt32(first), 1) }
        var value = UInt32(first) & (width == 2 ? 0x1F : width == 3 ? 0x0F : 0x07)
        for step in 1..<width {
            let next = raw[index + step]
            guard next & 0xC0 == 0x80 else { return (UInt32(first), 1) }
            value = value << 6 | UInt32(next & 0x3F)
        }
        return (value, width)
    }

    /// Latin, Greek, Cyrillic and Hebrew: what names are written in, and what the bytes of noise are taken for. Up to
    /// seven bytes, their number in the highest; all ones where seven are too few.
    private static let near = FoldedLetters(
        (0..<0x600 as Range<UInt32>).map { value in
            let folded = foldUncached(value)
            guard folded.count <= 7 else { return UInt64.max }
            return folded.reversed().reduce(0) { $0 << 8 | UInt64($1) } | UInt64(folded.count) << 56
        })

    /// Whether a character folds to one digit, whatever its script.
    static func isDigit(_ scalar: UInt32) -> Bool {
        if scalar < 0x80 { return scalar >= 0x30 && scalar <= 0x39 }
        var letters: [UInt32: [UInt8]] = [:]
        let folded = fold(scalar, &letters)
        return folded.count == 1 && folded[0] >= 0x30 && folded[0] <= 0x39
    }

    private static func fold(_ value: UInt32, _ letters: inout [UInt32: [UInt8]]) -> [UInt8] {
        if value < 0x600, near.words[Int(value)] != UInt64.max {
            let word = near.words[Int(value)]
            return (0..<(word >> 56)).map { UInt8(truncatingIfNeeded: word >> (8 * $0)) }
        }
        if let known = letters[value] { return known }
        let folded = foldUncached(value)
        letters[value] = folded
        return folded
    }

    private static func foldUncached(_ value: UInt32) -> [UInt8] {
        var folded: [UInt8] = []
        if let scalar = Unicode.Scalar(value) {
            let text = String(scalar).decomposedStringWithCompatibilityMapping.lowercased()
                .decomposedStringWithCompatibilityMapping
            for part in text.unicodeScalars where part.properties.isAlphabetic || part.properties.numericType != nil {
                // A digit is a digit in every script.
                if part.properties.numericType == .decimal, let value = part.properties.numericValue {
                    folded.append(0x30 + UInt8(value))
                } else {
                    folded += Array(String(part).utf8)
                }
            }
        }
        return folded
    }
}

/// Folded letters packed in words. Unchecked: written once before anyone sees it, never changed, never freed.
private struct FoldedLetters: @unchecked Sendable {
    let words: UnsafePointer<UInt64>

    init(_ values: [UInt64]) {
        let memory = UnsafeMutablePointer<UInt64>.allocate(capacity: values.count)
        memory.initialize(from: values, count: values.count)
        words = UnsafePointer(memory)
    }
}

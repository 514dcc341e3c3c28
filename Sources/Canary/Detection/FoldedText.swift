// SPDX-License-Identifier: Apache-2.0

internal import Foundation

/// A text reduced to what people read: letters in lower case without marks, digits; full-width and other compatibility
/// forms as their plain ones; everything else left out. ``TextIndex`` does this for whole views.
enum FoldedText {
    /// A short text folded.
    static func fold(_ text: String) -> [UInt8] {
        var folded: [UInt8] = []
        var letters: [UInt32: [UInt8]] = [:]
        for scalar in text.unicodeScalars {
            folded += fold(scalar.value, &letters)
        }
        return folded
    }

    /// Writes a folded character, at most 64 bytes and never more than eight beyond its own; returns their number.
    @inline(__always)
    static func fold(
        _ scalar: UInt32, _ letters: inout [UInt32: [UInt8]], into output: UnsafeMutablePointer<UInt8>
    ) -> Int {
        let near = scalar < 0x800 ? Self.near.words[Int(scalar)] : UInt64.max
        if near != UInt64.max {
            let length = Int(near &>> 56)
            for step in 0..<length { output[step] = UInt8(truncatingIfNeeded: near &>> UInt64(8 * step)) }
            return length
        }
        // Han characters are letters as they are, each of three bytes.
        if scalar >= 0x4E00, scalar <= 0x9FFF {
            output[0] = 0xE0 | UInt8(scalar &>> 12)
            output[1] = 0x80 | UInt8(scalar &>> 6 & 63)
            output[2] = 0x80 | UInt8(scalar & 63)
            return 3
        }
        let folded = fold(scalar, &letters).prefix(64)
        for (step, byte) in folded.enumerated() { output[step] = byte }
        return folded.count
    }

    /// How many bytes a character folds to.
    static func width(_ scalar: UInt32, _ letters: inout [UInt32: [UInt8]]) -> Int {
        if scalar < 0x800, near.words[Int(scalar)] != UInt64.max { return Int(near.words[Int(scalar)] &>> 56) }
        return fold(scalar, &letters).prefix(64).count
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

    /// Latin, Greek, Cyrillic, Hebrew and Arabic: what names are written in, and all that two bytes of noise are taken for. Up to
    /// seven bytes, their number in the highest; all ones where seven are too few.
    private static let near = FoldedLetters(
        (0..<0x800 as Range<UInt32>).map { value in
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
        if value < 0x800, near.words[Int(value)] != UInt64.max {
            let word = near.words[Int(value)]
            return (0..<(word >> 56)).map { UInt8(truncatingIfNeeded: word >> (8 * $0)) }
        }
        if let known = letters[value] { return known }
        // General punctuation and what stands for the unreadable are left out.
        if value >= 0x2000, value <= 0x206F || value == 0xFFFD { return [] }
        // Han characters are letters as they are, each of three bytes.
        if value >= 0x4E00, value <= 0x9FFF {
            return [0xE0 | UInt8(value >> 12), 0x80 | UInt8(value >> 6 & 63), 0x80 | UInt8(value & 63)]
        }
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

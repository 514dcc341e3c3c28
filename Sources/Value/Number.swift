// SPDX-License-Identifier: Apache-2.0

package import Foundation

/// A number as it was written: equality is by value, the literal is kept (`1.0` is not rewritten as `1`).
package struct Number: Sendable, Hashable {
    /// The JSON literal.
    package let literal: String

    /// Keeps `literal`, which must be a JSON number; nil otherwise.
    package init?(literal: String) {
        guard Self.isJSONNumber(literal) else { return nil }
        self.literal = literal
    }

    package init(_ integer: Int) { literal = String(integer) }

    package init(_ decimal: Decimal) { literal = decimal.description }

    /// A finite double in its shortest form; nil for infinities and not-a-number.
    package init?(_ double: Double) {
        guard double.isFinite else { return nil }
        literal = double == double.rounded() && abs(double) < 1e15 ? String(Int(double)) : "\(double)"
    }

    package var int: Int? { Int(literal) }
    package var double: Double { Double(literal) ?? .nan }
    /// Exact up to 38 digits; nil beyond.
    package var decimal: Decimal? { Decimal(string: literal, locale: Locale(identifier: "en_US_POSIX")) }

    package static func == (left: Self, right: Self) -> Bool {
        left.literal == right.literal || left.decimal == right.decimal
    }

    package func hash(into hasher: inout Hasher) { hasher.combine(decimal) }

    /// RFC 8259 section 6.
    static func isJSONNumber(_ text: String) -> Bool {
        if isPlain(text) { return true }
        var rest = Substring(text).utf8
        if rest.first == UInt8(ascii: "-") { rest.removeFirst() }
        func digits() -> Int {
            var count = 0
            while let byte = rest.first, byte >= 0x30, byte <= 0x39 {
                rest.removeFirst()
                count += 1
            }
            return count
        }
        let leadingZero = rest.first == UInt8(ascii: "0")
        let whole = digits()
        guard whole > 0, !(leadingZero && whole > 1) else { return false }
        if rest.first == UInt8(ascii: ".") {
            rest.removeFirst()
            guard digits() > 0 else { return false }
        }
        if let byte = rest.first, byte == UInt8(ascii: "e") || byte == UInt8(ascii: "E") {
            rest.removeFirst()
            if let sign = rest.first, sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-") { rest.removeFirst() }
            guard digits() > 0 else { return false }
        }
        return rest.isEmpty
    }

    /// Digits alone, as most numbers are.
    private static func isPlain(_ text: String) -> Bool {
        text.utf8.allSatisfy { $0 >= 0x30 && $0 <= 0x39 } && (text.utf8.count == 1 || text.utf8.first != 0x30)
            && !text.isEmpty
    }
}

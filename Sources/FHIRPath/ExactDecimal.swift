// SPDX-License-Identifier: Apache-2.0

package import Foundation

/// A decimal with its written precision: `mantissa` × 10^-`scale`. Exact up to 38 digits; what does not fit is nil,
/// which FHIRPath turns into the empty collection.
package struct ExactDecimal: Sendable, Hashable, Comparable, CustomStringConvertible {
    let mantissa: Int128
    /// Digits behind the point, 0...34.
    let scale: Int

    static let maximumScale = 34

    static let powers: [Int128] = {
        var list: [Int128] = [1]
        for _ in 0..<38 { list.append(list[list.count - 1] * 10) }
        return list
    }()

    init(mantissa: Int128, scale: Int) {
        self.mantissa = mantissa
        self.scale = scale
    }

    package init(_ integer: Int64) {
        mantissa = Int128(integer)
        scale = 0
    }

    /// Parses `[+-]digits[.digits][e[+-]digits]`; nil for anything else and for more than 38 digits.
    package init?(_ text: some StringProtocol) {
        var mantissa: Int128 = 0
        var scale = 0
        var exponent = 0
        var negative = false
        var digits = 0
        var state = 0  // 0 sign, 1 whole, 2 fraction, 3 exponent sign, 4 exponent
        var exponentNegative = false
        var exponentDigits = 0
        for byte in text.utf8 {
            switch byte {
            case 0x2B, 0x2D:
                if state == 0 {
                    negative = byte == 0x2D
                    state = 1
                } else if state == 3 {
                    exponentNegative = byte == 0x2D
                    state = 4
                } else {
                    return nil
                }
            case 0x30...0x39:
                if state == 3 { state = 4 }
                if state == 4 {
                    exponent = exponent * 10 + Int(byte - 0x30)
                    exponentDigits += 1
                    guard exponent < 1000 else { return nil }
                } else {
                    if state == 0 { state = 1 }
                    let (shifted, overflow) = mantissa.multipliedReportingOverflow(by: 10)
                    let (sum, overflow2) = shifted.addingReportingOverflow(Int128(byte - 0x30))
                    guard !overflow, !overflow2 else { return nil }
                    mantissa = sum
                    digits += 1
                    if state == 2 { scale += 1 }
                }
            case 0x2E:
                guard state == 1, digits > 0 else { return nil }
                state = 2
            case 0x65, 0x45:
                guard digits > 0, state == 1 || (state == 2 && scale > 0) else { return nil }
                state = 3
            default: return nil
            }
        }
        guard digits > 0, state != 3, state != 2 || scale > 0, state != 4 || exponentDigits > 0 else { return nil }
        if state == 4 { scale -= exponentNegative ? -exponent : exponent }
        if scale < 0 {
            guard -scale <= 38 else { return nil }
            let (shifted, overflow) = mantissa.multipliedReportingOverflow(by: Self.powers[-scale])
            guard !overflow else { return nil }
            mantissa = shifted
            scale = 0
        }
        guard scale <= Self.maximumScale else { return nil }
        self.mantissa = negative ? -mantissa : mantissa
        self.scale = scale
    }

    /// The nearest decimal to a finite double, without trailing zeros.
    init?(_ double: Double) {
        guard double.isFinite else { return nil }
        if let short = ExactDecimal(String(double)) {
            self = short.trimmed
        } else if let long = ExactDecimal(String(format: "%.30f", double)) {
            self = long.trimmed
        } else {
            return nil
        }
    }

    package var double: Double { Double(mantissa) / Double(Self.powers[scale]) }

    package var decimal: Decimal { Decimal(string: description) ?? .nan }

    /// The whole number, if it is one that fits.
    var int: Int64? {
        let trimmed = self.trimmed
        return trimmed.scale == 0 ? Int64(exactly: trimmed.mantissa) : nil
    }

    /// Without trailing zeros behind the point.
    var trimmed: ExactDecimal {
        var mantissa = mantissa
        var scale = scale
        while scale > 0, mantissa % 10 == 0 {
            mantissa /= 10
            scale -= 1
        }
        return ExactDecimal(mantissa: mantissa, scale: scale)
    }

    /// Plain notation with all written digits: `1.50`.
    package var description: String {
        guard scale > 0 else { return String(mantissa) }
        var digits = String(mantissa.magnitude)
        if digits.utf8.count <= scale {
            digits = String(repeating: "0", count: scale + 1 - digits.utf8.count) + digits
        }
        let split = digits.index(digits.endIndex, offsetBy: -scale)
        return "\(mantissa < 0 ? "-" : "")\(digits[..<split]).\(digits[split...])"
    }

    package static func == (left: Self, right: Self) -> Bool {
        left.scale == right.scale ? left.mantissa == right.mantissa : left.order(right) == 0
    }

    package static func < (left: Self, right: Self) -> Bool { left.order(right) < 0 }

    /// -1, 0 or 1.
    func order(_ other: Self) -> Int {
        if scale == other.scale { return mantissa < other.mantissa ? -1 : mantissa == other.mantissa ? 0 : 1 }
        let common = max(scale, other.scale)
        if let left = rescaled(to: common), let right = other.rescaled(to: common) {
            return left < right ? -1 : left == right ? 0 : 1
        }
        // One side is too long to be brought to the other's scale: then their magnitudes differ, or trimming helps.
        let left = trimmed
        let right = other.trimmed
        if left.scale == right.scale {
            return left.mantissa < right.mantissa ? -1 : left.mantissa == right.mantissa ? 0 : 1
        }
        return left.double < right.double ? -1 : 1
    }

    package func hash(into hasher: inout Hasher) {
        let trimmed = self.trimmed
        hasher.combine(trimmed.mantissa)
        hasher.combine(trimmed.scale)
    }

    private func rescaled(to scale: Int) -> Int128? {
        let difference = scale - self.scale
        guard difference < Self.powers.count else { return nil }
        let (value, overflow) = mantissa.multipliedReportingOverflow(by: Self.powers[difference])
        return overflow ? nil : value
    }
}

extension ExactDecimal {
    static func sum(_ left: Self, _ right: Self) -> Self? {
        let common = max(left.scale, right.scale)
        guard let a = left.rescaled(to: common), let b = right.rescaled(to: common) else { return nil }
        let (value, overflow) = a.addingReportingOverflow(b)
        return overflow ? nil : Self(mantissa: value, scale: common)
    }

    static prefix func - (value: Self) -> Self { Self(mantissa: 0 - value.mantissa, scale: value.scale) }

    static func product(_ left: Self, _ right: Self) -> Self? {
        if let exact = exactProduct(left, right) { return exact }
        return exactProduct(left.trimmed, right.trimmed)
    }

    private static func exactProduct(_ left: Self, _ right: Self) -> Self? {
        guard left.scale + right.scale <= maximumScale else { return nil }
        let (value, overflow) = left.mantissa.multipliedReportingOverflow(by: right.mantissa)
        return overflow ? nil : Self(mantissa: value, scale: left.scale + right.scale)
    }

    /// Rounded half away from zero behind at least 16 digits; nil for a zero divisor.
    static func quotient(_ left: Self, _ right: Self) -> Self? {
        let right = right.trimmed
        let left = left.trimmed
        guard right.mantissa != 0 else { return nil }
        var numerator = left.mantissa
        var scale = left.scale - right.scale
        while scale < 28 {
            let (next, overflow) = numerator.multipliedReportingOverflow(by: 10)
            if overflow { break }
            numerator = next
            scale += 1
        }
        var (quotient, remainder) = numerator.quotientAndRemainder(dividingBy: right.mantissa)
        if remainder.magnitude >= right.mantissa.magnitude - remainder.magnitude {
            quotient += (numerator < 0) == (right.mantissa < 0) ? 1 : -1
        }
        while scale < 0 {
            let (next, overflow) = quotient.multipliedReportingOverflow(by: 10)
            if overflow { return nil }
            quotient = next
            scale += 1
        }
        return Self(mantissa: quotient, scale: scale).trimmed
    }

    /// Towards zero.
    static func integerQuotient(_ left: Self, _ right: Self) -> Int64? {
        let common = max(left.scale, right.scale)
        guard right.mantissa != 0, let a = left.rescaled(to: common), let b = right.rescaled(to: common) else {
            return nil
        }
        return Int64(exactly: a / b)
    }

    static func remainder(_ left: Self, _ right: Self) -> Self? {
        let common = max(left.scale, right.scale)
        guard right.mantissa != 0, let a = left.rescaled(to: common), let b = right.rescaled(to: common) else {
            return nil
        }
        return Self(mantissa: a % b, scale: common)
    }

    enum Rounding { case down, up, towardsZero, halfAwayFromZero }

    /// To `digits` behind the point; a shorter number is padded with zeros. Nil where the padding does not fit.
    func rounded(_ digits: Int, _ rounding: Rounding) -> Self? {
        guard digits < scale else {
            return digits <= Self.maximumScale ? rescaled(to: digits).map { Self(mantissa: $0, scale: digits) } : nil
        }
        let divisor = Self.powers[scale - digits]
        var (quotient, remainder) = mantissa.quotientAndRemainder(dividingBy: divisor)
        switch rounding {
        case .towardsZero: break
        case .down: if remainder < 0 { quotient -= 1 }
        case .up: if remainder > 0 { quotient += 1 }
        case .halfAwayFromZero:
            if remainder.magnitude >= divisor.magnitude - remainder.magnitude { quotient += mantissa < 0 ? -1 : 1 }
        }
        return Self(mantissa: quotient, scale: digits)
    }
}

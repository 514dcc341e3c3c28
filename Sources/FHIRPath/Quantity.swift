// SPDX-License-Identifier: Apache-2.0

/// A System.Quantity: a decimal with a UCUM unit or a calendar duration word (`4 days`).
package struct Quantity: Sendable, CustomStringConvertible {
    package let value: ExactDecimal
    /// The UCUM code, or the calendar word as written.
    package let unit: String
    /// Set where the unit is a calendar word.
    package let calendar: CalendarUnit?

    package init(value: ExactDecimal, unit: String) {
        self.value = value
        self.unit = unit
        calendar = nil
    }

    init(value: ExactDecimal, calendarWord: String, _ calendar: CalendarUnit) {
        self.value = value
        unit = calendarWord
        self.calendar = calendar
    }

    package var description: String { calendar == nil ? "\(value) '\(unit)'" : "\(value) \(unit)" }

    /// The UCUM code that stands nearest: `week` is `wk`, `year` is `a`.
    var code: String { calendar?.code ?? unit }

    /// The magnitude in base units. Calendar years and months are kept apart from the definite `a` and `mo`, whose
    /// length differs (FHIRPath 4.1.8.2), unless `loosely`.
    private func measure(loosely: Bool) -> UnitMeasure? {
        if let calendar, calendar >= .month, !loosely {
            return UnitMeasure(factor: ExactDecimal(calendar == .year ? 12 : 1), dimensions: ["month": 1])
        }
        return UnitMeasure.of(code)
    }

    /// The order of two quantities of one dimension; nil where they cannot be compared.
    func order(_ other: Quantity) -> Int? {
        if unit == other.unit, calendar == other.calendar { return value.order(other.value) }
        guard let left = measure(loosely: false), let right = other.measure(loosely: false),
            left.dimensions == right.dimensions
        else { return nil }
        return UnitMeasure.order(value, left, other.value, right)
    }

    /// Whether the units measure the same thing.
    func isComparable(to other: Quantity) -> Bool {
        if unit == other.unit, calendar == other.calendar { return true }
        guard let left = measure(loosely: true), let right = other.measure(loosely: true) else { return false }
        return left.dimensions == right.dimensions
    }

    /// Equivalence: both in the coarser unit, rounded to the precision of the less precise one.
    func isEquivalent(to other: Quantity) -> Bool {
        if code == other.code { return isEquivalentDecimal(value, other.value) }
        guard let left = measure(loosely: true), let right = other.measure(loosely: true),
            left.dimensions == right.dimensions
        else { return false }
        let leftIsFiner = UnitMeasure.order(ExactDecimal(1), left, ExactDecimal(1), right) < 0
        if leftIsFiner {
            guard let moved = UnitMeasure.convert(value, left, right) else { return false }
            return isEquivalentDecimal(moved, other.value)
        }
        guard let moved = UnitMeasure.convert(other.value, right, left) else { return false }
        return isEquivalentDecimal(value, moved)
    }

    /// The same quantity in another unit; nil where the dimension differs.
    func converted(to unit: String) -> Quantity? {
        if let word = CalendarUnit(word: unit), let calendar {
            if word == calendar { return Quantity(value: value, calendarWord: unit, word) }
            guard let from = measure(loosely: false),
                let target = Quantity(value: value, calendarWord: unit, word).measure(loosely: false),
                from.dimensions == target.dimensions, let moved = UnitMeasure.convert(value, from, target)
            else { return nil }
            return Quantity(value: moved, calendarWord: unit, word)
        }
        let word = CalendarUnit(word: unit)
        let code = word?.code ?? unit
        if code == self.code {
            return word.map { Quantity(value: value, calendarWord: unit, $0) } ?? Quantity(value: value, unit: unit)
        }
        guard let from = measure(loosely: false), let target = UnitMeasure.of(code),
            from.dimensions == target.dimensions, let moved = UnitMeasure.convert(value, from, target)
        else { return nil }
        return word.map { Quantity(value: moved, calendarWord: unit, $0) } ?? Quantity(value: moved, unit: unit)
    }

    /// Sum of two quantities in the unit of the first; nil where the dimension differs.
    static func sum(_ left: Quantity, _ right: Quantity) -> Quantity? {
        if left.unit == right.unit, left.calendar == right.calendar {
            return ExactDecimal.sum(left.value, right.value).map { left.with($0) }
        }
        guard let a = left.measure(loosely: false), let b = right.measure(loosely: false),
            a.dimensions == b.dimensions
        else { return nil }
        // The more granular unit keeps the result exact.
        if UnitMeasure.order(ExactDecimal(1), a, ExactDecimal(1), b) <= 0 {
            guard let moved = UnitMeasure.convert(right.value, b, a) else { return nil }
            return ExactDecimal.sum(left.value, moved).map { left.with($0) }
        }
        guard let moved = UnitMeasure.convert(left.value, a, b) else { return nil }
        return ExactDecimal.sum(moved, right.value).map { right.with($0) }
    }

    static func product(_ left: Quantity, _ right: Quantity) -> Quantity? {
        guard let value = ExactDecimal.product(left.value, right.value) else { return nil }
        if right.code == "1" { return left.with(value) }
        if left.code == "1" { return right.with(value) }
        return Quantity(value: value, unit: "\(left.code).\(parenthesized(right.code))")
    }

    static func quotient(_ left: Quantity, _ right: Quantity) -> Quantity? {
        guard let value = ExactDecimal.quotient(left.value, right.value) else { return nil }
        if right.code == "1" { return left.with(value) }
        if left.code == right.code { return Quantity(value: value, unit: "1") }
        return Quantity(
            value: value, unit: left.code == "1" ? "1/\(right.code)" : "\(left.code)/\(parenthesized(right.code))")
    }

    private static func parenthesized(_ unit: String) -> String {
        unit.contains("/") || unit.contains(".") ? "(\(unit))" : unit
    }

    func with(_ value: ExactDecimal) -> Quantity {
        calendar.map { Quantity(value: value, calendarWord: unit, $0) } ?? Quantity(value: value, unit: unit)
    }
}

/// The calendar durations of FHIRPath.
package enum CalendarUnit: Int, Sendable, Comparable {
    case millisecond, second, minute, hour, day, week, month, year

    /// Singular or plural.
    init?(word: some StringProtocol) {
        switch word {
        case "year", "years": self = .year
        case "month", "months": self = .month
        case "week", "weeks": self = .week
        case "day", "days": self = .day
        case "hour", "hours": self = .hour
        case "minute", "minutes": self = .minute
        case "second", "seconds": self = .second
        case "millisecond", "milliseconds": self = .millisecond
        default: return nil
        }
    }

    /// The definite UCUM units that date arithmetic accepts: weeks and shorter.
    init?(code: String) {
        switch code {
        case "wk": self = .week
        case "d": self = .day
        case "h": self = .hour
        case "min": self = .minute
        case "s": self = .second
        case "ms": self = .millisecond
        default: return nil
        }
    }

    var code: String {
        switch self {
        case .year: "a"
        case .month: "mo"
        case .week: "wk"
        case .day: "d"
        case .hour: "h"
        case .minute: "min"
        case .second: "s"
        case .millisecond: "ms"
        }
    }

    package static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
}

/// Decimal equivalence: equal after rounding to the digits of the less precise value, trailing zeros not counting.
func isEquivalentDecimal(_ left: ExactDecimal, _ right: ExactDecimal) -> Bool {
    let left = left.trimmed
    let right = right.trimmed
    let digits = min(left.scale, right.scale)
    return left.rounded(digits, .halfAwayFromZero) == right.rounded(digits, .halfAwayFromZero)
}

// SPDX-License-Identifier: Apache-2.0

/// A Date, DateTime or Time of any precision, with or without time zone (FHIRPath section 4.1.5 to 4.1.7).
package struct Temporal: Sendable, Hashable, CustomStringConvertible {
    package enum Kind: UInt8, Sendable { case date, dateTime, time }

    /// How far the value is known. Seconds and their fraction count as one precision in comparisons.
    package enum Precision: UInt8, Sendable, Comparable {
        case year, month, day, hour, minute, second, fraction

        package static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
    }

    package var kind: Kind
    package var precision: Precision
    /// Digits of the fraction as written.
    var fractionDigits: UInt8 = 0
    var month: UInt8 = 1
    var day: UInt8 = 1
    var hour: UInt8 = 0
    var minute: UInt8 = 0
    var second: UInt8 = 0
    var year: Int16 = 1970
    /// Minutes east of Greenwich; nil where none is given.
    var offset: Int16?
    var microsecond: Int32 = 0

    init(kind: Kind, precision: Precision) {
        self.kind = kind
        self.precision = precision
    }

    /// The text as FHIR and FHIRPath write it, without `@` and without the `T` of a Time.
    package var description: String {
        var text = ""
        func pad(_ value: Int, _ width: Int) {
            let digits = String(value)
            for _ in 0..<max(0, width - digits.utf8.count) { text += "0" }
            text += digits
        }
        if kind != .time {
            pad(Int(year), 4)
            if precision >= .month {
                text += "-"
                pad(Int(month), 2)
            }
            if precision >= .day {
                text += "-"
                pad(Int(day), 2)
            }
            if precision >= .hour { text += "T" }
        }
        if precision >= .hour { pad(Int(hour), 2) }
        if precision >= .minute {
            text += ":"
            pad(Int(minute), 2)
        }
        if precision >= .second {
            text += ":"
            pad(Int(second), 2)
        }
        if precision >= .fraction {
            text += "."
            var fraction = ""
            let digits = String(microsecond)
            fraction = String(repeating: "0", count: max(0, 6 - digits.utf8.count)) + digits
            text += fraction.prefix(Int(fractionDigits))
        }
        if let offset, kind == .dateTime, precision >= .hour {
            if offset == 0 {
                text += "Z"
            } else {
                text += offset < 0 ? "-" : "+"
                pad(abs(Int(offset)) / 60, 2)
                text += ":"
                pad(abs(Int(offset)) % 60, 2)
            }
        }
        return text
    }
}

extension Temporal {
    /// Microseconds since 1970 (or midnight) of the first and last instant this value may stand for, as if in UTC.
    private var localBounds: (low: Int64, high: Int64) {
        let days = kind == .time ? 0 : Self.days(year: Int(year), month: Int(month), day: Int(day))
        let low =
            Int64(days) * 86_400_000_000
            + Int64(Int(hour) * 3600 + Int(minute) * 60 + Int(second)) * 1_000_000 + Int64(microsecond)
        let length: Int64
        switch precision {
        case .year: length = Int64(Self.isLeap(Int(year)) ? 366 : 365) * 86_400_000_000
        case .month: length = Int64(Self.length(ofMonth: Int(month), year: Int(year))) * 86_400_000_000
        case .day: length = 86_400_000_000
        case .hour: length = 3_600_000_000
        case .minute: length = 60_000_000
        case .second, .fraction: length = 1
        }
        return (low, low + length - 1)
    }

    /// Negative, zero or positive; nil where precision or a missing time zone leave the order open. Both values are
    /// times, or both are dates and date times.
    func order(_ other: Temporal) -> Int? {
        var left = localBounds
        var right = other.localBounds
        let leftZone = kind == .dateTime && precision >= .hour ? offset : nil
        let rightZone = other.kind == .dateTime && other.precision >= .hour ? other.offset : nil
        if leftZone != nil || rightZone != nil {
            left = Self.inUTC(left, leftZone)
            right = Self.inUTC(right, rightZone)
        }
        if left.high < right.low { return -1 }
        if left.low > right.high { return 1 }
        if left.low == right.low && left.high == right.high
            && ((leftZone == nil) == (rightZone == nil)) && samePrecision(other)
        {
            return 0
        }
        return nil
    }

    /// Whether both are equally precise; seconds and their fraction count as one.
    func samePrecision(_ other: Temporal) -> Bool { min(precision, .second) == min(other.precision, .second) }

    /// A value without zone may be anywhere between UTC+14 and UTC-12.
    private static func inUTC(_ bounds: (low: Int64, high: Int64), _ zone: Int16?) -> (low: Int64, high: Int64) {
        if let zone {
            let shift = Int64(zone) * 60_000_000
            return (bounds.low - shift, bounds.high - shift)
        }
        return (bounds.low - 14 * 3_600_000_000, bounds.high + 12 * 3_600_000_000)
    }

    /// Microseconds since 1970 in UTC of the first instant; a missing zone counts as UTC.
    var microsecondsUTC: Int64 { localBounds.low - Int64(offset ?? 0) * 60_000_000 }

    static func isLeap(_ year: Int) -> Bool { (year % 4 == 0 && year % 100 != 0) || year % 400 == 0 }

    static func length(ofMonth month: Int, year: Int) -> Int {
        switch month {
        case 2: isLeap(year) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }

    /// Days since 1970-01-01 (H. Hinnant, "chrono-Compatible Low-Level Date Algorithms").
    static func days(year: Int, month: Int, day: Int) -> Int {
        let y = month <= 2 ? year - 1 : year
        let era = (y >= 0 ? y : y - 399) / 400
        let yearOfEra = y - era * 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }

    static func civil(fromDays days: Int) -> (year: Int, month: Int, day: Int) {
        let z = days + 719_468
        let era = (z >= 0 ? z : z - 146_096) / 146_097
        let dayOfEra = z - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shifted = (5 * dayOfYear + 2) / 153
        let month = shifted < 10 ? shifted + 3 : shifted - 9
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * shifted + 2) / 5 + 1)
    }
}

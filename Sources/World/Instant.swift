// SPDX-License-Identifier: Apache-2.0

package import Foundation

/// A point in time, in whole microseconds since 1970-01-01T00:00:00Z.
package struct Instant: Sendable, Hashable, Comparable, CustomStringConvertible {
    package let microseconds: Int64

    package init(microseconds: Int64) { self.microseconds = microseconds }

    package init(_ date: Date) { microseconds = Int64((date.timeIntervalSince1970 * 1_000_000).rounded()) }

    /// The machine's wall clock.
    package static var wall: Instant { Instant(Date()) }

    /// Parses RFC 3339: date, time, optional fraction, and `Z` or an offset. Nil for anything else.
    package init?(rfc3339 text: String) {
        let parts = Self.split(text)
        guard let parts else { return nil }
        let days = Self.daysFromCivil(parts.year, parts.month, parts.day)
        let seconds = Int64(days) * 86_400 + Int64(parts.hour * 3600 + parts.minute * 60 + parts.second - parts.offset)
        microseconds = seconds * 1_000_000 + Int64(parts.micros)
    }

    package var date: Date { Date(timeIntervalSince1970: Double(microseconds) / 1_000_000) }

    /// RFC 3339 in UTC; the fraction (6 digits) only where there is one. Written digit by digit: each event tells two.
    package var description: String {
        let seconds = microseconds.floorDivided(by: 1_000_000)
        let micros = Int(microseconds - seconds * 1_000_000)
        let days = seconds.floorDivided(by: 86_400)
        let (year, month, day) = Self.civil(fromDays: Int(days))
        let rest = Int(seconds - days * 86_400)
        let digits = year < 0 || year > 9999 ? String(year).utf8.count : 4
        return String(unsafeUninitializedCapacity: 32 + digits) { buffer in
            var place = 0
            func put(_ byte: Unicode.Scalar) {
                buffer[place] = UInt8(ascii: byte)
                place += 1
            }
            func put(_ number: Int, _ width: Int) {
                var number = number
                for index in stride(from: place + width - 1, through: place, by: -1) {
                    buffer[index] = UInt8(ascii: "0") + UInt8(number % 10)
                    number /= 10
                }
                place += width
            }
            if year >= 0 {
                put(year, digits)
            } else {
                for byte in String(year).utf8 { put(Unicode.Scalar(byte)) }
            }
            put("-")
            put(month, 2)
            put("-")
            put(day, 2)
            put("T")
            put(rest / 3600, 2)
            put(":")
            put(rest / 60 % 60, 2)
            put(":")
            put(rest % 60, 2)
            if micros != 0 {
                put(".")
                put(micros, 6)
            }
            put("Z")
            return place
        }
    }

    package static func < (left: Self, right: Self) -> Bool { left.microseconds < right.microseconds }

    package static func + (instant: Self, duration: Duration) -> Self {
        Instant(microseconds: instant.microseconds + duration.wholeMicroseconds)
    }

    package static func - (instant: Self, duration: Duration) -> Self {
        Instant(microseconds: instant.microseconds - duration.wholeMicroseconds)
    }

    package static func - (later: Self, earlier: Self) -> Duration {
        .microseconds(later.microseconds - earlier.microseconds)
    }

    /// The same instant without its fraction of a second.
    package var wholeSecond: Instant {
        Instant(microseconds: microseconds.floorDivided(by: 1_000_000) * 1_000_000)
    }
}

extension Duration {
    /// Whole microseconds, towards zero.
    package var wholeMicroseconds: Int64 {
        components.seconds * 1_000_000 + components.attoseconds / 1_000_000_000_000
    }

    /// Seconds as a floating-point number, for figures and messages.
    package var inSeconds: Double { Double(wholeMicroseconds) / 1_000_000 }
}

extension Int64 {
    fileprivate func floorDivided(by divisor: Int64) -> Int64 {
        let quotient = self / divisor
        return self % divisor < 0 ? quotient - 1 : quotient
    }
}

extension Instant {
    private struct Parts { var year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0, micros = 0, offset = 0 }

    private static func split(_ text: String) -> Parts? {
        var text = text
        return text.withUTF8 { split($0) }
    }

    private static func split(_ bytes: UnsafeBufferPointer<UInt8>) -> Parts? {
        var index = 0
        func digits(_ count: Int) -> Int? {
            guard index + count <= bytes.count else { return nil }
            var value = 0
            for _ in 0..<count {
                guard (0x30...0x39).contains(bytes[index]) else { return nil }
                value = value * 10 + Int(bytes[index] - 0x30)
                index += 1
            }
            return value
        }
        func take(_ character: Unicode.Scalar) -> Bool {
            guard index < bytes.count, bytes[index] == UInt8(ascii: character) else { return false }
            index += 1
            return true
        }
        var parts = Parts()
        guard let year = digits(4), take("-"), let month = digits(2), take("-"), let day = digits(2),
            take("T") || take("t") || take(" "), let hour = digits(2), take(":"), let minute = digits(2), take(":"),
            let second = digits(2), (1...12).contains(month), (1...daysIn(month, year)).contains(day), hour < 24,
            minute < 60, second <= 60
        else { return nil }
        parts.year = year
        parts.month = month
        parts.day = day
        parts.hour = hour
        parts.minute = minute
        parts.second = second
        if take(".") {
            var scale = 100_000
            var count = 0
            while index < bytes.count, (0x30...0x39).contains(bytes[index]) {
                parts.micros += Int(bytes[index] - 0x30) * scale
                scale /= 10
                index += 1
                count += 1
            }
            guard count > 0 else { return nil }
        }
        if take("Z") || take("z") {
            parts.offset = 0
        } else {
            let sign: Int
            if take("+") { sign = 1 } else if take("-") { sign = -1 } else { return nil }
            guard let hours = digits(2), take(":"), let minutes = digits(2), hours < 24, minutes < 60 else {
                return nil
            }
            parts.offset = sign * (hours * 3600 + minutes * 60)
        }
        return index == bytes.count ? parts : nil
    }

    private static func daysIn(_ month: Int, _ year: Int) -> Int {
        switch month {
        case 2: (year % 4 == 0 && year % 100 != 0) || year % 400 == 0 ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }

    /// Days since 1970-01-01 of a proleptic Gregorian date (H. Hinnant, "chrono-Compatible Low-Level Date Algorithms").
    private static func daysFromCivil(_ year: Int, _ month: Int, _ day: Int) -> Int {
        let y = month <= 2 ? year - 1 : year
        let era = (y >= 0 ? y : y - 399) / 400
        let yearOfEra = y - era * 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        return era * 146_097 + dayOfEra - 719_468
    }

    private static func civil(fromDays days: Int) -> (Int, Int, Int) {
        let z = days + 719_468
        let era = (z >= 0 ? z : z - 146_096) / 146_097
        let dayOfEra = z - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let mp = (5 * dayOfYear + 2) / 153
        let month = mp < 10 ? mp + 3 : mp - 9
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * mp + 2) / 5 + 1)
    }
}

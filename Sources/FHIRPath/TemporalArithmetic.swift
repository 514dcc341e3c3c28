// SPDX-License-Identifier: Apache-2.0

extension Temporal {
    /// The value moved by a duration, at its own precision: a duration finer than that is first cut down to it
    /// (`@2014 + 24 months` is `@2016`). Days beyond the end of a month become its last day. Nil outside years 1 to 9999.
    func moved(by amount: ExactDecimal, _ unit: CalendarUnit) -> Temporal? {
        if kind == .time { return movedTime(by: amount, unit) }
        switch unit {
        case .year: return whole(amount).flatMap { movedMonths($0, times: 12) }
        case .month:
            guard let months = whole(amount) else { return nil }
            return precision == .year ? movedMonths(months / 12, times: 12) : movedMonths(months, times: 1)
        case .week: return whole(amount).flatMap { movedDays($0, times: 7) }
        case .day: return whole(amount).flatMap { movedDays($0, times: 1) }
        case .hour, .minute, .second, .millisecond:
            guard let micros = microseconds(amount, unit) else { return nil }
            switch precision {
            case .year, .month, .day:
                return movedDays(micros / 86_400_000_000, times: 1)
            case .hour: return movedMicroseconds(micros / 3_600_000_000 * 3_600_000_000)
            case .minute: return movedMicroseconds(micros / 60_000_000 * 60_000_000)
            case .second, .fraction: return movedMicroseconds(micros)
            }
        }
    }

    private func whole(_ amount: ExactDecimal) -> Int64? {
        amount.rounded(0, .towardsZero).flatMap { Int64(exactly: $0.mantissa) }
    }

    private func microseconds(_ amount: ExactDecimal, _ unit: CalendarUnit) -> Int64? {
        let factor: Int64
        switch unit {
        case .hour: factor = 3_600_000_000
        case .minute: factor = 60_000_000
        case .second: factor = 1_000_000
        default: factor = 1000
        }
        return ExactDecimal.product(amount, ExactDecimal(factor)).flatMap { whole($0) }
    }

    private func movedMonths(_ count: Int64, times factor: Int64) -> Temporal? {
        let (months, overflow) = count.multipliedReportingOverflow(by: factor)
        guard !overflow, abs(months) < 200_000 else { return nil }
        let total = Int(year) * 12 + Int(month) - 1 + Int(months)
        let newYear = total >= 0 ? total / 12 : -1
        guard (1...9999).contains(newYear) else { return nil }
        var result = self
        result.year = Int16(newYear)
        result.month = UInt8(total - newYear * 12 + 1)
        result.day = min(day, UInt8(Self.length(ofMonth: Int(result.month), year: newYear)))
        return result
    }

    private func movedDays(_ count: Int64, times factor: Int64) -> Temporal? {
        let (days, overflow) = count.multipliedReportingOverflow(by: factor)
        guard !overflow, abs(days) < 4_000_000 else { return nil }
        switch precision {
        case .year: return movedMonths(days / 365, times: 12)
        case .month: return movedMonths(days / 30, times: 1)
        default: break
        }
        let date = Self.civil(fromDays: Self.days(year: Int(year), month: Int(month), day: Int(day)) + Int(days))
        guard (1...9999).contains(date.year) else { return nil }
        var result = self
        result.year = Int16(date.year)
        result.month = UInt8(date.month)
        result.day = UInt8(date.day)
        return result
    }

    private var microsecondsOfDay: Int64 {
        Int64(Int(hour) * 3600 + Int(minute) * 60 + Int(second)) * 1_000_000 + Int64(microsecond)
    }

    private func movedMicroseconds(_ micros: Int64) -> Temporal? {
        let (total, overflow) = microsecondsOfDay.addingReportingOverflow(micros)
        guard !overflow else { return nil }
        let day: Int64 = 86_400_000_000
        var days = total / day
        if total % day < 0 { days -= 1 }
        var result = setting(microsecondsOfDay: total - days * day, moved: micros)
        if kind != .time {
            guard let moved = result.movedDays(days, times: 1) else { return nil }
            result = moved
        }
        return result
    }

    private func setting(microsecondsOfDay value: Int64, moved micros: Int64) -> Temporal {
        var result = self
        result.hour = UInt8(value / 3_600_000_000)
        result.minute = UInt8(value / 60_000_000 % 60)
        result.second = UInt8(value / 1_000_000 % 60)
        result.microsecond = Int32(value % 1_000_000)
        if result.microsecond != 0, precision == .second, micros % 1_000_000 != 0 {
            result.precision = .fraction
            result.fractionDigits = result.microsecond % 1000 == 0 ? 3 : 6
        } else if precision == .fraction {
            // Keep what the sum needs: whole milliseconds show three digits.
            if result.fractionDigits < 3, result.microsecond % 100_000 != 0 { result.fractionDigits = 3 }
            if result.fractionDigits <= 3, result.microsecond % 1000 != 0 { result.fractionDigits = 6 }
        }
        return result
    }

    /// A time of day turns around at midnight.
    private func movedTime(by amount: ExactDecimal, _ unit: CalendarUnit) -> Temporal? {
        guard unit <= .hour, let micros = microseconds(amount, unit) else { return nil }
        let cut: Int64
        switch precision {
        case .hour: cut = 3_600_000_000
        case .minute: cut = 60_000_000
        default: cut = 1
        }
        return movedMicroseconds(micros / cut * cut)
    }
}

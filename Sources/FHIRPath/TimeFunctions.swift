// SPDX-License-Identifier: Apache-2.0

extension Evaluator {
    /// The clock, the parts of dates, precision and boundaries (section 5.9 and STU parts of 5.7).
    func timeAndPrecision(_ call: Call) throws(FHIRPathError) -> Items {
        switch call.function {
        case .now, .today, .timeOfDay:
            guard let micros = context.now else {
                throw FHIRPathError(
                    .execution, "\(call.name)() has no clock here", remedy: "the context gives no instant",
                    at: call.offset, length: call.name.utf8.count)
            }
            let now = Temporal(microsecondsUTC: micros, zoneMinutes: context.zoneMinutes)
            switch call.function {
            case .now: return .one(.temporal(now))
            case .today: return Items(now.datePart.map { .temporal($0) })
            default: return Items(now.timePart.map { .temporal($0) })
            }
        case .comparable:
            let other = try singleValue(try argument(call, 0), "comparable()", at: call.offset)
            guard let item = try singleValue(call.focus, "comparable()", at: call.offset), let other else {
                return .none
            }
            guard case .quantity(let x)? = Self.quantity(item), case .quantity(let y)? = Self.quantity(other) else {
                throw wrongType(item, "comparable()", "quantities", at: call.offset)
            }
            return .one(.boolean(x.isComparable(to: y)))
        default: break
        }
        guard let item = try singleValue(call.focus, "\(call.name)()", at: call.offset) else { return .none }
        switch call.function {
        case .lowBoundary, .highBoundary:
            var digits: Int64?
            if !call.arguments.isEmpty {
                guard let wanted = try integerArgument(call, 0) else { return .none }
                digits = wanted
            }
            return try boundary(item, digits, call)
        case .precision:
            switch item {
            case .integer: return .one(.integer(0))
            case .decimal(let number): return .one(.integer(Int64(number.scale)))
            case .temporal(let temporal): return .one(.integer(Int64(temporal.digits)))
            default: throw wrongType(item, "precision()", "a decimal, a date or a time", at: call.offset)
            }
        default:
            guard case .temporal(let temporal) = item else {
                throw wrongType(item, "\(call.name)()", "a date or a time", at: call.offset)
            }
            return Items(Self.part(call.function, temporal))
        }
    }

    private static func quantity(_ item: Item) -> Item? {
        switch item {
        case .quantity: item
        case .integer, .decimal: decimal(item).map { .quantity(Quantity(value: $0, unit: "1")) }
        default: nil
        }
    }

    private static func part(_ function: Function, _ value: Temporal) -> Item? {
        let isTime = value.kind == .time
        switch function {
        case .yearOf: return isTime ? nil : .integer(Int64(value.year))
        case .monthOf: return isTime || value.precision < .month ? nil : .integer(Int64(value.month))
        case .dayOf: return isTime || value.precision < .day ? nil : .integer(Int64(value.day))
        case .hourOf: return value.precision < .hour ? nil : .integer(Int64(value.hour))
        case .minuteOf: return value.precision < .minute ? nil : .integer(Int64(value.minute))
        case .secondOf: return value.precision < .second ? nil : .integer(Int64(value.second))
        case .millisecondOf: return value.precision < .fraction ? nil : .integer(Int64(value.microsecond / 1000))
        case .timezoneOffsetOf:
            return value.offset.flatMap { ExactDecimal.quotient(ExactDecimal(Int64($0)), ExactDecimal(60)) }
                .map { .decimal($0) }
        case .dateOf: return value.datePart.map { .temporal($0) }
        default: return value.timePart.map { .temporal($0) }
        }
    }

    // MARK: Boundaries

    private func boundary(_ item: Item, _ digits: Int64?, _ call: Call) throws(FHIRPathError) -> Items {
        let isLow = call.function == .lowBoundary
        switch item {
        case .integer, .decimal:
            guard let value = Self.decimal(item) else { return .none }
            return Items(Self.boundary(value, digits ?? 8, isLow: isLow).map { .decimal($0) })
        case .quantity(let quantity):
            return Items(
                Self.boundary(quantity.value, digits ?? 8, isLow: isLow).map { .quantity(quantity.with($0)) })
        case .temporal(let temporal):
            return Items(temporal.boundary(digits.map { Int(clamping: $0) }, isLow: isLow).map { .temporal($0) })
        default: throw wrongType(item, "\(call.name)()", "a number, a quantity, a date or a time", at: call.offset)
        }
    }

    /// Half a unit of the last written digit below or above, told with `digits`: away from zero it is rounded, towards
    /// zero it is cut. Nil for impossible precisions.
    private static func boundary(_ value: ExactDecimal, _ digits: Int64, isLow: Bool) -> ExactDecimal? {
        guard digits >= 0, digits <= 28 else { return nil }
        let half = ExactDecimal(mantissa: isLow ? -5 : 5, scale: value.scale + 1)
        guard value.scale < ExactDecimal.maximumScale, let edge = ExactDecimal.sum(value, half) else { return nil }
        let isAway = value.mantissa == 0 || (value.mantissa < 0) == isLow
        return edge.rounded(Int(digits), isAway ? .halfAwayFromZero : .towardsZero)
    }
}

extension Temporal {
    /// The instant in a zone, to the millisecond.
    init(microsecondsUTC: Int64, zoneMinutes: Int16) {
        self.init(kind: .dateTime, precision: .fraction)
        let local = microsecondsUTC + Int64(zoneMinutes) * 60_000_000
        let day: Int64 = 86_400_000_000
        var days = local / day
        if local % day < 0 { days -= 1 }
        let rest = local - days * day
        let date = Self.civil(fromDays: Int(days))
        year = Int16(clamping: date.year)
        month = UInt8(date.month)
        self.day = UInt8(date.day)
        hour = UInt8(rest / 3_600_000_000)
        minute = UInt8(rest / 60_000_000 % 60)
        second = UInt8(rest / 1_000_000 % 60)
        microsecond = Int32(rest % 1_000_000 / 1000 * 1000)
        fractionDigits = 3
        offset = zoneMinutes
    }

    /// The number of digits the value is written with: 4 for a year, 8 for a day, 17 for milliseconds of a date time.
    var digits: Int {
        let fraction = precision == .fraction ? Int(fractionDigits) : 0
        switch precision {
        case .year: return 4
        case .month: return 6
        case .day: return 8
        case .hour: return kind == .time ? 2 : 10
        case .minute: return kind == .time ? 4 : 12
        case .second: return kind == .time ? 6 : 14
        case .fraction: return (kind == .time ? 6 : 14) + fraction
        }
    }

    /// The first or last value this one may stand for, told with `digits` (the finest of its kind unless given). Nil for
    /// numbers of digits that no precision has.
    func boundary(_ digits: Int?, isLow: Bool) -> Temporal? {
        let precisions: [Int: Precision] =
            switch kind {
            case .date: [4: .year, 6: .month, 8: .day]
            case .dateTime: [4: .year, 6: .month, 8: .day, 10: .hour, 12: .minute, 14: .second, 17: .fraction]
            case .time: [2: .hour, 4: .minute, 6: .second, 9: .fraction]
            }
        let finest = kind == .date ? 8 : kind == .time ? 9 : 17
        guard let wanted = precisions[digits ?? finest] else { return nil }
        var result = self
        if precision < .month { result.month = isLow ? 1 : 12 }
        if precision < .day {
            result.day = isLow ? 1 : UInt8(Self.length(ofMonth: Int(result.month), year: Int(result.year)))
        }
        if precision < .hour { result.hour = isLow ? 0 : 23 }
        if precision < .minute { result.minute = isLow ? 0 : 59 }
        if precision < .second { result.second = isLow ? 0 : 59 }
        if precision < .fraction { result.microsecond = isLow ? 0 : 999_000 }
        result.precision = wanted
        result.fractionDigits = wanted == .fraction ? max(3, precision == .fraction ? fractionDigits : 3) : 0
        if wanted < .fraction { result.microsecond = 0 }
        if wanted < .second { result.second = 0 }
        if wanted < .minute { result.minute = 0 }
        if wanted < .hour { result.hour = 0 }
        if wanted < .day { result.day = 1 }
        if wanted < .month { result.month = 1 }
        // Without zone the earliest instant is in UTC+14, the latest in UTC-12.
        if kind == .dateTime, wanted >= .hour, offset == nil { result.offset = isLow ? 14 * 60 : -12 * 60 }
        return result
    }
}

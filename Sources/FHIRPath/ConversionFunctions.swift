// SPDX-License-Identifier: Apache-2.0

import Value

extension Evaluator {
    /// `toX()` and `convertsToX()` (section 5.5).
    func conversion(_ call: Call) throws(FHIRPathError) -> Items {
        guard let item = try single(call.focus, "\(call.name)()", at: call.offset) else { return .none }
        var unit: String?
        if call.function == .toQuantity || call.function == .convertsToQuantity, !call.arguments.isEmpty {
            guard let wanted = try stringArgument(call, 0) else { return .none }
            unit = wanted
        }
        let value = systemValue(item)
        let result: Item?
        switch call.function {
        case .toBoolean, .convertsToBoolean: result = value.flatMap(Self.toBoolean)
        case .toInteger, .convertsToInteger:
            result = value.flatMap { Self.toInteger($0, Int64(Int32.min)...Int64(Int32.max)) }
        case .toLong, .convertsToLong: result = value.flatMap { Self.toInteger($0, Int64.min...Int64.max) }
        case .toDecimal, .convertsToDecimal: result = value.flatMap(Self.toDecimal)
        case .toDate, .convertsToDate: result = value.flatMap(Self.toDate)
        case .toDateTime, .convertsToDateTime: result = value.flatMap(Self.toDateTime)
        case .toTime, .convertsToTime: result = value.flatMap(Self.toTime)
        case .toQuantity, .convertsToQuantity:
            result = value.flatMap(Self.toQuantity).flatMap { quantity -> Item? in
                guard let unit else { return .quantity(quantity) }
                return quantity.converted(to: unit).map { .quantity($0) }
            }
        default:
            // A primitive keeps its own text; objects have none.
            switch item {
            case .node(let node): result = node.value?.scalarText.map { .string($0) } ?? value.map { .string($0.text) }
            case .type: result = nil
            default: result = .string(item.text)
            }
        }
        if call.name.hasPrefix("converts") { return .one(.boolean(result != nil)) }
        return Items(result)
    }

    private static func toBoolean(_ value: Item) -> Item? {
        switch value {
        case .boolean: return value
        case .integer(let number): return number == 1 ? .boolean(true) : number == 0 ? .boolean(false) : nil
        case .decimal(let number):
            return number == ExactDecimal(1) ? .boolean(true) : number == ExactDecimal(0) ? .boolean(false) : nil
        case .string(let text):
            switch text.lowercased() {
            case "true", "t", "yes", "y", "1", "1.0": return .boolean(true)
            case "false", "f", "no", "n", "0", "0.0": return .boolean(false)
            default: return nil
            }
        default: return nil
        }
    }

    private static func toInteger(_ value: Item, _ range: ClosedRange<Int64>) -> Item? {
        switch value {
        case .integer: return value
        case .boolean(let flag): return .integer(flag ? 1 : 0)
        case .string(let text):
            guard let number = Int64(text), range.contains(number) else { return nil }
            return .integer(number)
        default: return nil
        }
    }

    private static func toDecimal(_ value: Item) -> Item? {
        switch value {
        case .decimal: return value
        case .integer(let number): return .decimal(ExactDecimal(number))
        case .boolean(let flag): return .decimal(ExactDecimal(mantissa: flag ? 10 : 0, scale: 1))
        case .string(let text):
            // The specification's form has no exponent.
            guard !text.utf8.contains(where: { $0 == 0x65 || $0 == 0x45 }) else { return nil }
            return ExactDecimal(text).map { .decimal($0) }
        default: return nil
        }
    }

    private static func toDate(_ value: Item) -> Item? {
        switch value {
        case .temporal(let temporal): return temporal.datePart.map { .temporal($0) }
        case .string(let text):
            return (Temporal(date: text) ?? Temporal(dateTime: text)?.datePart).map { .temporal($0) }
        default: return nil
        }
    }

    private static func toDateTime(_ value: Item) -> Item? {
        switch value {
        case .temporal(var temporal):
            guard temporal.kind != .time else { return nil }
            temporal.kind = .dateTime
            return .temporal(temporal)
        case .string(let text): return Temporal(dateTime: text).map { .temporal($0) }
        default: return nil
        }
    }

    private static func toTime(_ value: Item) -> Item? {
        switch value {
        case .temporal(let temporal): return temporal.timePart.map { .temporal($0) }
        case .string(let text): return Temporal(time: text).map { .temporal($0) }
        default: return nil
        }
    }

    private static func toQuantity(_ value: Item) -> Quantity? {
        switch value {
        case .quantity(let quantity): return quantity
        case .integer(let number): return Quantity(value: ExactDecimal(number), unit: "1")
        case .decimal(let number): return Quantity(value: number, unit: "1")
        case .boolean(let flag): return Quantity(value: ExactDecimal(mantissa: flag ? 10 : 0, scale: 1), unit: "1")
        case .string(let text): return Quantity(text: text)
        default: return nil
        }
    }
}

extension Quantity {
    /// Reads `1.5 'mg'`, `4 days` or a bare number.
    init?(text: String) {
        let isNumber: (Character) -> Bool = { $0.isASCII && ($0.isNumber || $0 == "." || $0 == "-" || $0 == "+") }
        guard let value = ExactDecimal(text.prefix(while: isNumber)) else { return nil }
        let rest = text.drop(while: isNumber)
        let unit = rest.drop { $0.isWhitespace }
        if unit.isEmpty {
            guard rest.isEmpty else { return nil }
            self.init(value: value, unit: "1")
        } else if unit.first == "'" {
            guard unit.count > 2, unit.last == "'" else { return nil }
            let code = unit.dropFirst().dropLast()
            guard !code.contains("'") else { return nil }
            self.init(value: value, unit: String(code))
        } else {
            guard rest.first?.isWhitespace == true, let word = CalendarUnit(word: unit) else { return nil }
            self.init(value: value, calendarWord: String(unit), word)
        }
    }
}

extension Temporal {
    /// The date of a date or date time.
    var datePart: Temporal? {
        guard kind != .time else { return nil }
        var date = self
        date.kind = .date
        date.precision = min(precision, .day)
        date.hour = 0
        date.minute = 0
        date.second = 0
        date.microsecond = 0
        date.fractionDigits = 0
        date.offset = nil
        return date
    }

    /// The time of day of a time or of a date time that has one.
    var timePart: Temporal? {
        guard precision >= .hour else { return nil }
        var time = self
        time.kind = .time
        time.year = 1970
        time.month = 1
        time.day = 1
        time.offset = nil
        return time
    }
}

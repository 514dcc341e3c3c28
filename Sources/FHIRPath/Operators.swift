// SPDX-License-Identifier: Apache-2.0

extension Evaluator {
    func binary(
        _ op: Operator, _ a: Items, _ b: Items, at offset: Int
    ) throws(FHIRPathError) -> Items {
        switch op {
        case .equal: return Items(equal(a, b))
        case .notEqual: return Items(equal(a, b).map { !$0 })
        case .equivalent: return .one(.boolean(try equivalent(a, b, at: offset)))
        case .notEquivalent: return .one(.boolean(!(try equivalent(a, b, at: offset))))
        case .less, .lessOrEqual, .greater, .greaterOrEqual: return try comparison(op, a, b, at: offset)
        case .union: return try union(a, b, at: offset)
        case .in: return try membership(of: a, in: b, "in", at: offset)
        case .contains: return try membership(of: b, in: a, "contains", at: offset)
        case .concatenate:
            let x = try string(a, "&", at: offset) ?? ""
            let y = try string(b, "&", at: offset) ?? ""
            return try made(x + y, at: offset)
        case .add, .subtract, .multiply, .divide, .div, .mod: return try arithmetic(op, a, b, at: offset)
        case .and, .or, .xor, .implies: return .none
        }
    }

    private func comparison(_ op: Operator, _ a: Items, _ b: Items, at offset: Int) throws(FHIRPathError) -> Items {
        guard let x = try singleValue(a, op.rawValue, at: offset), let y = try singleValue(b, op.rawValue, at: offset)
        else { return .none }
        guard let order = try order(x, y, op.rawValue, at: offset) else { return .none }
        switch op {
        case .less: return .one(.boolean(order < 0))
        case .lessOrEqual: return .one(.boolean(order <= 0))
        case .greater: return .one(.boolean(order > 0))
        default: return .one(.boolean(order >= 0))
        }
    }

    func union(_ a: Items, _ b: Items, at offset: Int) throws(FHIRPathError) -> Items {
        var result = DistinctItems(self)
        for item in a {
            try step(at: offset)
            result.insert(item)
        }
        for item in b {
            try step(at: offset)
            result.insert(item)
        }
        return Items(result.items)
    }

    private func membership(
        of a: Items, in b: Items, _ operation: @autoclosure () -> String, at offset: Int
    ) throws(FHIRPathError) -> Items {
        guard let item = try single(a, operation(), at: offset) else { return .none }
        for candidate in b where equal(item, candidate) == true { return .one(.boolean(true)) }
        return .one(.boolean(false))
    }

    // MARK: Arithmetic

    func negated(_ items: Items, at offset: Int) throws(FHIRPathError) -> Items {
        guard let item = try singleValue(items, "-", at: offset) else { return .none }
        switch item {
        case .integer(let number): return number == .min ? .none : .one(.integer(-number))
        case .decimal(let number): return .one(.decimal(-number))
        case .quantity(let quantity): return .one(.quantity(quantity.with(-quantity.value)))
        default: throw wrongType(item, "-", "a number or a quantity", at: offset)
        }
    }

    private func arithmetic(_ op: Operator, _ a: Items, _ b: Items, at offset: Int) throws(FHIRPathError) -> Items {
        guard let x = try singleValue(a, op.rawValue, at: offset), let y = try singleValue(b, op.rawValue, at: offset)
        else { return .none }
        let result: Item?
        switch (x, y) {
        case (.integer(let x), .integer(let y)) where op != .divide: result = Self.integers(op, x, y)
        case (.integer, .integer), (.integer, .decimal), (.decimal, .integer), (.decimal, .decimal):
            guard let x = Self.decimal(x), let y = Self.decimal(y) else { return .none }
            result = Self.decimals(op, x, y)
        case (.string(let x), .string(let y)) where op == .add: return try made(x + y, at: offset)
        case (.temporal(let x), .quantity(let y)) where op == .add || op == .subtract:
            result = try shifted(x, y, negative: op == .subtract, at: offset).map { .temporal($0) }
        case (.quantity(let x), .quantity(let y)): result = try quantities(op, x, y, at: offset)
        case (.quantity(let x), .integer), (.quantity(let x), .decimal):
            guard let y = Self.decimal(y) else { return .none }
            result = try quantities(op, x, Quantity(value: y, unit: "1"), at: offset)
        case (.integer, .quantity(let y)), (.decimal, .quantity(let y)):
            guard let x = Self.decimal(x) else { return .none }
            result = try quantities(op, Quantity(value: x, unit: "1"), y, at: offset)
        default:
            throw FHIRPathError(
                .execution,
                "\(op.rawValue) does not work on \(x.typeInfo(in: model).name) and \(y.typeInfo(in: model).name)",
                remedy: "texts are joined with &, dates are moved by quantities such as 7 days", at: offset,
                length: op.rawValue.utf8.count)
        }
        return Items(result)
    }

    static func decimal(_ item: Item) -> ExactDecimal? {
        switch item {
        case .integer(let number): ExactDecimal(number)
        case .decimal(let number): number
        default: nil
        }
    }

    /// Nil where the result does not fit or the divisor is zero.
    private static func integers(_ op: Operator, _ x: Int64, _ y: Int64) -> Item? {
        let (value, overflow): (Int64, Bool)
        switch op {
        case .add: (value, overflow) = x.addingReportingOverflow(y)
        case .subtract: (value, overflow) = x.subtractingReportingOverflow(y)
        case .multiply: (value, overflow) = x.multipliedReportingOverflow(by: y)
        case .div: (value, overflow) = x.dividedReportingOverflow(by: y)
        case .mod: (value, overflow) = x.remainderReportingOverflow(dividingBy: y)
        default: return nil
        }
        return overflow ? nil : .integer(value)
    }

    private static func decimals(_ op: Operator, _ x: ExactDecimal, _ y: ExactDecimal) -> Item? {
        switch op {
        case .add: ExactDecimal.sum(x, y).map { .decimal($0) }
        case .subtract: ExactDecimal.sum(x, -y).map { .decimal($0) }
        case .multiply: ExactDecimal.product(x, y).map { .decimal($0) }
        case .divide: ExactDecimal.quotient(x, y).map { .decimal($0) }
        case .div: ExactDecimal.integerQuotient(x, y).map { .integer($0) }
        case .mod: ExactDecimal.remainder(x, y).map { .decimal($0) }
        default: nil
        }
    }

    private func quantities(_ op: Operator, _ x: Quantity, _ y: Quantity, at offset: Int) throws(FHIRPathError) -> Item?
    {
        switch op {
        case .add: return Quantity.sum(x, y).map { .quantity($0) }
        case .subtract: return Quantity.sum(x, y.with(-y.value)).map { .quantity($0) }
        case .multiply: return Quantity.product(x, y).map { .quantity($0) }
        case .divide: return Quantity.quotient(x, y).map { .quantity($0) }
        default:
            throw FHIRPathError(
                .execution, "\(op.rawValue) does not work on quantities", at: offset, length: op.rawValue.utf8.count)
        }
    }

    // MARK: Dates

    /// A date, date time or time moved by a calendar duration or a definite UCUM duration up to weeks (section 6.6.7).
    private func shifted(
        _ start: Temporal, _ amount: Quantity, negative: Bool, at offset: Int
    ) throws(FHIRPathError) -> Temporal? {
        guard let unit = amount.calendar ?? CalendarUnit(code: amount.unit) else {
            throw FHIRPathError(
                .execution, "a date cannot be moved by '\(amount.unit)'",
                remedy: "write a calendar duration: years, months, weeks, days, hours, minutes, seconds", at: offset)
        }
        return start.moved(by: negative ? -amount.value : amount.value, unit)
    }
}

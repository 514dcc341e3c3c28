// SPDX-License-Identifier: Apache-2.0

import Foundation

extension Evaluator {
    /// Math functions (section 5.7). What has no real result is empty.
    func math(_ call: Call) throws(FHIRPathError) -> Items {
        guard let item = try singleValue(call.focus, "\(call.name)()", at: call.offset) else { return .none }
        let quantity: Quantity?
        let value: ExactDecimal
        switch item {
        case .integer(let number):
            quantity = nil
            value = ExactDecimal(number)
        case .decimal(let number):
            quantity = nil
            value = number
        case .quantity(let found):
            quantity = found
            value = found.value
        default: throw wrongType(item, "\(call.name)()", "a number", at: call.offset)
        }
        func exact(_ result: ExactDecimal?) -> Items {
            guard let result else { return .none }
            return .one(quantity.map { .quantity($0.with(result)) } ?? .decimal(result))
        }
        func whole(_ rounding: ExactDecimal.Rounding) -> Items {
            guard let result = value.rounded(0, rounding) else { return .none }
            if let quantity { return .one(.quantity(quantity.with(result))) }
            return Items(Int64(exactly: result.mantissa).map { .integer($0) })
        }
        func inexact(_ result: Double) -> Items { Items(ExactDecimal(result).map { .decimal($0) }) }
        switch call.function {
        case .abs:
            if case .integer(let number) = item { return number == .min ? .none : .one(.integer(Swift.abs(number))) }
            return exact(value < ExactDecimal(0) ? -value : value)
        case .ceiling: return whole(.up)
        case .floor: return whole(.down)
        case .truncate: return whole(.towardsZero)
        case .round:
            guard let digits = call.arguments.isEmpty ? 0 : try integerArgument(call, 0) else { return .none }
            guard digits >= 0 else {
                throw FHIRPathError(.execution, "round() needs a precision of 0 or more", at: call.offset, length: 5)
            }
            if case .integer = item { return .one(item) }
            return digits >= value.scale ? exact(value) : exact(value.rounded(Int(digits), .halfAwayFromZero))
        case .sqrt: return value < ExactDecimal(0) ? .none : inexact(Foundation.sqrt(value.double))
        case .exp: return inexact(Foundation.exp(value.double))
        case .ln: return value <= ExactDecimal(0) ? .none : inexact(Foundation.log(value.double))
        case .log:
            guard let base = try numberArgument(call, 0), value > ExactDecimal(0), base > ExactDecimal(0) else {
                return .none
            }
            if base == ExactDecimal(10) { return inexact(Foundation.log10(value.double)) }
            if base == ExactDecimal(2) { return inexact(Foundation.log2(value.double)) }
            return inexact(Foundation.log(value.double) / Foundation.log(base.double))
        default: return try power(item, value, call)
        }
    }

    private func numberArgument(_ call: Call, _ index: Int) throws(FHIRPathError) -> ExactDecimal? {
        guard let item = try singleValue(try argument(call, index), "\(call.name)()", at: call.offset) else {
            return nil
        }
        guard let number = Self.decimal(item) else {
            throw wrongType(item, "\(call.name)()", "a number", at: call.offset)
        }
        return number
    }

    /// Exact for whole exponents that fit.
    private func power(_ item: Item, _ value: ExactDecimal, _ call: Call) throws(FHIRPathError) -> Items {
        guard let exponent = try numberArgument(call, 0) else { return .none }
        if let whole = exponent.int, whole >= 0, whole <= 128 {
            var result: ExactDecimal? = ExactDecimal(1)
            for _ in 0..<whole { result = result.flatMap { ExactDecimal.product($0, value) } }
            if let result {
                if case .integer = item { return Items(Int64(exactly: result.mantissa).map { .integer($0) }) }
                return .one(.decimal(result))
            }
        }
        return Items(ExactDecimal(pow(value.double, exponent.double)).map { .decimal($0) })
    }
}

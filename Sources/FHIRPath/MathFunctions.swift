// SPDX-License-Identifier: Apache-2.0

import Foundation

extension Evaluator {
    /// Math functions (section 5.7). What has no real result is empty.
    func math(_ call: Call) throws(FHIRPathError) -> [Item] {
        guard let item = try singleValue(call.focus, "\(call.name)()", at: call.offset) else { return [] }
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
        func exact(_ result: ExactDecimal?) -> [Item] {
            guard let result else { return [] }
            return [quantity.map { .quantity($0.with(result)) } ?? .decimal(result)]
        }
        func whole(_ rounding: ExactDecimal.Rounding) -> [Item] {
            guard let result = value.rounded(0, rounding) else { return [] }
            if let quantity { return [.quantity(quantity.with(result))] }
            return Int64(exactly: result.mantissa).map { [.integer($0)] } ?? []
        }
        func inexact(_ result: Double) -> [Item] { ExactDecimal(result).map { [.decimal($0)] } ?? [] }
        switch call.function {
        case .abs:
            if case .integer(let number) = item { return number == .min ? [] : [.integer(Swift.abs(number))] }
            return exact(value < ExactDecimal(0) ? -value : value)
        case .ceiling: return whole(.up)
        case .floor: return whole(.down)
        case .truncate: return whole(.towardsZero)
        case .round:
            guard let digits = call.arguments.isEmpty ? 0 : try integerArgument(call, 0) else { return [] }
            guard digits >= 0 else {
                throw FHIRPathError(.execution, "round() needs a precision of 0 or more", at: call.offset, length: 5)
            }
            if case .integer = item { return [item] }
            return digits >= value.scale ? exact(value) : exact(value.rounded(Int(digits), .halfAwayFromZero))
        case .sqrt: return value < ExactDecimal(0) ? [] : inexact(Foundation.sqrt(value.double))
        case .exp: return inexact(Foundation.exp(value.double))
        case .ln: return value <= ExactDecimal(0) ? [] : inexact(Foundation.log(value.double))
        case .log:
            guard let base = try numberArgument(call, 0), value > ExactDecimal(0), base > ExactDecimal(0) else {
                return []
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
    private func power(_ item: Item, _ value: ExactDecimal, _ call: Call) throws(FHIRPathError) -> [Item] {
        guard let exponent = try numberArgument(call, 0) else { return [] }
        if let whole = exponent.int, whole >= 0, whole <= 128 {
            var result: ExactDecimal? = ExactDecimal(1)
            for _ in 0..<whole { result = result.flatMap { ExactDecimal.product($0, value) } }
            if let result {
                if case .integer = item { return Int64(exactly: result.mantissa).map { [.integer($0)] } ?? [] }
                return [.decimal(result)]
            }
        }
        return ExactDecimal(pow(value.double, exponent.double)).map { [.decimal($0)] } ?? []
    }
}

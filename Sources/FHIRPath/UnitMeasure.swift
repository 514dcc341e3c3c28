// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// A UCUM unit in base units: `numerator / denominator` and the powers of its base units.
struct UnitMeasure: Sendable {
    var numerator: ExactDecimal
    var denominator: ExactDecimal
    var dimensions: [String: Int]

    init(factor: ExactDecimal, dimensions: [String: Int]) {
        numerator = factor
        denominator = ExactDecimal(1)
        self.dimensions = dimensions
    }

    private static let cache = Mutex<[String: UnitMeasure?]>([:])

    /// The measure of a UCUM code; nil for codes outside the table of common units. Remembered per code.
    static func of(_ code: String) -> UnitMeasure? {
        if let known = cache.withLock({ $0[code] }) { return known }
        var parser = UnitParser(code)
        let measure = parser.parse()
        cache.withLock { table in
            // A bound, since codes come from data.
            if table.count > 4096 { table.removeAll() }
            table[code] = .some(measure)
        }
        return measure
    }

    func raised(to power: Int) -> UnitMeasure? {
        var result = UnitMeasure(factor: ExactDecimal(1), dimensions: [:])
        for _ in 0..<abs(power) {
            guard let next = result.times(self, inverted: power < 0) else { return nil }
            result = next
        }
        return result
    }

    func times(_ other: UnitMeasure, inverted: Bool) -> UnitMeasure? {
        guard let top = ExactDecimal.product(numerator, inverted ? other.denominator : other.numerator),
            let bottom = ExactDecimal.product(denominator, inverted ? other.numerator : other.denominator)
        else { return nil }
        var result = self
        result.numerator = top.trimmed
        result.denominator = bottom.trimmed
        for (name, power) in other.dimensions {
            let sum = (result.dimensions[name] ?? 0) + (inverted ? -power : power)
            result.dimensions[name] = sum == 0 ? nil : sum
        }
        return result
    }

    private var double: Double { numerator.double / denominator.double }

    /// The order of `a` in `left` and `b` in `right`, which have the same dimensions.
    static func order(_ a: ExactDecimal, _ left: UnitMeasure, _ b: ExactDecimal, _ right: UnitMeasure) -> Int {
        if let x = ExactDecimal.product(a, left.numerator).flatMap({ ExactDecimal.product($0, right.denominator) }),
            let y = ExactDecimal.product(b, right.numerator).flatMap({ ExactDecimal.product($0, left.denominator) })
        {
            return x.order(y)
        }
        let x = a.double * left.double
        let y = b.double * right.double
        return x < y ? -1 : x == y ? 0 : 1
    }

    /// `value` in `left` expressed in `right`.
    static func convert(_ value: ExactDecimal, _ left: UnitMeasure, _ right: UnitMeasure) -> ExactDecimal? {
        if let top = ExactDecimal.product(value, left.numerator).flatMap({ ExactDecimal.product($0, right.denominator) }
        ),
            let bottom = ExactDecimal.product(left.denominator, right.numerator),
            let exact = ExactDecimal.quotient(top, bottom)
        {
            return exact
        }
        return ExactDecimal(value.double * left.double / right.double)
    }
}

/// Reads the UCUM expression grammar: atoms with prefixes, exponents, `.`, `/`, parentheses and annotations.
private struct UnitParser {
    private let bytes: [UInt8]
    private var index = 0

    init(_ code: String) { bytes = Array(code.utf8) }

    mutating func parse() -> UnitMeasure? {
        guard !bytes.isEmpty, bytes.count <= 100, let measure = term(depth: 0), index == bytes.count else { return nil }
        return measure
    }

    private mutating func term(depth: Int) -> UnitMeasure? {
        guard depth < 20 else { return nil }
        var result = UnitMeasure(factor: ExactDecimal(1), dimensions: [:])
        var invert = false
        if index < bytes.count, bytes[index] == UInt8(ascii: "/") {
            invert = true
            index += 1
        }
        while true {
            guard let component = component(depth: depth), let next = result.times(component, inverted: invert)
            else { return nil }
            result = next
            guard index < bytes.count else { return result }
            switch bytes[index] {
            case UInt8(ascii: "."): invert = false
            case UInt8(ascii: "/"): invert = true
            default: return result
            }
            index += 1
        }
    }

    private mutating func component(depth: Int) -> UnitMeasure? {
        guard index < bytes.count else { return nil }
        if bytes[index] == UInt8(ascii: "(") {
            index += 1
            guard let inner = term(depth: depth + 1), index < bytes.count, bytes[index] == UInt8(ascii: ")") else {
                return nil
            }
            index += 1
            return inner
        }
        let start = index
        var bracket = false
        scan: while index < bytes.count {
            switch bytes[index] {
            case UInt8(ascii: "["): bracket = true
            case UInt8(ascii: "]"): bracket = false
            case UInt8(ascii: "."), UInt8(ascii: "/"), UInt8(ascii: ")"), UInt8(ascii: "("), UInt8(ascii: "{"):
                if !bracket { break scan }
            default: break
            }
            index += 1
        }
        let text = String(decoding: bytes[start..<index], as: UTF8.self)
        if index < bytes.count, bytes[index] == UInt8(ascii: "{") {
            guard let close = bytes[index...].firstIndex(of: UInt8(ascii: "}")) else { return nil }
            index = close + 1
            if text.isEmpty { return UnitMeasure(factor: ExactDecimal(1), dimensions: [:]) }
        }
        return UnitTable.simple(text)
    }
}

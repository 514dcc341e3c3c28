// SPDX-License-Identifier: Apache-2.0

/// A JSON or YAML tree: numbers keep their literal, objects keep their order.
package enum Value: Sendable, Hashable {
    case null
    case bool(Bool)
    case number(Number)
    case string(String)
    case array([Value])
    case object(Members)
}

extension Value {
    /// The member of an object; nil for other values and for absent names.
    package subscript(_ name: String) -> Value? {
        if case .object(let members) = self { members[name] } else { nil }
    }

    /// The element of an array; nil for other values and outside its bounds.
    package subscript(_ index: Int) -> Value? {
        if case .array(let items) = self, items.indices.contains(index) { items[index] } else { nil }
    }

    package var string: String? { if case .string(let text) = self { text } else { nil } }
    package var bool: Bool? { if case .bool(let flag) = self { flag } else { nil } }
    package var int: Int? { if case .number(let number) = self { number.int } else { nil } }
    package var double: Double? { if case .number(let number) = self { number.double } else { nil } }
    package var array: [Value]? { if case .array(let items) = self { items } else { nil } }
    package var members: Members? { if case .object(let members) = self { members } else { nil } }
    package var isNull: Bool { self == .null }

    /// `string`, `number`, `array` …, for messages.
    package var typeName: String {
        switch self {
        case .null: "null"
        case .bool: "boolean"
        case .number: "number"
        case .string: "string"
        case .array: "array"
        case .object: "object"
        }
    }

    /// The scalar as plain text, as a person would write it; nil for arrays, objects and null.
    package var scalarText: String? {
        switch self {
        case .string(let text): text
        case .number(let number): number.literal
        case .bool(let flag): flag ? "true" : "false"
        case .null, .array, .object: nil
        }
    }
}

extension Value: ExpressibleByStringLiteral, ExpressibleByBooleanLiteral, ExpressibleByIntegerLiteral,
    ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral, ExpressibleByNilLiteral
{
    package init(stringLiteral text: String) { self = .string(text) }
    package init(booleanLiteral flag: Bool) { self = .bool(flag) }
    package init(integerLiteral number: Int) { self = .number(Number(number)) }
    package init(arrayLiteral items: Value...) { self = .array(items) }
    package init(dictionaryLiteral members: (String, Value)...) { self = .object(Members(members)) }
    package init(nilLiteral: ()) { self = .null }

    package init(_ number: Int) { self = .number(Number(number)) }
    package init(_ text: String?) { self = text.map { .string($0) } ?? .null }
}

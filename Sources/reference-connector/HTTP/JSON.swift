// SPDX-License-Identifier: Apache-2.0

import Foundation

/// A JSON document, read leniently: a missing member reads as `.null`.
enum JSON: Sendable, Equatable, Encodable {
    case null
    case bool(Bool)
    case number(Double)
    case string(String)
    case array([JSON])
    case object([String: JSON])

    func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        switch self {
        case .null: try container.encodeNil()
        case .bool(let value): try container.encode(value)
        case .number(let value):
            if let whole = Int64(exactly: value) { try container.encode(whole) } else { try container.encode(value) }
        case .string(let value): try container.encode(value)
        case .array(let value): try container.encode(value)
        case .object(let value): try container.encode(value)
        }
    }

    /// Parses a document; nil where the bytes are no JSON.
    init?(_ data: Data) {
        // A decoder would try one type after another, and each that does not fit costs an error.
        guard let value = try? JSONSerialization.jsonObject(with: data, options: .fragmentsAllowed) else { return nil }
        self.init(parsed: value)
    }

    private init(parsed: Any) {
        switch parsed {
        case let value as String: self = .string(value)
        case let value as [String: Any]: self = .object(value.mapValues(JSON.init(parsed:)))
        case let value as [Any]: self = .array(value.map(JSON.init(parsed:)))
        case let value as NSNumber: self = Self.isTruth(value) ? .bool(value.boolValue) : .number(value.doubleValue)
        default: self = .null
        }
    }

    /// A number that was read as `true` or `false` has the type code of a character.
    private static func isTruth(_ value: NSNumber) -> Bool { String(cString: value.objCType) == "c" }

    /// Canonical bytes: members sorted by name, slashes unescaped.
    var data: Data {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return (try? encoder.encode(self)) ?? Data("null".utf8)
    }

    subscript(_ name: String) -> JSON {
        guard case .object(let members) = self else { return .null }
        return members[name] ?? .null
    }

    subscript(_ index: Int) -> JSON {
        guard case .array(let items) = self, items.indices.contains(index) else { return .null }
        return items[index]
    }

    var string: String? { if case .string(let value) = self { value } else { nil } }
    var int: Int? { if case .number(let value) = self { Int(exactly: value) } else { nil } }
    var number: Double? { if case .number(let value) = self { value } else { nil } }
    var bool: Bool? { if case .bool(let value) = self { value } else { nil } }
    var items: [JSON] { if case .array(let value) = self { value } else { [] } }
    var members: [String: JSON] { if case .object(let value) = self { value } else { [:] } }
    var isNull: Bool { self == .null }
}

extension JSON: ExpressibleByStringLiteral, ExpressibleByBooleanLiteral, ExpressibleByIntegerLiteral,
    ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral
{
    init(stringLiteral value: String) { self = .string(value) }
    init(booleanLiteral value: Bool) { self = .bool(value) }
    init(integerLiteral value: Int) { self = .number(Double(value)) }
    init(arrayLiteral elements: JSON...) { self = .array(elements) }
    init(dictionaryLiteral elements: (String, JSON)...) {
        self = .object(Dictionary(elements, uniquingKeysWith: { _, last in last }))
    }

    /// A string member that may be absent.
    static func optional(_ value: String?) -> JSON { value.map(JSON.string) ?? .null }
}

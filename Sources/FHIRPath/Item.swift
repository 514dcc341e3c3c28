// SPDX-License-Identifier: Apache-2.0

package import Value

/// A place in the input: a JSON value of a model's type.
package struct Node: Sendable {
    /// Nil where a primitive has extensions only.
    package let value: Value?
    /// The `_name` companion of a primitive: id and extensions.
    package let shadow: Value?
    package let type: TypeID
    /// False for a plain primitive.
    let mayHaveChildren: Bool

    package init(value: Value?, shadow: Value? = nil, type: TypeID) {
        self.value = value
        self.shadow = shadow
        self.type = type
        if case .object? = value { mayHaveChildren = true } else { mayHaveChildren = shadow != nil }
    }
}

/// What `type()` answers.
package struct TypeInfo: Sendable, Hashable {
    package let namespace: String
    package let name: String
    package let baseType: String
}

/// One element of a FHIRPath collection.
package enum Item: Sendable {
    case node(Node)
    case boolean(Bool)
    case integer(Int64)
    case string(String)
    indirect case decimal(ExactDecimal)
    indirect case temporal(Temporal)
    indirect case quantity(Quantity)
    indirect case type(TypeInfo)
}

extension Item {
    /// A value without type, as ``PlainJSON`` sees it.
    package init(_ value: Value) { self = .node(Node(value: value, type: .unknown)) }

    var mayHaveChildren: Bool { if case .node(let node) = self { node.mayHaveChildren } else { false } }

    /// The JSON form: temporals as text, quantities as `{value, unit}` or `{value, system, code}`.
    package var value: Value {
        switch self {
        case .node(let node): node.value ?? .null
        case .boolean(let flag): .bool(flag)
        case .integer(let number): .number(Number(Int(number)))
        case .string(let text): .string(text)
        case .decimal(let number): Number(literal: number.description).map { .number($0) } ?? .null
        case .temporal(let temporal): .string(temporal.description)
        case .quantity(let quantity):
            quantity.calendar == nil
                ? [
                    "value": Item.decimal(quantity.value).value, "unit": .string(quantity.unit),
                    "system": "http://unitsofmeasure.org", "code": .string(quantity.unit),
                ]
                : ["value": Item.decimal(quantity.value).value, "unit": .string(quantity.unit)]
        case .type(let type):
            ["namespace": .string(type.namespace), "name": .string(type.name), "baseType": .string(type.baseType)]
        }
    }

    /// The text a person would write: scalars without quotes, complex values as JSON.
    package var text: String {
        switch self {
        case .node(let node): node.value?.scalarText ?? (node.value ?? .null).json()
        case .boolean(let flag): flag ? "true" : "false"
        case .integer(let number): String(number)
        case .string(let text): text
        case .decimal(let number): number.description
        case .temporal(let temporal): temporal.description
        case .quantity(let quantity): quantity.description
        case .type(let type): "\(type.namespace).\(type.name)"
        }
    }

    /// The type with its namespace; an untyped object is `JSON.object`.
    package func typeInfo(in model: any TypeModel) -> TypeInfo {
        switch self {
        case .node(let node):
            if let description = model.description(of: node.type) {
                return TypeInfo(namespace: model.namespace, name: description.name, baseType: description.baseName)
            }
            if let system = systemValue(in: model) { return system.typeInfo(in: model) }
            return TypeInfo(namespace: "JSON", name: node.value?.typeName ?? "null", baseType: "System.Any")
        case .type: return TypeInfo(namespace: "System", name: "TypeInfo", baseType: "System.Any")
        default:
            return TypeInfo(namespace: "System", name: systemKind?.rawValue ?? "Any", baseType: "System.Any")
        }
    }

    /// The System type of a System value; nil for nodes.
    var systemKind: SystemKind? {
        switch self {
        case .node, .type: nil
        case .boolean: .boolean
        case .integer: .integer
        case .string: .string
        case .decimal: .decimal
        case .temporal(let temporal):
            switch temporal.kind {
            case .date: .date
            case .dateTime: .dateTime
            case .time: .time
            }
        case .quantity: .quantity
        }
    }

    /// The implicit conversion of a primitive or quantity node to its System type; a System value is itself; nil for
    /// anything else and for a primitive without value.
    package func systemValue(in model: any TypeModel) -> Item? {
        guard case .node(let node) = self else { return self }
        return node.systemValue(model.description(of: node.type)?.system)
    }
}

extension Node {
    /// The value as the System type `kind` of this node's type; nil for a kind is plain JSON or a type without one.
    func systemValue(_ kind: SystemKind?) -> Item? {
        guard let value else { return nil }
        switch value {
        case .bool(let flag): return .boolean(flag)
        case .number(let number):
            if kind == .decimal {
                return ExactDecimal(number.literal).map { .decimal($0) }
            }
            if let integer = Int64(number.literal) { return .integer(integer) }
            return ExactDecimal(number.literal).map { .decimal($0) }
        case .string(let text):
            switch kind {
            case .date: return Temporal(date: text).map { .temporal($0) }
            case .dateTime: return Temporal(dateTime: text).map { .temporal($0) }
            case .time: return Temporal(time: text).map { .temporal($0) }
            default: return .string(text)
            }
        case .object(let members):
            guard kind == .quantity, case .number(let number)? = members["value"],
                let decimal = ExactDecimal(number.literal)
            else { return nil }
            let system = members["system"]?.string
            if let code = members["code"]?.string, system == nil || system == "http://unitsofmeasure.org" {
                return .quantity(Quantity(value: decimal, unit: code))
            }
            guard system == nil || members["code"] == nil else { return nil }
            let unit = members["unit"]?.string ?? "1"
            if let word = CalendarUnit(word: unit) {
                return .quantity(Quantity(value: decimal, calendarWord: unit, word))
            }
            return .quantity(Quantity(value: decimal, unit: unit))
        case .null, .array: return nil
        }
    }
}

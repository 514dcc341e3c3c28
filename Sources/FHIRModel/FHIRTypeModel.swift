// SPDX-License-Identifier: Apache-2.0

package import FHIRPath
package import Value

/// The types of FHIR R4 (4.0.1): resources, data types and primitives.
package final class FHIRTypeModel: TypeModel, Sendable {
    /// The one instance; its tables are read at first use (some milliseconds).
    package static let r4 = FHIRTypeModel()

    private let byName: [String: TypeID]
    package let descriptions: [TypeDescription]
    private let rules: [TypeRules]

    package var namespace: String { "FHIR" }
    package var findsChoicesByPrefix: Bool { true }

    package func type(named name: String) -> TypeID? { byName[name] }

    package func type(of value: Value) -> TypeID {
        guard case .string(let name)? = value["resourceType"], let type = byName[name] else { return .unknown }
        return type
    }

    /// Cardinalities, bindings and constraints; nil for primitives and unknown types.
    package func rules(of type: TypeID) -> TypeRules? {
        type.index >= 0 && Int(type.index) < rules.count ? rules[Int(type.index)] : nil
    }

    /// Names of the elements that every instance of a type must have; empty for types that are not known.
    package func mandatoryElements(of name: String) -> Set<String> {
        guard let type = type(named: name), let rules = rules(of: type) else { return [] }
        let elements = zip(descriptions[Int(type.index)].elements, rules.elements)
        return Set(elements.filter { $0.1.min > 0 }.map(\.0.name))
    }

    /// Names of the resources that can be instances, sorted.
    package var resourceNames: [String] {
        descriptions.filter { $0.isResource && rules(of: $0.id)?.isAbstract == false }.map(\.name).sorted()
    }

    /// Primitive types with the type they specialize and the System type they convert to.
    static let primitives: [(name: String, base: String, system: SystemKind)] = [
        ("boolean", "Element", .boolean), ("integer", "Element", .integer), ("decimal", "Element", .decimal),
        ("string", "Element", .string), ("uri", "Element", .string), ("base64Binary", "Element", .string),
        ("instant", "Element", .dateTime), ("date", "Element", .date), ("dateTime", "Element", .dateTime),
        ("time", "Element", .time), ("xhtml", "Element", .string), ("unsignedInt", "integer", .integer),
        ("positiveInt", "integer", .integer), ("code", "string", .string), ("id", "string", .string),
        ("markdown", "string", .string), ("url", "uri", .string), ("canonical", "uri", .string),
        ("oid", "uri", .string), ("uuid", "uri", .string),
    ]

    private init() {
        let rows = R4Tables.types()
        var builder = FHIRTypeBuilder(rows)
        builder.build()
        byName = builder.byName
        descriptions = builder.descriptions
        rules = builder.rules
    }
}

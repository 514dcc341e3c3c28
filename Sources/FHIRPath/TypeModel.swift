// SPDX-License-Identifier: Apache-2.0

package import Value

/// A type of a ``TypeModel``, by number; cheap to copy and compare.
package struct TypeID: Sendable, Hashable {
    package let index: Int32

    package init(index: Int32) { self.index = index }

    /// No type is known: plain JSON.
    package static let unknown = TypeID(index: -1)
}

/// The System type a primitive converts to implicitly.
package enum SystemKind: String, Sendable, Hashable {
    case boolean = "Boolean"
    case integer = "Integer"
    case decimal = "Decimal"
    case string = "String"
    case date = "Date"
    case dateTime = "DateTime"
    case time = "Time"
    case quantity = "Quantity"
}

/// One element of a type, as JSON shows it. A class, as is its form, because every step of a path hands them around.
package final class ElementDescription: Sendable {
    /// One concrete form: `valueQuantity` of type Quantity.
    package final class Form: Sendable {
        package let jsonName: String
        /// `_` + ``jsonName`` for primitives, where id and extensions of a primitive stand; else nil.
        package let shadowName: String?
        package let type: TypeID
        /// Whether values name their type themselves.
        package let isResource: Bool

        package init(jsonName: String, isPrimitive: Bool, isResource: Bool = false, type: TypeID) {
            self.jsonName = jsonName
            shadowName = isPrimitive ? "_" + jsonName : nil
            self.isResource = isResource
            self.type = type
        }
    }

    /// The FHIRPath name: `value` for a choice of `valueQuantity`, `valueString` …
    package let name: String
    package let forms: [Form]
    package let isArray: Bool

    package init(name: String, forms: [Form], isArray: Bool) {
        self.name = name
        self.forms = forms
        self.isArray = isArray
    }
}

/// What a child of a given JSON name is.
struct ChildKind: Sendable {
    let type: TypeID
    let isResource: Bool
}

/// A type with its elements, inherited ones included.
package final class TypeDescription: Sendable {
    package let id: TypeID
    /// The name that `type().name` reports: `Patient`, `code`, `BackboneElement`.
    package let name: String
    package let base: TypeID?
    /// The name of the base type with its namespace, for `type().baseType`.
    package let baseName: String
    /// This type and all it derives from.
    package let ancestors: Set<TypeID>
    /// Set for primitives and quantities.
    package let system: SystemKind?
    package let isPrimitive: Bool
    /// Whether instances name their type themselves (`resourceType`): resources and their abstract bases.
    package let isResource: Bool
    /// In the order of the definition.
    package let elements: [ElementDescription]
    private let byName: NameTable<ElementDescription>
    private let byJSONName: NameTable<ElementDescription.Form>
    /// What a walk over all children needs, without references to count.
    private let childKinds: NameTable<ChildKind>

    package init(
        id: TypeID, name: String, base: TypeID?, baseName: String, ancestors: Set<TypeID>, system: SystemKind?,
        isPrimitive: Bool, isResource: Bool, elements: [ElementDescription]
    ) {
        self.id = id
        self.name = name
        self.base = base
        self.baseName = baseName
        self.ancestors = ancestors
        self.system = system
        self.isPrimitive = isPrimitive
        self.isResource = isResource
        self.elements = elements
        byName = NameTable(elements.map { ($0.name, $0) })
        let forms = elements.flatMap { $0.forms.map { (name: $0.jsonName, entry: $0) } }
        byJSONName = NameTable(forms)
        childKinds = NameTable(forms.map { ($0.name, ChildKind(type: $0.entry.type, isResource: $0.entry.isResource)) })
    }

    /// The form that JSON calls `name`.
    package func form(json name: String) -> ElementDescription.Form? { byJSONName[name] }

    func childKind(json name: String) -> ChildKind? { childKinds[name] }

    /// The element of a FHIRPath name.
    package func element(_ name: String) -> ElementDescription? { byName[name] }

    func element(_ name: ElementName) -> ElementDescription? { byName.find(name.text, hash: name.hash) }
}

/// What the evaluator asks about types. Implementations are immutable tables.
package protocol TypeModel: Sendable {
    /// The namespace of the model's types in `is FHIR.Patient`.
    var namespace: String { get }
    /// The type of an unqualified name.
    func type(named name: String) -> TypeID?
    /// All types; a ``TypeID`` is an index here.
    var descriptions: [TypeDescription] { get }
    /// The type of a value that names its type itself; ``TypeID/unknown`` where it does not, or the type is not known.
    func type(of value: Value) -> TypeID
    /// Whether an object of unknown type may hide a choice: `value` finds `valueString`.
    var findsChoicesByPrefix: Bool { get }
}

extension TypeModel {
    /// The description of a known type; nil for ``TypeID/unknown``.
    package func description(of type: TypeID) -> TypeDescription? {
        type.index < 0 ? nil : descriptions[Int(type.index)]
    }
}

/// JSON without types: strings, numbers and booleans are System types, objects are untyped.
package struct PlainJSON: TypeModel {
    package init() {}

    package var namespace: String { "JSON" }
    package func type(named name: String) -> TypeID? { nil }
    package var descriptions: [TypeDescription] { [] }
    package func type(of value: Value) -> TypeID { .unknown }
    package var findsChoicesByPrefix: Bool { false }
}

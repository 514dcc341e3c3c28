// SPDX-License-Identifier: Apache-2.0

import FHIRPath

/// Turns table rows into descriptions: bases first, so that inherited elements stand before own ones.
struct FHIRTypeBuilder {
    private let rows: [R4Tables.TypeRow]
    private let primitiveNames: Set<String>
    private(set) var byName: [String: TypeID] = [:]
    private(set) var descriptions: [TypeDescription] = []
    private(set) var rules: [TypeRules] = []
    private var finished: [TypeDescription?]
    private var finishedRules: [TypeRules?]

    init(_ rows: [R4Tables.TypeRow]) {
        self.rows = rows
        finished = Array(repeating: nil, count: rows.count)
        finishedRules = finished.map { _ in nil }
        primitiveNames = Set(FHIRTypeModel.primitives.map(\.name))
        for (index, row) in rows.enumerated() { byName[String(row.name)] = TypeID(index: Int32(index)) }
        for (index, primitive) in FHIRTypeModel.primitives.enumerated() {
            byName[primitive.name] = TypeID(index: Int32(rows.count + index))
        }
    }

    mutating func build() {
        for index in rows.indices { finish(index) }
        for index in rows.indices {
            guard let description = finished[index], let rule = finishedRules[index] else { continue }
            descriptions.append(description)
            rules.append(rule)
        }
        guard let element = byName["Element"].map({ descriptions[Int($0.index)] }) else { return }
        for primitive in FHIRTypeModel.primitives {
            guard let id = byName[primitive.name], let base = byName[primitive.base] else { continue }
            let ancestors = descriptions[Int(base.index)].ancestors.union([id])
            descriptions.append(
                TypeDescription(
                    id: id, name: primitive.name, base: base, baseName: "FHIR.\(primitive.base)", ancestors: ancestors,
                    system: primitive.system, isPrimitive: true, isResource: false, elements: element.elements))
        }
    }

    private mutating func finish(_ index: Int) {
        guard finished[index] == nil else { return }
        let row = rows[index]
        let base = row.base.isEmpty ? nil : byName[String(row.base)]
        if let base { finish(Int(base.index)) }
        let baseDescription = base.flatMap { finished[Int($0.index)] }
        let baseRules = base.flatMap { finishedRules[Int($0.index)] }
        let id = TypeID(index: Int32(index))
        var elements = baseDescription?.elements ?? []
        var elementRules = baseRules?.elements ?? []
        for element in row.elements {
            elements.append(describe(element))
            elementRules.append(rules(for: element))
        }
        let isElement = row.kind == UInt8(ascii: "B")
        finished[index] = TypeDescription(
            id: id, name: isElement ? String(row.base) : String(row.name), base: base,
            baseName: isElement ? "FHIR.Element" : base.map { "FHIR.\(rows[Int($0.index)].name)" } ?? "System.Any",
            ancestors: (baseDescription?.ancestors ?? []).union([id]),
            system: row.name == "Quantity" || row.base == "Quantity" ? .quantity : nil, isPrimitive: false,
            isResource: row.kind == UInt8(ascii: "R") || row.kind == UInt8(ascii: "A"), elements: elements)
        finishedRules[index] = TypeRules(
            elements: elementRules, constraints: (baseRules?.constraints ?? []) + row.keys.map(String.init),
            isAbstract: row.kind == UInt8(ascii: "A"))
    }

    private func describe(_ row: R4Tables.ElementRow) -> ElementDescription {
        let isChoice = row.name.hasSuffix("[x]")
        let name = isChoice ? String(row.name.dropLast(3)) : String(row.name)
        var forms: [ElementDescription.Form] = []
        for part in row.types.split(separator: ",") {
            var type = part.hasPrefix("@") ? part.dropFirst() : part
            if let parenthesis = type.firstIndex(of: "(") { type = type[..<parenthesis] }
            let typeName = String(type)
            guard let id = byName[typeName] else { continue }
            let jsonName = isChoice ? name + typeName.prefix(1).uppercased() + typeName.dropFirst() : name
            // A narrative's div is a primitive, but has no companion.
            let hasShadow = primitiveNames.contains(typeName) && typeName != "xhtml"
            let isResource = rows.indices.contains(Int(id.index)) && "RA".utf8.contains(rows[Int(id.index)].kind)
            forms.append(
                ElementDescription.Form(jsonName: jsonName, isPrimitive: hasShadow, isResource: isResource, type: id))
        }
        return ElementDescription(name: name, forms: forms, isArray: row.max != 1)
    }

    private func rules(for row: R4Tables.ElementRow) -> ElementRules {
        var targets: [String] = []
        if let open = row.types.firstIndex(of: "("), let close = row.types.lastIndex(of: ")") {
            targets = row.types[row.types.index(after: open)..<close].split(separator: " ").map(String.init)
        }
        return ElementRules(
            min: row.min, max: row.max, binding: String(row.binding), constraints: row.keys.map(String.init),
            targets: targets)
    }
}

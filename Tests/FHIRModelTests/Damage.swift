// SPDX-License-Identifier: Apache-2.0

import FHIRModel
import FHIRPath
import Value

/// One way to spoil a valid instance, anywhere in it.
struct Damage {
    enum Kind: String, CaseIterable { case drop, cardinality, primitive, unknown, code }

    /// A member name or an index.
    enum Step: Hashable {
        case name(String)
        case index(Int)
    }

    let kind: Kind
    /// The object that is changed.
    let steps: [Step]
    let name: String
    /// Where the issue has to be, by JSON's names.
    let place: String
    let value: (Value) -> Value?

    func applied(to root: Value) -> Value { Self.change(root, steps[...]) { spoil($0) } }

    private func spoil(_ object: Value) -> Value {
        guard case .object(var members) = object else { return object }
        switch kind {
        case .drop:
            members[name] = nil
            members["_" + name] = nil
        case .unknown: members[name + "Zz"] = members[name]
        default: members[name] = members[name].flatMap(value)
        }
        return .object(members)
    }

    private static func change(_ value: Value, _ steps: ArraySlice<Step>, _ body: (Value) -> Value) -> Value {
        guard let step = steps.first else { return body(value) }
        switch (step, value) {
        case (.name(let name), .object(var members)):
            members[name] = members[name].map { change($0, steps.dropFirst(), body) }
            return .object(members)
        case (.index(let index), .array(var items)) where items.indices.contains(index):
            items[index] = change(items[index], steps.dropFirst(), body)
            return .array(items)
        default: return value
        }
    }
}

/// Finds every place of an instance that can be spoilt, by the type tables.
struct DamageFinder {
    let model = FHIRTypeModel.r4
    var found: [Damage] = []

    static func all(in resource: Value) -> [Damage] {
        var finder = DamageFinder()
        finder.object(resource, model: finder.model.type(of: resource), [], resource["resourceType"]?.string ?? "")
        return finder.found
    }

    private mutating func object(_ value: Value, model id: TypeID, _ steps: [Damage.Step], _ path: String) {
        guard case .object(let members) = value, let type = model.description(of: id) else { return }
        let rules = model.rules(of: id)
        for (index, element) in type.elements.enumerated() {
            for form in element.forms {
                guard let child = members[form.jsonName] else { continue }
                let place = "\(path).\(form.jsonName)"
                add(.unknown, steps, form.jsonName, place + "Zz") { $0 }
                if let rule = rules?.elements[index] {
                    if rule.min > 0 {
                        add(
                            .drop, steps, form.jsonName,
                            "\(path).\(element.forms.count > 1 ? element.name : form.jsonName)"
                        ) { $0 }
                    }
                    spoilCode(child, form, rule, isArray: element.isArray, steps, place)
                }
                let isArray = element.isArray
                add(.cardinality, steps, form.jsonName, place) { isArray ? $0[0] : .array([$0, $0]) }
                spoilPrimitive(child, form, isArray: isArray, steps, place)
                descend(child, form, steps, place)
            }
        }
    }

    private mutating func add(
        _ kind: Damage.Kind, _ steps: [Damage.Step], _ name: String, _ place: String,
        _ value: @escaping (Value) -> Value?
    ) {
        found.append(Damage(kind: kind, steps: steps, name: name, place: place, value: value))
    }

    private mutating func descend(
        _ child: Value, _ form: ElementDescription.Form, _ steps: [Damage.Step], _ place: String
    ) {
        guard model.description(of: form.type)?.isPrimitive == false else { return }
        func type(_ value: Value) -> TypeID { form.isResource ? model.type(of: value) : form.type }
        if case .array(let items) = child {
            for (index, item) in items.enumerated() {
                object(
                    item, model: type(item), steps + [.name(form.jsonName), .index(index)], "\(place)[\(index)]")
            }
        } else {
            object(child, model: type(child), steps + [.name(form.jsonName)], place)
        }
    }

    private mutating func spoilPrimitive(
        _ child: Value, _ form: ElementDescription.Form, isArray: Bool, _ steps: [Damage.Step], _ place: String
    ) {
        guard let type = model.description(of: form.type), type.isPrimitive else { return }
        if isArray, child[0]?.scalarText == nil { return }
        let wrong: Value =
            switch type.name {
            case "boolean": "true"
            case "integer", "unsignedInt", "positiveInt": .string("7")
            case "decimal": "1.5"
            case "date", "dateTime", "instant": "21/11/2026"
            case "time": "noon"
            case "id": "not an id"
            case "uri", "url", "canonical": "not an address"
            case "base64Binary": "***"
            case "code": " blank before"
            case "xhtml": "no narrative"
            default: 42
            }
        add(.primitive, steps, form.jsonName, isArray ? place + "[0]" : place) { old in
            guard isArray, case .array(var items) = old else { return wrong }
            items[0] = wrong
            return .array(items)
        }
    }

    private mutating func spoilCode(
        _ child: Value, _ form: ElementDescription.Form, _ rule: ElementRules, isArray: Bool, _ steps: [Damage.Step],
        _ place: String
    ) {
        guard !rule.binding.isEmpty, model.description(of: form.type)?.name == "code" else { return }
        if isArray, child[0]?.string == nil { return }
        add(.code, steps, form.jsonName, isArray ? place + "[0]" : place) { old in
            guard isArray, case .array(var items) = old else { return "no-such-code" }
            items[0] = "no-such-code"
            return .array(items)
        }
    }
}

// SPDX-License-Identifier: Apache-2.0

import SourceText
import Value

extension Evaluator {
    /// `Patient` at the start of a path: the items of that type, or nil where the name is no type of theirs.
    func rootType(_ name: String, _ items: [Item]) -> [Item]? {
        guard let first = name.utf8.first, first >= 0x41, first <= 0x5A, !items.isEmpty else { return nil }
        var result: [Item] = []
        for item in items {
            guard case .node(let node) = item else { continue }
            if let description = model.description(of: node.type) {
                if description.name == name || model.type(named: name).map(description.ancestors.contains) == true {
                    result.append(item)
                }
            } else if case .string(name)? = node.value?["resourceType"] {
                result.append(item)
            }
        }
        return result.isEmpty ? nil : result
    }

    /// The children called `name` of all items.
    func members(_ name: String, of items: [Item], at offset: Int) throws(FHIRPathError) -> [Item] {
        var result: [Item] = []
        for item in items {
            try step(at: offset)
            switch item {
            case .node(let node): try member(name, of: node, into: &result, at: offset)
            case .type(let type):
                switch name {
                case "namespace": result.append(.string(type.namespace))
                case "name": result.append(.string(type.name))
                case "baseType": result.append(.string(type.baseType))
                default: break
                }
            case .quantity(let quantity):
                switch name {
                case "value": result.append(.decimal(quantity.value))
                case "unit", "code": result.append(.string(quantity.unit))
                default: break
                }
            default:
                if context.isStrict {
                    throw FHIRPathError(
                        .semantic, "a \(item.typeInfo(in: model).name) has no element \(name)", at: offset,
                        length: name.utf8.count)
                }
            }
        }
        return result
    }

    private func member(_ name: String, of node: Node, into result: inout [Item], at offset: Int) throws(FHIRPathError)
    {
        guard let description = model.description(of: node.type) else {
            untypedMember(name, of: node, into: &result)
            return
        }
        guard let element = description.element(name) else {
            if context.isStrict {
                throw FHIRPathError(
                    .semantic, "\(description.name) has no element \(name)",
                    remedy: nearestWord(to: name, in: description.elements.map(\.name)).map { "did you mean \($0)?" },
                    at: offset, length: name.utf8.count)
            }
            return
        }
        // A primitive's own children stand in its companion.
        append(element, of: description.isPrimitive ? node.shadow : node.value, into: &result)
    }

    private func append(_ element: ElementDescription, of object: Value?, into result: inout [Item]) {
        guard case .object(let members)? = object else { return }
        for form in element.forms {
            let value = members[form.jsonName]
            let shadow = form.shadowName.flatMap { members[$0] }
            if value == nil && shadow == nil { continue }
            append(value, shadow, form.type, form.isResource, into: &result)
        }
    }

    private func append(
        _ value: Value?, _ shadow: Value?, _ type: TypeID, _ isResource: Bool = false, into result: inout [Item]
    ) {
        switch value {
        case .array(let values)?:
            let shadows: [Value]? = if case .array(let list)? = shadow { list } else { nil }
            // Only once: reserving exactly in every step would move the items each time.
            if result.isEmpty { result.reserveCapacity(max(4, values.count)) }
            for position in 0..<max(values.count, shadows?.count ?? 0) {
                append(
                    one: position < values.count ? values[position] : nil,
                    shadows.flatMap { position < $0.count ? $0[position] : nil }, type, isResource,
                    into: &result)
            }
        default:
            if value == nil, case .array(let list)? = shadow {
                for entry in list { append(one: nil, entry, type, isResource, into: &result) }
            } else {
                append(one: value, shadow, type, isResource, into: &result)
            }
        }
    }

    private func append(
        one value: Value?, _ shadow: Value?, _ type: TypeID, _ isResource: Bool, into result: inout [Item]
    ) {
        var value = value
        var shadow = shadow
        if case .null? = value { value = nil }
        if case .null? = shadow { shadow = nil }
        guard value != nil || shadow != nil else { return }
        var type = type
        if isResource, let value { type = model.type(of: value) }
        result.append(.node(Node(value: value, shadow: shadow, type: type)))
    }

    private func untypedMember(_ name: String, of node: Node, into result: inout [Item]) {
        guard case .object(let members)? = node.value else {
            if case .object(let members)? = node.shadow, let value = members[name] {
                append(value, nil, .unknown, into: &result)
            }
            return
        }
        let value = members[name]
        let shadow = members["_" + name]
        if value != nil || shadow != nil {
            append(value, shadow, .unknown, into: &result)
            return
        }
        guard model.findsChoicesByPrefix else { return }
        for (key, value) in members where key.utf8.count > name.utf8.count && key.hasPrefix(name) {
            let rest = key.dropFirst(name.count)
            guard let first = rest.utf8.first, first >= 0x41, first <= 0x5A else { continue }
            let lowered = String(rest.prefix(1)).lowercased() + rest.dropFirst()
            guard let type = model.type(named: String(rest)) ?? model.type(named: lowered) else { continue }
            append(value, members["_" + key], type, into: &result)
        }
    }

    /// All children of an item, in the order of the JSON.
    func children(of item: Item, into result: inout [Item]) {
        guard case .node(let node) = item else { return }
        // Most items are plain primitives.
        if node.shadow == nil {
            guard case .object? = node.value else { return }
        }
        if let description = model.description(of: node.type) {
            let object = description.isPrimitive ? node.shadow : node.value
            guard case .object(let members)? = object else { return }
            for (name, value) in members {
                if let form = description.form(json: name) {
                    append(value, form.shadowName.flatMap { members[$0] }, form.type, form.isResource, into: &result)
                } else if name.utf8.first == UInt8(ascii: "_") {
                    // A companion is told with its primitive, alone only where the primitive is absent.
                    let bare = String(name.dropFirst())
                    if members[bare] == nil, let form = description.form(json: bare) {
                        append(nil, value, form.type, into: &result)
                    }
                }
            }
            return
        }
        for part in [node.value, node.shadow] {
            guard case .object(let members)? = part else { continue }
            for (name, value) in members where name != "resourceType" {
                if name.hasPrefix("_") {
                    if members[String(name.dropFirst())] == nil { append(nil, value, .unknown, into: &result) }
                } else {
                    append(value, members["_" + name], .unknown, into: &result)
                }
            }
        }
    }

    // MARK: Types

    /// Whether an item is of a type. `exactly` is what `as` and `ofType` want of primitives: a `code` is a `string`
    /// for `is`, but `ofType(string)` selects only what is declared as string.
    func matches(_ item: Item, _ type: TypeSpecifier, exactly: Bool) throws(FHIRPathError) -> Bool {
        if case .node(let node) = item, let description = model.description(of: node.type) {
            if type.namespace == nil || type.namespace == model.namespace, let wanted = model.type(named: type.name) {
                if exactly, description.isPrimitive { return description.id == wanted }
                return description.ancestors.contains(wanted)
            }
            try check(type)
            return false
        }
        if type.namespace == nil || type.namespace == "System" {
            if type.name == "Any" { return true }
            let value = item.systemValue(in: model) ?? item
            if case .type = value { return type.name == "TypeInfo" }
            if let kind = value.systemKind, kind.rawValue == type.name { return true }
        }
        if case .node(let node) = item, type.namespace == nil || type.namespace == model.namespace,
            case .string(type.name)? = node.value?["resourceType"]
        {
            return true
        }
        try check(type)
        return false
    }

    /// Signals a type that nobody knows. An unknown name in System is just no match.
    func check(_ type: TypeSpecifier) throws(FHIRPathError) {
        if type.namespace == "System" { return }
        if type.namespace == nil || type.namespace == model.namespace {
            if model.type(named: type.name) != nil { return }
            if type.namespace == nil, Self.systemTypes.contains(type.name) { return }
            // Without types any name may be that of a resource.
            if model is PlainJSON { return }
        }
        let name = (type.namespace.map { $0 + "." } ?? "") + type.name
        throw FHIRPathError(
            .execution, "unknown type \(name)", remedy: "write a type of \(model.namespace) or of System",
            at: type.offset, length: name.utf8.count)
    }

    static let systemTypes: Set<String> = [
        "Any", "Boolean", "String", "Integer", "Long", "Decimal", "Date", "DateTime", "Time", "Quantity", "TypeInfo",
    ]
}

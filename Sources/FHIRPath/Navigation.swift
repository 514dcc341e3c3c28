// SPDX-License-Identifier: Apache-2.0

import SourceText
import Value

extension Evaluator {
    /// `Patient` at the start of a path: the items of that type, or nil where the name is no type of theirs.
    func rootType(_ name: String, _ items: Items) -> Items? {
        var result = Items.none
        for item in items {
            guard case .node(let node) = item else { continue }
            if let description = description(of: node.type) {
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
    func members(_ name: ElementName, of items: Items, at offset: Int) throws(FHIRPathError) -> Items {
        var result = Items.none
        switch items {
        case .none: break
        case .one(let item): try member(name, of: item, into: &result, at: offset)
        case .many(let list): for item in list { try member(name, of: item, into: &result, at: offset) }
        }
        return result
    }

    private func member(
        _ name: ElementName, of item: Item, into result: inout Items, at offset: Int
    ) throws(FHIRPathError) {
        try step(at: offset)
        switch item {
        case .node(let node): try member(name, of: node, into: &result, at: offset)
        case .type(let type):
            switch name.text {
            case "namespace": result.append(.string(type.namespace))
            case "name": result.append(.string(type.name))
            case "baseType": result.append(.string(type.baseType))
            default: break
            }
        case .quantity(let quantity):
            switch name.text {
            case "value": result.append(.decimal(quantity.value))
            case "unit", "code": result.append(.string(quantity.unit))
            default: break
            }
        default:
            if context.isStrict {
                throw FHIRPathError(
                    .semantic, "a \(item.typeInfo(in: model).name) has no element \(name.text)", at: offset,
                    length: name.text.utf8.count)
            }
        }
    }

    private func member(
        _ name: ElementName, of node: Node, into result: inout Items, at offset: Int
    ) throws(FHIRPathError) {
        guard let description = description(of: node.type) else {
            untypedMember(name, of: node, into: &result)
            return
        }
        guard let element = description.element(name) else {
            if context.isStrict {
                throw FHIRPathError(
                    .semantic, "\(description.name) has no element \(name.text)",
                    remedy: nearestWord(to: name.text, in: description.elements.map(\.name))
                        .map { "did you mean \($0)?" },
                    at: offset, length: name.text.utf8.count)
            }
            return
        }
        // A primitive's own children stand in its companion.
        guard case .object(let members)? = description.isPrimitive ? node.shadow : node.value else { return }
        if !members.hasUnderscores, element.forms.count == 1 {
            // The common case: one form, no companions.
            let form = element.forms[0]
            guard let index = members.index(of: form.jsonName) else { return }
            append(plain: members[at: index], form.type, form.isResource, into: &result)
            return
        }
        for form in element.forms {
            let value = members[form.jsonName]
            let shadow = members.hasUnderscores ? form.shadowName.flatMap { members[$0] } : nil
            if value == nil && shadow == nil { continue }
            append(value, shadow, form.type, form.isResource, into: &result)
        }
    }

    private func append(
        _ value: Value?, _ shadow: Value?, _ type: TypeID, _ isResource: Bool = false, into result: inout Items
    ) {
        switch (value, shadow) {
        case (.array(let values)?, nil):
            for value in values { append(one: value, nil, type, isResource, into: &result) }
        case (.array(let values)?, _):
            let shadows = shadow?.array ?? []
            for position in 0..<max(values.count, shadows.count) {
                append(
                    one: position < values.count ? values[position] : nil,
                    position < shadows.count ? shadows[position] : nil, type, isResource, into: &result)
            }
        case (nil, .array(let shadows)?):
            for shadow in shadows { append(one: nil, shadow, type, isResource, into: &result) }
        default: append(one: value, shadow, type, isResource, into: &result)
        }
    }

    /// A value without companion.
    private func append(plain value: Value, _ type: TypeID, _ isResource: Bool, into result: inout Items) {
        switch value {
        case .null: break
        case .array(let values):
            if case .none = result, values.count > 1 {
                var list: [Item] = []
                list.reserveCapacity(values.count)
                let kind = ChildKind(type: type, isResource: isResource)
                for value in values { child(value, kind, into: &list) }
                result = Items(list)
            } else {
                for value in values { append(plain: value, type, isResource, into: &result) }
            }
        default: result.append(.node(Node(value: value, type: isResource ? model.type(of: value) : type)))
        }
    }

    private func append(
        one value: Value?, _ shadow: Value?, _ type: TypeID, _ isResource: Bool, into result: inout Items
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

    private func untypedMember(_ name: ElementName, of node: Node, into result: inout Items) {
        guard case .object(let members)? = node.value else {
            if case .object(let members)? = node.shadow, let value = members[name.text] {
                append(value, nil, .unknown, into: &result)
            }
            return
        }
        let value = members[name.text]
        let shadow = members.hasUnderscores ? members[name.companion] : nil
        if value != nil || shadow != nil {
            append(value, shadow, .unknown, into: &result)
            return
        }
        guard model.findsChoicesByPrefix else { return }
        for (key, value) in members where key.utf8.count > name.text.utf8.count && key.hasPrefix(name.text) {
            let rest = key.dropFirst(name.text.count)
            guard let first = rest.utf8.first, first >= 0x41, first <= 0x5A else { continue }
            let lowered = String(rest.prefix(1)).lowercased() + rest.dropFirst()
            guard let type = model.type(named: String(rest)) ?? model.type(named: lowered) else { continue }
            append(value, members["_" + key], type, into: &result)
        }
    }

    /// Appends all children of an item in the order of the JSON.
    func children(of item: Item, into result: inout [Item]) {
        guard case .node(let node) = item else { return }
        children(of: node, into: &result)
    }

    func children(of node: Node, into result: inout [Item]) {
        // Most items are plain primitives.
        if node.shadow == nil {
            guard case .object? = node.value else { return }
        }
        if let description = description(of: node.type) {
            guard case .object(let members)? = description.isPrimitive ? node.shadow : node.value else { return }
            if members.hasUnderscores {
                childrenWithCompanions(of: members, description, into: &result)
            } else {
                members.visit { name, value in
                    guard let kind = description.childKind(json: name) else { return }
                    child(value, kind, into: &result)
                }
            }
            return
        }
        var found = Items.none
        for case .object(let members)? in [node.value, node.shadow] {
            for (name, value) in members where name != "resourceType" {
                if name.hasPrefix("_") {
                    if members[String(name.dropFirst())] == nil { append(nil, value, .unknown, into: &found) }
                } else {
                    append(value, members.hasUnderscores ? members["_" + name] : nil, .unknown, into: &found)
                }
            }
        }
        result.append(contentsOf: found.array)
    }

    /// A child without companion.
    private func child(_ value: Value, _ kind: ChildKind, into result: inout [Item]) {
        switch value {
        case .null: break
        case .array(let values): for value in values { child(value, kind, into: &result) }
        default:
            let type = kind.isResource ? model.type(of: value) : kind.type
            result.append(.node(Node(value: value, type: type)))
        }
    }

    private func childrenWithCompanions(
        of members: Members, _ description: TypeDescription, into result: inout [Item]
    ) {
        var found = Items.none
        for (name, value) in members {
            if let form = description.form(json: name) {
                append(value, form.shadowName.flatMap { members[$0] }, form.type, form.isResource, into: &found)
            } else if name.utf8.first == UInt8(ascii: "_") {
                // A companion is told with its primitive, alone only where the primitive is absent.
                let bare = String(name.dropFirst())
                if members[bare] == nil, let form = description.form(json: bare) {
                    append(nil, value, form.type, into: &found)
                }
            }
        }
        result.append(contentsOf: found.array)
    }

    // MARK: Types

    /// Whether an item is of a type. `exactly` is what `as` and `ofType` want of primitives: a `code` is a `string`
    /// for `is`, but `ofType(string)` selects only what is declared as string.
    func matches(_ item: Item, _ type: TypeSpecifier, exactly: Bool) throws(FHIRPathError) -> Bool {
        if case .node(let node) = item, let description = description(of: node.type) {
            if type.namespace == nil || type.namespace == model.namespace, let wanted = model.type(named: type.name) {
                if exactly, description.isPrimitive { return description.id == wanted }
                return description.ancestors.contains(wanted)
            }
            try check(type)
            return false
        }
        if type.namespace == nil || type.namespace == "System" {
            if type.name == "Any" { return true }
            let value = systemValue(item) ?? item
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

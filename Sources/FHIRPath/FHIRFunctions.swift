// SPDX-License-Identifier: Apache-2.0

import Value

extension Evaluator {
    /// FHIR's own functions (FHIR R4, section 2.1.9.1.5).
    func fhir(_ call: Call) throws(FHIRPathError) -> Items {
        switch call.function {
        case .extension: return try extensions(call)
        case .hasValue:
            guard call.focus.count == 1, let item = call.focus.first else { return .one(.boolean(false)) }
            return .one(.boolean(isPrimitiveWithValue(item)))
        case .getValue:
            guard call.focus.count == 1, let item = call.focus.first, isPrimitiveWithValue(item) else { return .none }
            return Items(systemValue(item))
        case .resolve:
            var result = Items.none
            for item in call.focus {
                try step(at: call.offset)
                if let found = try resolved(item, call) { result.append(found) }
            }
            return result
        case .conformsTo: return try conformsTo(call)
        case .htmlChecks:
            for item in call.focus {
                guard case .node(let node) = item, let text = node.value?.string else { return .one(.boolean(false)) }
                if !NarrativeCheck.isAllowed(text) { return .one(.boolean(false)) }
            }
            return .one(.boolean(true))
        case .getResourceKey:
            let keys = call.focus.compactMap { item -> Item? in
                guard case .node(let node) = item, let type = node.value?["resourceType"]?.string,
                    let id = node.value?["id"]?.string
                else { return nil }
                return .string("\(type)/\(id)")
            }
            return Items(keys)
        case .getReferenceKey:
            let keys = call.focus.compactMap { item -> Item? in
                guard case .node(let node) = item, let reference = node.value?["reference"]?.string else { return nil }
                return .string(reference)
            }
            return Items(keys)
        default:
            throw FHIRPathError(
                .unsupported, "\(call.name)() needs a terminology or profile service, which is not offered here",
                remedy: "compare codes and systems directly", at: call.offset, length: call.name.utf8.count)
        }
    }

    private static let extensionName = ElementName("extension")

    private func isPrimitiveWithValue(_ item: Item) -> Bool {
        guard case .node(let node) = item else {
            if case .type = item { return false }
            return true
        }
        switch node.value {
        case .bool?, .number?, .string?: return true
        default: return false
        }
    }

    private func extensions(_ call: Call) throws(FHIRPathError) -> Items {
        guard let url = try stringArgument(call, 0) else { return .none }
        var result = Items.none
        let nodes = Items(call.focus.filter { if case .node = $0 { true } else { false } })
        for item in try members(Self.extensionName, of: nodes, at: call.offset) {
            if case .node(let node) = item, case .string(url)? = node.value?["url"] { result.append(item) }
        }
        return result
    }

    /// Types by the address of their definition; other profiles are refused.
    private func conformsTo(_ call: Call) throws(FHIRPathError) -> Items {
        guard let item = try single(call.focus, "conformsTo()", at: call.offset),
            let url = try stringArgument(call, 0)
        else { return .none }
        let base = "http://hl7.org/fhir/StructureDefinition/"
        guard url.hasPrefix(base), let type = model.type(named: String(url.dropFirst(base.count))),
            case .node(let node) = item
        else {
            throw FHIRPathError(
                .unsupported, "conformsTo() does not know the profile \(url)",
                remedy: "only the types of \(model.namespace) themselves are known", at: call.offset, length: 10)
        }
        return .one(.boolean(model.description(of: node.type)?.ancestors.contains(type) == true))
    }

    // MARK: References

    private func resolved(_ item: Item, _ call: Call) throws(FHIRPathError) -> Item? {
        let reference: String?
        switch item {
        case .string(let text): reference = text
        case .node(let node): reference = node.value?.string ?? node.value?["reference"]?.string
        default: reference = nil
        }
        guard let reference, !reference.isEmpty else { return nil }
        let roots = [context.rootResource, context.resource, input].compactMap { $0 }
        for root in roots {
            guard case .node(let node) = root, let value = node.value else { continue }
            if reference.hasPrefix("#") {
                if reference == "#" { return root }
                if let found = contained(String(reference.dropFirst()), in: value) { return found }
            } else if let found = entry(reference, in: value) {
                return found
            }
        }
        return context.resolve?(reference)
    }

    private func contained(_ id: String, in value: Value) -> Item? {
        for resource in value["contained"]?.array ?? [] where resource["id"]?.string == id {
            return .node(Node(value: resource, type: model.type(of: resource)))
        }
        return nil
    }

    /// An entry of a Bundle by `fullUrl` or by type and id.
    private func entry(_ reference: String, in value: Value) -> Item? {
        guard case .array(let entries)? = value["entry"] else { return nil }
        let parts = reference.split(separator: "/")
        for entry in entries {
            guard let resource = entry["resource"] else { continue }
            let isMatch =
                entry["fullUrl"]?.string == reference
                || (parts.count == 2 && resource["resourceType"]?.string == String(parts[0])
                    && resource["id"]?.string == String(parts[1]))
            if isMatch { return .node(Node(value: resource, type: model.type(of: resource))) }
        }
        return nil
    }
}

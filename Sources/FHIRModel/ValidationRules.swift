// SPDX-License-Identifier: Apache-2.0

import FHIRPath
import Value

extension ValidationRun {
    /// Evaluates constraints on an item; those that cannot be evaluated here are warnings.
    mutating func check(_ keys: [String], on item: Item, path: String) {
        guard !keys.isEmpty else { return }
        var context = EvaluationContext(model: model)
        context.resource = current
        context.rootResource = .node(Node(value: root, type: model.type(of: root)))
        // ele-1 is checked where elements are read.
        for key in keys where key != "ele-1" {
            guard let rule = ConstraintTable.r4.rules[key] else { continue }
            let constraint = rule.constraint
            do {
                // Published rules such as ref-1 and bdl-8 are empty where the element they speak of is absent.
                if try rule.expression.evaluateBool(on: item, context: context) != false { continue }
                report(
                    .invariant, path, "\(constraint.key): \(constraint.sentence)",
                    severity: constraint.isError ? .error : .warning)
            } catch {
                report(.invariant, path, "\(constraint.key) could not be evaluated: \(error)", severity: .warning)
            }
        }
    }

    /// A code, Coding, CodeableConcept or Quantity in a required value set.
    mutating func binding(_ value: Value, _ type: TypeDescription, _ name: String, path: String) {
        guard let systems = ConstraintTable.r4.codes[name] else {
            if let code = value.string, OutsideCodes.contains(code, in: name) == false {
                report(.codeInvalid, path, "'\(code)' is not in the required value set \(name)")
            }
            return
        }
        func isIn(_ code: String, _ system: String?) -> Bool {
            if let system { return systems[system]?.contains(code) == true }
            return systems.values.contains { $0.contains(code) }
        }
        switch value {
        case .string(let code):
            if !isIn(code, nil) { report(.codeInvalid, path, "'\(code)' is not in the required value set \(name)") }
        case .object:
            let codings = type.name == "CodeableConcept" ? value["coding"]?.array ?? [] : [value]
            let coded = codings.filter { $0["code"]?.string != nil }
            if coded.isEmpty || coded.contains(where: { isIn($0["code"]?.string ?? "", $0["system"]?.string) }) {
                return
            }
            report(.codeInvalid, path, "no coding is in the required value set \(name)")
        default: return
        }
    }

    /// The literal form of a reference, the type it names, and whether that type may stand here.
    mutating func reference(_ value: Value, _ rule: ElementRules?, path: String) {
        let stated = value["type"]?.string
        if let stated, !stated.contains(":"), !isResource(stated) {
            report(.value, "\(path).type", "'\(stated)' is no resource of FHIR R4")
        }
        guard let text = value["reference"]?.string else {
            if let stated { allow(stated, rule, path: "\(path).type") }
            return
        }
        let place = "\(path).reference"
        if text == "#", containers.count < 2 {
            report(.value, place, "'#' means the container, and this resource is contained in none")
            return
        }
        if text.hasPrefix("#") {
            let contained = containers.lazy.reversed().flatMap { $0["contained"]?.array ?? [] }
                .first { $0["id"]?.string == String(text.dropFirst()) }
            if let type = contained?["resourceType"]?.string { allow(type, rule, path: place) }
            return
        }
        if text.hasPrefix("urn:") || text.contains("?") { return }
        var parts = text.prefix { $0 != "|" }.split(separator: "/", omittingEmptySubsequences: false)
        if let history = parts.lastIndex(of: "_history"), history >= 2 { parts = Array(parts[..<history]) }
        if text.contains("://") {
            // Of absolute addresses only those of a FHIR API tell a type; what stands elsewhere is nobody's business.
            if parts.count >= 5, isResource(String(parts[parts.count - 2])) {
                allow(String(parts[parts.count - 2]), rule, path: place)
            }
            return
        }
        // A relative reference is Type/id.
        guard parts.count == 2 else {
            if parts.count == 1, !text.isEmpty { return }
            report(.value, place, "'\(text)' is no reference: expected Type/id, #id, an address or urn:uuid:")
            return
        }
        let type = String(parts[0])
        guard isResource(type) else {
            report(.value, place, "'\(type)' is no resource of FHIR R4")
            return
        }
        if let mistake = PrimitiveFormat.mistake(.string(String(parts[1])), "id") {
            report(.value, place, "'\(parts[1])' is no id: \(mistake)")
        }
        if let stated, stated != type { report(.value, "\(path).type", "'\(stated)' is not what \(text) points to") }
        allow(type, rule, path: place)
    }

    /// FHIR R4, 2.3.0.3: ids of contained resources are unique within what contains them.
    mutating func containedIDs(_ members: Members, path: String) {
        var seen: Set<String> = []
        for (index, resource) in (members["contained"]?.array ?? []).enumerated() {
            guard let id = resource["id"]?.string, !seen.insert(id).inserted else { continue }
            report(.value, "\(path).contained[\(index)].id", "another contained resource has the id \(id)")
        }
    }

    /// FHIR R4, 2.5.1.1: an extension's url is absolute, but within another extension.
    mutating func extensionURLs(_ members: Members, path: String) {
        for name in ["extension", "modifierExtension"] {
            for (index, item) in (members[name]?.array ?? []).enumerated() {
                guard let url = item["url"]?.string, !url.isEmpty, !url.contains(":") else { continue }
                report(.value, "\(path).\(name)[\(index)].url", "'\(url)' is not absolute")
            }
        }
    }

    private func isResource(_ name: String) -> Bool {
        guard let id = model.type(named: name), let description = model.description(of: id) else { return false }
        return description.isResource && model.rules(of: id)?.isAbstract == false
    }

    private mutating func allow(_ type: String, _ rule: ElementRules?, path: String) {
        guard let rule, !rule.targets.isEmpty, !rule.targets.contains(type) else { return }
        report(.structure, path, "\(type) is not allowed here, only \(rule.targets.joined(separator: ", "))")
    }
}

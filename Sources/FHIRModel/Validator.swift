// SPDX-License-Identifier: Apache-2.0

import FHIRPath
package import Value

/// Validates R4 resources in JSON: structure, cardinality, primitives, required codes, references, constraints.
package struct Validator: Sendable {
    private let model: FHIRTypeModel

    package init(model: FHIRTypeModel = .r4) { self.model = model }

    /// All issues of a resource in document order; none means valid. Profiles and terminology beyond required bindings
    /// are not looked at.
    package func issues(in resource: Value) -> [ValidationIssue] {
        var run = ValidationRun(model: model, root: resource)
        run.resource(resource, path: resource["resourceType"]?.string ?? "resource")
        return run.issues
    }
}

struct ValidationRun {
    let model: FHIRTypeModel
    /// `%rootResource`: what holds the contained resources, so each entry of a Bundle is one.
    var root: Value
    var issues: [ValidationIssue] = []
    /// `%resource` at the place looked at.
    var current: Item?
    /// The resources around the place looked at, outermost first.
    var containers: [Value] = []

    init(model: FHIRTypeModel, root: Value) {
        self.model = model
        self.root = root
    }

    mutating func report(
        _ code: ValidationIssue.Code, _ path: String, _ message: String, severity: ValidationIssue.Severity = .error
    ) {
        issues.append(ValidationIssue(severity: severity, code: code, place: path, message: message))
    }

    mutating func resource(_ value: Value, path: String) {
        let id = model.type(of: value)
        guard let type = model.description(of: id), type.isResource, model.rules(of: id)?.isAbstract == false else {
            report(.structure, path, "'\(value["resourceType"]?.string ?? "")' is no resource of FHIR R4")
            return
        }
        let outer = (current, root)
        if path.split(separator: ".").last?.hasPrefix("contained[") != true { root = value }
        current = .node(Node(value: value, type: id))
        containers.append(value)
        complex(value, type, path: path)
        containers.removeLast()
        (current, root) = outer
    }

    /// An object of a known type.
    private mutating func complex(_ value: Value, _ type: TypeDescription, path: String) {
        guard case .object(let members) = value else {
            report(.structure, path, "expected an object of type \(type.name), found \(value.typeName)")
            return
        }
        // ele-1: an element has a value or children.
        if members.isEmpty { report(.invariant, path, "ele-1: the element is empty") }
        children(members, type, path: path)
        if type.name != "Extension" { extensionURLs(members, path: path) }
        if type.isResource { containedIDs(members, path: path) }
        guard let rules = model.rules(of: type.id) else { return }
        check(rules.constraints, on: .node(Node(value: value, type: type.id)), path: path)
    }

    private mutating func children(_ members: Members, _ type: TypeDescription, path: String) {
        var known: Set<String> = type.isResource ? ["resourceType"] : []
        let rules = model.rules(of: type.id)
        for (index, element) in type.elements.enumerated() {
            // Primitives share the elements of Element, which has no rules of interest.
            let rule = rules.map { $0.elements[index] }
            var count = 0
            var used: [String] = []
            for form in element.forms {
                known.insert(form.jsonName)
                if let name = form.shadowName { known.insert(name) }
                let value = members[form.jsonName]
                let shadow = form.shadowName.flatMap { members[$0] }
                if value == nil && shadow == nil { continue }
                used.append(form.jsonName)
                count += self.element(value, shadow, element, form, rule, path: "\(path).\(element.place(of: form))")
            }
            if used.count > 1 {
                report(.structure, "\(path).\(element.name)", "only one of \(used.joined(separator: ", ")) is allowed")
                count = 1
            }
            guard let rule else { continue }
            let place = "\(path).\(element.name)"
            if count < rule.min {
                report(
                    .required, place,
                    rule.min == 1 ? "the element is mandatory" : "at least \(rule.min) are needed, found \(count)")
            }
            if let max = rule.max, count > max {
                report(.structure, place, max == 0 ? "not allowed here" : "at most \(max) allowed, found \(count)")
            }
        }
        for name in members.names where !known.contains(name) {
            let nearest = type.nearestElement(to: name).map { ", did you mean \($0)?" } ?? ""
            report(.structure, "\(path).\(name)", "\(type.name) has no element \(name)\(nearest)")
        }
    }

    /// Checks an element's repetitions and says how many there are.
    private mutating func element(
        _ value: Value?, _ shadow: Value?, _ element: ElementDescription, _ form: ElementDescription.Form,
        _ rule: ElementRules?, path: String
    ) -> Int {
        guard let type = model.description(of: form.type) else { return 0 }
        guard element.isArray else {
            for part in [value, shadow] {
                if case .array? = part {
                    report(.structure, path, "the element does not repeat: no array expected")
                    return 1
                }
            }
            one(value, shadow, type, rule, path: path)
            return 1
        }
        var values: [Value] = []
        var shadows: [Value] = []
        if let value {
            guard case .array(let list) = value else {
                report(.structure, path, "the element repeats: an array is expected")
                return 1
            }
            if list.isEmpty { report(.structure, path, "an empty array must be left out") }
            values = list
        }
        if let shadow {
            guard case .array(let list) = shadow else {
                report(.structure, path, "the companion of a repeating primitive is an array")
                return 1
            }
            shadows = list
        }
        let count = max(values.count, shadows.count)
        for index in 0..<count {
            one(
                index < values.count ? values[index] : nil, index < shadows.count ? shadows[index] : nil, type, rule,
                path: "\(path)[\(index)]")
        }
        return count
    }

    private mutating func one(
        _ value: Value?, _ shadow: Value?, _ type: TypeDescription, _ rule: ElementRules?, path: String
    ) {
        if type.isResource {
            if let value { resource(value, path: path) }
            return
        }
        if type.isPrimitive {
            primitive(value, shadow, type, path: path)
        } else if let value {
            complex(value, type, path: path)
            if type.name == "Reference" { reference(value, rule, path: path) }
        }
        guard let rule else { return }
        if !rule.binding.isEmpty, let value { binding(value, type, rule.binding, path: path) }
        if !rule.constraints.isEmpty {
            check(rule.constraints, on: .node(Node(value: value, shadow: shadow, type: type.id)), path: path)
        }
    }

    private mutating func primitive(_ value: Value?, _ shadow: Value?, _ type: TypeDescription, path: String) {
        var isPresent = false
        if let value, !value.isNull {
            isPresent = true
            if let mistake = PrimitiveFormat.mistake(value, type.name) {
                report(.value, path, "\(value.json()) is no \(type.name): \(mistake)")
            }
        }
        if let shadow, !shadow.isNull {
            guard case .object(let members) = shadow else {
                report(.structure, path, "the companion of a primitive is an object with id or extension")
                return
            }
            isPresent = isPresent || !members.isEmpty
            children(members, type, path: path)
        }
        if !isPresent { report(.invariant, path, "ele-1: the element has neither value nor extensions") }
    }
}

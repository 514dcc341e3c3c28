// SPDX-License-Identifier: Apache-2.0

import FHIRPath
package import Value

extension FHIRTypeModel {
    /// The JSON form of a resource in XML (FHIR R4, section 2.6.2): arrays, numbers and the companions of primitives follow
    /// the type tables. What has no place in the JSON form is refused.
    package func json(fromXML bytes: [UInt8]) throws(FHIRXMLError) -> Value {
        let (value, issues) = try resource(inXML: bytes)
        // Only the order of elements can be told by the JSON form as well.
        if let issue = issues.first(where: { $0.code != .invalidOrder }) {
            throw FHIRXMLError(message: "\(issue.path): \(issue.message)", line: 0)
        }
        return value
    }

    /// The JSON form of a resource in XML as far as there is one, with everything the JSON form cannot show: elements and
    /// attributes that the type does not have, too many repetitions, text, wrong order. Throws where the text is no
    /// well-formed XML, or its root is not in FHIR's namespace or no resource of R4.
    package func resource(inXML bytes: [UInt8]) throws(FHIRXMLError) -> (value: Value, issues: [ValidationIssue]) {
        var tree = XMLTreeReader(bytes)
        let root = try tree.document()
        guard root["xmlns"] == "http://hl7.org/fhir" || root.name.contains(":") else {
            throw FHIRXMLError(
                message: "the root is not in the namespace http://hl7.org/fhir", line: tree.line(of: root.range))
        }
        var reader = XMLToJSON(model: self, tree: tree)
        guard let value = reader.resource(root, path: reader.local(root.name)) else {
            throw FHIRXMLError(message: "\(root.name) is no resource of FHIR R4", line: tree.line(of: root.range))
        }
        return (value, reader.issues)
    }
}

private struct XMLToJSON {
    let model: FHIRTypeModel
    let tree: XMLTreeReader
    var issues: [ValidationIssue] = []

    func local(_ name: String) -> String {
        guard let colon = name.firstIndex(of: ":") else { return name }
        return String(name[name.index(after: colon)...])
    }

    private mutating func report(
        _ path: String, _ message: String, _ element: XMLElement, code: ValidationIssue.Code = .structure
    ) {
        issues.append(
            ValidationIssue(
                severity: .error, code: code, place: path,
                message: "\(message) (line \(tree.line(of: element.range)))"))
    }

    /// Nil where the element names no resource.
    mutating func resource(_ element: XMLElement, path: String) -> Value? {
        let name = local(element.name)
        guard let id = model.type(named: name), let type = model.description(of: id), type.isResource else {
            return nil
        }
        attributes(of: element, ["xmlns"], path: path)
        return .object(Members([("resourceType", .string(name))] + content(element, type, path: path)))
    }

    private mutating func attributes(of element: XMLElement, _ allowed: [String], path: String) {
        if element.hasText { report(path, "text outside of an attribute", element) }
        for (name, value) in element.attributes where !allowed.contains(name) {
            if name.hasPrefix("xmlns") || name.hasPrefix("xsi:") {
                if name == "xmlns", value != "http://hl7.org/fhir" {
                    report(path, "the namespace is \(value), not http://hl7.org/fhir", element)
                }
                continue
            }
            report("\(path).\(name)", "\(name) is no attribute here", element)
        }
    }

    /// The members an element gives, in document order.
    private mutating func content(
        _ element: XMLElement, _ type: TypeDescription, path: String
    ) -> [(String, Value)] {
        var members = MemberList()
        var last = -1
        var counts: [String: Int] = [:]
        for name in ["id", "url"] {
            if let text = element[name], !type.isResource, type.element(name) != nil {
                members.list.append((name, .string(text)))
            }
        }
        for child in element.children {
            let name = local(child.name)
            guard let (index, form) = find(name, in: type) else {
                let nearest = type.nearestElement(to: name).map { ", did you mean \($0)?" } ?? ""
                report("\(path).\(name)", "\(type.name) has no element \(name)\(nearest)", child)
                continue
            }
            guard let childType = model.description(of: form.type) else { continue }
            let description = type.elements[index]
            let count = counts[form.jsonName, default: 0]
            counts[form.jsonName] = count + 1
            let step = description.place(of: form)
            let place = "\(path).\(step)" + (description.isArray ? "[\(count)]" : "")
            if !description.isArray, count > 0 {
                if count == 1 { report(place, "the element does not repeat", child) }
                continue
            }
            if index < last {
                report(place, "the element stands behind \(type.elements[last].name)", child, code: .invalidOrder)
            }
            last = max(last, index)
            let (value, shadow) = value(child, childType, path: place)
            members.add(form.jsonName, value, other: form.shadowName, isArray: description.isArray)
            if let name = form.shadowName {
                members.add(name, shadow, other: form.jsonName, isArray: description.isArray)
            }
        }
        return members.list
    }

    private func find(_ name: String, in type: TypeDescription) -> (Int, ElementDescription.Form)? {
        for (index, element) in type.elements.enumerated() where name.hasPrefix(element.name) {
            if let form = element.forms.first(where: { $0.jsonName == name }) { return (index, form) }
        }
        return nil
    }

    private mutating func value(_ element: XMLElement, _ type: TypeDescription, path: String) -> (Value?, Value?) {
        if type.isResource {
            attributes(of: element, [], path: path)
            guard element.children.count == 1 else {
                report(path, "expected one resource, found \(element.children.count)", element)
                return (nil, nil)
            }
            guard let resource = resource(element.children[0], path: path) else {
                report(path, "\(element.children[0].name) is no resource of FHIR R4", element.children[0])
                return (nil, nil)
            }
            return (resource, nil)
        }
        if type.name == "xhtml" {
            if local(element.name) != "div" || !element.name.contains(":"),
                element["xmlns"] != "http://www.w3.org/1999/xhtml"
            {
                report(path, "the div is not in the namespace http://www.w3.org/1999/xhtml", element)
            }
            return (.string(tree.text(element.range)), nil)
        }
        let ids = type.name == "Extension" ? ["id", "url"] : ["id"]
        attributes(of: element, type.isPrimitive ? ids + ["value"] : ids, path: path)
        let members = content(element, type, path: path)
        guard type.isPrimitive else { return (.object(Members(members)), nil) }
        let shadow: Value? = members.isEmpty ? nil : .object(Members(members))
        guard let text = element["value"] else {
            if shadow == nil {
                report(path, "ele-1: the element has neither value nor extensions", element, code: .invariant)
            }
            return (nil, shadow)
        }
        switch type.system {
        case .boolean? where text == "true" || text == "false": return (.bool(text == "true"), shadow)
        case .integer?, .decimal?:
            if let number = Number(literal: text) { return (.number(number), shadow) }
            return (.string(text), shadow)
        default: return (.string(text), shadow)
        }
    }
}

/// Members in document order; repetitions of one name become one array, filled up with null where only its companion
/// has something.
private struct MemberList {
    var list: [(String, Value)] = []
    private var places: [String: Int] = [:]

    mutating func add(_ key: String, _ value: Value?, other: String?, isArray: Bool) {
        guard isArray else {
            if let value { list.append((key, value)) }
            return
        }
        if let place = places[key], case .array(var items) = list[place].1 {
            items.append(value ?? .null)
            list[place].1 = .array(items)
        } else if let value {
            // Earlier repetitions had none of this half.
            var count = 0
            if let place = other.flatMap({ places[$0] }), case .array(let items) = list[place].1 { count = items.count }
            if key.hasPrefix("_"), count > 0 { count -= 1 }
            places[key] = list.count
            list.append((key, .array(Array(repeating: .null, count: count) + [value])))
        }
    }
}

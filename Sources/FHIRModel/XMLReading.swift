// SPDX-License-Identifier: Apache-2.0

import FHIRPath
package import Value

extension FHIRTypeModel {
    /// The JSON form of a resource in XML (FHIR R4, section 2.6.2): arrays, numbers and the companions of primitives follow
    /// the type tables.
    package func json(fromXML bytes: [UInt8]) throws(FHIRXMLError) -> Value {
        var reader = XMLTreeReader(bytes)
        let root = try reader.document()
        guard root["xmlns"] == "http://hl7.org/fhir" || root.name.contains(":") else {
            throw FHIRXMLError(message: "the root is not in the namespace http://hl7.org/fhir", line: 1)
        }
        return try XMLToJSON(model: self, reader: reader).resource(root)
    }
}

private struct XMLToJSON {
    let model: FHIRTypeModel
    let reader: XMLTreeReader

    private func local(_ name: String) -> String {
        guard let colon = name.firstIndex(of: ":") else { return name }
        return String(name[name.index(after: colon)...])
    }

    func resource(_ element: XMLElement) throws(FHIRXMLError) -> Value {
        let name = local(element.name)
        guard let id = model.type(named: name), let type = model.description(of: id), type.isResource else {
            throw FHIRXMLError(message: "\(name) is no resource of FHIR R4", line: 0)
        }
        var members: [(String, Value)] = [("resourceType", .string(name))]
        members.append(contentsOf: try content(element, type, path: name))
        return .object(Members(members))
    }

    /// The members an element gives, in document order.
    private func content(
        _ element: XMLElement, _ type: TypeDescription, path: String
    ) throws(FHIRXMLError) -> [(String, Value)] {
        var members: [(String, Value)] = []
        var places: [String: Int] = [:]
        for name in ["id", "url"] {
            if let text = element[name], type.element(name) != nil { members.append((name, .string(text))) }
        }
        for child in element.children {
            let name = local(child.name)
            guard let (description, form) = find(name, in: type) else {
                throw FHIRXMLError(message: "\(path) has no element \(name)", line: 0)
            }
            guard let childType = model.description(of: form.type) else { continue }
            let (value, shadow) = try self.value(child, childType, path: "\(path).\(name)")
            func put(_ key: String, _ value: Value?, other: String) {
                if !description.isArray {
                    if let value { members.append((key, value)) }
                    return
                }
                if let place = places[key], case .array(var list) = members[place].1 {
                    list.append(value ?? .null)
                    members[place].1 = .array(list)
                } else if let value {
                    // Earlier repetitions had none of this half.
                    var count = 0
                    if let place = places[other], case .array(let list) = members[place].1 { count = list.count }
                    if key.hasPrefix("_"), count > 0 { count -= 1 }
                    places[key] = members.count
                    members.append((key, .array(Array(repeating: .null, count: count) + [value])))
                }
            }
            let shadowName = "_" + name
            put(name, value, other: shadowName)
            if form.shadowName != nil { put(shadowName, shadow, other: name) }
        }
        return members
    }

    private func find(
        _ name: String, in type: TypeDescription
    ) -> (ElementDescription, ElementDescription.Form)? {
        if let element = type.element(name), let form = element.forms.first, form.jsonName == name {
            return (element, form)
        }
        for element in type.elements where name.hasPrefix(element.name) {
            if let form = element.forms.first(where: { $0.jsonName == name }) { return (element, form) }
        }
        return nil
    }

    private func value(
        _ element: XMLElement, _ type: TypeDescription, path: String
    ) throws(FHIRXMLError) -> (Value?, Value?) {
        if type.isResource {
            guard element.children.count == 1 else {
                throw FHIRXMLError(message: "\(path) must hold one resource", line: 0)
            }
            return (try resource(element.children[0]), nil)
        }
        if type.name == "xhtml" { return (.string(reader.text(element.range)), nil) }
        let members = try content(element, type, path: path)
        guard type.isPrimitive else { return (.object(Members(members)), nil) }
        let shadow: Value? = members.isEmpty ? nil : .object(Members(members))
        guard let text = element["value"] else { return (nil, shadow) }
        switch type.system {
        case .boolean? where text == "true" || text == "false": return (.bool(text == "true"), shadow)
        case .integer?, .decimal?:
            if let number = Number(literal: text) { return (.number(number), shadow) }
            return (.string(text), shadow)
        default: return (.string(text), shadow)
        }
    }
}

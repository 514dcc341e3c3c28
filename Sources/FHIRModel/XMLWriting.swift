// SPDX-License-Identifier: Apache-2.0

import FHIRPath
package import Value

extension FHIRTypeModel {
    /// The XML form of a resource in JSON, elements in the order of the definition. What the tables do not know is refused.
    package func xml(from resource: Value) throws(FHIRXMLError) -> String {
        var writer = JSONToXML(model: self)
        writer.text = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>"
        try writer.resource(resource, isRoot: true)
        return writer.text
    }
}

private struct JSONToXML {
    let model: FHIRTypeModel
    var text = ""

    mutating func resource(_ value: Value, isRoot: Bool) throws(FHIRXMLError) {
        let id = model.type(of: value)
        guard let name = value["resourceType"]?.string, let type = model.description(of: id) else {
            throw FHIRXMLError(message: "the JSON names no resource type of FHIR R4", line: 0)
        }
        text += isRoot ? "<\(name) xmlns=\"http://hl7.org/fhir\">" : "<\(name)>"
        try children(value, type, path: name, attributes: [])
        text += "</\(name)>"
    }

    private mutating func children(
        _ value: Value, _ type: TypeDescription, path: String, attributes: Set<String>
    ) throws(FHIRXMLError) {
        guard case .object(let members) = value else { return }
        var written = Set(attributes)
        if type.isResource { written.insert("resourceType") }
        for element in type.elements where !attributes.contains(element.name) {
            for form in element.forms {
                let value = members[form.jsonName]
                let shadow = form.shadowName.flatMap { members[$0] }
                written.insert(form.jsonName)
                if let name = form.shadowName { written.insert(name) }
                if value == nil && shadow == nil { continue }
                guard let childType = model.description(of: form.type) else { continue }
                let childPath = "\(path).\(form.jsonName)"
                if element.isArray {
                    let values = value?.array ?? []
                    let shadows = shadow?.array ?? []
                    for index in 0..<max(values.count, shadows.count) {
                        try write(
                            form.jsonName, index < values.count ? values[index] : nil,
                            index < shadows.count ? shadows[index] : nil, childType, path: childPath)
                    }
                } else {
                    try write(form.jsonName, value, shadow, childType, path: childPath)
                }
            }
        }
        for name in members.names where !written.contains(name) {
            throw FHIRXMLError(message: "\(path) has no element \(name)", line: 0)
        }
    }

    private mutating func write(
        _ name: String, _ value: Value?, _ shadow: Value?, _ type: TypeDescription, path: String
    ) throws(FHIRXMLError) {
        var value = value
        if case .null? = value { value = nil }
        if type.isResource {
            text += "<\(name)>"
            if let value { try resource(value, isRoot: false) }
            text += "</\(name)>"
            return
        }
        if type.name == "xhtml" {
            text += value?.string ?? ""
            return
        }
        let object = type.isPrimitive ? shadow : value
        text += "<\(name)"
        var attributes: Set<String> = []
        // Only `id` of elements and `url` of extensions are attributes.
        for attribute in ["id", "url"] {
            guard attribute == "id" || type.name == "Extension", let content = object?[attribute]?.string else {
                continue
            }
            attributes.insert(attribute)
            append(attribute, content)
        }
        if type.isPrimitive, let scalar = value?.scalarText { append("value", scalar) }
        let rest = (object?.members?.count ?? 0) - attributes.count
        if rest == 0 {
            text += "/>"
            return
        }
        text += ">"
        if let object { try children(object, type, path: path, attributes: attributes) }
        text += "</\(name)>"
    }

    private mutating func append(_ name: String, _ value: String) {
        text += " \(name)=\""
        for scalar in value.unicodeScalars {
            switch scalar {
            case "&": text += "&amp;"
            case "<": text += "&lt;"
            case ">": text += "&gt;"
            case "\"": text += "&quot;"
            case "\n": text += "&#xA;"
            case "\r": text += "&#xD;"
            case "\t": text += "&#x9;"
            default: text.unicodeScalars.append(scalar)
            }
        }
        text += "\""
    }
}

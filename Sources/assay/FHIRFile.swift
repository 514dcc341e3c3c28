// SPDX-License-Identifier: Apache-2.0

import FHIRModel
import Foundation
import Value

/// A resource as a file holds it: its JSON form, and what of an XML file has no JSON form.
struct FHIRFile {
    let name: String
    let value: Value
    let losses: [ValidationIssue]

    /// Throws `Mistaken` where the file cannot be read, is neither JSON nor XML, or is no FHIR.
    static func read(_ path: String) throws -> FHIRFile { try read(ResourceFile.bytes(path), of: path) }

    /// The same for what was read already.
    static func read(_ data: Data, of path: String) throws -> FHIRFile {
        let name = ResourceFile.name(path)
        guard ResourceFile.isXML(data) else {
            let value = try ResourceFile.json(data, name)
            guard case .string? = value["resourceType"] else {
                throw Mistaken(
                    """
                    \(name): error: no FHIR resource: \(what(value)) [no-resource]
                      = Give a JSON object whose member resourceType names its type, or FHIR XML.
                    """)
            }
            return FHIRFile(name: name, value: value, losses: [])
        }
        do throws(FHIRXMLError) {
            let (value, issues) = try FHIRTypeModel.r4.resource(inXML: Array(data))
            return FHIRFile(name: name, value: value, losses: issues)
        } catch {
            throw ResourceFile.mistake(error, name)
        }
    }

    func validated() -> [ValidationIssue] { losses + Validator().issues(in: value) }

    /// The JSON form, provided that nothing is lost.
    func converted() throws -> Value {
        guard let loss = losses.first(where: { $0.code != .invalidOrder }) else { return value }
        throw Mistaken("\(name): error: \(loss.path): \(loss.message) [no-such-form]")
    }

    static func xml(of value: Value, from path: String) throws -> String {
        do throws(FHIRXMLError) { return try FHIRTypeModel.r4.xml(from: value) } catch {
            throw ResourceFile.mistake(error, ResourceFile.name(path))
        }
    }

    private static func what(_ value: Value) -> String {
        switch value {
        case .object(let members):
            members["resourceType"] == nil ? "the object has no resourceType" : "resourceType is no text"
        default: "the file holds a JSON \(value.typeName)"
        }
    }
}

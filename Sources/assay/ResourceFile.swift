// SPDX-License-Identifier: Apache-2.0

import FHIRModel
import Foundation
import SourceText
import Value

/// Reads a resource file.
enum ResourceFile {
    /// A resource in JSON, or the JSON form of one in XML. Throws `Mistaken` with the place of the mistake.
    static func read(_ path: String) throws -> Value {
        let data = try bytes(path)
        guard isXML(data) else { return try json(data, name(path)) }
        do throws(FHIRXMLError) {
            return try FHIRTypeModel.r4.json(fromXML: Array(data))
        } catch {
            throw mistake(error, name(path))
        }
    }

    /// `-` is standard input.
    static func bytes(_ path: String) throws -> Data {
        if path == "-" { return try FileHandle.standardInput.readToEnd() ?? Data() }
        do { return try Data(contentsOf: URL(fileURLWithPath: path)) } catch {
            throw Mistaken("The file \(path) cannot be read.\n  = Name a file that exists and may be read.")
        }
    }

    static func name(_ path: String) -> String { path == "-" ? "<stdin>" : path }

    static func json(_ data: Data, _ name: String) throws -> Value {
        do throws(JSONError) {
            return try Value.parseJSON(data)
        } catch {
            let file = SourceFile(path: name, text: String(decoding: data, as: UTF8.self))
            let span = SourceSpan(start: error.position, end: error.position)
            throw Mistaken(
                Diagnostic(code: "bad-json", message: error.message, path: name, span: span).rendered(in: file))
        }
    }

    static func mistake(_ error: FHIRXMLError, _ name: String) -> Mistaken {
        let place = error.line > 0 ? ":\(error.line)" : ""
        return Mistaken("\(name)\(place): error: \(error.message) [bad-xml]")
    }

    /// The first byte that is no space or byte order mark opens a tag.
    static func isXML(_ data: Data) -> Bool {
        data.first { ![0x20, 0x09, 0x0A, 0x0D, 0xEF, 0xBB, 0xBF].contains($0) } == UInt8(ascii: "<")
    }
}

// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import FHIRModel
import FHIRPath
import Foundation
import SourceText
import Value
import World

/// `assay fhirpath`: one expression over one resource.
struct FHIRPathCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "fhirpath", abstract: "Evaluate a FHIRPath expression over a resource.",
        discussion: """
            Prints the result collection, one item a line. A resource (an object with `resourceType`) is read with the \
            types of FHIR R4; other JSON as it is. What trace() sees goes to standard error.

            Exit codes: 0 evaluated (an empty collection too), 3 the expression or the file cannot be used, 64 misuse.
            """)

    @Argument(help: "The expression, for example \"name.where(use = 'official').given.first()\".")
    var expression: String

    @Argument(help: "A file with a resource in JSON or XML; - is standard input.")
    var file: String

    @Flag(help: "Print a JSON array.")
    var json = false

    @Flag(help: "Take element names that the resource's type does not have as empty, not as mistakes.")
    var lenient = false

    func run() throws {
        // The file first: its mistakes and the expression's are shown in one go.
        var trouble: [String] = []
        var input: Value?
        do { input = try ResourceFile.read(file) } catch { trouble.append("\(error)") }
        var parsed: FHIRPath.Expression?
        do throws(FHIRPathError) { parsed = try FHIRPath.Expression(parsing: expression) } catch {
            trouble.append(rendered(error))
        }
        guard let input, let parsed else {
            for text in trouble { Console.error(text) }
            throw ExitCode(3)
        }
        var context = EvaluationContext(model: FHIRTypeModel.r4)
        context.now = Instant.wall.microseconds
        context.trace = { name, items in
            Console.error("trace \(name): \(Value.array(items.map(\.value)).json())")
        }
        if !lenient, let type = input["resourceType"]?.string {
            let mistakes = parsed.mistakes(on: type, in: FHIRTypeModel.r4)
            guard mistakes.isEmpty else {
                for mistake in mistakes { Console.error(rendered(mistake)) }
                throw ExitCode(3)
            }
        }
        do throws(FHIRPathError) {
            let items = try parsed.evaluate(on: input, context: context)
            if json {
                Console.print(Value.array(items.map(\.value)).json())
            } else {
                for item in items { Console.print(item.text) }
            }
        } catch {
            Console.error(rendered(error))
            throw ExitCode(3)
        }
    }

    private func rendered(_ error: FHIRPathError) -> String {
        error.diagnostic(path: "expression").rendered(in: SourceFile(path: "expression", text: expression))
    }
}

/// Reads a resource file.
enum ResourceFile {
    /// Throws `Mistaken` with the place of the mistake.
    static func read(_ path: String) throws -> Value {
        let data: Data
        if path == "-" {
            data = try FileHandle.standardInput.readToEnd() ?? Data()
        } else {
            do { data = try Data(contentsOf: URL(fileURLWithPath: path)) } catch {
                throw Mistaken("The file \(path) cannot be read.\n  = Name a file that exists and may be read.")
            }
        }
        let name = path == "-" ? "<stdin>" : path
        if isXML(data) {
            do throws(FHIRXMLError) {
                return try FHIRTypeModel.r4.json(fromXML: Array(data))
            } catch {
                let place = error.line > 0 ? ":\(error.line)" : ""
                throw Mistaken("\(name)\(place): error: \(error.message) [bad-xml]")
            }
        }
        do throws(JSONError) {
            return try Value.parseJSON(data)
        } catch {
            let file = SourceFile(path: name, text: String(decoding: data, as: UTF8.self))
            let span = SourceSpan(start: error.position, end: error.position)
            throw Mistaken(
                Diagnostic(code: "bad-json", message: error.message, path: name, span: span).rendered(in: file))
        }
    }

    /// The first byte that is no space or byte order mark opens a tag.
    private static func isXML(_ data: Data) -> Bool {
        data.first { ![0x20, 0x09, 0x0A, 0x0D, 0xEF, 0xBB, 0xBF].contains($0) } == UInt8(ascii: "<")
    }
}

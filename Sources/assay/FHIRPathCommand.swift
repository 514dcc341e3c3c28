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

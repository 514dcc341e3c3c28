// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import FHIRModel
import Foundation
import Value

/// `assay fhir`: what the mocks know of FHIR R4, for files.
struct FHIRCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "fhir", abstract: "Validate FHIR R4 resources, and convert them between JSON and XML.",
        subcommands: [Validate.self, Convert.self])

    struct Validate: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Check resources in JSON or XML against FHIR R4.",
            discussion: """
                Looks at structure, cardinality, formats of primitives, required codes, references, narratives and the \
                published constraints; profiles and other terminology are not looked at. With --json one \
                OperationOutcome a file is printed, a line each, in the order of the files; expressions are FHIRPath.

                Exit codes: 0 all are valid, 1 some are not (or are no FHIR at all), 3 some cannot be read, 64 misuse.
                """)

        @Argument(help: "Files in JSON or XML; - is standard input.")
        var files: [String]

        @Flag(help: "Print OperationOutcomes.")
        var json = false

        func run() throws {
            var isInvalid = false
            var isUnreadable = false
            for file in files {
                do {
                    let data = try ResourceFile.bytes(file)
                    do {
                        let issues = try FHIRFile.read(data, of: file).validated()
                        isInvalid = isInvalid || issues.contains { $0.severity == .error }
                        report(issues, of: file)
                    } catch {
                        isInvalid = true
                        refuse(error)
                    }
                } catch {
                    isUnreadable = true
                    refuse(error)
                }
            }
            if isUnreadable { throw ExitCode(3) }
            if isInvalid { throw ExitCode(1) }
        }

        private func report(_ issues: [ValidationIssue], of file: String) {
            if json {
                Console.print(issues.outcome.json())
                return
            }
            for issue in issues { Console.print("\(file): \(issue)") }
            if !issues.contains(where: { $0.severity == .error }) { Console.print("\(file): valid") }
        }

        private func refuse(_ error: any Error) {
            Console.error("\(error)")
            if json { Console.print(Self.unreadable("\(error)").json()) }
        }

        /// So that every file has its line.
        private static func unreadable(_ text: String) -> Value {
            [
                "resourceType": "OperationOutcome",
                "issue": [["severity": "fatal", "code": "invalid", "diagnostics": .string(text)]],
            ]
        }
    }

    struct Convert: ParsableCommand {
        enum Form: String, ExpressibleByArgument, CaseIterable { case json, xml }

        static let configuration = CommandConfiguration(
            abstract: "Write a resource in the other form.",
            discussion: """
                Decimals keep their digits, narratives their text, repetitions and companions of primitives their \
                places. What has no place in the other form is refused.

                Exit codes: 0 converted, 3 the file cannot be read or converted, 64 misuse.
                """)

        @Argument(help: "A file in JSON or XML; - is standard input.")
        var file: String

        @Option(help: "The form wanted.")
        var to: Form

        func run() throws {
            do {
                let value = try FHIRFile.read(file).converted()
                switch to {
                case .json: Console.print(value.json(pretty: true))
                case .xml: Console.print(try FHIRFile.xml(of: value, from: file))
                }
            } catch {
                Console.error("\(error)")
                throw ExitCode(3)
            }
        }
    }
}

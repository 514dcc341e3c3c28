// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Connector
import ScenarioLanguage
import Value

/// What there are schemas and templates for.
enum FileKind: String, ExpressibleByArgument, CaseIterable { case scenario, deployment }

/// `assay schema`: JSON Schemas for editors.
struct SchemaCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "schema", abstract: "Print the JSON Schema of scenario or deployment files.",
        discussion: """
            Save it, and write `# yaml-language-server: $schema=FILE` in the first line of a scenario: editors then complete \
            and check as you type.
            """)

    @Argument(help: "scenario or deployment.")
    var kind: FileKind = .scenario

    func run() {
        let schema = kind == .scenario ? ScenarioSchema.value : DeploymentSchema.value
        Console.print(schema.json(pretty: true))
    }
}

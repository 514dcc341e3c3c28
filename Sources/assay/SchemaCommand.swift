// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Connector
import Reports
import ScenarioLanguage
import Trace
import Value

/// What there are templates for.
enum FileKind: String, ExpressibleByArgument, CaseIterable { case scenario, deployment }

/// What there are schemas for.
enum SchemaKind: String, ExpressibleByArgument, CaseIterable { case scenario, deployment, trace, results }

/// `assay schema`: JSON Schemas for editors, and of what a run writes.
struct SchemaCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "schema",
        abstract: "Print the JSON Schema of scenario or deployment files, of a trace's lines, or of results.json.",
        discussion: """
            Save it, and write `# yaml-language-server: $schema=FILE` in the first line of a scenario: editors then complete \
            and check as you type. `trace` describes one line of trace.ndjson, `results` the whole of results.json.
            """)

    @Argument(help: "scenario, deployment, trace or results.")
    var kind: SchemaKind = .scenario

    func run() {
        let schema =
            switch kind {
            case .scenario: ScenarioSchema.value
            case .deployment: DeploymentSchema.value
            case .trace: TraceSchema.value
            case .results: ResultsSchema.value
            }
        Console.print(schema.json(pretty: true))
    }
}

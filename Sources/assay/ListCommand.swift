// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Ledger
import ScenarioLanguage
import SourceText
import Value

/// `assay list`: what there is.
struct ListCommand: AsyncParsableCommand {
    enum Kind: String, ExpressibleByArgument, CaseIterable {
        case scenarios, profiles, requirements, defects, variants
    }

    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List scenarios, profiles, requirements, defects and permitted variants.")

    @Argument(help: "What to list (default: everything).")
    var kinds: [Kind] = []

    @Option(help: "Folder with Scenarios/ (default: $ASSAY_HOME, then beside the executable).")
    var data: String?

    @Flag(help: "Print JSON.")
    var json = false

    func run() async throws {
        let lists: [(kind: Kind, rows: [Members])]
        do {
            let suite = try Suite.load(data: data, paths: [])
            var read: [(kind: Kind, rows: [Members])] = []
            for kind in kinds.isEmpty ? Kind.allCases : kinds { read.append((kind, try await rows(kind, suite))) }
            lists = read
        } catch {
            Console.error("\(error)")
            throw ExitCode(3)
        }
        if json {
            var members = Members()
            for (kind, rows) in lists { members[kind.rawValue] = .array(rows.map { .object($0) }) }
            Console.print(Value.object(members).json(pretty: true))
            return
        }
        for (kind, rows) in lists {
            Console.print(Console.bold("\(kind.rawValue) (\(rows.count))"))
            let width = rows.map { ($0["id"]?.string ?? "").count }.max() ?? 0
            for row in rows {
                let id = row["id"]?.string ?? ""
                Console.print("  \(id)\(String(repeating: " ", count: width - id.count))  \(row["text"]?.string ?? "")")
            }
        }
    }

    private func rows(_ kind: Kind, _ suite: Suite) async throws -> [Members] {
        switch kind {
        case .scenarios:
            suite.scenarios.map { scenario in
                [
                    "id": .string(scenario.id), "text": .string(scenario.title),
                    "matrix": scenario.cell == nil ? .null : .string(scenario.family),
                    "profiles": .array(scenario.profiles.map { .string($0) }),
                    "requirements": .array(scenario.verifies.map { .string($0.requirement) }),
                    "path": .string(scenario.file.path),
                ]
            }
        case .profiles: suite.ledger.profiles.map { ["id": .string($0.id), "text": .string($0.title)] }
        case .requirements:
            suite.ledger.requirements.map {
                [
                    "id": .string($0.id), "text": .string($0.sentence), "level": .string($0.level.rawValue),
                    "profiles": .array($0.profiles.map { .string($0) }),
                ]
            }
        case .defects:
            suite.ledger.defects.map {
                ["id": .string($0.id), "text": .string($0.story), "check": .string($0.expected.check)]
            }
        case .variants:
            try await ReferenceDifferences.read().variants.map { ["id": .string($0.id), "text": .string($0.story)] }
        }
    }
}

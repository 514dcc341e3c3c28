// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Foundation
import Ledger
import ProtocolRules
import ScenarioLanguage
import SourceText
import Value

/// Which checks judge a row, and which defects those checks are known to find.
struct RequirementCoverage {
    /// `scenario/check`; `run/check` for what is looked at in every exchange of a run.
    let checks: [String]
    let scenarios: [String]
    let defects: [DefectEntry]

    init(_ requirement: String, _ suite: Suite) {
        var checks: [String] = []
        var scenarios: [String] = []
        // A defect may name a matrix: any of its cells may find it.
        var known: Set<String> = []
        for scenario in suite.scenarios {
            for verification in scenario.verifies where verification.requirement == requirement {
                scenarios.append(scenario.id)
                checks += verification.checks.map { "\(scenario.id)/\($0)" }
                known.formUnion(verification.checks.flatMap { ["\(scenario.id)/\($0)", "\(scenario.family)/\($0)"] })
            }
        }
        checks += ProtocolRules.all.filter { $0.requirement == requirement && !$0.isAdvice }.map {
            "run/protocol." + $0.id
        }
        if requirement == "PRI-02" { checks.append("run/traffic-only-to-known-parties") }
        if ["PRI-01", "PRI-02"].contains(requirement) { checks.append("run/privacy.seed-policy") }
        self.checks = checks
        self.scenarios = scenarios
        let names = Set(checks.compactMap { $0.split(separator: "/").last.map(String.init) })
        defects = suite.ledger.defects.filter { entry in
            entry.expected.scenario.map { known.contains("\($0)/\(entry.expected.check)") }
                ?? names.contains(entry.expected.check)
        }
    }
}

/// `assay requirements`: the ledger with its checks, the defects they kill, and how a run judged them.
struct RequirementsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "requirements", abstract: "The requirement ledger: checks, defects they find, results of a run.",
        discussion:
            "Exit codes: 0, 3 a file cannot be used, 64 misuse. A failed requirement is no error of this command.")

    @Option(help: "Only the rows of this profile.")
    var profile: String?

    @Option(name: .customLong("run"), help: "A run's folder: adds whether each row was executed, and its result.")
    var runFolder: String?

    @Option(help: "Folder with Scenarios/ (default: $ASSAY_HOME, then beside the executable).")
    var data: String?

    @Flag(help: "Print JSON.")
    var json = false

    func run() throws {
        let suite: Suite
        let results: [String: Value]?
        do {
            suite = try Suite.load(data: data, paths: [])
            results = try runFolder.map(Self.results(of:))
            if let profile, suite.ledger.profile(profile) == nil {
                let ids = suite.ledger.profiles.map(\.id)
                let guess = nearestWord(to: profile, in: ids).map { "Did you mean \($0)?" }
                throw Mistaken(
                    "There is no profile \(profile).\n  = \(guess ?? "Known: \(ids.joined(separator: ", ")).")")
            }
        } catch {
            Console.error("\(error)")
            throw ExitCode(3)
        }
        let wanted = profile.flatMap { suite.ledger.profile($0) }.map { Set($0.requirements) }
        let rows = suite.ledger.requirements.filter { wanted?.contains($0.id) ?? true }
        if json {
            let values = rows.map { Self.value($0, RequirementCoverage($0.id, suite), results) }
            var answer: Members = ["profile": Value(profile)]
            if let runFolder { answer["run"] = .string(runFolder) }
            answer["requirements"] = .array(values)
            Console.print(Value.object(answer).json(pretty: true))
            return
        }
        for row in rows {
            let coverage = RequirementCoverage(row.id, suite)
            var head = "\(row.id) [\(row.level.rawValue)]"
            if let results { head += " \(results[row.id]?["verdict"]?.string ?? "not executed")" }
            Console.print(Console.bold(head) + "  \(row.sentence)")
            let checks = coverage.checks.isEmpty ? "none" : coverage.checks.joined(separator: ", ")
            Console.print("    checks: \(checks)")
            Console.print(
                "    defects they find: \(coverage.defects.isEmpty ? "none" : coverage.defects.map(\.id).joined(separator: ", "))"
            )
            Console.print("    observability: \(row.observability.rawValue)")
        }
        let bare = rows.filter { RequirementCoverage($0.id, suite).checks.isEmpty }.map(\.id)
        Console.print(
            "\(rows.count) requirements, \(bare.count) without a check\(bare.isEmpty ? "" : ": " + bare.joined(separator: ", "))"
        )
    }

    private static func value(_ row: Requirement, _ coverage: RequirementCoverage, _ results: [String: Value]?) -> Value
    {
        var members: Members = [
            "id": .string(row.id), "level": .string(row.level.rawValue), "sentence": .string(row.sentence),
            "profiles": .array(row.profiles.map { .string($0) }),
            "sources": .array(row.sources.map { .string($0.rawValue) }),
            "observable": .string(row.observable), "observability": .string(row.observability.rawValue),
            "limits": Value(row.limits), "checks": .array(coverage.checks.map { .string($0) }),
            "defects": .array(coverage.defects.map { .string($0.id) }),
        ]
        if let results {
            let verdict = results[row.id]?["verdict"]?.string
            members["executed"] = .bool(verdict == "pass" || verdict == "fail")
            members["result"] = Value(verdict)
        }
        return .object(members)
    }

    /// The rows of a run's results.json, by id.
    static func results(of folder: String) throws -> [String: Value] {
        let url = URL(fileURLWithPath: folder).appending(path: "results.json")
        guard let data = try? Data(contentsOf: url), let value = try? Value.parseJSON(data),
            let rows = value["requirements"]?.array
        else {
            throw Mistaken("\(folder) holds no results.json of a run.\n  = Name a run folder, for example runs/latest.")
        }
        return Dictionary(
            rows.compactMap { row in row["id"]?.string.map { ($0, row) } }, uniquingKeysWith: { first, _ in first })
    }
}

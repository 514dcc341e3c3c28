// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Foundation
import Ledger
import SourceText
import Value

/// `assay requirements`: the ledger with its checks, the defects they kill, and how a run judged them.
struct RequirementsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "requirements", abstract: "The requirement ledger: checks, defects they find, results of a run.",
        discussion: """
            With --run also what a run's folder says of each row: whether it was executed, its result, how it was seen. \
            With --statements the index of the source pages instead: every statement, and the rows that judge it or why \
            none does.

            Exit codes: 0, 3 a file cannot be used, 64 misuse. A failed requirement is no error of this command.
            """)

    @Option(help: "Only the rows of this profile.")
    var profile: String?

    @Option(name: .customLong("run"), help: "A run's folder: adds whether each row was executed, and its result.")
    var runFolder: String?

    @Flag(help: "The index of the source pages' statements.")
    var statements = false

    @Option(help: "Folder with Scenarios/ (default: $ASSAY_HOME, then beside the executable).")
    var data: String?

    @Flag(help: "Print JSON.")
    var json = false

    func validate() throws {
        guard !statements || runFolder == nil else {
            throw ValidationError("--statements is an index of pages: it does not go with --run.")
        }
    }

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
        if statements {
            StatementIndex(suite.ledger, profile: profile).print(json: json)
            return
        }
        let wanted = profile.flatMap { suite.ledger.profile($0) }.map { Set($0.requirements) }
        let rows = suite.ledger.requirements.filter { wanted?.contains($0.id) ?? true }
        if json {
            let values = rows.map { Self.value($0, RequirementCoverage($0.id, suite), suite.ledger, results) }
            var answer: Members = ["profile": Value(profile)]
            if let runFolder { answer["run"] = .string(runFolder) }
            answer["requirements"] = .array(values)
            Console.print(Value.object(answer).json(pretty: true))
            return
        }
        for row in rows { Self.tell(row, RequirementCoverage(row.id, suite), suite.ledger, results) }
        let bare = rows.filter { RequirementCoverage($0.id, suite).checks.isEmpty }.map(\.id)
        Console.print(
            "\(rows.count) requirements, \(bare.count) without a check\(bare.isEmpty ? "" : ": " + bare.joined(separator: ", "))"
        )
        guard let results else { return }
        let open = rows.filter { !Self.isExecuted(results[$0.id]) }.map(\.id)
        Console.print(
            "\(rows.count - open.count) executed, \(open.count) not\(open.isEmpty ? "" : ": " + open.joined(separator: ", "))"
        )
    }

    private static func tell(
        _ row: Requirement, _ coverage: RequirementCoverage, _ ledger: Ledger, _ results: [String: Value]?
    ) {
        var head = "\(row.id) [\(row.level.rawValue)]"
        if let results { head += " \(results[row.id]?["verdict"]?.string ?? "not executed")" }
        Console.print(Console.bold(head) + "  \(row.sentence)")
        let places = self.places(row, ledger)
        if !places.isEmpty {
            Console.print(
                "    \(row.sources.isEmpty ? "sharper than" : "stated at"): \(places.joined(separator: "; "))")
        }
        if coverage.checks.isEmpty { Console.print("    checks: none") }
        for check in coverage.checks {
            let killers = coverage.killers[check] ?? []
            Console.print(
                "    \(check): \(killers.isEmpty ? "kills nothing known" : "kills \(killers.joined(separator: ", "))")")
        }
        var observability = row.observability.rawValue
        if let seen = results?[row.id]?["observability"]?.string { observability += ", in this run \(seen)" }
        Console.print("    observability: \(observability)")
        if let limits = row.limits { Console.print("    limits: \(limits)") }
    }

    /// `CI CE CP CR, Provider experience`: where the pages say it, or say what the row is the sharp reading of.
    private static func places(_ row: Requirement, _ ledger: Ledger) -> [String] {
        var places: [String] = []
        for statement in ledger.statements(of: row.id) {
            let place = "\(statement.pages.map(\.rawValue).joined(separator: " ")), \(statement.section)"
            if !places.contains(place) { places.append(place) }
        }
        return places
    }

    private static func isExecuted(_ result: Value?) -> Bool {
        ["pass", "fail"].contains(result?["verdict"]?.string ?? "")
    }

    private static func value(
        _ row: Requirement, _ coverage: RequirementCoverage, _ ledger: Ledger, _ results: [String: Value]?
    ) -> Value {
        func texts(_ list: [String]) -> Value { .array(list.map { .string($0) }) }
        var members: Members = [
            "id": .string(row.id), "level": .string(row.level.rawValue), "sentence": .string(row.sentence),
            "profiles": texts(row.profiles), "sources": texts(row.sources.map(\.rawValue)),
            "statements": texts(ledger.statements(of: row.id).map(\.id)), "places": texts(places(row, ledger)),
            "observable": .string(row.observable), "observability": .string(row.observability.rawValue),
            "limits": Value(row.limits), "checks": texts(coverage.checks),
            "killed-by": .object(Members(coverage.checks.map { ($0, texts(coverage.killers[$0] ?? [])) })),
            "defects": texts(coverage.defects.map(\.id)),
        ]
        if let results {
            members["executed"] = .bool(isExecuted(results[row.id]))
            members["result"] = Value(results[row.id]?["verdict"]?.string)
            members["seen"] = Value(results[row.id]?["observability"]?.string)
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

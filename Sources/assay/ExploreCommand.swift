// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Connector
import Foundation
import Judge
import Ledger
import Reproduction
import ScenarioLanguage
import SourceText
import Value
import World

/// `assay explore`: random walks through what people, EHR and network can do.
struct ExploreCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "explore", abstract: "Search random interleavings of a visit's life for failures.",
        discussion: """
            Draws walks from a seed (early join, double click, two devices, two providers, cancel and move mid-visit, token \
            death, outage, duplicate and late notification, connector restart, clock jump), runs each in a world of its own \
            and holds it against a small model of a visit and the rules every run is held against. Each new kind of failure \
            is shrunk to a small scenario file and saved. Coverage of the model's states and transitions is told at the end.

            Exit codes: 0 nothing was found, 1 failures were found, 2 stopped early or nothing was carried to its end, \
            3 invalid-setup, 4 an error of the harness, 64 misuse.
            """)

    @Option(help: "Seed of the walks.")
    var seed: UInt64 = 1

    @Option(help: "How many walks (default: 200, without --time).")
    var runs: Int?

    @Option(help: "How long, for example 5m; ends with the batch that is running then.")
    var time: String?

    @Option(help: "cerner or epic (default: whatever the deployment claims).")
    var vendor: String?

    @Option(help: "Deployment file of the connector (default: the embedded reference connector).")
    var deployment: String?

    @Option(help: "Break the reference connector in this named way; may be given several times.")
    var defect: [String] = []

    @Option(help: "Let the reference connector differ in this permitted way; may be given several times.")
    var variant: [String] = []

    @Flag(help: "End with the first failure.")
    var first = false

    @Option(help: "Folder for what is found (default: runs/<UTC time>).")
    var out: String?

    @Option(help: "How many walks at once.")
    var jobs: Int = max(2, ProcessInfo.processInfo.activeProcessorCount * 2)

    @Option(help: "Folder with Scenarios/ (default: $ASSAY_HOME, then beside the executable).")
    var data: String?

    @Flag(help: "Print explore.json to standard output instead of lines for people.")
    var json = false

    func validate() throws {
        guard jobs >= 1 else { throw ValidationError("--jobs must be at least 1.") }
        if let runs, runs < 1 { throw ValidationError("--runs must be at least 1.") }
        if let time, DurationText.parse(time) == nil {
            throw ValidationError("--time \(time) is no duration: write for example 90s, 5m or 1h30m.")
        }
        if let vendor, Vendor(rawValue: vendor) == nil {
            throw ValidationError("--vendor is cerner or epic, not \(vendor).")
        }
        if deployment != nil, !(defect.isEmpty && variant.isEmpty) {
            throw ValidationError(
                "--defect and --variant change the reference connector; they do not go with --deployment.")
        }
    }

    func run() async throws {
        do { throw ExitCode(try await explored()) } catch let exit as ExitCode {
            throw exit
        } catch {
            Console.clearStatus()
            Console.error("\(error)")
            throw ExitCode(RunVerdict.invalidSetup.exitCode)
        }
    }

    private func explored() async throws -> Int32 {
        let started = Date()
        let suite = try Suite.load(data: data, paths: [])
        try await ReferenceDifferences.check(defects: defect, variants: variant)
        let setup = try TrialSetup(suite)
        defer { setup.end() }
        let signals = SignalWatch(setup.interruption, started: started)
        defer { signals.end() }
        let trial = try setup.trial(
            deployment: deployment, defects: defect, variants: variant,
            seed: RunSeed(seed: seed, nonce: RunFolder.freshNonce()), jobs: jobs, name: "trial")
        let folder = try RunFolder.create(at: out, now: started)
        let explorer = Explorer(
            trial, reference: try setup.reference(besides: trial), makers: try makers(suite, trial),
            procedures: suite.scenarios.first?.procedureFiles ?? [], batch: first ? 8 : 24)
        let isQuiet = json
        let report = try await explorer.explore(
            .init(
                runs: runs ?? (time == nil ? 200 : nil), time: time.flatMap { DurationText.parse($0) },
                endsAtFirst: first)
        ) { progress in
            if case .found(let found) = progress { Self.save(found, folder) }
            if !isQuiet { ExplorationView.show(progress) }
        }
        let files = report.found.map(Self.fileName)
        let value = ExplorationView.value(report, seed: seed, files: files, seconds: Date().timeIntervalSince(started))
        try Data((value.json(pretty: true) + "\n").utf8).write(to: folder.url.appending(path: "explore.json"))
        if json {
            Console.print(value.json(pretty: true))
        } else {
            for line in ExplorationView.lines(report, files: files, folder: folder.display) { Console.print(line) }
        }
        if !report.found.isEmpty { return 1 }
        if !report.troubles.isEmpty { return 4 }
        return report.wasInterrupted || report.checks.pass == 0 ? 2 : 0
    }

    private func makers(_ suite: Suite, _ trial: Trial) throws -> [WalkMaker] {
        let claims = trial.deployment.claims
        let profiles = claims.profiles.compactMap { suite.ledger.profile($0) }
        let makers = Vendor.allCases.filter { vendor == nil || $0.rawValue == vendor }.compactMap { vendor in
            profiles.first { $0.vendor == vendor.rawValue }.map { profile in
                WalkMaker(
                    vendor: vendor, profile: profile.id, hasTexts: claims.features["sms"] == true, seed: seed)
            }
        }
        guard !makers.isEmpty else {
            throw Mistaken(
                "The deployment \(trial.deployment.id) claims no profile\(vendor.map { " of \($0)" } ?? "").\n"
                    + "  = It claims \(claims.profiles.joined(separator: ", ")).")
        }
        return makers
    }

    private static func fileName(_ found: Explorer.Found) -> String {
        found.least.map { $0.scenario.family + ".yaml" } ?? walkFileName(found)
    }

    private static func walkFileName(_ found: Explorer.Found) -> String { "walk-\(found.vendor)-\(found.walk).yaml" }

    /// The whole walk and the least that fails like it, at once: what was found outlives an interruption.
    private static func save(_ found: Explorer.Found, _ folder: RunFolder) {
        var files = [(walkFileName(found), found.walkText)]
        if let least = found.least { files.append((fileName(found), least.text)) }
        for (name, text) in files {
            let place = folder.url.appending(path: name)
            do { try Data(text.utf8).write(to: place) } catch {
                Console.error("\(place.path) cannot be written: \(error.localizedDescription)")
            }
        }
    }
}

/// How an exploration is told.
enum ExplorationView {
    static func show(_ progress: Explorer.Progress) {
        switch progress {
        case .walked(let runs, let failures):
            let line = "\(runs) walks, \(failures) kinds of failure"
            if Console.isTerminal { Console.status(line) } else { Console.print(line) }
        case .failure(let name, let walk, let message):
            Console.clearStatus()
            Console.print("found in walk \(walk): \(name): \(message)")
        case .found: break
        case .shrinking(let line):
            Console.isTerminal ? Console.status("shrinking: " + line) : Console.print("  " + line)
        }
    }

    static func lines(_ report: Explorer.Report, files: [String], folder: String) -> [String] {
        Console.clearStatus()
        var lines: [String] = []
        for (found, file) in zip(report.found, files) {
            let size =
                found.least.map { "\($0.steps.before) steps to \($0.steps.after)" }
                ?? "not shrunk: it did not come again"
            lines.append("\(found.name) (\(found.sign.reason.rawValue)): \(folder)/\(file), \(size)")
        }
        for trouble in report.troubles.prefix(5) { lines.append("harness: walk \(trouble.walk): \(trouble.text)") }
        for (vendor, coverage) in report.coverage.sorted(by: { $0.key < $1.key }) {
            let (seen, reachable) = (coverage.seen, coverage.reachable)
            lines.append(
                "\(vendor): \(seen.states.count) of \(reachable.states.union(seen.states).count) states, "
                    + "\(seen.transitions.count) of \(reachable.transitions.union(seen.transitions).count) transitions, "
                    + "\(seen.moves.count) of \(reachable.moves.count) kinds of move")
        }
        if !report.unfinished.isEmpty {
            lines.append(
                "\(report.unfinished.count) walks did not come to their end, for example \(report.unfinished[0].walk): \(report.unfinished[0].reason)"
            )
        }
        lines.append(
            "explored: \(report.runs) walks, \(report.checks.pass) checks passed, \(report.found.count) kinds of failure, "
                + "\(report.troubles.count) errors of the harness\(report.wasInterrupted ? ", interrupted" : "")")
        return lines
    }

    static func value(_ report: Explorer.Report, seed: UInt64, files: [String], seconds: Double) -> Value {
        .object([
            "format": "assay-explore/1", "seed": .string(String(seed)), "runs": Value(report.runs),
            "seconds": Number(literal: String(format: "%.3f", seconds)).map { .number($0) } ?? .null,
            "interrupted": .bool(report.wasInterrupted),
            "checks": [
                "pass": Value(report.checks.pass), "fail": Value(report.checks.fail),
                "inconclusive": Value(report.checks.inconclusive), "error": Value(report.checks.error),
            ],
            "found": .array(
                zip(report.found, files).map { found, file in
                    [
                        "failure": .string(found.name), "reason": .string(found.sign.reason.rawValue),
                        "vendor": .string(found.vendor), "walk": Value(found.walk), "file": .string(file),
                        "steps": found.least.map { Value($0.steps.after) } ?? .null,
                        "message": .string(found.message),
                    ]
                }),
            "unfinished": .array(
                report.unfinished.map { ["walk": Value($0.walk), "reason": .string($0.reason)] }),
            "troubles": .array(report.troubles.map { ["walk": Value($0.walk), "text": .string($0.text)] }),
            "coverage": .object(
                Members(
                    report.coverage.sorted { $0.key < $1.key }.map { vendor, coverage in
                        (
                            vendor,
                            [
                                "states": Value(coverage.seen.states.count),
                                "states-reachable": Value(
                                    coverage.reachable.states.union(coverage.seen.states).count),
                                "transitions": Value(coverage.seen.transitions.count),
                                "transitions-reachable": Value(
                                    coverage.reachable.transitions.union(coverage.seen.transitions).count),
                                "moves": .object(
                                    Members(
                                        coverage.seen.moves.sorted { $0.key < $1.key }.map { ($0.key, Value($0.value)) }
                                    )),
                            ]
                        )
                    })),
        ])
    }
}

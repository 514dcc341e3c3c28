// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Foundation
import Judge
import Reproduction
import ScenarioLanguage
import Value

/// `assay minimize`: the least of a scenario that still fails for the same reason.
struct MinimizeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "minimize", abstract: "Cut a failing scenario down to the least that still fails the same.",
        discussion: """
            Takes the scenario from the run's folder, runs parts of it (delta debugging over its steps, many parts at once) \
            on the connector of that run, and writes the smallest that fails the same check for the same reason. Beside a \
            connector of your own, and beside defects, an honest reference connector must pass the part: what fails because \
            its cause was cut away does not count.

            Exit codes: 0 found, 1 the failure did not come again, 3 invalid-setup, 64 misuse.
            """)

    @Argument(help: "Folder of the run in which it failed.")
    var run: String

    @Option(help: "The failed check: CHECK, SCENARIO/CHECK, or run/CHECK of the whole run.")
    var check: String

    @Option(help: "File to write (default: <scenario>-least.yaml in the current folder).")
    var out: String?

    @Option(help: "Deployment file of the connector (default: the run's).")
    var deployment: String?

    @Option(help: "How many parts at once.")
    var jobs: Int = max(2, ProcessInfo.processInfo.activeProcessorCount * 2)

    @Option(help: "Folder with Scenarios/ (default: $ASSAY_HOME, then beside the executable).")
    var data: String?

    @Flag(help: "Print one JSON object instead of lines for people.")
    var json = false

    func validate() throws {
        guard jobs >= 1 else { throw ValidationError("--jobs must be at least 1.") }
    }

    func run() async throws {
        do { throw ExitCode(try await minimized()) } catch let exit as ExitCode {
            throw exit
        } catch {
            Console.clearStatus()
            Console.error("\(error)")
            throw ExitCode(RunVerdict.invalidSetup.exitCode)
        }
    }

    private func minimized() async throws -> Int32 {
        let suite = try Suite.load(data: data, paths: [])
        let earlier = try EarlierRun(run)
        let setup = try TrialSetup(suite)
        defer { setup.end() }
        let signals = SignalWatch(setup.interruption, started: Date())
        defer { signals.end() }
        let trial = try setup.trial(earlier, deployment: deployment, jobs: jobs)
        let (scenario, sign) = try failure(earlier, suite, trial)
        let place = URL(fileURLWithPath: out ?? "\(scenario.family)-least.yaml")
        guard !FileManager.default.fileExists(atPath: place.path) else {
            throw Mistaken("\(place.path) exists already.\n  = Name another file with --out.")
        }
        let isQuiet = json
        let minimizer = Minimizer(trial, reference: try setup.reference(besides: trial)) { line in
            if !isQuiet { Console.print(line) }
        }
        let id = place.deletingPathExtension().lastPathComponent
        guard let outcome = try await minimizer.minimize(scenario, for: sign, id: FileName.id(id)) else {
            Console.error(
                "\(scenario.id): \(sign) did not come again on this connector.\n"
                    + "  = It may depend on chance or on other scenarios: assay run --from \(earlier.display) runs them all."
            )
            return 1
        }
        try Data(outcome.text.utf8).write(to: place, options: .withoutOverwriting)
        report(outcome, place.relativePath)
        return 0
    }

    /// The failed check that is meant, with the scenario that shows it.
    private func failure(
        _ earlier: EarlierRun, _ suite: Suite, _ trial: Trial
    ) throws -> (Scenario, FailureSign) {
        let endings = try trial.endings(of: try earlier.scenarios(suite), in: earlier.trace)
        let parts = check.split(separator: "/", maxSplits: 1).map(String.init)
        let name = parts.last ?? check
        let owner = parts.count > 1 ? parts[0] : nil
        var found: [(scenario: Scenario, sign: FailureSign)] = []
        for ending in endings {
            for sign in ending.signs where sign.check == name {
                let isMeant =
                    owner.map { $0 == "run" ? sign.isOfRun : !sign.isOfRun && ending.scenario.isCalled($0) } ?? true
                if isMeant { found.append((ending.scenario, sign)) }
            }
        }
        if let first = found.first { return (first.scenario, first.sign) }
        let failed = endings.flatMap { ending in
            ending.signs.map { ($0.isOfRun ? "run" : ending.scenario.id) + "/" + $0.check }
        }
        throw Mistaken(
            "No check \(check) failed in \(earlier.display).\n  = "
                + (failed.isEmpty
                    ? "Nothing failed there."
                    : "Failed: \(Array(Set(failed)).sorted().prefix(20).joined(separator: ", "))."))
    }

    private func report(_ outcome: Minimizer.Outcome, _ path: String) {
        if json {
            let value: Value = [
                "scenario": .string(outcome.scenario.id), "file": .string(path), "check": .string(outcome.sign.check),
                "reason": .string(outcome.sign.reason.rawValue), "steps-before": Value(outcome.steps.before),
                "steps-after": Value(outcome.steps.after), "set-up-before": Value(outcome.setUp.before),
                "set-up-after": Value(outcome.setUp.after), "parts-tried": Value(outcome.tried),
                "passes-reference": outcome.passesReference.map { .bool($0) } ?? .null,
                "message": .string(outcome.check.message), "actual": .string(outcome.check.actual),
            ]
            Console.print(value.json())
            return
        }
        Console.print("\(outcome.sign): \(outcome.check.message)")
        if !outcome.check.actual.isEmpty { Console.print("  actual: \(outcome.check.actual)") }
        Console.print(
            "minimized: \(outcome.steps.before) steps to \(outcome.steps.after), \(outcome.setUp.before) and "
                + "\(outcome.setUp.after) of them set-up; \(outcome.tried) parts tried; written to \(path)"
        )
        Console.print("next: assay run \(path)")
    }
}

/// Names of files as ids of scenarios.
enum FileName {
    /// Lower-case letters, digits and single hyphens, a letter first.
    static func id(_ text: String) -> String {
        var id = ""
        for character in text.lowercased() {
            let isPlain = character.isASCII && (character.isLetter || character.isNumber)
            if isPlain { id.append(character) } else if !id.isEmpty, id.last != "-" { id.append("-") }
        }
        while id.last == "-" { id.removeLast() }
        return id.first?.isLetter == true ? id : "scenario-" + id
    }
}

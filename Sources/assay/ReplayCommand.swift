// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Foundation
import Judge
import Reproduction
import Runner
import ScenarioLanguage
import Value
import World

/// `assay replay`: the same run once more, and where it first goes another way.
struct ReplayCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "replay", abstract: "Do a run again and show where it first differs.",
        discussion: """
            Runs the scenarios of the run's folder with its seed, nonce, deployment, defects and variants, one after the \
            other, so that people, ids, faults and the mocks' answers are the same; then compares the two records step by \
            step. Ids and times, and the order of what runs side by side within a step, are left out.

            Exit codes: 0 all the same, 1 something differs, 2 interrupted, 3 invalid-setup, 64 misuse.
            """)

    @Argument(help: "Folder of the run.")
    var run: String

    @Option(parsing: .upToNextOption, help: "Only these scenarios of it.")
    var only: [String] = []

    @Option(help: "Deployment file of the connector (default: the run's).")
    var deployment: String?

    @Flag(help: "Leave the run's defects out: where does the mended connector go another way?")
    var honest = false

    @Option(help: "How many scenarios at once.")
    var jobs: Int = 1

    @Option(help: "Folder with Scenarios/ (default: $ASSAY_HOME, then beside the executable).")
    var data: String?

    @Flag(help: "Print one JSON object instead of lines for people.")
    var json = false

    func validate() throws {
        guard jobs >= 1 else { throw ValidationError("--jobs must be at least 1.") }
    }

    func run() async throws {
        do { throw ExitCode(try await replayed()) } catch let exit as ExitCode {
            throw exit
        } catch {
            Console.clearStatus()
            Console.error("\(error)")
            throw ExitCode(RunVerdict.invalidSetup.exitCode)
        }
    }

    private func replayed() async throws -> Int32 {
        let suite = try Suite.load(data: data, paths: [])
        let earlier = try EarlierRun(run)
        let setup = try TrialSetup(suite)
        defer { setup.end() }
        let signals = SignalWatch(setup.interruption, started: Date())
        defer { signals.end() }
        let path = try earlier.deploymentPath(insteadOf: deployment)
        let trial = try setup.trial(
            deployment: path, profile: earlier.profile, defects: honest ? [] : earlier.defects,
            variants: earlier.variants, parameters: earlier.parameters,
            seed: RunSeed(seed: earlier.seed, nonce: earlier.nonce), jobs: jobs, name: "replay")
        var scenarios = try earlier.scenarios(suite)
        for id in only where !scenarios.contains(where: { $0.isCalled(id) }) {
            throw Mistaken(
                "\(earlier.display) did not run \(id).\n  = It ran \(scenarios.map(\.id).joined(separator: ", ")).")
        }
        if !only.isEmpty { scenarios = scenarios.filter { scenario in only.contains { scenario.isCalled($0) } } }
        let before = try trial.endings(of: scenarios, in: earlier.trace)
        let after: [Trial.Ending]
        do { after = try await trial.run(before.map(\.scenario), name: "again") } catch {
            guard setup.interruption.reason != nil else { throw error }
            Console.error("\(error)")
            return RunVerdict.incomplete.exitCode
        }
        let replayed = Dictionary(after.map { ($0.scenario.id, $0) }, uniquingKeysWith: { first, _ in first })
        let found = before.compactMap { old in
            replayed[old.scenario.id].flatMap { Divergence.first(between: old, and: $0) }
        }
        let missing = before.map(\.scenario.id).filter { replayed[$0] == nil }
        report(found, missing: missing, count: before.count)
        return found.isEmpty && missing.isEmpty && !before.isEmpty ? 0 : 1
    }

    private func report(_ found: [Divergence], missing: [String], count: Int) {
        if json {
            let value: Value = [
                "scenarios": Value(count), "same": Value(count - found.count - missing.count),
                "missing": .array(missing.map { .string($0) }),
                "divergences": .array(
                    found.map { divergence in
                        [
                            "scenario": .string(divergence.scenario), "place": .string(divergence.place),
                            "recorded": .array(divergence.before.map { .string($0) }),
                            "replayed": .array(divergence.after.map { .string($0) }),
                        ]
                    }),
            ]
            Console.print(value.json(pretty: true))
            return
        }
        for divergence in found {
            Console.print("\(divergence.scenario), \(divergence.place)")
            Console.print(
                "  the first \(divergence.sameSteps) steps are the same; here \(divergence.common) lines are, and these are not:"
            )
            for line in divergence.columns(width: max(30, (Console.width - 7) / 2)) { Console.print("  \(line)") }
        }
        for id in missing { Console.print("\(id): was not replayed") }
        Console.print(
            "replayed: \(count) scenarios, \(count - found.count - missing.count) the same, \(found.count) differ")
    }
}

// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Evidence
import Foundation
import History
import Judge
import Value

/// `assay history`: past runs, the trend and the flake rate of each check.
struct HistoryCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "history", abstract: "Show past runs, and how each check fared over them.",
        discussion: """
            Takes the named run folders (default: all below runs/) into a SQLite file, once each, and shows the latest. A check \
            flakes where runs of one kind (same deployment, connector, suite and defects) come to different verdicts.

            Exit codes: 0 shown, 3 a folder or the file cannot be read.
            """)

    @Argument(help: "Run folders to take in (default: every folder below runs/).")
    var runs: [String] = []

    @Option(help: "The history's file.")
    var database = "runs/history.sqlite"

    @Option(help: "How many of the latest runs.")
    var last = 20

    @Option(help: "Only runs of this deployment (its id).")
    var deployment: String?

    @Option(
        help:
            "Only checks whose name holds this text; with it all of them are shown, not only those that failed or flaked."
    )
    var check: String?

    @Flag(help: "Print JSON.")
    var json = false

    func validate() throws {
        guard last >= 1 else { throw ValidationError("--last must be at least 1.") }
    }

    func run() throws {
        do {
            let file = URL(fileURLWithPath: database)
            try FileManager.default.createDirectory(
                at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
            let history = try RunHistory(file: file)
            try takeIn(history)
            let past = try history.runs(last: last, deployment: deployment)
            let trends = try history.trends(over: past).filter { trend in
                check.map { trend.name.contains($0) } ?? (trend.failures > 0 || trend.flips > 0)
            }
            if json { Console.print(value(past, trends).json(pretty: true)) } else { show(past, trends) }
        } catch {
            Console.error("\(error)")
            throw ExitCode(RunVerdict.invalidSetup.exitCode)
        }
    }

    private func takeIn(_ history: RunHistory) throws {
        for path in runs.isEmpty ? foldersOfRuns : runs {
            // Of all below runs/ one that never came to results is no mistake.
            guard !runs.isEmpty || FileManager.default.fileExists(atPath: path + "/results.json") else { continue }
            let run: RecordedRun
            do { run = try RecordedRun(folder: path, withTrace: false) } catch {
                guard runs.isEmpty else { throw error }
                Console.error("left out: \(error)")
                continue
            }
            _ = try history.add(run.results, id: Digest.sha256(Data(run.results.jsonBytes())), folder: path)
        }
    }

    private var foldersOfRuns: [String] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: "runs")) ?? []
        return names.filter { $0 != "latest" && !$0.hasPrefix(".") }.sorted().map { "runs/" + $0 }
    }

    private func show(_ runs: [PastRun], _ trends: [CheckTrend]) {
        guard !runs.isEmpty else { return Console.print("No run is known yet.\n  = assay run, or name run folders.") }
        for run in runs {
            let defects = run.defects.isEmpty ? "" : "  defects: \(run.defects)"
            Console.print(
                "\(run.started.prefix(19))  \(run.verdict)  \(run.scenarios) scenarios, \(run.checks) checks, \(run.failed) failed, "
                    + "\(String(format: "%.1f", run.seconds)) s  \(run.connector)  \(run.folder)\(defects)")
        }
        guard !trends.isEmpty else { return Console.print("\nNo check failed or flaked in these \(runs.count) runs.") }
        Console.print("\nchecks (oldest run first; flake rate over runs of one kind):")
        for trend in trends {
            let rate = trend.flakeRate.map { "\(Int(($0 * 100).rounded())) %" } ?? "–"
            Console.print(
                "  \(trend.signs)  flakes \(rate)  failed \(trend.failures)/\(trend.verdicts.count)  \(trend.name)")
        }
    }

    private func value(_ runs: [PastRun], _ trends: [CheckTrend]) -> Value {
        .object([
            "runs": .array(
                runs.map { run in
                    .object([
                        "started": .string(run.started), "folder": .string(run.folder), "verdict": .string(run.verdict),
                        "suite": .string(run.suite), "profile": Value(run.profile),
                        "deployment": .string(run.deployment), "connector": .string(run.connector),
                        "defects": .string(run.defects), "scenarios": Value(run.scenarios), "checks": Value(run.checks),
                        "failed": Value(run.failed), "seconds": number(run.seconds),
                    ])
                }),
            "checks": .array(
                trends.map { trend in
                    .object([
                        "check": .string(trend.name), "verdicts": .array(trend.verdicts.map { .string($0) }),
                        "failures": Value(trend.failures), "flips": Value(trend.flips), "pairs": Value(trend.pairs),
                        "flake-rate": trend.flakeRate.map(number) ?? .null,
                    ])
                }),
        ])
    }

    private func number(_ number: Double) -> Value {
        Number(literal: String(format: "%.3f", number)).map { .number($0) } ?? .null
    }
}

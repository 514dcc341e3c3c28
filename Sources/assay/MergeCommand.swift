// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Foundation
import Judge
import Reports
import Runner
import ScenarioLanguage
import Trace

/// `assay merge`: the verdict over the shards of one run.
struct MergeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "merge", abstract: "Judge the shards of one run as a whole.",
        discussion: """
            Joins the records that `assay run --shard K/N` wrote, judges the whole and writes a run folder with every report. \
            All shards must be of one suite, deployment, profile, seed and nonce. Where a shard is missing or was cut short the \
            verdict is incomplete.

            Exit codes: as for run.
            """)

    @Argument(help: "The run folders of the shards, in any order.")
    var shards: [String]

    @Option(help: "Folder of the merged run (default: runs/<UTC time>).")
    var out: String?

    @Option(help: "Folder with Scenarios/ (default: $ASSAY_HOME, then beside the executable).")
    var data: String?

    @Option(parsing: .upToNextOption, help: "Scenario files or folders of the run, if they are not the suite's.")
    var scenarios: [String] = []

    @Flag(help: "Print results.json to standard output instead of lines for people.")
    var json = false

    func run() throws {
        let started = Date()
        let outcome: (results: RunResults, folder: RunFolder)
        do { outcome = try merged(started) } catch {
            Console.error("\(error)")
            Console.print(
                VerdictLine.withoutResults(.invalidSetup, seconds: Date().timeIntervalSince(started)))
            throw ExitCode(RunVerdict.invalidSetup.exitCode)
        }
        if json {
            Console.print(String(ResultsJSON.text(outcome.results).dropLast()))
        } else {
            for line in TerminalSummary.lines(outcome.results).dropLast() { Console.print(line) }
            Console.print("report: \(outcome.folder.display)/report.html")
            Console.print(TerminalSummary.verdictLine(outcome.results))
        }
        throw ExitCode(outcome.results.verdict.exitCode)
    }

    private func merged(_ started: Date) throws -> (RunResults, RunFolder) {
        let traces = try shards.map { path in
            (name: path, trace: try TraceReader.read(folder: URL(fileURLWithPath: path)))
        }
        let trace = try TraceMerge.merge(traces)
        let suite = try Suite.load(data: data, paths: scenarios)
        let planned = try suite.planned(
            RunHeader.planned(trace.header),
            recordedIn: scenarios.isEmpty && data == nil ? shards.map { URL(fileURLWithPath: $0) } : [])
        let context = try RunHeader.context(
            of: trace, ledger: suite.ledger, policies: suite.policies, suiteVersion: SuiteVersion.text)
        let folder = try RunFolder.create(at: out, now: started)
        try TraceWriter.write(trace, to: folder.url)
        try ScenarioTexts.write(planned, to: folder.url)
        var results = Judge.judge(trace: trace, scenarios: planned, context: context)
        let matrix = shards.lazy.compactMap { MatrixAtHand.beside(URL(fileURLWithPath: $0)) }.first
        results.killMatrix = matrix?.figures
        try matrix?.write(to: folder.url)
        try ReportFolder(url: folder.url).write(results, trace: trace)
        folder.markLatest()
        ReportFolder.announce(results, environment: ProcessInfo.processInfo.environment)
        return (results, folder)
    }
}

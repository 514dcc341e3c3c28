// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Foundation
import Judge
import Reports
import Trace
import Value

/// `assay diff`: what changed between two runs.
struct DiffCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "diff", abstract: "Say what changed between two runs.",
        discussion: """
            Compares the results of two run folders (or bundles): requirements, checks, findings, traffic shape and timing.

            Exit codes: 0 nothing got worse, 1 a regression (something that passed does not pass any more), 3 a folder is no run.
            """)

    @Argument(help: "Folder of the earlier run.")
    var before: String

    @Argument(help: "Folder of the later run.")
    var after: String

    @Flag(help: "Print the comparison as JSON.")
    var json = false

    @Option(help: "Write the comparison as a page to this file.")
    var html: String?

    func run() throws {
        let comparison: RunComparison
        do {
            let (old, new) = (try RecordedRun(folder: before), try RecordedRun(folder: after))
            comparison = RunComparison(
                before: old.results, after: new.results,
                traces: old.trace.flatMap { first in new.trace.map { (first, $0) } })
            if let html {
                let page = ComparisonReport.html(comparison, before: before, after: after)
                try Data(page.utf8).write(to: URL(fileURLWithPath: html), options: .atomic)
            }
        } catch {
            Console.error("\(error)")
            throw ExitCode(RunVerdict.invalidSetup.exitCode)
        }
        if json {
            Console.print(ComparisonReport.value(comparison).json(pretty: true))
        } else {
            for line in ComparisonReport.lines(comparison) { Console.print(line) }
        }
        throw ExitCode(comparison.hasRegression ? 1 : 0)
    }
}

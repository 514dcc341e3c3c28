// SPDX-License-Identifier: Apache-2.0

import Foundation
import Judge
import Ledger
import ScenarioLanguage
import SourceText

/// `run --baseline FILE`.
enum BaselineFile {
    /// Throws `Mistaken` where the file cannot be read, a `LedgerError` with every mistake in it.
    static func read(_ path: String, suite: Suite) throws -> Baseline {
        let text: String
        do { text = try String(contentsOf: URL(fileURLWithPath: path), encoding: .utf8) } catch {
            throw Mistaken("The baseline \(path) cannot be read.\n  = Name a file that exists and is UTF-8 text.")
        }
        let checks = suite.scenarios.flatMap { scenario in
            scenario.verifies.flatMap(\.checks).map { "\(scenario.id)/\($0)" }
        }
        return try Baseline(
            SourceFile(path: path, text: text), known: checks + KnownRunChecks.all.map { "run/" + $0 })
    }

    /// What the baseline changed, for people; with entries to paste for what is new.
    static func lines(_ outcome: BaselineOutcome, _ baseline: Baseline) -> [String] {
        func comment(_ check: String) -> String { baseline.entries.first { $0.check == check }?.comment ?? "" }
        var lines = outcome.known.map { "known failure: \($0): \(comment($0))" }
        lines += outcome.passed.map { "unexpected pass: \($0): take its entry out of the baseline (\(comment($0)))" }
        lines += outcome.undecided.map { "not decided by this run: \($0)" }
        lines += outcome.owed.map { "owed all the same: \($0)" }
        if !outcome.new.isEmpty {
            lines.append("not in the baseline; to accept them, paste under known-failures and say why in each comment:")
            lines.append(Baseline.paste(outcome.new))
        }
        return lines + ["baseline: exit code \(outcome.exitCode)"]
    }
}

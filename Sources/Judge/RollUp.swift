// SPDX-License-Identifier: Apache-2.0

/// How many checks ended how.
package struct VerdictCounts: Sendable, Hashable {
    package var pass = 0
    package var fail = 0
    package var inconclusive = 0
    package var error = 0
    package var notApplicable = 0

    package init(pass: Int = 0, fail: Int = 0, inconclusive: Int = 0, error: Int = 0, notApplicable: Int = 0) {
        self.pass = pass
        self.fail = fail
        self.inconclusive = inconclusive
        self.error = error
        self.notApplicable = notApplicable
    }

    package init(_ checks: some Sequence<CheckResult>) {
        for check in checks { add(check.verdict) }
    }

    package mutating func add(_ verdict: CheckVerdict) {
        switch verdict {
        case .pass: pass += 1
        case .fail: fail += 1
        case .inconclusive: inconclusive += 1
        case .error: error += 1
        case .notApplicable: notApplicable += 1
        }
    }
}

/// Everything the verdict of a run depends on.
package struct RollUpInput: Sendable, Hashable {
    /// Checks of scenarios at level M.
    package var must = VerdictCounts()
    /// Checks of scenarios at levels S and E.
    package var engineering = VerdictCounts()
    /// Suite-wide run checks at level M (traffic, crash).
    package var runMust = VerdictCounts()
    /// Suite-wide run checks at levels S and E (protocol rules).
    package var runEngineering = VerdictCounts()
    /// Scenarios that should have run, without those that are not applicable.
    package var planned = 0
    /// Of those, the ones that came to their end or were blocked by the connector.
    package var executed = 0
    /// Rows the judged profiles require and no check decided.
    package var undecidedRequirements = 0
    /// Checks of scenarios that must be decided, by the profile that was asked for; 0: no such bound.
    package var minimumChecks = 0
    /// The trace has its footer and was not cut short.
    package var isTraceComplete = true
    /// Deployment, scenarios and environment allowed a run at all.
    package var isSetupValid = true
    /// `--profile` was given.
    package var hasProfile = false
    /// Fewer scenarios were selected than the profile holds (`--only`).
    package var isPartial = false
    /// One part of a run that several machines share.
    package var isShard = false
    /// Somebody's capture, judged without scenarios.
    package var isCapture = false
    /// `--strict`, `--defect`, `prove`.
    package var isStrict = false

    package init() {}

    /// Whether a finding at level S or E counts like one at level M.
    package var engineeringCounts: Bool { !hasProfile || isStrict }
}

/// The one table from what was judged to the word of the run. Its first row that holds decides.
package enum RollUp {
    /// One row of the table.
    package struct Row: Sendable {
        /// Stable word, for example `must-failed`.
        package let id: String
        package let verdict: RunVerdict
        /// The condition as documentation prints it.
        package let condition: String
        let holds: @Sendable (RollUpInput) -> Bool
        let reason: @Sendable (RollUpInput) -> String
    }

    /// Total: the last row always holds.
    package static let table: [Row] = [
        Row(
            id: "setup", verdict: .invalidSetup, condition: "the setup is not valid",
            holds: { !$0.isSetupValid }, reason: { _ in "the setup is not valid: nothing could be judged" }),
        Row(
            id: "trace", verdict: .incomplete, condition: "the trace is not complete (no footer: cut short)",
            holds: { !$0.isTraceComplete },
            reason: { _ in "the trace was cut short: without its footer there is no verdict" }),
        Row(
            id: "error", verdict: .harnessError, condition: "any check ended in error",
            holds: { $0.errors > 0 }, reason: { "\(count($0.errors, "check")) ended in an error of the harness" }),
        Row(
            id: "must-failed", verdict: .nonconformant, condition: "any check of level M failed",
            holds: { $0.must.fail + $0.runMust.fail > 0 },
            reason: { "\(count($0.must.fail + $0.runMust.fail, "check")) of level M failed" }),
        Row(
            id: "engineering-failed", verdict: .nonconformant,
            condition: "any check of level S or E failed, and no profile was asked or the run is strict",
            holds: { $0.engineeringCounts && $0.engineering.fail + $0.runEngineering.fail > 0 },
            reason: { "\(count($0.engineering.fail + $0.runEngineering.fail, "check")) of level S or E failed" }),
        Row(
            id: "capture", verdict: .incomplete, condition: "it is a capture (HAR), judged without scenarios",
            holds: \.isCapture,
            reason: { _ in "it is a capture: only what stands in it was judged, and no scenario says what is missing" }),
        Row(
            id: "nothing", verdict: .incomplete, condition: "no check of any scenario passed",
            holds: { $0.must.pass + $0.engineering.pass == 0 }, reason: { _ in "no check of any scenario passed" }),
        Row(
            id: "partial", verdict: .incomplete, condition: "a profile was asked and only a part of it was selected",
            holds: { $0.hasProfile && $0.isPartial }, reason: { _ in "only a part of the profile was selected" }),
        Row(
            id: "shard", verdict: .incomplete, condition: "it is one shard of a run",
            holds: \.isShard, reason: { _ in "partial: one shard of a run; `assay merge` judges the whole" }),
        Row(
            id: "not-executed", verdict: .incomplete, condition: "a planned scenario was not executed",
            holds: { $0.executed < $0.planned },
            reason: { "\(count($0.planned - $0.executed, "scenario")) of \($0.planned) not executed" }),
        Row(
            id: "requirement", verdict: .incomplete,
            condition: "a requirement of a judged profile has no check that passed or failed",
            holds: { $0.undecidedRequirements > 0 },
            reason: {
                "\(count($0.undecidedRequirements, "requirement")) of the judged profiles not decided by any check"
            }),
        Row(
            id: "minimum", verdict: .incomplete,
            condition: "fewer checks of scenarios passed or failed than the profile that was asked owes at least",
            holds: { $0.decidedChecks < $0.minimumChecks },
            reason: { "\(count($0.decidedChecks, "check")) decided, the profile owes at least \($0.minimumChecks)" }),
        Row(
            id: "must-inconclusive", verdict: .incomplete, condition: "any check of level M is inconclusive",
            holds: { $0.must.inconclusive + $0.runMust.inconclusive > 0 },
            reason: { "\(count($0.must.inconclusive + $0.runMust.inconclusive, "check")) of level M inconclusive" }),
        Row(
            id: "engineering-inconclusive", verdict: .incomplete,
            condition: "any check of level S or E is inconclusive, and no profile was asked or the run is strict",
            holds: { $0.engineeringCounts && $0.engineering.inconclusive + $0.runEngineering.inconclusive > 0 },
            reason: {
                "\(count($0.engineering.inconclusive + $0.runEngineering.inconclusive, "check")) of level S or E inconclusive"
            }),
        Row(id: "conformant", verdict: .conformant, condition: "otherwise", holds: { _ in true }, reason: { _ in "" }),
    ]

    /// The word and why: the deciding row first, then every later row that holds too; empty for `conformant`.
    package static func verdict(_ input: RollUpInput) -> (verdict: RunVerdict, reasons: [String]) {
        let holding = table.filter { $0.holds(input) }
        guard let first = holding.first else { return (.harnessError, ["no row of the roll-up table holds"]) }
        return (first.verdict, holding.filter { $0.verdict != .conformant }.map { $0.reason(input) })
    }

    /// The table in Markdown, as `docs/verdicts.md` prints it.
    package static var markdown: String {
        let rows = table.enumerated().map { index, row in
            "| \(index + 1) | `\(row.id)` | \(row.condition) | `\(row.verdict.rawValue)` | \(row.verdict.exitCode) |"
        }
        return (["| # | row | when | verdict | exit code |", "|---|---|---|---|---|"] + rows).joined(separator: "\n")
    }

    private static func count(_ number: Int, _ noun: String) -> String {
        number == 1 ? "1 \(noun)" : "\(number) \(noun)s"
    }
}

extension RollUpInput {
    fileprivate var decidedChecks: Int { must.pass + must.fail + engineering.pass + engineering.fail }
    fileprivate var errors: Int { must.error + engineering.error + runMust.error + runEngineering.error }
}

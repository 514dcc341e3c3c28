// SPDX-License-Identifier: Apache-2.0

/// A run against a baseline of known failures. It changes the exit code, never the word of the verdict.
package struct BaselineOutcome: Sendable, Hashable {
    /// Failed and not known: `scenario/check`, `run/check` for those of the whole run.
    package let new: [String]
    /// Failed as known.
    package let known: [String]
    /// Known to fail, and passed: the entry must go.
    package let passed: [String]
    /// Known to fail, and not decided by this run.
    package let undecided: [String]
    /// What the run owes beside its failures; a baseline excuses none of it.
    package let owed: [String]
    private let verdict: RunVerdict

    /// - Parameter baseline: every `scenario/check` of the baseline.
    package init(_ results: RunResults, baseline: [String]) {
        let checks = results.everyCheck
        let listed = Set(baseline)
        func names(_ belongs: (CheckResult) -> Bool) -> [String] {
            checks.filter { belongs($0.1) }.map { "\($0.0)/\($0.1.check)" }
        }
        let failed = names { $0.verdict == .fail }
        new = names { $0.verdict == .fail && !results.isWarning($0) }.filter { !listed.contains($0) }
        known = failed.filter(listed.contains)
        passed = names { $0.verdict == .pass }.filter(listed.contains)
        let decided = Set(known + passed)
        undecided = baseline.filter { !decided.contains($0) }
        // What a known failure blocks in its own scenario is known too.
        let blocking = Set(known.map { String($0.prefix { $0 != "/" }) })
        let counts = results.profile == nil || results.isStrict
        let open = checks.filter { scenario, check in
            let isConsequence =
                [.blocked, .notExecuted].contains(check.reason) && blocking.contains(scenario)
                || listed.contains("\(scenario)/\(check.check)")
            return check.verdict == .inconclusive && (check.level == .must || counts) && !isConsequence
        }
        let unrun = results.scenarios.filter { !["completed", "blocked", "not-applicable"].contains($0.outcome) }
        owed = unrun.map { "\($0.id) was not run to its end" } + open.map { "\($0.0)/\($0.1.check) is inconclusive" }
        verdict = results.verdict
    }

    /// 0 where every failure is known and no known one passed; an incomplete run stays incomplete.
    package var exitCode: Int32 {
        switch verdict {
        case .invalidSetup, .harnessError, .incomplete: verdict.exitCode
        case .conformant, .nonconformant:
            !new.isEmpty || !passed.isEmpty
                ? RunVerdict.nonconformant.exitCode : owed.isEmpty ? 0 : RunVerdict.incomplete.exitCode
        }
    }
}

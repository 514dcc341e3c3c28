// SPDX-License-Identifier: Apache-2.0

package import Ledger

/// What became of one deliberate defect of the reference connector.
package struct DefectProof: Sendable, Hashable {
    package enum Outcome: String, Sendable, Hashable, CaseIterable {
        /// The expected check failed for the expected reason.
        case killed
        /// Something failed, but not the expected check, or for another reason.
        case killedOtherwise = "killed-otherwise"
        /// Nothing failed.
        case survived
        /// The sources that would show it are masked (`--as-seen-by`).
        case unseen
        /// The harness, not the connector, is to blame: nothing is proved.
        case trouble
    }

    /// A check that failed.
    package struct RedCheck: Sendable, Hashable {
        /// `scenario/check`; `run/check` for those of the whole run.
        package let check: String
        package let reason: String
        package let requirements: [String]
        /// Neither the expected check, nor of its scenario, nor of its rows, nor one the entry names under `also`.
        package let isUnrelated: Bool
    }

    package let defect: DefectEntry
    package let outcome: Outcome
    /// One sentence: why it is not `killed`, or what went wrong; empty where it was killed.
    package let note: String
    package let red: [RedCheck]
    /// The scenarios that ran.
    package let scenarios: [String]
    /// Scenarios that were left out, since the honest connector never comes to this defect's place in them.
    package let unreached: [String]
    package let seconds: Double

    package init(
        defect: DefectEntry, outcome: Outcome, note: String, red: [RedCheck], scenarios: [String],
        unreached: [String] = [], seconds: Double
    ) {
        self.defect = defect
        self.outcome = outcome
        self.note = note
        self.red = red
        self.scenarios = scenarios
        self.unreached = unreached
        self.seconds = seconds
    }

    package var unrelated: [RedCheck] { red.filter(\.isUnrelated) }
}

extension DefectProof {
    /// Judges the runs of one defect, one an edition of the connector, by its entry.
    /// - Parameters:
    ///   - unreached: scenarios that were left out.
    ///   - masked: sources of evidence, bindings or features were taken away for the run.
    package init(
        _ defect: DefectEntry, results: [RunResults], unreached: [String] = [], masked: Bool, seconds: Double
    ) {
        let checks = results.flatMap(\.everyCheck)
        let expected = checks.filter { scenario, check in
            check.check == defect.expected.check && defect.expected.means(scenario)
        }
        let rows = Set(expected.flatMap(\.1.requirements))
        let also = Set(defect.also)
        // A scenario has one test purpose and one course of events: what fails in it together belongs together.
        let homes = Set(
            expected.filter { $0.1.verdict == .fail || (masked && $0.1.reason == .notObservable) }.map(\.0)
        ).subtracting(["run"])
        var seen: Set<String> = []
        let red = checks.filter { scenario, check in
            check.verdict == .fail && seen.insert("\(scenario)/\(check.check)").inserted
        }.map { scenario, check in
            let name = "\(scenario)/\(check.check)"
            let isExpected = check.check == defect.expected.check
            let isRelated =
                isExpected || homes.contains(scenario) || !rows.isDisjoint(with: check.requirements)
                || also.contains(name)
                || !also.isDisjoint(with: check.requirements)
            return RedCheck(
                check: name, reason: check.reason?.rawValue ?? "", requirements: check.requirements,
                isUnrelated: !isRelated)
        }
        let (outcome, note) = Self.outcome(
            defect, expected: expected.map(\.1), red: red, error: checks.first { $0.1.verdict == .error },
            masked: masked)
        self.init(
            defect: defect, outcome: outcome, note: note, red: red,
            scenarios: results.flatMap { $0.scenarios.map(\.id) }, unreached: unreached,
            seconds: seconds)
    }

    /// Why a check stays open where a source is not offered.
    static let blind: Set<Reason> = [.notObservable, .notClaimed, .binding]

    private static func outcome(
        _ defect: DefectEntry, expected: [CheckResult], red: [RedCheck], error: (String, CheckResult)?, masked: Bool
    ) -> (Outcome, String) {
        let name = (defect.expected.scenario.map { $0 + "/" } ?? "") + defect.expected.check
        if let (scenario, check) = error {
            return (.trouble, "\(scenario)/\(check.check) ended in an error of the harness: \(check.message)")
        }
        if expected.contains(where: { $0.verdict == .fail && $0.reason?.rawValue == defect.expected.reason }) {
            return (.killed, "")
        }
        if let failed = expected.first(where: { $0.verdict == .fail }) {
            return (
                .killedOtherwise,
                "\(name) failed with \(failed.reason?.rawValue ?? "no reason"), not with \(defect.expected.reason): \(failed.message)"
            )
        }
        guard let seen = expected.first else {
            return (.trouble, "\(name) was not judged: no scenario of the run has it")
        }
        let why = "\(name) is \(seen.verdict.rawValue)\(seen.reason.map { " (\($0.rawValue))" } ?? ""): \(seen.message)"
        if masked, seen.verdict != .pass, seen.reason.map(Self.blind.contains) ?? false { return (.unseen, why) }
        if !red.isEmpty { return (.killedOtherwise, why) }
        // What is looked at in every exchange shows only where the exchange can be brought about.
        if masked, defect.expected.scenario == "run", seen.verdict == .pass {
            return (.unseen, "\(name) passed in the scenarios that can be driven")
        }
        if let reason = seen.reason, [.harness, .binding, .windowOpen].contains(reason) { return (.trouble, why) }
        return (.survived, why)
    }
}

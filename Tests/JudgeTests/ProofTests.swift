// SPDX-License-Identifier: Apache-2.0

import Foundation
import Judge
import Ledger
import Testing
import World

@Suite struct ProofTests {
    private static func check(
        _ id: String, _ verdict: CheckVerdict, _ reason: Reason? = nil, rows: [String] = ["SMS-06"]
    ) -> CheckResult {
        CheckResult(check: id, requirements: rows, level: .must, verdict: verdict, reason: reason, message: "m")
    }

    private static func results(
        _ scenarios: [String: [CheckResult]], run: [CheckResult] = [], verdict: RunVerdict = .nonconformant,
        profile: String? = nil
    ) -> RunResults {
        RunResults(
            verdict: verdict, reasons: [], suiteVersion: "1", seed: 1, nonce: "n", profile: profile,
            claimedProfiles: [], deployment: "d", connector: "c", defects: [], started: Instant(microseconds: 0),
            seconds: 1,
            scenarios: scenarios.keys.sorted().map { id in
                ScenarioResult(
                    id: id, title: id, world: nil, outcome: "completed", verdict: .pass, checks: scenarios[id] ?? [],
                    firstEvent: 0, lastEvent: 0, seconds: 0)
            }, requirements: [], runChecks: run)
    }

    private static func defect(also: [String] = []) -> DefectEntry {
        DefectEntry(
            id: "d", story: "s", area: "sms", source: "x",
            expected: .init(scenario: "a", check: "one", reason: "wrong-count"), also: also)
    }

    private static func proof(
        _ scenarios: [String: [CheckResult]], run: [CheckResult] = [], also: [String] = [], masked: Bool = false
    ) -> DefectProof {
        DefectProof(
            defect(also: also), results: [results(scenarios, run: run)], masked: masked, seconds: 1)
    }

    @Test func `a defect is killed only by its check for its reason`() {
        #expect(Self.proof(["a": [Self.check("one", .fail, .wrongCount)]]).outcome == .killed)
        #expect(Self.proof(["a": [Self.check("one", .fail, .leak)]]).outcome == .killedOtherwise)
        #expect(
            Self.proof(["a": [Self.check("one", .pass), Self.check("two", .fail, .leak)]]).outcome == .killedOtherwise)
        #expect(Self.proof(["a": [Self.check("one", .pass)]]).outcome == .survived)
        #expect(Self.proof(["a": [Self.check("one", .inconclusive, .blocked)]]).outcome == .survived)
        #expect(Self.proof(["b": [Self.check("one", .fail, .wrongCount)]]).outcome == .trouble)
    }

    @Test func `the harness's own trouble proves nothing`() {
        let error = Self.check("two", .error, .harness)
        #expect(Self.proof(["a": [Self.check("one", .fail, .wrongCount), error]]).outcome == .trouble)
        #expect(Self.proof(["a": [Self.check("one", .inconclusive, .windowOpen)]]).outcome == .trouble)
    }

    @Test func `what a mask hides is not to be seen, without one it survived`() {
        let blind = ["a": [Self.check("one", .inconclusive, .notObservable)]]
        #expect(Self.proof(blind, masked: true).outcome == .unseen)
        #expect(Self.proof(blind).outcome == .survived)
        #expect(Self.proof(["a": [Self.check("one", .pass)]], masked: true).outcome == .survived)
    }

    @Test func `what every exchange is looked at for is not to be seen where few exchanges can be brought about`() {
        let defect = DefectEntry(
            id: "d", story: "s", area: "sms", source: "x",
            expected: .init(scenario: "run", check: "one", reason: "leak"), also: [])
        func outcome(masked: Bool) -> DefectProof.Outcome {
            let results = Self.results(["a": []], run: [Self.check("one", .pass)])
            return DefectProof(defect, results: [results], masked: masked, seconds: 1).outcome
        }
        #expect(outcome(masked: true) == .unseen)
        #expect(outcome(masked: false) == .survived)
    }

    @Test func `an honest connector that shows less is incomplete, and kills prove something all the same`() {
        func honest(_ checks: [CheckResult]) -> KillMatrix.Honest {
            .init([Self.results(["a": checks], verdict: .incomplete)])
        }
        let blind = honest([Self.check("one", .pass), Self.check("two", .inconclusive, .notObservable)])
        #expect(blind.isSound(masked: true))
        #expect(!blind.isSound(masked: false))
        let open = honest([
            Self.check("two", .inconclusive, .notObservable), Self.check("one", .inconclusive, .blocked),
        ])
        #expect(!open.isSound(masked: true))
        let failed = honest([Self.check("two", .fail, .leak)])
        #expect(!failed.isSound(masked: true))
    }

    @Test func `red is unrelated unless it shares scenario or row, or the entry names it`() {
        let killed = Self.check("one", .fail, .wrongCount)
        let elsewhere = Self.check("far", .fail, .leak, rows: ["PRI-01"])
        func unrelated(_ proof: DefectProof) -> [String] { proof.unrelated.map(\.check) }
        #expect(unrelated(Self.proof(["a": [killed, elsewhere]])) == [])
        #expect(unrelated(Self.proof(["a": [killed], "b": [elsewhere]])) == ["b/far"])
        #expect(unrelated(Self.proof(["a": [killed], "b": [elsewhere]], also: ["b/far"])) == [])
        #expect(unrelated(Self.proof(["a": [killed], "b": [elsewhere]], also: ["PRI-01"])) == [])
        #expect(unrelated(Self.proof(["a": [killed], "b": [Self.check("far", .fail, .leak)]])) == [])
        #expect(unrelated(Self.proof(["a": [killed]], run: [elsewhere])) == ["run/far"])
        // Where the expected check cannot be seen, its scenario is still the one that shows the defect.
        let blind = Self.check("one", .inconclusive, .notObservable)
        #expect(unrelated(Self.proof(["a": [blind, elsewhere]], masked: true)) == [])
        #expect(unrelated(Self.proof(["a": [blind, elsewhere]])) == ["a/far"])
        // Where its own check is green, its scenario excuses nothing.
        #expect(unrelated(Self.proof(["a": [Self.check("one", .pass), elsewhere]])) == ["a/far"])
    }

    private static func matrix(
        _ proofs: [DefectProof], missing: [String] = [], honest: RunVerdict = .conformant, selection: Bool = false,
        checks: [String] = ["a/one"]
    ) -> KillMatrix {
        KillMatrix(
            suiteVersion: "1", seed: 1, nonce: "n", isFull: false, isSelection: selection, asSeenBy: nil,
            honest: .init([results(["a": [check("one", .pass)]], verdict: honest)]), proofs: proofs, missing: missing,
            checks: checks, rules: ["run/r"], seconds: 1)
    }

    @Test func `a matrix is proved only where everything is as it should be`() {
        let killed = Self.proof(["a": [Self.check("one", .fail, .wrongCount)]])
        let survived = Self.proof(["a": [Self.check("one", .pass)]])
        let trouble = Self.proof([:])
        #expect(Self.matrix([killed]).exitCode == 0)
        #expect(Self.matrix([killed]).score == 1)
        #expect(Self.matrix([killed, survived]).exitCode == 1)
        #expect(Self.matrix([killed, trouble]).exitCode == 2)
        #expect(Self.matrix([killed], missing: ["e"]).exitCode == 2)
        #expect(Self.matrix([killed], honest: .nonconformant).exitCode == 1)
        #expect(Self.matrix([killed], honest: .incomplete).exitCode == 2)
        #expect(Self.matrix([killed], checks: ["a/one", "a/two"]).exitCode == 1)
        #expect(Self.matrix([killed], checks: ["a/one", "a/two"]).idleChecks == ["a/two"])
        // A selection of defects says nothing of checks.
        #expect(Self.matrix([killed], selection: true, checks: ["a/one", "a/two"]).exitCode == 0)
        #expect(Self.matrix([killed]).idleRules == ["run/r"])
    }

    @Test func `each red check is given to one defect, first to the one that is there for it`() {
        let own = Self.check("one", .fail, .wrongCount)
        let kills = Self.matrix([Self.proof(["a": [own, Self.check("two", .fail, .leak)], "b": [own]])]).kills
        #expect(kills.map(\.defect) == ["d"])
        #expect(kills.first?.checks == ["a/one", "a/two", "b/one"])
    }

    @Test func `a baseline changes the exit code and excuses nothing else`() {
        let failed = ["a": [Self.check("one", .fail, .leak), Self.check("two", .pass)]]
        func code(_ results: RunResults, _ baseline: [String]) -> Int32 {
            BaselineOutcome(results, baseline: baseline).exitCode
        }
        #expect(code(Self.results(failed), []) == 1)
        #expect(code(Self.results(failed), ["a/one"]) == 0)
        #expect(code(Self.results(failed), ["a/one", "a/two"]) == 1)
        #expect(BaselineOutcome(Self.results(failed), baseline: ["a/two"]).passed == ["a/two"])
        #expect(BaselineOutcome(Self.results(failed), baseline: ["a/two"]).new == ["a/one"])
        #expect(code(Self.results(failed, verdict: .incomplete), ["a/one"]) == 2)
        // What the known failure blocks in its scenario is known; what is open elsewhere is owed.
        let blocked = ["a": [Self.check("one", .fail, .leak), Self.check("two", .inconclusive, .blocked)]]
        #expect(code(Self.results(blocked), ["a/one"]) == 0)
        let open = blocked.merging(["b": [Self.check("far", .inconclusive, .blocked)]]) { first, _ in first }
        #expect(code(Self.results(open), ["a/one"]) == 2)
        #expect(code(Self.results(["a": [Self.check("one", .pass)]], verdict: .conformant), ["a/one"]) == 1)
        #expect(code(Self.results(["a": [Self.check("one", .pass)]], verdict: .conformant), []) == 0)
    }
}

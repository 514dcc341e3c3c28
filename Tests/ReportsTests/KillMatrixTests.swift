// SPDX-License-Identifier: Apache-2.0

import Judge
import Ledger
import Reports
import Testing
import Value
import World

@Suite struct KillMatrixTests {
    /// A defect whose scenario `a` ended so.
    private static func proof(_ id: String, _ verdict: CheckVerdict, noise: Bool = false) -> DefectProof {
        let entry = DefectEntry(
            id: id, story: "A <story> of \(id)", area: "sms", source: "engineering judgement",
            expected: .init(scenario: "a", check: "one", reason: "wrong-count"))
        func scenario(_ id: String, _ check: CheckResult) -> ScenarioResult {
            ScenarioResult(
                id: id, title: id, world: nil, outcome: "completed", verdict: .pass, checks: [check], firstEvent: 0,
                lastEvent: 0, seconds: 0)
        }
        let one = CheckResult(
            check: "one", requirements: ["SMS-10"], level: .must, verdict: verdict,
            reason: verdict == .fail ? .wrongCount : nil, message: "as it was")
        let far = CheckResult(
            check: "far", requirements: ["PRI-01"], level: .must, verdict: .fail, reason: .leak, message: "m")
        let results = RunResults(
            verdict: .nonconformant, reasons: [], suiteVersion: "1", seed: 1, nonce: "n", profile: nil,
            claimedProfiles: [], deployment: "d", connector: "c", defects: [], started: Instant(microseconds: 0),
            seconds: 1, scenarios: [scenario("a", one)] + (noise ? [scenario("b", far)] : []), requirements: [],
            runChecks: [])
        return DefectProof(entry, results: [results], masked: false, seconds: 1.25)
    }

    private static func matrix(_ proofs: [DefectProof], checks: [String] = ["a/one"]) -> KillMatrix {
        KillMatrix(
            suiteVersion: "1.2", seed: 7, nonce: "n", isFull: false, isSelection: false, asSeenBy: nil,
            honest: .init([]), proofs: proofs, missing: ["later"], checks: checks, rules: ["run/r"], seconds: 2)
    }

    @Test func `the JSON holds each defect with its outcome, and what is idle only where everything was run`() throws {
        let matrix = Self.matrix([
            Self.proof("twice", .fail, noise: true),
            Self.proof("lost", .pass),
        ])
        let value = KillMatrixJSON.value(matrix)
        #expect(value["format"] == "assay-kill-matrix/1")
        #expect(value["proved"] == false)
        #expect(value["complete"] == false)
        #expect(value["counts"]?["defects"]?.int == 3)
        #expect(value["counts"]?["killed"]?.int == 1)
        #expect(value["counts"]?["survived"]?.int == 1)
        #expect(value["counts"]?["not-run"]?.int == 1)
        #expect(value["counts"]?["with-unrelated-checks-red"]?.int == 1)
        #expect(value["score"] == "50.0 %")
        let first = try #require(value["defects"]?.array?.first)
        #expect(first["defect"] == "twice")
        #expect(first["outcome"] == "killed")
        #expect(first["expected"]?["check"] == "one")
        #expect(first["red"]?.array?.map { $0["unrelated"] } == [false, true])
        // Something was not run: that a check was not red tells nothing.
        #expect(value["checks-that-kill-nothing"]?.array == [])
        #expect(KillMatrixJSON.text(matrix).hasSuffix("}\n"))
    }

    @Test func `the page names survivors, links the runs that were kept, and holds no markup of a story`() {
        let matrix = Self.matrix([
            Self.proof("twice", .fail), Self.proof("lost", .pass),
        ])
        let page = KillMatrixPage.html(matrix, kept: ["honest", "defects/lost"])
        #expect(page.contains("href=\"honest/report.html\""))
        #expect(page.contains("href=\"defects/lost/report.html\""))
        #expect(!page.contains("href=\"defects/twice/report.html\""))
        #expect(page.contains("a/one is pass"))
        #expect(page.contains("A &lt;story&gt; of twice"))
        #expect(!page.contains("<story>"))
        #expect(page.contains("incomplete"))
    }

    @Test func `the kills are written as the ledger reads them`() {
        let text = KillsYAML.text(Self.matrix([Self.proof("twice", .fail, noise: true)]))
        #expect(text.contains("\ntwice:\n  - a/one\n"))
        #expect(!text.contains("b/far"))
    }

    @Test func `the report of a run tells which of its checks are known to find what`() throws {
        let value = KillMatrixJSON.value(Self.matrix([Self.proof("twice", .fail, noise: true)]), suite: "cafe")
        let figures = try #require(MatrixFigures(value))
        #expect(figures.kills == ["a/one": ["twice"]])
        #expect(figures.suiteData == "cafe")
        #expect(!figures.isWhole)
        #expect(MatrixFigures(["format": "assay-kill-matrix/0"]) == nil)
        var results = SampleRun.results
        let without = HTMLReport.html(results, trace: SampleRun.trace)
        #expect(without.contains("None: no kill matrix of this suite"))
        #expect(without.contains("assay run --matrix proof/kill-matrix.json"))
        #expect(ResultsJSON.value(results)["kill-matrix"] == .null)
        let failed = try #require(results.everyCheck.first { $0.check.verdict == .fail })
        results.killMatrix = MatrixFigures(
            suiteVersion: "1.2", suiteData: nil, isProved: true, isFull: true, isWhole: true, score: "100.0 %",
            counts: figures.counts, areas: figures.areas,
            kills: ["\(failed.scenario)/\(failed.check.check)": ["<twice>"]])
        let with = HTMLReport.html(results, trace: SampleRun.trace)
        #expect(!with.contains("None: no kill matrix of this suite"))
        #expect(with.contains("1 of 2 defects found by the check that is there for them"))
        #expect(with.contains("<dt>Known to find</dt><dd>&lt;twice&gt;</dd>"))
        #expect(ResultsJSON.value(results)["kill-matrix"]?["counts"]?["defects"]?.int == 2)
    }
}

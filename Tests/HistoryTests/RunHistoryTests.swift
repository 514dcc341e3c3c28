// SPDX-License-Identifier: Apache-2.0

import Foundation
import History
import Testing
import Value

@Suite struct RunHistoryTests {
    private func results(_ started: String, _ verdict: String, connector: String = "c 1") -> Value {
        .object([
            "started": .string(started), "suite-version": "1", "deployment": "d", "connector": .string(connector),
            "verdict": verdict == "pass" ? "conformant" : "nonconformant", "seconds": 2,
            "counts": ["scenarios": 1, "checks": 2, "fail": verdict == "fail" ? 1 : 0],
            "scenarios": [
                [
                    "id": "s",
                    "checks": [
                        ["check": "steady", "verdict": "pass"], ["check": "shaky", "verdict": .string(verdict)],
                    ],
                ]
            ],
            "run-checks": [["check": "traffic", "verdict": "not-applicable"]],
        ])
    }

    private func history() throws -> RunHistory {
        try RunHistory(
            file: FileManager.default.temporaryDirectory.appending(path: "history-\(UUID().uuidString).sqlite"))
    }

    @Test func `a run is taken in once and comes back`() throws {
        let history = try history()
        #expect(try history.add(results("2026-11-21T01:00:00Z", "pass"), id: "a", folder: "runs/a"))
        #expect(try !history.add(results("2026-11-21T01:00:00Z", "pass"), id: "a", folder: "runs/a"))
        let runs = try history.runs(last: 10)
        #expect(runs.map(\.folder) == ["runs/a"])
        #expect(runs.first?.verdict == "conformant")
        #expect(runs.first?.checks == 2)
    }

    @Test func `a check that changes its mind flakes, one of another connector does not`() throws {
        let history = try history()
        for (index, verdict) in ["pass", "fail", "pass"].enumerated() {
            _ = try history.add(
                results("2026-11-21T0\(index):00:00Z", verdict), id: "\(index)", folder: "runs/\(index)")
        }
        _ = try history.add(
            results("2026-11-21T05:00:00Z", "fail", connector: "c 2"), id: "x", folder: "runs/x")
        let trends = try history.trends(over: history.runs(last: 10))
        let shaky = try #require(trends.first { $0.name == "s/shaky" })
        #expect(shaky.signs == "✓✗✓✗")
        #expect(shaky.flips == 2)
        #expect(shaky.flakeRate == 1)
        #expect(shaky.failures == 2)
        #expect(trends.first { $0.name == "s/steady" }?.flakeRate == 0)
        #expect(trends.first { $0.name == "run/traffic" }?.signs == "––––")
    }

    @Test func `the latest runs are shown, latest first`() throws {
        let history = try history()
        for index in 0..<5 {
            _ = try history.add(results("2026-11-21T0\(index):00:00Z", "pass"), id: "\(index)", folder: "\(index)")
        }
        #expect(try history.runs(last: 2).map(\.folder) == ["4", "3"])
        #expect(try history.runs(last: 2, deployment: "other") == [])
    }

    @Test func `a file that is no database is said to be none`() throws {
        let file = FileManager.default.temporaryDirectory.appending(path: "no-\(UUID().uuidString).sqlite")
        try Data(String(repeating: "this is no database ", count: 100).utf8).write(to: file)
        #expect(throws: HistoryError.self) { try RunHistory(file: file) }
    }
}

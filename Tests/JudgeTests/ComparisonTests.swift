// SPDX-License-Identifier: Apache-2.0

import Judge
import Testing
import Trace
import Value

/// What the comparison of people's rounds is worth as a verdict.
@Suite struct ComparisonTests {
    private func run(_ policy: String, _ compared: Members?) throws -> CheckResult {
        var run = try RunMaker(
            """
            verifies: {PRI-01: [apart]}
            steps:
              - set: {clock: +1m}
            always:
              - privacy: \(policy)
                between: [ann, bob]
                as: apart
            """)
        run.begin("1")
        run.end("1", "done")
        if let compared { run.add("people.compared", compared) }
        run.finish()
        return try run.check("apart")
    }

    private func compared(_ surfaces: [String], rounds: [Value] = ["ann", "bob", "ann", "bob"]) -> Members {
        [
            "rounds": .array(rounds), "bytes": 900, "tokens": 70, "left": [],
            "dependences": .array(
                surfaces.map {
                    [
                        "person": "ann", "place": "a place", "surface": .string($0), "offset": 3, "length": 64,
                        "chain": ["base64"], "count": 2,
                    ]
                }),
        ]
    }

    @Test func `what depends on the patient fails and names its place`() throws {
        let result = try run("seed-policy", compared(["log:stderr"]))
        #expect(result.verdict == .fail && result.reason == .dependence)
        #expect(result.actual.contains("a place (log:stderr, 64 bytes at byte 3, within base64, and 1 more there)"))
        #expect(try run("seed-policy", compared([])).verdict == .pass)
    }

    @Test func `a policy of what is kept does not judge messages, nor the other way round`() throws {
        #expect(try run("stored", compared(["message:x1:request-body"])).verdict == .pass)
        #expect(try run("passed-on", compared(["log:stderr"])).verdict == .pass)
        #expect(try run("passed-on", compared(["message:x1:request-body"])).verdict == .fail)
    }

    @Test func `rounds that were not compared, too few of them, or not to the end prove nothing`() throws {
        #expect(try run("stored", nil).reason == .notObservable)
        #expect(try run("stored", compared([], rounds: ["ann", "bob", "ann"])).reason == .notObservable)
        var left = compared([])
        left["left"] = ["store could not be read"]
        #expect(try run("stored", left).reason == .notObservable)
    }
}

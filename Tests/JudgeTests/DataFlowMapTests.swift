// SPDX-License-Identifier: Apache-2.0

import Judge
import Testing
import Trace
import Value

@Suite struct DataFlowMapTests {
    private func map(_ hits: [Value], unscanned: Int = 0, dependences: [Value]? = nil) throws -> DataFlowMap {
        var run = try RunMaker(
            """
            verifies: {PRI-01: [held]}
            steps:
              - set: {clock: +1m}
            always:
              - privacy: stored
                as: held
            """)
        run.begin("1")
        run.end("1", "done")
        if let dependences { run.add("people.compared", ["dependences": .array(dependences)]) }
        run.finish()
        run.add(
            "sweep",
            [
                "source": "store", "kind": "database", "bytes": 4096, "control": "found", "hits": .array(hits),
                "unscanned": Value(unscanned), "left": ["store at byte 0: views"],
            ])
        return try #require(run.judge().dataFlows)
    }

    private func hit(_ dataClass: String, from: String, to: String, form: String = "value") -> Value {
        [
            "canary": .string("ann.ehr.\(dataClass)"), "class": .string(dataClass), "person": "ann", "origin": "ehr",
            "surface": "message:x1:request-body", "from": .string(from), "to": .string(to), "chain": ["base64"],
            "form": .string(form), "offset": 3, "level": "reversible",
        ]
    }

    @Test func `flows of one class between two places are one, with their forms and their rule`() throws {
        let map = try map([
            hit("family-name", from: "ehr", to: "connector"),
            hit("family-name", from: "ehr", to: "connector", form: "x"),
            hit("family-name", from: "connector", to: "egress"),
        ])
        #expect(map.flows.count == 2)
        let bad = try #require(map.flows.first)
        #expect(bad.from == "connector" && bad.to == "egress" && !bad.isAllowed && bad.rule.isEmpty)
        #expect(map.flows[1].count == 2 && map.flows[1].isAllowed && map.flows[1].rule == "not-the-connector")
        #expect(map.flows[1].forms == ["value, within base64", "x, within base64"])
        #expect(map.statement.contains("Not to be signed: 1 of 2 flows"))
    }

    @Test func `what was not searched to its end cannot be signed`() throws {
        #expect(try map([], unscanned: 1).statement.contains("Not to be signed: store was not searched to its end"))
        #expect(try !map([]).statement.contains("Not to be signed"))
    }

    @Test func `the sentence says whether patients can be told apart, and is not signed where they can`() throws {
        #expect(try map([]).statement.contains("(PRI-12), was not judged"))
        let judged = try map([], dependences: []).statement
        #expect(judged.contains("told one patient from another") && !judged.contains("Not to be signed"))
        let found: Value = ["person": "ann", "place": "kept in store", "surface": "store:x", "offset": 0, "length": 8]
        #expect(try map([], dependences: [found]).statement.contains("Not to be signed: 1 things"))
    }
}

// SPDX-License-Identifier: Apache-2.0

import Judge
import Testing
import Trace
import Value

@Suite struct RequestTests {
    private static let step = """
        verifies: {SMS-06: [answers], SMS-08: [kept, stored, titled, named]}
        steps:
          - client requests: $(connector.url)/items
            json: {name: x}
            status: 201
            as: answers
            check:
              kept: {json-pointer: /items/1/name, is: {one-of: [x, y]}}
              stored: {header: cache-control, is: {contains: no-store}}
              titled: {xpath: //title}
              named: json.items.count() = 2
        """

    private func answered(_ fields: Members, by party: Party = .connector) throws -> RunMaker {
        var run = try RunMaker(Self.step)
        run.begin("1")
        let exchange = run.exchange(.runner, .connector, "POST", "http://127.0.0.1:1/items", status: 201)
        run.add("request.answered", fields, by: party, exchange: exchange)
        run.end("1", fields["status"] == 201 ? "done" : "failed", reason: "status")
        run.finish()
        return run
    }

    private static let good: Members = [
        "method": "POST", "status": 201, "headers": ["cache-control": "no-store, private"],
        "json": ["items": [["name": "a"], ["name": "x"]]], "text": "<title>Hi</title>",
    ]

    @Test func `an answer as it should be passes every check`() throws {
        let checks = try answered(Self.good).judge().scenarios[0].checks
        #expect(checks.map(\.verdict) == [.pass, .pass, .pass, .pass, .pass])
    }

    @Test func `another status fails its check, and nothing is looked at`() throws {
        var fields = Self.good
        fields["status"] = 500
        let checks = try answered(fields).judge().scenarios[0].checks
        #expect(checks.map(\.verdict) == [.fail, .inconclusive, .inconclusive, .inconclusive, .inconclusive])
        #expect(checks[0].expected == "status 201")
        #expect(checks[0].actual == "status 500")
    }

    @Test func `no answer fails for the connector and is inconclusive for anybody else`() throws {
        let fields: Members = ["method": "POST", "error": "connection refused"]
        let own = try answered(fields).judge().scenarios[0].checks[0]
        #expect(own.verdict == .fail)
        #expect(own.reason == .connectorFailure)
        let other = try answered(fields, by: .egress).judge().scenarios[0].checks[0]
        #expect(other.verdict == .inconclusive)
        #expect(other.reason == .binding)
    }

    @Test func `values that differ are shown beside what was wanted`() throws {
        var fields = Self.good
        fields["headers"] = ["cache-control": "public"]
        fields["json"] = ["items": [["name": "a"], ["name": "z"]]]
        fields["text"] = "<p>Hi</p>"
        let checks = try answered(fields).judge().scenarios[0].checks
        #expect(checks.map(\.verdict) == [.pass, .fail, .fail, .fail, .pass])
        #expect(checks[1].expected == "/items/1/name: x or y")
        #expect(checks[1].actual == "/items/1/name: z")
        #expect(checks[2].actual == "cache-control: public")
        #expect(checks[3].actual == "it is not")
    }
}

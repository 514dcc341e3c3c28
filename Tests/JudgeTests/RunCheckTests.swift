// SPDX-License-Identifier: Apache-2.0

import Judge
import Ledger
import Testing
import Trace
import Value

@Suite struct RunCheckTests {
    private func run(_ body: (inout RunMaker) -> Void) throws -> RunMaker {
        var run = try RunMaker(
            """
            verifies: {SMS-06: [confirmation-sent]}
            steps:
              - expect: sms.sent
                to: ann
                as: confirmation-sent
            """)
        body(&run)
        run.begin("1")
        run.sms(to: "ann")
        run.end("1", "met")
        run.finish()
        return run
    }

    private func check(_ name: String, of results: RunResults) throws -> CheckResult {
        try #require(results.runChecks.first { $0.check == name })
    }

    @Test func `traffic to a stranger fails, to an address that was entered it does not`() throws {
        let stranger = try run {
            $0.add("egress.attempted", ["host": "telemetry.example.net", "port": 80], by: .egress)
        }
        let results = stranger.judge()
        #expect(try check("traffic-only-to-known-parties", of: results).verdict == .fail)
        #expect(results.verdict == .nonconformant)
        let entered = try run {
            $0.add(
                "operation.started",
                ["operation": "add-base-url", "arguments": ["base-url": "https://wrong.example.net/fhir"]])
            $0.add("egress.attempted", ["host": "wrong.example.net", "port": 443], by: .egress)
        }
        #expect(try check("traffic-only-to-known-parties", of: entered.judge()).verdict == .pass)
    }

    @Test(arguments: [
        ("http", "telemetry.vendor.example", CheckVerdict.pass), ("https", "telemetry.vendor.example", .inconclusive),
        ("http", "eu.vault.example", .pass), ("http", "vault.example", .fail), ("http", "other.example", .fail),
    ])
    func `services of the connector's own are no strangers, and what nobody could read stays open`(
        scheme: String, host: String, verdict: CheckVerdict
    ) throws {
        let run = try run {
            $0.add("egress.attempted", ["host": .string(host), "port": 80, "scheme": .string(scheme)], by: .egress)
        }
        let results = run.judge { $0.ownServices = ["telemetry.vendor.example", "*.vault.example"] }
        #expect(try check("traffic-only-to-known-parties", of: results).verdict == verdict)
    }

    @Test func `a message nobody can place fails, unless its address was entered`() throws {
        let url = "http://127.0.0.1:1/r4/nowhere"
        func made(entered: Bool) throws -> RunMaker {
            try run {
                if entered {
                    $0.add("operation.started", ["operation": "add-base-url", "arguments": ["base-url": .string(url)]])
                }
                $0.add(
                    "traffic.unexpected", ["host": "127.0.0.1:1", "method": "GET", "url": .string(url + "/metadata")])
            }
        }
        #expect(try check("traffic-only-to-known-parties", of: made(entered: false).judge()).verdict == .fail)
        #expect(try check("traffic-only-to-known-parties", of: made(entered: true).judge()).verdict == .pass)
    }

    @Test func `an unobserved way out is inconclusive and keeps the run incomplete`() throws {
        let results = try run { _ in }.judge { $0.observesEgress = false }
        #expect(try check("traffic-only-to-known-parties", of: results).reason == .notObservable)
        #expect(results.verdict == .incomplete)
    }

    @Test func `a connector that ends by itself fails`() throws {
        let results = try run { $0.add("connector.exited", ["status": "11", "expected": false]) }.judge()
        #expect(try check("connector-stays-up", of: results).reason == .connectorFailure)
        #expect(results.verdict == .nonconformant)
        let expected = try run { $0.add("connector.exited", ["status": "0", "expected": true]) }.judge()
        #expect(try check("connector-stays-up", of: expected).verdict == .pass)
    }

    @Test func `protocol rules are applied to every exchange and decide their rows`() throws {
        let results = try run {
            _ = $0.exchange(.actor("ann"), .connector, "GET", "http://127.0.0.1:3/j/1", status: 500)
        }.judge()
        let check = try check("protocol.http-server-error", of: results)
        #expect(check.verdict == .fail)
        #expect(check.requirements == ["SEC-08"])
        #expect(check.level == .engineering)
        let profiled = try run {
            _ = $0.exchange(.actor("ann"), .connector, "GET", "http://127.0.0.1:3/j/1", status: 500)
        }
        .judge { $0.profile = "cerner-2022-06" }
        #expect(profiled.verdict == .conformant)
        #expect(profiled.isWarning(try self.check("protocol.http-server-error", of: profiled)))
    }

    @Test func `a required row without a decided check keeps the run incomplete`() throws {
        let results = try run { _ in }.judge { context in
            context.profiles = [
                .init(
                    id: "cerner-2022-06", title: "", vendor: "cerner", edition: "", sources: [],
                    mandatory: ["SMS-06", "PRI-04"],
                    engineering: ["SEC-08"], features: [])
            ]
        }
        #expect(results.verdict == .incomplete)
        #expect(results.requirements.map(\.id) == ["SMS-06", "PRI-04", "SEC-08"])
        #expect(results.requirements[1].verdict == .inconclusive)
        #expect(results.reasons == ["1 requirement of the judged profiles not decided by any check"])
    }

    @Test func `a selection under a profile is incomplete`() throws {
        let results = try run { _ in }.judge {
            $0.profile = "cerner-2022-06"
            $0.isSelection = true
        }
        #expect(results.verdict == .incomplete)
    }

    @Test func `a feature that is not claimed makes its scenario not applicable, and then nothing was judged`() throws {
        var made = try RunMaker(
            """
            verifies: {SMS-06: [confirmation-sent]}
            requires: []
            steps:
              - expect: sms.sent
                as: confirmation-sent
            """)
        made.finish()
        let results = made.judge { $0.planned = [] }
        #expect(results.scenarios.isEmpty)
        #expect(results.verdict == .incomplete)
    }
}

// SPDX-License-Identifier: Apache-2.0

import Judge
import Testing
import Trace
import Value
import World

@Suite struct InvariantTests {
    private func run(
        _ always: String, outcome: String = "completed", _ body: (inout RunMaker) -> Void
    ) throws -> CheckResult {
        var run = try RunMaker(
            """
            verifies: {SMS-10: [held]}
            steps:
              - set: {clock: +1m}
            always:
            \(always)
                as: held
            """)
        run.begin("1")
        body(&run)
        run.end("1", "done")
        run.finish(outcome)
        return try run.check("held")
    }

    @Test func `never is broken by one`() throws {
        let never = "  - never: sms.sent\n    to: bob"
        #expect(try run(never) { $0.sms(to: "ann") }.verdict == .pass)
        let broken = try run(never) { $0.sms(to: "bob") }
        #expect(broken.reason == .forbiddenEvent)
        #expect(broken.evidence.count == 1)
        #expect(try run(never, outcome: "blocked") { $0.sms(to: "ann") }.verdict == .inconclusive)
        #expect(try run(never, outcome: "blocked") { $0.sms(to: "bob") }.verdict == .fail)
    }

    @Test func `counts are exact, also for each value of a field`() throws {
        let once = "  - exactly: 1\n    of: sms.sent\n    to: ann"
        #expect(try run(once) { $0.sms(to: "ann") }.verdict == .pass)
        #expect(try run(once) { _ in }.reason == .wrongCount)
        #expect(
            try run(once) {
                $0.sms(to: "ann"); $0.sms(to: "ann")
            }.reason == .wrongCount)
        let each = "  - exactly: 1\n    of: sms.sent\n    per: to"
        #expect(
            try run(each) {
                $0.sms(to: "ann"); $0.sms(to: "bob")
            }.verdict == .pass)
        let twice = try run(each) {
            $0.sms(to: "ann"); $0.sms(to: "bob"); $0.sms(to: "bob")
        }
        #expect(twice.actual == "2 for bob came")
        #expect(try run(each) { _ in }.verdict == .inconclusive)
    }

    @Test func `order is judged by the place in the record`() throws {
        let order = "  - first: meeting.joined\n    by: dr-ruiz\n    then: {event: lobby.admitted}"
        func joined(_ run: inout RunMaker) { run.add("meeting.joined", ["by": "dr-ruiz"], by: .teams) }
        func admitted(_ run: inout RunMaker) { run.add("lobby.admitted", ["by": "ann"], by: .teams) }
        #expect(
            try run(order) {
                joined(&$0); admitted(&$0)
            }.verdict == .pass)
        #expect(
            try run(order) {
                admitted(&$0); joined(&$0)
            }.reason == .wrongOrder)
        #expect(try run(order) { joined(&$0) }.verdict == .inconclusive)
    }

    @Test func `a response must come in time, and the time must be over`() throws {
        let response = """
              - each: meeting.left
                then: {event: writeback.received, status: disconnected}
                within: 10s
                per: by=attendee
            """.replacing("      -", with: "  -").replacing("        ", with: "    ")
        func left(_ run: inout RunMaker) { run.add("meeting.left", ["by": "ann"], by: .teams) }
        func written(_ run: inout RunMaker, _ who: String) {
            run.add("writeback.received", ["attendee": .string(who), "status": "disconnected"], by: .ehr)
        }
        #expect(
            try run(response) {
                left(&$0); $0.advance(.seconds(9)); written(&$0, "ann")
            }.verdict == .pass)
        #expect(
            try run(response) {
                left(&$0); written(&$0, "bob"); $0.advance(.seconds(60))
            }.reason == .wrongOrder)
        #expect(
            try run(response) {
                left(&$0); $0.advance(.seconds(11)); written(&$0, "ann")
            }.reason == .wrongOrder)
        #expect(
            try run(response) {
                left(&$0); $0.advance(.seconds(5))
            }.reason == .windowOpen)
    }

    @Test func `protocol rules hold over a scenario's messages`() throws {
        let smart = "  - protocol: sms"
        let url = "http://127.0.0.1:2/acs/t/sms"
        let good = #"{"message":"x","smsRecipients":[{"to":"+15550111"}]}"#
        let kept = try run(smart) { _ = $0.exchange(.connector, .sms, "POST", url, body: good, status: 202) }
        #expect(kept.verdict == .pass)
        let broken = try run(smart) {
            _ = $0.exchange(.connector, .sms, "POST", url, body: good.replacing("+1555", with: "555"), status: 202)
        }
        #expect(broken.reason == .protocolViolation)
        #expect(broken.actual.contains("sms-e164"))
    }
}

// SPDX-License-Identifier: Apache-2.0

import Judge
import Testing
import Trace
import Value
import World

/// Every operator over the trace passes, fails, and says where it cannot tell.
@Suite struct TemporalTests {
    /// A run of events by short names: `booked:visit`, `sms:ann`, `left:ann`, `wait:30` (seconds).
    private func judge(_ invariant: String, _ events: String, outcome: String = "completed") throws -> CheckResult {
        var run = try RunMaker(
            """
            verifies: {SMS-10: [held]}
            steps:
              - set: {clock: +1m}
            always:
              - \(invariant)
                as: held
            """)
        run.begin("1")
        for word in events.split(separator: " ") {
            let parts = word.split(separator: ":").map(String.init)
            let value = Value.string(parts.count > 1 ? parts[1] : "")
            switch parts[0] {
            case "booked": run.add("appointment.booked", ["appointment": value], by: .ehr)
            case "cancelled": run.add("appointment.cancelled", ["appointment": value], by: .ehr)
            case "notified": run.add("ehr.notified", ["appointment": value], by: .runner)
            case "launched": run.add("launch.started", ["appointment": value], by: .runner)
            case "sms": run.sms(to: parts[1])
            case "joined": run.add("meeting.joined", ["by": value], by: .teams)
            case "admitted": run.add("lobby.admitted", ["by": value], by: .teams)
            case "waiting": run.add("lobby.entered", ["by": value], by: .teams)
            case "left": run.add("meeting.left", ["by": value], by: .teams)
            case "written": run.add("writeback.received", ["attendee": value, "status": "disconnected"], by: .ehr)
            case "wait": run.advance(.seconds(Int(parts[1]) ?? 0))
            default: Issue.record("no event \(word)")
            }
        }
        run.end("1", "done")
        run.finish(outcome)
        return try run.check("held")
    }

    struct Row: Sendable, CustomTestStringConvertible {
        let invariant: String
        let events: String
        let verdict: CheckVerdict
        var reason: Reason?

        init(_ invariant: String, _ events: String, _ verdict: CheckVerdict, _ reason: Reason? = nil) {
            (self.invariant, self.events, self.verdict, self.reason) = (invariant, events, verdict, reason)
        }

        var testDescription: String { "\(invariant) | \(events)" }
    }

    private static let neverAfter = "never: sms.sent\n    after: appointment.cancelled"
    private static let neverBefore = "never: meeting.joined\n    by: ann\n    before: {event: lobby.admitted, by: ann}"
    private static let neverBetween =
        "never: sms.sent\n    after: appointment.booked\n    before: appointment.cancelled"
    private static let neverPer =
        "never: launch.started\n    after: appointment.cancelled\n    per: appointment"
    private static let exactlyPer =
        "exactly: 1\n    of: ehr.notified\n    after: appointment.booked\n    per: appointment"
    private static let leastBetween =
        "at-least: 2\n    of: sms.sent\n    after: appointment.booked\n    before: meeting.joined"
    private static let mostAfter = "at-most: 1\n    of: sms.sent\n    after: appointment.booked"
    private static let inOrder = "in-order: [lobby.entered, {event: lobby.admitted}, meeting.joined]"
    private static let inOrderPer = inOrder + "\n    per: by"
    private static let respond =
        "each: meeting.left\n    then: {event: writeback.received}\n    within: 10s\n    per: by=attendee"
    private static let order = "first: lobby.admitted\n    then: meeting.joined\n    per: by"

    static let rows: [Row] = [
        Row(neverAfter, "sms:ann cancelled:visit wait:60", .pass),
        Row(neverAfter, "cancelled:visit sms:ann", .fail, .forbiddenEvent),
        Row(neverAfter, "sms:ann", .inconclusive, .missingEvent),

        Row(neverBefore, "waiting:ann admitted:ann joined:ann", .pass),
        Row(neverBefore, "joined:ann admitted:ann", .fail, .forbiddenEvent),
        Row(neverBefore, "joined:ann", .fail, .forbiddenEvent),
        Row(neverBefore, "waiting:ann", .inconclusive, .windowOpen),

        Row(neverBetween, "sms:ann booked:visit cancelled:visit sms:ann", .pass),
        Row(neverBetween, "booked:visit sms:ann cancelled:visit", .fail, .forbiddenEvent),
        Row(neverBetween, "booked:visit wait:9", .inconclusive, .windowOpen),
        Row(neverBetween, "wait:9", .inconclusive, .missingEvent),

        Row(neverPer, "cancelled:visit launched:other", .pass),
        Row(neverPer, "launched:visit cancelled:visit", .pass),
        Row(neverPer, "cancelled:visit launched:visit", .fail, .forbiddenEvent),
        Row(neverPer, "launched:visit", .inconclusive, .missingEvent),

        Row(exactlyPer, "booked:a notified:a booked:b notified:b", .pass),
        Row(exactlyPer, "booked:a notified:a booked:b", .fail, .wrongCount),
        Row(exactlyPer, "booked:a notified:a notified:a", .fail, .wrongCount),
        Row(exactlyPer, "notified:a", .inconclusive, .missingEvent),

        Row(leastBetween, "booked:a sms:ann sms:bob joined:ann", .pass),
        Row(leastBetween, "booked:a sms:ann joined:ann sms:bob", .fail, .wrongCount),
        Row(leastBetween, "booked:a sms:ann", .inconclusive, .windowOpen),

        Row(mostAfter, "sms:ann sms:ann booked:a sms:ann", .pass),
        Row(mostAfter, "booked:a sms:ann sms:bob", .fail, .wrongCount),
        Row(mostAfter, "sms:ann", .inconclusive, .missingEvent),

        Row(inOrder, "waiting:ann admitted:ann joined:ann", .pass),
        Row(inOrder, "admitted:ann waiting:ann joined:ann", .fail, .wrongOrder),
        Row(inOrder, "waiting:ann admitted:ann", .fail, .missingEvent),

        Row(inOrderPer, "waiting:ann waiting:bob admitted:bob joined:bob admitted:ann joined:ann", .pass),
        Row(inOrderPer, "waiting:ann admitted:ann joined:ann joined:bob waiting:bob admitted:bob", .fail, .wrongOrder),
        Row(inOrderPer, "waiting:ann admitted:ann joined:ann waiting:bob admitted:bob", .fail, .missingEvent),
        Row(inOrderPer, "sms:ann", .inconclusive, .missingEvent),

        Row(respond, "left:ann left:bob written:bob wait:5 written:ann wait:60", .pass),
        Row(respond, "left:ann written:bob wait:60", .fail, .wrongOrder),
        Row(respond, "left:ann wait:5", .inconclusive, .windowOpen),
        Row(respond, "written:ann", .inconclusive, .missingEvent),

        Row(order, "admitted:ann joined:ann", .pass),
        Row(order, "admitted:bob joined:ann", .fail, .wrongOrder),
        Row(order, "admitted:ann", .inconclusive, .missingEvent),
    ]

    @Test(arguments: rows) func `an operator decides`(_ row: Row) throws {
        let check = try judge(row.invariant, row.events)
        #expect(check.verdict == row.verdict, "\(check)")
        #expect(check.reason == row.reason)
    }

    @Test(arguments: [neverAfter, exactlyPer, inOrder])
    func `half a life proves nothing good`(_ invariant: String) throws {
        let events = "cancelled:visit booked:a notified:a waiting:ann admitted:ann joined:ann"
        #expect(try judge(invariant, events, outcome: "completed").verdict == .pass)
        #expect(try judge(invariant, events, outcome: "blocked").verdict == .inconclusive)
    }

    @Test func `what is broken says by what, and for whom`() throws {
        let count = try judge(Self.exactlyPer, "booked:a notified:a booked:b")
        #expect(count.actual == "0 for b came")
        #expect(count.expected == "exactly 1 of: ehr.notified after: appointment.booked per: appointment")
        let order = try judge(Self.inOrderPer, "joined:bob waiting:bob admitted:bob")
        #expect(order.message == "meeting.joined (number 3) came before lobby.admitted (number 2) for bob.")
        let missing = try judge(Self.inOrder, "waiting:ann admitted:ann left:ann")
        #expect(missing.nearMisses.first?.contains("meeting.left") ?? false)
    }

    @Test func `what was seen meanwhile is told with an absence`() throws {
        let check = try judge(Self.neverAfter, "cancelled:visit joined:ann joined:bob left:ann")
        #expect(check.message.hasSuffix("Seen meanwhile: meeting.joined 2, meeting.left."))
    }
}

// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing
import Trace
import Value
import World

@testable import ProtocolRules

@Suite struct MicrosoftRuleTests {
    private static let graph = "http://127.0.0.1:2/v1.0/users/1/onlineMeetings"
    private static let sms = "http://127.0.0.1:2/acs/t/sms?api-version=2021-03-07"

    @Test(arguments: [(Party.graph, graph, "graph-retry-after"), (.sms, sms, "sms-retry-after")])
    func `an impatient repetition is seen, another request and one that was told nothing are not`(
        party: Party, url: String, rule: String
    ) {
        let body = #"{"from":"+15550100","message":"m","smsRecipients":[{"to":"+15550111"}]}"#
        var hasty = ExchangeMaker()
        hasty.add(.connector, party, "POST", url, body: body, status: 429, answerHeaders: [("Retry-After", "5")])
        hasty.add(.connector, party, "POST", url, body: body)
        #expect(hasty.broken() == [rule])
        var other = ExchangeMaker()
        other.add(.connector, party, "POST", url, body: body, status: 429, answerHeaders: [("Retry-After", "5")])
        other.add(.connector, party, "GET", url)
        #expect(other.broken() == [])
        var untold = ExchangeMaker()
        untold.add(.connector, party, "POST", url, body: body, status: 429)
        untold.add(.connector, party, "POST", url, body: body)
        #expect(untold.broken() == [])
    }

    @Test func `another person's mail is no repetition`() {
        let mail = "http://127.0.0.1:2/v1.0/users/1/sendMail"
        var maker = ExchangeMaker()
        maker.add(
            .connector, .graph, "POST", mail, body: #"{"message":1}"#, status: 429,
            answerHeaders: [("Retry-After", "5")])
        maker.add(.connector, .graph, "POST", mail, body: #"{"message":2}"#)
        #expect(maker.broken() == [])
        maker.add(.connector, .graph, "POST", mail, body: #"{"message":1}"#)
        #expect(maker.broken() == ["graph-retry-after"])
    }

    @Test func `who waits by the world's clock has waited`() throws {
        var maker = ExchangeMaker()
        maker.add(.connector, .graph, "POST", Self.graph, status: 429, answerHeaders: [("Retry-After", "5")])
        maker.add(.connector, .graph, "POST", Self.graph)
        let events = maker.events.enumerated().map { index, event in
            TraceEvent(
                seq: event.seq, at: event.at, world: event.world,
                clock: Instant(microseconds: index < 2 ? 0 : 6_000_000), cause: event.cause, kind: event.kind,
                party: event.party, exchange: event.exchange, fields: event.fields)
        }
        let exchanges = Exchange.all(in: Trace(header: [:], events: events, bodies: [:], isComplete: true))
        #expect(ProtocolRules.violations(in: exchanges).isEmpty)
    }

    @Test func `a subscription without clientState is advised against`() {
        let url = "http://127.0.0.1:2/beta/subscriptions"
        var bare = ExchangeMaker()
        bare.add(.connector, .graph, "POST", url, body: #"{"resource":"x"}"#, status: 201)
        #expect(bare.broken() == ["graph-client-state"])
        var stated = ExchangeMaker()
        stated.add(.connector, .graph, "POST", url, body: #"{"resource":"x","clientState":"s"}"#, status: 201)
        #expect(stated.broken() == [])
    }

    @Test func `a challenge left alone is seen, one that was answered is not`() {
        func challenged() -> ExchangeMaker {
            var maker = ExchangeMaker()
            maker.add(
                .graph, .connector, "POST", Samples.callback, status: 202,
                facts: [
                    EventDraft(
                        "notification.sent", by: .graph, world: ExchangeMaker.world,
                        ["subscription": "s1", "lifecycle": "reauthorizationRequired", "forged": false])
                ])
            return maker
        }
        #expect(challenged().broken() == ["graph-reauthorization"])
        var answered = challenged()
        answered.add(.connector, .graph, "POST", "http://127.0.0.1:2/beta/subscriptions/s1/reauthorize", status: 204)
        #expect(answered.broken() == [])
    }

    @Test(arguments: [(600, []), (601, ["graph-assertion-lifetime"])])
    func `a client assertion lives ten minutes`(seconds: Int, broken: [String]) {
        var maker = ExchangeMaker()
        maker.add(
            .connector, .entra, "POST", "http://127.0.0.1:2/t/oauth2/v2.0/token",
            facts: [
                EventDraft(
                    "entra.assertion", by: .entra, world: ExchangeMaker.world, ["lifetime": Value(seconds)])
            ])
        #expect(maker.broken() == broken)
    }

    @Test func `sends out of bounds are seen`() {
        func send(_ recipients: Int, _ length: Int) -> [String] {
            let to = Array(repeating: #"{"to":"+15550111"}"#, count: recipients).joined(separator: ",")
            let text = String(repeating: "a", count: length)
            var maker = ExchangeMaker()
            maker.add(
                .connector, .sms, "POST", Self.sms,
                body: #"{"from":"+15550100","message":"\#(text)","smsRecipients":[\#(to)]}"#, status: 202)
            return maker.broken()
        }
        #expect(send(100, 2048) == [] && send(1, 1) == [])
        for (recipients, length) in [(0, 5), (101, 5), (1, 0), (1, 2049)] {
            #expect(send(recipients, length) == ["sms-request-bounds"])
        }
    }

    @Test(arguments: [
        (200, #"{"validationResponse":"C1"}"#, 5, []), (200, "{}", 5, []),
        (202, #"{"validationResponse":"C1"}"#, 5, ["sms-validation-echo"]),
        (200, #"{"validationResponse":"C2"}"#, 5, ["sms-validation-echo"]),
        (200, #"{"validationResponse":"C1"}"#, 30_001, ["sms-validation-echo"]),
    ])
    func `Event Grid's handshake has one right answer`(
        status: Int, answer: String, milliseconds: Int, broken: [String]
    ) {
        var maker = ExchangeMaker()
        maker.add(
            .sms, .connector, "POST", "http://127.0.0.1:3/hooks/sms",
            headers: [("aeg-event-type", "SubscriptionValidation")], body: #"[{"data":{"validationCode":"C1"}}]"#,
            status: status, answerHeaders: [("Content-Type", "application/json")], answer: answer,
            milliseconds: milliseconds)
        #expect(maker.broken() == broken)
    }

    @Test(arguments: [(200, []), (202, []), (400, ["sms-event-accepted"]), (409, ["sms-event-accepted"])])
    func `an event of the gateway is taken`(status: Int, broken: [String]) {
        var maker = ExchangeMaker()
        maker.add(
            .sms, .connector, "POST", "http://127.0.0.1:3/hooks/sms", headers: [("aeg-event-type", "Notification")],
            body: "[]", status: status)
        #expect(maker.broken() == broken)
    }
}

// SPDX-License-Identifier: Apache-2.0

import Foundation
import Judge
import Trace
import Value
import World

/// A small run with everything a report must show: a failure, a warning, blocked checks, hostile text.
enum SampleRun {
    static let hostile =
        "</details><script>alert('x')</script>\u{202E}\u{0007}<img src=x onerror=alert(1)> & \"quoted\""

    static let world = WorldID(rawValue: "w1")
    private static let start = Instant(rfc3339: "2026-11-21T04:00:00Z") ?? Instant(microseconds: 0)

    static var results: RunResults {
        let checks = [
            CheckResult(
                check: "confirmation-sent", requirements: ["SMS-06"], level: .must, verdict: .pass,
                message: "The connector sent ann a text message.", evidence: [9]),
            CheckResult(
                check: "one-join-link", requirements: ["SMS-08"], level: .must, verdict: .fail, reason: .wrongValue,
                message: "The message of the connector has two links.", expected: "links.count() = 1",
                actual: "links = [https://a.example, \(hostile)]",
                nearMisses: ["#9 sms.sent: to is \"bob\", not \"ann\"", hostile], evidence: [9, 7], step: "2"),
            CheckResult(
                check: "retry-kept", requirements: ["SMS-14"], level: .engineering, verdict: .fail,
                reason: .protocolViolation, message: "The connector repeated a send under another id.", evidence: [7]),
            CheckResult(
                check: "waits-in-lobby", requirements: ["PAT-05"], level: .must, verdict: .inconclusive,
                reason: .blocked,
                message: "Blocked by step 3: no page was shown.", step: "4"),
            CheckResult(
                check: "joined", requirements: ["PAT-07"], level: .must, verdict: .inconclusive, reason: .blocked,
                message: "Blocked by step 3: no page was shown.", step: "5"),
        ]
        return RunResults(
            verdict: .nonconformant, reasons: ["1 check of level M failed", "2 checks of level M inconclusive"],
            suiteVersion: "0.1.0", seed: 18_446_744_073_709_551_615, nonce: "n-1", profile: "cerner-2022-06",
            claimedProfiles: ["cerner-2022-06"], deployment: "reference", connector: "reference-connector 0.1 <&>",
            defects: ["sms-two-links"], started: start, seconds: 4.25,
            scenarios: [
                ScenarioResult(
                    id: "cerner-sms-join", title: "A patient joins from the link <in> the text message", world: world,
                    outcome: "blocked", verdict: .fail, checks: checks, firstEvent: 1, lastEvent: 12, seconds: 1.0625),
                ScenarioResult(
                    id: "epic-mychart", title: "A patient joins from MyChart", world: nil, outcome: "not-applicable",
                    verdict: .notApplicable,
                    checks: [
                        CheckResult(
                            check: "joined", requirements: ["PAT-02"], level: .must, verdict: .notApplicable,
                            reason: .notClaimed, message: "The connector does not claim mychart.")
                    ], firstEvent: 0, lastEvent: 0, seconds: 0),
            ],
            requirements: [
                RequirementResult(
                    id: "SMS-08", sentence: "The message carries a link that starts the visit.",
                    sources: ["CR: a page <in> Russian"], level: .must,
                    verdict: .fail, checks: ["cerner-sms-join/one-join-link"], observability: .observed),
                RequirementResult(
                    id: "SMS-14", sentence: "Gateway errors are retried without a second message.", level: .engineering,
                    verdict: .fail, checks: ["cerner-sms-join/retry-kept"], observability: .observed),
                RequirementResult(
                    id: "PAT-07", sentence: "At appointment time the patient can start the visit.", level: .must,
                    verdict: .inconclusive, checks: [], observability: .notObservable),
            ],
            runChecks: [
                CheckResult(
                    check: "traffic-only-to-known-parties", requirements: ["PRI-02"], level: .must, verdict: .pass,
                    message: "All 6 messages of the connector went to known parties.")
            ])
    }

    static var trace: Trace {
        let body = RecordedBody(
            Data(#"{"from":"+15550100","smsRecipients":[{"to":"+15550111"}],"message":"\#(hostile)"}"#.utf8))
        let long = RecordedBody(Data(String(repeating: "long text ", count: 900).utf8))
        let drafts: [EventDraft] = [
            EventDraft("world.opened", by: .runner, world: world, ["scenario": "cerner-sms-join"]),
            EventDraft("step.started", by: .runner, world: world, ["step": "1", "text": "ehr books visit"]),
            EventDraft("appointment.booked", by: .ehr, world: world, ["appointment": "visit", "patient": "ann"]),
            HTTPMessage.request(
                exchange: ExchangeID(rawValue: "x1"), world: world, from: .connector, to: .ehr, method: "GET",
                url: "http://127.0.0.1:1/r4/t/Appointment/1?_format=json",
                headers: [("Accept", "application/fhir+json"), ("X-Evil", hostile)], body: nil),
            HTTPMessage.response(
                exchange: ExchangeID(rawValue: "x1"), world: world, from: .ehr, to: .connector, status: 200,
                headers: [("Content-Type", "application/fhir+json")], body: long, duration: .milliseconds(12)),
            EventDraft("step.started", by: .runner, world: world, ["step": "2", "text": "expect sms.sent to ann"]),
            HTTPMessage.request(
                exchange: ExchangeID(rawValue: "x2"), world: world, from: .connector, to: .sms, method: "POST",
                url: "http://127.0.0.1:2/acs/t/sms?api-version=2021-03-07",
                headers: [("Content-Type", "application/json")],
                body: body),
            HTTPMessage.response(
                exchange: ExchangeID(rawValue: "x2"), world: world, from: .sms, to: .connector, status: 202,
                headers: [],
                body: nil, duration: .milliseconds(3)),
            EventDraft(
                "sms.sent", by: .sms, world: world, exchange: ExchangeID(rawValue: "x2"),
                ["to": "ann", "text": .string(hostile)]),
            HTTPMessage.request(
                exchange: ExchangeID(rawValue: "x3"), world: world, from: .actor("ann"), to: .connector, method: "GET",
                url: "http://127.0.0.1:3/j/abc", headers: [], body: nil),
            EventDraft("step.finished", by: .runner, world: world, ["step": "2", "outcome": "met"]),
            EventDraft("world.closed", by: .runner, world: world),
        ]
        let events = drafts.enumerated().map { index, draft in
            TraceEvent(
                seq: index + 1, at: start + .milliseconds(index * 7), world: draft.world, clock: start,
                cause: "visit.booked",
                kind: draft.kind, party: draft.party, exchange: draft.exchange, fields: draft.fields)
        }
        return Trace(header: ["suite-version": "0.1.0"], events: events, bodies: [:], isComplete: true)
    }
}

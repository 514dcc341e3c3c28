// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport
import Testing

/// Text messages that a connector has Microsoft Graph send (`sms: graph`).
struct GraphTextsTests {
    private func run(
        _ scenarios: [String], _ changes: [(String, String)] = []
    ) async throws -> (BuiltAssay.Ended, RunRecord) {
        try await BuiltAssay.run(scenarios, deployment: GraphTexts.deployment(changes))
    }

    private func fields(_ kind: String, _ record: RunRecord) -> [[String: Any]] {
        record.events(kind).compactMap { $0["fields"] as? [String: Any] }
    }

    private func check(_ id: String, _ record: RunRecord) throws -> RunRecord.Check {
        try #require(record.checks.first { $0.id == id }, "\(id)")
    }

    @Test func `who is written to, when and why is judged; what Microsoft writes is not`() async throws {
        let (ended, record) = try await run([
            "cerner-sms-join", "cerner-sms-reminder", "cerner-sms-moved", "cerner-sms-consent", "cerner-sms-linking",
            "cerner-sms-number", "cerner-sms-numbers", "cerner-link-forwarded", "cerner-forged-forms",
            "cerner-forged-replies", "cerner-sms-daylight-saving",
        ])
        #expect(ended.status == 2, "\(ended)")
        #expect(ended.output.contains("Text messages went through Microsoft Graph"), "\(ended)")
        let open = record.checks.filter { !["pass", "not-applicable"].contains($0.verdict) }
        #expect(open.allSatisfy { $0.reason == "not-observable" }, "\(open)")
        for id in [
            "confirmation-sent", "link-starts-the-visit", "waits-in-lobby", "one-confirmation", "one-reminder",
            "no-reminder-after-cancellation", "reminder-at-an-earlier-time", "nothing-sent-with-one-consent",
            "no-reminder-after-withdrawal", "unlinked-base-sends-nothing", "nobody-is-dialled",
            "stranger-waits-in-lobby", "link-not-sent-again", "after-the-change", "reminder-after-the-change",
        ] { #expect(try check(id, record).verdict == "pass", "\(id)") }
        for id in [
            "one-join-link", "one-click", "same-number-for-both", "number-can-be-requested", "stranger-learns-nothing",
            "forged-stop-changes-nothing", "no-number-bought",
        ] { #expect(try check(id, record).reason == "not-observable", "\(id)") }
    }

    @Test func `trouble strikes Graph, and is retried as with any gateway`() async throws {
        let (ended, record) = try await run(["cerner-sms-retry"])
        #expect(ended.status == 2, "\(ended)")
        let struck = fields("fault.struck", record).compactMap { $0["place"] as? String }
        #expect(struck.contains { $0.contains("sendVirtualAppointment") }, "\(struck)")
        for id in ["sent-after-retry", "waits-as-long-as-asked", "sent-though-put-off", "refusal-taken-for-good"] {
            #expect(try check(id, record).verdict == "pass", "\(id)")
        }
        // Graph takes no id by which it would know an order again.
        #expect(try check("one-message-in-all", record).reason == "not-observable")
    }

    @Test(arguments: [
        ("sms-no-reminder", "cerner-sms-reminder", "reminder-sent"),
        ("sms-without-consent", "cerner-sms-consent", "nothing-sent-without-consent"),
        ("sms-wrong-link", "cerner-live-status", "link-opens-its-own-visit"),
        ("sms-time-in-utc", "cerner-sms-daylight-saving", "after-the-change"),
        ("sms-dials-too-long", "cerner-sms-numbers", "nobody-is-dialled"),
    ])
    func `what stays the connector's own turns red`(defect: String, scenario: String, red: String) async throws {
        let (ended, record) = try await run(
            [scenario], [("\"\(GraphTexts.variant)\"]", "\"\(GraphTexts.variant)\", \"--defect\", \"\(defect)\"]")])
        #expect(ended.status == 1, "\(ended)")
        #expect(record.checks.contains { $0.id == red && $0.verdict == "fail" }, "\(ended)")
    }

    @Test func `a connector that goes another way than its deployment says has sent nothing`() async throws {
        let (ended, record) = try await run(
            ["cerner-sms-join"],
            [("\"\(GraphTexts.variant)\"]", "\"other-order\"]")])
        #expect(ended.status != 0, "\(ended)")
        #expect(record.events("sms.sent").isEmpty)
    }

    @Test func `where Graph was not declared it sends nothing: nobody has Teams Premium`() async throws {
        let (ended, record) = try await run(["cerner-sms-join"], [("\nsms: graph\n", "\n")])
        #expect(ended.status != 0, "\(ended)")
        #expect(record.events("sms.sent").isEmpty)
    }
}

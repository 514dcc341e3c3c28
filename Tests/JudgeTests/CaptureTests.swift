// SPDX-License-Identifier: Apache-2.0

import Foundation
import Judge
import Ledger
import SourceText
import Testing
import Trace
import Value

/// A visit as a proxy before somebody's connector would record it.
@Suite struct CaptureTests {
    private static let base = "https://ehr.example.org/interconnect/api/FHIR/R4"

    private struct Message {
        var method = "GET"
        var url: String
        var headers: [(String, String)] = []
        var body = ""
        var status = 200
        var answer = ""
        var type = "application/json"
    }

    private static let launch = Message(
        url:
            "https://visits.vendor.example/launch?iss=https%3A%2F%2Fehr.example.org%2Finterconnect%2Fapi%2FFHIR%2FR4&launch=abc",
        headers: [("User-Agent", "Mozilla/5.0")], status: 302)
    private static let authorize = Message(
        url: base.replacing("/api/FHIR/R4", with: "/oauth2/authorize")
            + "?response_type=code&client_id=c&redirect_uri=https%3A%2F%2Fvisits.vendor.example%2Fcallback&state=aSufficientlyLongStateValue1&scope=launch&aud=https%3A%2F%2Fehr.example.org%2Finterconnect%2Fapi%2FFHIR%2FR4&code_challenge=abcdefghijklmnopqrstuvwxyzabcdefghijklmnopq&code_challenge_method=S256",
        headers: [("User-Agent", "Mozilla/5.0")], status: 200)
    private static let token = Message(
        method: "POST", url: "https://ehr.example.org/interconnect/oauth2/token",
        headers: [("Content-Type", "application/x-www-form-urlencoded")],
        body:
            "grant_type=authorization_code&code=k0d3&redirect_uri=https%3A%2F%2Fvisits.vendor.example%2Fcallback&code_verifier=abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrst",
        answer: #"{"access_token":"t-1","token_type":"Bearer"}"#)
    private static let patient = Message(
        url: base + "/Patient/eq081-VQEgP8drUUqCWzHfw3", headers: [("Accept", "application/fhir+json")],
        answer:
            #"{"resourceType":"Patient","id":"eq081-VQEgP8drUUqCWzHfw3","name":[{"family":"Lufkinsdottir","given":["Ed"]}],"telecom":[{"system":"phone","value":"+13125550137"}]}"#,
        type: "application/fhir+json")

    private static func meeting(_ subject: String) -> Message {
        Message(
            method: "POST", url: "https://graph.microsoft.com/v1.0/users/x/onlineMeetings",
            headers: [("Content-Type", "application/json")], body: #"{"subject":"\#(subject)"}"#, status: 201,
            answer: "{}")
    }

    private static func har(_ messages: [Message]) throws -> HARFile {
        let entries = messages.enumerated().map { index, message -> Value in
            [
                "startedDateTime": .string("2026-11-21T10:00:\(10 + index).000Z"), "time": 20,
                "request": [
                    "method": .string(message.method), "url": .string(message.url),
                    "headers": .array(
                        message.headers.map { ["name": .string($0.0), "value": .string($0.1)] }),
                    "postData": ["text": .string(message.body)],
                ],
                "response": [
                    "status": Value(message.status),
                    "headers": [["name": "Content-Type", "value": .string(message.type)]],
                    "content": ["size": Value(message.answer.utf8.count), "text": .string(message.answer)],
                ],
            ]
        }
        let file: Value = ["log": ["creator": ["name": "proxy"], "entries": .array(entries)]]
        return try HARReader.read(Data(file.jsonBytes()))
    }

    private static let folder = DataFolder(
        url: URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent())

    private func judge(_ messages: [Message], connector: [String] = []) throws -> (RunResults, CaptureTrace) {
        let capture = CaptureTrace(try Self.har(messages), connector: connector)
        let place = Self.folder.scenarios("policies/seed-policy.yaml")
        let policies = FlowPolicyReader.read([
            SourceFile(path: "seed-policy.yaml", text: try String(contentsOf: place, encoding: .utf8))
        ]).0
        var context = JudgeContext(
            suiteVersion: "0", seed: 0, nonce: "", requirements: try Ledger(dataFolder: Self.folder).requirements)
        context.isCapture = true
        context.isSelection = true
        context.observesEgress = false
        context.planned = []
        context.policies = policies
        return (Judge.judge(trace: capture.trace, scenarios: [], context: context), capture)
    }

    private func verdict(_ check: String, in results: RunResults) -> CheckVerdict? {
        results.runChecks.first { $0.check == check }?.verdict
    }

    @Test func `parties are told apart by names, by FHIR and by where sign-ins lead back to`() throws {
        let file = try Self.har([Self.launch, Self.authorize, Self.token, Self.patient, Self.meeting("Visit")])
        let parties = CaptureParties(file.entries)
        #expect(parties.connector == ["visits.vendor.example"])
        #expect(parties.ehr == ["ehr.example.org"])
        #expect(parties.bases == [Self.base])
        #expect(parties.strangers.isEmpty)
        let told = file.entries.map { parties.parties(of: $0) }.map { "\($0.from)>\($0.to)" }
        #expect(
            told == [
                "actor:browser>connector", "actor:browser>ehr", "connector>ehr", "connector>ehr", "connector>graph",
            ])
    }

    @Test func `what is in order is incomplete, never conformant, and says what it cannot judge`() throws {
        let (results, capture) = try judge([
            Self.launch, Self.authorize, Self.token, Self.patient, Self.meeting("Visit"),
        ])
        let failed = results.runChecks.filter { $0.verdict == .fail }.map { "\($0.check): \($0.actual)" }
        #expect(failed == [])
        #expect(results.verdict == .incomplete)
        #expect(results.reasons.first?.hasPrefix("it is a capture") == true)
        #expect(verdict("protocol.smart-pkce-verifier", in: results) == .pass)
        #expect(verdict("protocol.sms-e164", in: results) == .notApplicable)
        #expect(verdict("privacy.seed-policy", in: results) == .inconclusive)
        #expect(verdict("trace-complete", in: results) == .inconclusive)
        let text = capture.conditions.joined(separator: "\n")
        #expect(text.contains("judged without scenarios"))
        #expect(text.contains("of 1 patient(s); 1 shorter than four characters were left out"))
    }

    @Test func `a patient's name on its way to Microsoft is a leak, with the message that brought it out of the EHR`()
        throws
    {
        let (results, _) = try judge([
            Self.launch, Self.authorize, Self.token, Self.patient, Self.meeting("Visit of Lufkinsdottir"),
        ])
        #expect(results.verdict == .nonconformant)
        let leak = try #require(results.runChecks.first { $0.check == "privacy.seed-policy" })
        #expect(leak.verdict == .fail)
        #expect(leak.actual.contains("family-name of patient-1"))
        #expect(!leak.actual.contains("Lufkinsdottir"), "the value itself is told to nobody")
        #expect(leak.nearMisses.first?.hasPrefix("it left the EHR with h3") == true)
    }

    @Test func `a broken protocol rule fails without any scenario`() throws {
        let (results, _) = try judge([Self.launch, Self.authorize, Self.token, Self.token])
        #expect(verdict("protocol.smart-code-once", in: results) == .fail)
        #expect(results.verdict == .nonconformant)
    }

    @Test func `hosts nobody can place are named, and what goes there is judged by what it holds`() throws {
        var stranger = Self.meeting("Visit of Lufkinsdottir")
        stranger.url = "https://collector.example/v1/log"
        let (results, capture) = try judge([Self.patient, stranger])
        #expect(capture.conditions.contains { $0.contains("hosts nobody can place: collector.example") })
        #expect(verdict("privacy.seed-policy", in: results) == .fail)
        #expect(verdict("traffic-only-to-known-parties", in: results) == .inconclusive)
    }

    @Test func `without anything known of the connector nothing is held against it`() throws {
        let page = Message(
            url: "https://shop.example/", headers: [("User-Agent", "Mozilla/5.0")], status: 500, answer: "ORA-0")
        let (results, capture) = try judge([page])
        #expect(results.runChecks.allSatisfy { $0.verdict != .fail })
        #expect(results.verdict == .incomplete)
        #expect(capture.conditions.contains { $0.hasPrefix("Nothing tells which host is the connector") })
        let (named, _) = try judge([page], connector: ["https://shop.example"])
        #expect(verdict("protocol.http-server-error", in: named) == .fail)
    }
}

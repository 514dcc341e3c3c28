// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport
import Testing

/// The numbers that stand for connected and disconnected are the deployment's word.
struct WritebackChannelTests {
    private func run(
        _ writeback: String, disconnected: String
    ) async throws -> (BuiltAssay.Ended, RunRecord) {
        let folder = try TemporaryFolder()
        let deployment = try StandIn.reference(
            command: nil,
            changes: [
                (
                    "    CONNECTOR_REGION: americas",
                    "    CONNECTOR_REGION: americas\n    CONNECTOR_EPIC_DISCONNECT_VALUE: \"\(disconnected)\""
                ), ("egress: proxy", "egress: proxy\nwriteback: \(writeback)"),
            ], in: folder)
        let ended = try await Turnstile.shared.pass {
            try await BuiltAssay.run(
                ["run", "--only", "epic-writeback", "--deployment", deployment, "--out", "out"], in: folder.url)
        }
        return (ended, RunRecord(folder.url.appending(path: "out")))
    }

    @Test func `another number for disconnected is taken where it is declared`() async throws {
        let (ended, record) = try await run("{values: {connected: 1, disconnected: 0}}", disconnected: "0")
        #expect(ended.status == 0, "\(ended)")
        let codes = record.events("writeback.received").compactMap { ($0["fields"] as? [String: Any])?["code"] as? Int }
        #expect(Set(codes) == [0, 1])
    }

    @Test func `a number that nobody declared is refused`() async throws {
        let (ended, record) = try await run("{values: {connected: 1, disconnected: 0}}", disconnected: "2")
        #expect(ended.status == 1, "\(ended)")
        #expect(
            record.events("writeback.received").contains {
                ($0["fields"] as? [String: Any])?["reason"] as? String == "INVALID-CONNECTION-STATUS"
            })
    }

    // MARK: A channel of the connector's own

    private func engine(
        _ scenarios: [String], _ changes: [(String, String)] = []
    ) async throws -> (BuiltAssay.Ended, RunRecord) {
        try await BuiltAssay.run(scenarios, deployment: InterfaceEngine.deployment(changes))
    }

    private func fields(_ record: RunRecord) -> [[String: Any]] {
        record.events("writeback.received").compactMap { $0["fields"] as? [String: Any] }
    }

    @Test func `attendance that goes to an interface engine is judged by the same checks`() async throws {
        let (ended, record) = try await engine([
            "epic-writeback", "epic-writeback-quality", "epic-writeback-trouble", "epic-writeback-outage",
            "epic-provider-launch", "epic-rejoin", "epic-crash", "epic-token-expiry", "epic-moved-midway",
        ])
        #expect(ended.status == 0, "\(ended)")
        #expect(ended.output.contains("channel of the connector's own (POST /{tenant}/interface/visits/"), "\(ended)")
        #expect(Set(fields(record).compactMap { $0["user-type"] as? String }) == ["provider", "patient"])
    }

    @Test func `a word that is mapped wrongly is named in what failed`() async throws {
        let (ended, record) = try await engine(["epic-writeback"], [("connected: joined", "connected: entered")])
        #expect(ended.status == 1, "\(ended)")
        let failed: RunRecord.Check = try #require(record.checks.first { $0.id == "provider-connect-written" })
        #expect(failed.reason == "missing-event")
        #expect(
            fields(record).contains {
                $0["reason"] as? String
                    == "\"joined\" stands for neither connected nor disconnected (writeback.values)"
            })
        #expect(ended.output.contains("writeback.values"), "\(ended)")
    }

    @Test func `a connector that goes another way than its deployment says has written nothing`() async throws {
        let (ended, record) = try await engine(
            ["epic-writeback"], [("\"--variant\", \"other-writeback\"", "\"--variant\", \"other-order\"")])
        #expect(ended.status == 1, "\(ended)")
        #expect(!fields(record).isEmpty)
        #expect(fields(record).allSatisfy { $0["reason"] as? String == "UNDECLARED-CHANNEL" })
    }

    @Test func `of a channel without roles no role is asked, and the report says so`() async throws {
        let (ended, record) = try await engine(
            ["epic-writeback-quality"],
            [("  role: {json: part}\n", ""), (", provider: clinician, patient: guest", "")])
        #expect(ended.status == 0, "\(ended)")
        #expect(ended.output.contains("which carries no role of attendees"), "\(ended)")
        let judged = Dictionary(record.checks.map { ($0.id, $0.verdict) }, uniquingKeysWith: { first, _ in first })
        #expect(judged["patient-is-said-to-be-one"] == "not-applicable", "\(judged)")
        #expect(judged["provider-is-named"] == "pass", "\(judged)")
    }

    @Test func `a channel that nobody sees leaves its rows open`() async throws {
        let (ended, record) = try await run("none", disconnected: "2")
        #expect(ended.status == 2, "\(ended)")
        #expect(record.checks.contains { $0.reason == "not-observable" }, "\(record.checks)")
        #expect(ended.output.contains("Writeback could not be seen."), "\(ended)")
    }
}

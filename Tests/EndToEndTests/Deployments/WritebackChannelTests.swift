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

    @Test func `a channel that nobody sees leaves its rows open`() async throws {
        let (ended, record) = try await run("none", disconnected: "2")
        #expect(ended.status == 2, "\(ended)")
        #expect(record.checks.contains { $0.reason == "not-observable" }, "\(record.checks)")
        #expect(ended.output.contains("Writeback could not be seen."), "\(ended)")
    }
}

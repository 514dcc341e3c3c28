// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport
import Testing

/// Launches and links that a command or a person follows instead of the harness's browser.
@Suite(.enabled(if: OddPortal.isThere, "python3 is not installed"))
struct BoundVisitTests {
    private func run(
        _ scenario: String, _ binding: String, answers: String = ""
    ) async throws -> (BuiltAssay.Ended, RunRecord, TemporaryFolder) {
        let folder = try TemporaryFolder()
        let deployment = try OddPortal.deployment(
            [("  reset:\n", "  \(binding)\n  reset:\n")], in: folder)
        let ended = try await Turnstile.shared.pass {
            let running = try Running(
                "assay", ["run", OddPortal.scenario(scenario), "--deployment", deployment, "--out", "out"],
                in: folder.url, input: answers)
            return try await running.end(within: .seconds(600))
        }
        return (ended, RunRecord(folder.url.appending(path: "out")), folder)
    }

    private static let browser =
        BuiltAssay.project.appending(path: "Tests/Fixtures/Deployments/open.py").path

    private func fields(_ kind: String, _ record: RunRecord) throws -> [String: Any] {
        try #require(record.events(kind).first?["fields"] as? [String: Any])
    }

    @Test func `a command opens a link, and what it met is judged by what was seen`() async throws {
        let (ended, record, _) = try await run(
            "opened-link",
            "open-link: {external: {command: [python3, \"\(Self.browser)\", page]}, accepted: {status: 404}}")
        #expect(ended.status == 0, "\(ended)")
        let end = try fields("link.opened", record)
        #expect(end["outcome"] as? String == "page")
        #expect(end["status"] as? Int == 404)
        #expect(end["observability"] as? String == "observed")
    }

    @Test func `a command says where a launch ended, and its word is attested`() async throws {
        let (ended, record, _) = try await run(
            "launch", "launch: {external: {command: [python3, \"\(Self.browser)\", handoff]}}")
        // The scenario wants the meeting.
        #expect(ended.status == 1, "\(ended)")
        let end = try fields("launch.finished", record)
        #expect(end["outcome"] as? String == "handoff")
        #expect(end["observability"] as? String == "attested")
        #expect((end["url"] as? String)?.contains("/powerchart/launch") == true, "\(end)")
    }

    @Test func `a word that is no end is the binding's fault`() async throws {
        let (ended, record, _) = try await run(
            "launch", "launch: {external: {command: [python3, \"\(Self.browser)\", nowhere]}}")
        #expect(ended.status == 2, "\(ended)")
        #expect(record.checks.contains { $0.id == "in-the-meeting" && $0.reason == "binding" }, "\(record.checks)")
        #expect(ended.output.contains("nowhere"), "\(ended)")
    }

    @Test func `a person launches, and their word closes no row that must be seen`() async throws {
        let (ended, record, _) = try await run(
            "launch", "launch: {human: {ask: \"Open $(url) as the $(entry) does.\", within: 10m}}", answers: "y\n")
        #expect(ended.output.contains("Please act as dr-ruiz: Open http://127.0.0.1:"), "\(ended)")
        #expect(ended.output.contains("as the powerchart does."), "\(ended)")
        #expect(record.checks.contains { $0.id == "in-the-meeting" && $0.verdict == "pass" }, "\(record.checks)")
        #expect(ended.status == 2, "\(ended)")
    }
}

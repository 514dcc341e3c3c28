// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport
import Testing

/// A run in two sittings: what took too long in the first is waited for in the second.
@Suite(.enabled(if: OddPortal.isThere, "python3 is not installed"))
struct ResumeTests {
    private func run(_ arguments: [String], in folder: TemporaryFolder) async throws -> BuiltAssay.Ended {
        try await Turnstile.shared.pass {
            try await BuiltAssay.run(
                ["run", OddPortal.scenario("text-message"), OddPortal.scenario("seven-seconds")] + arguments
                    + ["--deployment", OddPortal.deployment], in: folder.url)
        }
    }

    private func started(_ record: RunRecord) -> [String] {
        record.events("scenario.started").compactMap { ($0["fields"] as? [String: Any])?["scenario"] as? String }
    }

    @Test func `what a first sitting could not wait for a second one settles`() async throws {
        let folder = try TemporaryFolder()
        let first = try await run(["--out", "first"], in: folder)
        #expect(first.status == 2, "\(first)")
        #expect(first.output.contains("could not be closed"), "\(first)")

        let second = try await run(["--resume", "first", "--longest-wait", "1h", "--out", "second"], in: folder)
        #expect(second.status == 0, "\(second)")
        #expect(second.errors.contains("Taking up 1 scenarios of first."), "\(second)")
        let record = RunRecord(folder.url.appending(path: "second"))
        // One of the first sitting, one of the second, each once.
        #expect(started(record).sorted() == ["seven-seconds", "text-message"])
        #expect(record.checks.contains { $0.id == "nothing-without-a-booking" && $0.verdict == "pass" })
        #expect(record.checks.contains { $0.id == "message-comes" && $0.verdict == "pass" })
        #expect(second.output.contains("run in a later sitting"), "\(second)")
        #expect(record.hasFooter)

        // The joined record is a record like any other.
        let judged = try await Turnstile.shared.pass {
            try await BuiltAssay.run(
                [
                    "judge", "second", "--scenarios", OddPortal.scenario("text-message"),
                    OddPortal.scenario("seven-seconds"),
                ], in: folder.url)
        }
        #expect(judged.status == 0, "\(judged)")
        #expect(judged.lastLine.hasPrefix("verdict: conformant"), "\(judged)")

        let third = try await run(["--resume", "second", "--out", "third"], in: folder)
        #expect(third.status == 3, "\(third)")
        #expect(third.errors.contains("left nothing open"), "\(third)")
    }

    @Test func `a run of another deployment is not taken up, nor one that was cut off`() async throws {
        let folder = try TemporaryFolder()
        _ = try await run(["--out", "first"], in: folder)
        let other = try OddPortal.deployment([("id: odd-portal", "id: other-portal")], in: folder)
        let ended = try await Turnstile.shared.pass {
            try await BuiltAssay.run(
                [
                    "run", OddPortal.scenario("text-message"), OddPortal.scenario("seven-seconds"), "--resume", "first",
                    "--deployment", other,
                ], in: folder.url)
        }
        #expect(ended.status == 3, "\(ended)")
        #expect(ended.errors.contains("is of the deployment odd-portal"), "\(ended)")

        let trace = folder.url.appending(path: "first/trace.ndjson")
        let lines = try String(contentsOf: trace, encoding: .utf8).split(separator: "\n")
        try Data((lines.dropLast().joined(separator: "\n") + "\n").utf8).write(to: trace)
        let cut = try await run(["--resume", "first"], in: folder)
        #expect(cut.status == 3, "\(cut)")
        #expect(cut.errors.contains("cut off"), "\(cut)")
    }

    @Test func `what would ask for something else does not go with it`() async throws {
        let folder = try TemporaryFolder()
        for more in [["--only", "text-message"], ["--profile", "cerner-2022-06"], ["--longest-wait", "soon"]] {
            let ended = try await run(["--resume", "first"] + more, in: folder)
            #expect(ended.status == 64, "\(ended)")
        }
    }
}

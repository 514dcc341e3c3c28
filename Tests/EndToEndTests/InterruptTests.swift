// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport
import Testing

/// Ctrl-C, SIGTERM and `kill -9`: the record stays, no process does.
struct InterruptTests {
    @Test(arguments: [SIGINT, SIGTERM])
    func `an interrupted run keeps its record and is incomplete`(signal: Int32) async throws {
        let folder = try TemporaryFolder()
        let ended = try await Turnstile.shared.pass {
            let running = try Running("assay", ["run", "--out", "out", "--jobs", "2"], in: folder.url)
            try await running.prints { $0.contains("[1/") }
            running.signal(signal)
            return try await running.end()
        }
        #expect(ended.status == 2, "\(ended)")
        #expect(ended.lastLine.hasPrefix("verdict: incomplete ("), "\(ended)")
        #expect(ended.errors.contains("what was recorded is kept"), "\(ended)")
        let record = RunRecord(folder.url.appending(path: "out"))
        #expect(record.hasFooter)
        #expect(record.has("report.html"))
        // What was cut short blames nobody.
        #expect(record.checks.filter { $0.verdict == "fail" || $0.verdict == "error" } == [])
        #expect(try await folder.remainingProcesses() == [])
    }

    @Test func `Ctrl-C while the connector starts ends the wait`() async throws {
        let folder = try TemporaryFolder()
        let deployment = try StandIn.deployment(script: "exec sleep 600", bounds: ["ready-within: 10m"], in: folder)
        let running = try Running("assay", ["run", "--deployment", deployment, "--out", "out"], in: folder.url)
        try await running.prints { $0.contains("Starting the connector") }
        running.signal(SIGINT)
        let ended = try await running.end()
        #expect(ended.status == 2, "\(ended)")
        #expect(ended.lastLine.hasPrefix("verdict: incomplete ("), "\(ended)")
        #expect(try await folder.remainingProcesses() == [])
    }

    @Test func `a second Ctrl-C ends at once`() async throws {
        let folder = try TemporaryFolder()
        // A connector that cannot be ended by asking, and is asked for ten minutes.
        let deployment = try StandIn.deployment(
            script: "trap '' TERM; while :; do sleep 0.1; done", bounds: ["ready-within: 10m", "stop-within: 10m"],
            in: folder)
        let running = try Running("assay", ["run", "--deployment", deployment, "--out", "out"], in: folder.url)
        try await running.prints { $0.contains("Starting the connector") }
        running.signal(SIGINT)
        running.signal(SIGINT)
        let ended = try await running.end()
        #expect(ended.status == 2, "\(ended)")
        #expect(ended.lastLine.hasPrefix("verdict: incomplete ("), "\(ended)")
        #expect(try await folder.remainingProcesses() == [])
    }

    @Test func `kill -9 of assay leaves the trace and no process`() async throws {
        let folder = try TemporaryFolder()
        let ended = try await Turnstile.shared.pass {
            let running = try Running("assay", ["run", "--out", "out", "--jobs", "2"], in: folder.url)
            try await running.prints { $0.contains("[1/") }
            running.signal(SIGKILL)
            return try await running.end()
        }
        #expect(ended.status == -SIGKILL)
        let record = RunRecord(folder.url.appending(path: "out"))
        #expect(record.events("scenario.finished").count >= 1)
        #expect(!record.hasFooter)
        #expect(try await folder.remainingProcesses() == [])
    }

    /// `make soak` does it fifty times (`Scripts/soak-kill.sh`).
    @Test(arguments: [0, 1, 2, 3, 4])
    func `kill -9 at any moment leaves a record that is judged incomplete, and no process`(moment: Int) async throws {
        let folder = try TemporaryFolder()
        // By what it has printed, not by the clock: the same moment on every machine.
        let signs = ["Starting the connector", "[1/", "[3/", "[6/", "[9/"]
        let ended = try await Turnstile.shared.pass {
            let running = try Running("assay", ["run", "--out", "out", "--jobs", "2"], in: folder.url)
            try await running.prints { $0.contains(signs[moment]) }
            running.signal(SIGKILL)
            return try await running.end()
        }
        #expect(try await folder.remainingProcesses() == [])
        let record = RunRecord(folder.url.appending(path: "out"))
        guard ended.status == -SIGKILL else {
            // A busy machine woke the test when the run was over: then it is whole, and nothing less.
            #expect(ended.status == 0 && record.hasFooter, "\(ended)")
            return
        }
        // Behind the footer the run itself was over, and its reports were being written.
        guard !record.hasFooter else { return }
        #expect(record.results == nil, "nothing is reported")
        let again = try await BuiltAssay.run(["judge", "out"], in: folder.url)
        #expect(again.status == 2, "\(again)")
        #expect(again.lastLine.hasPrefix("verdict: incomplete ("), "\(again)")
    }

    @Test func `kill -9 of the supervisor takes the connector with it, and the run says so`() async throws {
        let folder = try TemporaryFolder()
        let ended = try await Turnstile.shared.pass {
            let running = try Running("assay", ["run", "--out", "out", "--jobs", "2"], in: folder.url)
            try await running.prints { $0.contains("[1/") }
            for pid in folder.supervisors { kill(pid, SIGKILL) }
            return try await running.end()
        }
        #expect(ended.status == 1, "\(ended)")
        #expect(ended.output.contains("The connector ended by itself"), "\(ended)")
        #expect(try await folder.remainingProcesses() == [])
    }
}

// SPDX-License-Identifier: Apache-2.0

import Connector
import Foundation
import Testing
import Value
import World

struct ProcessTests {
    private func shell(_ script: String, within limit: Duration = .seconds(600)) -> ConnectorProcess.Launch {
        ConnectorProcess.Launch(
            command: ["sh", "-c", script], environment: ["GREETING": "hello"], readyWithin: limit,
            stopWithin: .milliseconds(200))
    }

    private func folder() throws -> URL {
        let url = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
        return url
    }

    private func isAlive(_ pid: Int) -> Bool { kill(pid_t(pid), 0) == 0 }

    @Test func `a ready line tells URL and version, and what it prints is kept`() async throws {
        let logs = try folder()
        let process = try await ConnectorProcess.start(
            shell(
                #"echo noise; echo $GREETING >&2; echo '{"event":"ready","url":"http://127.0.0.1:5/","version":"1.2"}'; cat"#
            ),
            logs: logs)
        #expect(process.url == "http://127.0.0.1:5")
        #expect(process.version == "1.2")
        #expect(process.status == nil)
        let status = await process.stop()
        #expect(status == .signalled(SIGTERM))
        #expect(process.errors.tail == "hello\n")
        let kept = try String(contentsOf: logs.appendingPathComponent("connector.stdout"), encoding: .utf8)
        #expect(kept.hasPrefix("noise\n{"))
    }

    @Test func `what ignores SIGTERM is killed, with everything it started`() async throws {
        let process = try await ConnectorProcess.start(
            shell(
                #"trap '' TERM; sleep 300 & echo "{\"event\":\"ready\",\"url\":\"http://h\",\"child\":$!}"; while :; do sleep 1; done"#
            ),
            logs: nil)
        let child = try #require(process.readyLine["child"]?.int)
        #expect(isAlive(child))
        #expect(await process.stop() == .signalled(SIGKILL))
        // Dying takes the kernel a moment, and a dead grandchild is a zombie until init takes it.
        func isRunning() -> Bool {
            let state = (try? String(contentsOfFile: "/proc/\(child)/stat", encoding: .utf8))?.split(separator: " ")
            return state.map { $0[2] != "Z" && $0[2] != "X" } ?? false
        }
        let deadline = ContinuousClock.now + .seconds(300)
        while isRunning(), ContinuousClock.now < deadline { await Task.yield() }
        #expect(!isRunning())
    }

    @Test func `a connector that ends or stays silent before it is ready says so`() async throws {
        await #expect { _ = try await ConnectorProcess.start(shell("echo broken >&2; exit 3"), logs: nil) } throws: {
            "\($0)".contains("exit code 3") && "\($0)".contains("broken")
        }
        await #expect {
            _ = try await ConnectorProcess.start(shell("exec sleep 300", within: .milliseconds(100)), logs: nil)
        } throws: {
            "\($0)".contains("not ready within")
        }
        await #expect {
            _ = try await ConnectorProcess.start(.init(command: ["/does/not/exist"]), logs: nil)
        } throws: {
            "\($0)".contains("could not be started")
        }
    }

    @Test func `a crash is seen`() async throws {
        let process = try await ConnectorProcess.start(
            shell(#"echo '{"event":"ready","url":"http://h"}'; read line; exit 7"#), logs: nil)
        async let end = process.end()
        process.signal(SIGKILL)
        #expect(await end == .signalled(SIGKILL))
    }

    @Test func `a command's output and its bound`() async throws {
        let result = try await CommandRunner.run(["sh", "-c", "cat; echo out; exit 2"], within: .seconds(600))
        #expect(result.status == .exited(2))
        #expect(String(decoding: result.output, as: UTF8.self) == "out\n")
        await #expect(throws: ProcessError.self) {
            try await CommandRunner.run(["sleep", "300"], within: .milliseconds(50))
        }
        let placed = try await CommandRunner.run(["pwd"], directory: "/", within: .seconds(600))
        #expect(String(decoding: placed.output, as: UTF8.self) == "/\n")
    }

    @Test func `a clock that is a command is read and moved`() async throws {
        let file = try folder().appendingPathComponent("clock")
        let call = { (text: String) in ClockSettings.ClockCall.command(["sh", "-c", text].map { Template($0) }) }
        let settings = try #require(
            Self.settings(read: call("cat \(file.path)"), advance: call("echo '{\"now\":\"$(to)\",\"pending\":0}'")))
        try #"{"now":"2026-01-01T00:00:00Z","next":"2026-01-01T00:05:00Z","pending":2}"#
            .write(to: file, atomically: true, encoding: .utf8)
        let clock = ClockBinding(settings)
        let state = try await clock.read([:])
        #expect(state.pending == 2)
        let next = try #require(state.next)
        #expect(try await clock.advance(to: next, [:]) == ClockState(now: next, next: nil, pending: 0))
        await #expect(throws: ClockError.self) {
            try await ClockBinding(
                try #require(
                    Self.settings(read: call("true"), advance: call("echo '{\"now\":\"2020-01-01T00:00:00Z\"}'")))
            ).advance(to: next, [:])
        }
    }

    @Test func `a clock of whole seconds is there within the second it was moved to`() async throws {
        let moved = { (now: String) in
            let clock = ClockSettings.ClockCall.command(
                ["sh", "-c", "echo '{\"now\":\"\(now)\"}'"].map { Template($0) })
            return ClockBinding(try #require(Self.settings(read: clock, advance: clock)))
        }
        let target = try #require(Instant(rfc3339: "2026-01-01T00:05:07.239Z"))
        _ = try await moved("2026-01-01T00:05:07Z").advance(to: target, [:])
        await #expect(throws: ClockError.self) {
            _ = try await moved("2026-01-01T00:05:06Z").advance(to: target, [:])
        }
    }

    private static func settings(
        read: ClockSettings.ClockCall, advance: ClockSettings.ClockCall
    ) -> ClockSettings? {
        ClockSettings(mode: .command, scope: .process, read: read, advance: advance, settle: nil)
    }
}

// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport
import Testing

/// Connectors that never start, die or hang: never green, told who did what, the record kept, nothing left behind.
struct BrokenConnectorTests {
    private let one = "cerner-portal-sign-in"

    @Test(arguments: [
        ("exit 3", "ended before it was ready: exit code 3"),
        ("echo 'cannot bind' >&2; exit 1", "cannot bind"),
        ("while :; do echo noise; sleep 0.05; done", "was not ready within"),
        ("echo '{\"event\":\"ready\"}'; exec sleep 600", "was not ready within"),
        ("exec sleep 600", "was not ready within"),
        ("head -c 300000 /dev/urandom; exec sleep 600", "was not ready within"),
    ])
    func `a connector that never gets ready is no verdict, and says why`(script: String, message: String) async throws {
        let folder = try TemporaryFolder()
        let deployment = try StandIn.deployment(script: script, bounds: ["ready-within: 2s"], in: folder)
        let ended = try await assay(["run", "--only", one, "--deployment", deployment, "--out", "out"], in: folder)
        #expect(ended.status == 3, "\(ended)")
        #expect(ended.errors.contains("The connector did not come up"), "\(ended)")
        #expect(ended.errors.contains(message), "\(ended)")
        let record = RunRecord(folder.url.appending(path: "out"))
        #expect(record.hasFooter)
        #expect(record.events("connector.exited").count == 1)
        #expect(try await folder.remainingProcesses() == [])
    }

    @Test func `a command that does not exist is named`() async throws {
        let folder = try TemporaryFolder()
        let deployment = try StandIn.reference(command: ["/no/such/connector"], in: folder)
        let ended = try await assay(["run", "--only", one, "--deployment", deployment, "--out", "out"], in: folder)
        #expect(ended.status == 3, "\(ended)")
        #expect(ended.errors.contains("/no/such/connector"), "\(ended)")
    }

    @Test func `a connector that takes connections and never answers is asked once, not by every scenario`()
        async throws
    {
        let folder = try TemporaryFolder()
        let port = try SilentPort()
        let deployment = try StandIn.deployment(
            script: "echo \"{\\\"event\\\":\\\"ready\\\",\\\"url\\\":\\\"http://127.0.0.1:$1\\\"}\"; exec sleep 600",
            arguments: ["\(port.port)"], in: folder)
        let ended = try await Turnstile.shared.pass {
            try await BuiltAssay.run(["run", "--deployment", deployment, "--out", "out"], in: folder.url)
        }
        #expect(ended.status == 2, "\(ended)")
        #expect(ended.lastLine.hasPrefix("verdict: incomplete ("), "\(ended)")
        #expect(ended.output.contains("the connector's clock does not answer"), "\(ended)")
        // Those that begin together may each ask; there are some sixty scenarios.
        #expect(port.connections() <= 16)
        #expect(RunRecord(folder.url.appending(path: "out")).hasFooter)
        #expect(try await folder.remainingProcesses() == [])
    }

    @Test func `a connector that dies mid-run fails, and the rest is over at once`() async throws {
        let folder = try TemporaryFolder()
        let ended = try await Turnstile.shared.pass {
            let running = try Running("assay", ["run", "--out", "out", "--jobs", "2"], in: folder.url)
            try await running.prints { $0.contains("[2/") }
            for pid in folder.connectors(of: "shared") { kill(pid, SIGKILL) }
            return try await running.end()
        }
        #expect(ended.status == 1, "\(ended)")
        #expect(ended.output.contains("The connector ended by itself"), "\(ended)")
        // Its number and what ended it stand in what the blocked scenarios say.
        #expect(ended.output.contains(#/connector's process \d+ ended by itself/#), "\(ended)")
        let record = RunRecord(folder.url.appending(path: "out"))
        #expect(record.hasFooter)
        #expect(
            record.events("connector.exited").contains {
                ($0["fields"] as? [String: Any])?["expected"] as? Bool == false
            })
        #expect(try await folder.remainingProcesses() == [])
    }

    @Test func `a connector that hangs mid-run is given up in bounded time`() async throws {
        let folder = try TemporaryFolder()
        let ended = try await Turnstile.shared.pass {
            let running = try Running("assay", ["run", "--out", "out", "--jobs", "2"], in: folder.url)
            try await running.prints { $0.contains("[2/") }
            for pid in folder.connectors(of: "shared") { kill(pid, SIGSTOP) }
            return try await running.end()
        }
        #expect([1, 2].contains(ended.status), "\(ended)")
        #expect(ended.output.contains("does not answer"), "\(ended)")
        #expect(RunRecord(folder.url.appending(path: "out")).hasFooter)
        #expect(try await folder.remainingProcesses() == [])
    }
}

extension TemporaryFolder {
    /// The connector's own process, without the supervisor before it.
    func connectors(of instance: String) -> [Int32] {
        processes.filter { pid in
            let command = (try? Data(contentsOf: URL(fileURLWithPath: "/proc/\(pid)/cmdline"))) ?? Data()
            let words = command.split(separator: 0).map { String(decoding: $0, as: UTF8.self) }
            return words.first?.hasSuffix("/reference-connector") == true
                && words.contains { $0.hasSuffix("connector/\(instance)") }
        }
    }

    /// The `assay supervise` processes.
    var supervisors: [Int32] {
        processes.filter { pid in
            let command = (try? Data(contentsOf: URL(fileURLWithPath: "/proc/\(pid)/cmdline"))) ?? Data()
            return command.split(separator: 0).dropFirst().first.map { String(decoding: $0, as: UTF8.self) }
                == "supervise"
        }
    }
}

// SPDX-License-Identifier: Apache-2.0

import Connector
import Foundation
import TestSupport
import Testing

/// A connector in a network of its own: it gets to the mocks, and nowhere else unseen.
@Suite(.enabled(if: OddPortal.isThere, "python3 is not installed"))
struct IsolatedNetworkTests {
    private func run(
        _ changes: [(String, String)], in folder: TemporaryFolder
    ) async throws -> (BuiltAssay.Ended, RunRecord) {
        // Nothing tells this portal of a proxy: in a network of its own that changes nothing.
        let deployment = try OddPortal.deployment(
            [
                ("egress: proxy", "egress: namespace"),
                ("    HTTP_PROXY: $(mocks.egress)\n    no_proxy: 127.0.0.1\n", ""),
            ]
                + changes, in: folder)
        let ended = try await Turnstile.shared.pass {
            try await BuiltAssay.run(
                ["run", "--only", "cerner-portal-sign-in", "--deployment", deployment, "--out", "out"], in: folder.url)
        }
        return (ended, RunRecord(folder.url.appending(path: "out")))
    }

    @Test func `a connector of its own network is reached, and reaches the mocks`() async throws {
        if await IsolatedNetwork.trouble() != nil { return try await isRefused() }
        let folder = try TemporaryFolder()
        let (ended, record) = try await run([], in: folder)
        #expect(ended.status == 0, "\(ended)")
        #expect(record.events("egress.attempted").isEmpty)
        #expect(record.checks.contains { $0.id == "traffic-only-to-known-parties" && $0.verdict == "pass" })
        #expect(try await folder.remainingProcesses() == [])
    }

    @Test func `whatever it tries beside the mocks is seen, also what goes round every proxy`() async throws {
        if await IsolatedNetwork.trouble() != nil { return }
        let folder = try TemporaryFolder()
        let portal = try String(contentsOf: OddPortal.folder.appending(path: "portal.py"), encoding: .utf8)
        let attempts = """
            import socket, ssl
            def attempt(what):
                try: what()
                except Exception: pass
            def hello():
                with socket.create_connection(("198.51.100.7", 443), timeout=20) as raw:
                    ssl.create_default_context().wrap_socket(raw, server_hostname="quiet.example")
            attempt(lambda: urllib.request.urlopen("http://tracker.example/pixel?for=ann", timeout=20))
            attempt(lambda: socket.create_connection(("mail.example", 25), timeout=20))
            attempt(hello)
            attempt(lambda: socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b"log", ("203.0.113.9", 514)))

            """
        let talkative = try folder.write(
            portal.replacing("PLACE = f\"http", with: attempts + "PLACE = f\"http"), to: "portal.py")
        let (ended, record) = try await run([("\(OddPortal.folder.path)/portal.py", talkative.path)], in: folder)
        #expect(ended.status == 1, "\(ended)")
        let seen = Set(
            record.events("egress.attempted").compactMap { event -> String? in
                guard let fields = event["fields"] as? [String: Any], let host = fields["host"] as? String else {
                    return nil
                }
                return "\(fields["scheme"] ?? "") \(host) \(fields["port"] ?? "") \(fields["url"] ?? "")"
            })
        for attempt in [
            "http tracker.example 80 http://tracker.example/pixel?for=ann", "dns tracker.example 53 ",
            "https mail.example 25 ", "https quiet.example 443 ", "udp 203.0.113.9 514 ",
        ] {
            #expect(seen.contains(attempt), "\(attempt): \(seen.sorted())")
        }
        #expect(record.checks.contains { $0.id == "traffic-only-to-known-parties" && $0.verdict == "fail" })
    }

    @Test func `a connector that takes any port is reached too`() async throws {
        if await IsolatedNetwork.trouble() != nil { return }
        let folder = try TemporaryFolder()
        let (ended, _) = try await run([("ODD_PORT: $(port)", "ODD_PORT: \"0\"")], in: folder)
        #expect(ended.status == 0, "\(ended)")
    }

    /// Where the machine gives nobody a network of its own, the run says so and judges nothing.
    private func isRefused() async throws {
        let folder = try TemporaryFolder()
        let (ended, _) = try await run([], in: folder)
        #expect(ended.status == 3, "\(ended)")
        #expect(ended.errors.contains("egress namespace"), "\(ended)")
        #expect(ended.errors.contains("egress: proxy"), "\(ended)")
    }
}

// SPDX-License-Identifier: Apache-2.0

import Foundation
import MockKit
import TestSupport
import Testing

/// How the mocks are offered, and how a connector is reached: a small stand-in for each way.
@Suite(.enabled(if: OddPortal.isThere, "python3 is not installed"))
struct SurroundingsTests {
    private func run(
        _ arguments: [String], _ deployment: String, in folder: TemporaryFolder
    ) async throws -> (BuiltAssay.Ended, RunRecord) {
        let ended = try await Turnstile.shared.pass {
            try await BuiltAssay.run(
                ["run"] + arguments + ["--deployment", deployment, "--out", "out"], in: folder.url)
        }
        return (ended, RunRecord(folder.url.appending(path: "out")))
    }

    /// A port that was free a moment ago.
    private func freePort() throws -> Int { try SilentPort().port }

    /// Base URLs as the connector listed them.
    private func requests(_ record: RunRecord) -> [String] {
        record.events("http.request").compactMap { ($0["fields"] as? [String: Any])?["url"] as? String }
    }

    /// The portal driven by the harness's own browser alone.
    private func steps(
        _ changes: [(String, String)] = [], more: String = "", in folder: TemporaryFolder
    ) throws -> String {
        let file = try OddPortal.deployment(changes, in: folder)
        var text = try String(contentsOfFile: file, encoding: .utf8)
        let start = try #require(text.range(of: "  list-base-urls:\n"))
        let end = try #require(text.range(of: "  ehr.notify:\n"))
        func binding(_ name: String, _ ask: String) -> String {
            // The portal's ticket is its OAuth state: another one for each sign-in.
            let ticket = "$(actor)-$(world)-\(name)"
            return "  \(name):\n    steps:\n      - open: \"$(connector)/in?ticket=\(ticket)\"\n"
                + "      - request: {url: \"$(connector)/do\", json: {ticket: \"\(ticket)\", \(ask)}}\n"
                + "    accepted: {json: ok}\n    refused: {status: 200}\n"
        }
        text.replaceSubrange(
            start.lowerBound..<end.lowerBound,
            with: binding("list-base-urls", "verb: list") + "    read: {bases: {json: bases}}\n"
                + binding("add-base-url", "verb: add, url: $(base-url), kind: $(environment)"))
        return try folder.write(text + more, to: "steps.yaml").path
    }

    @Test func `mocks on fixed ports are known by their public addresses`() async throws {
        let folder = try TemporaryFolder()
        let (ehr, microsoft) = (try freePort(), try freePort())
        let deployment = try OddPortal.deployment(
            [("no_proxy: 127.0.0.1", "no_proxy: \"127.0.0.1,localhost\"")],
            more: """
                mocks:
                  ports: {ehr: \(ehr), microsoft: \(microsoft)}
                  public-url: {ehr: "http://localhost:\(ehr)", microsoft: "http://localhost:\(microsoft)"}

                """, in: folder)
        let (ended, record) = try await run([OddPortal.scenario("alone-one")], deployment, in: folder)
        #expect(ended.status == 0, "\(ended)")
        let urls = requests(record)
        #expect(urls.contains { $0.hasPrefix("http://localhost:\(ehr)/") }, "\(urls)")
        #expect(urls.contains { $0.hasPrefix("http://localhost:\(microsoft)/") }, "\(urls)")
        // Nobody was told of another address.
        #expect(!urls.contains { $0.hasPrefix("http://127.0.0.1:\(ehr)/") }, "\(urls)")
    }

    @Test func `a port that is taken is said before anything runs`() async throws {
        let folder = try TemporaryFolder()
        let taken = try SilentPort()
        let deployment = try OddPortal.deployment(more: "mocks: {ports: {ehr: \(taken.port)}}\n", in: folder)
        let (ended, _) = try await run([OddPortal.scenario("alone-one")], deployment, in: folder)
        #expect(ended.status == 3, "\(ended)")
        #expect(ended.errors.contains("mocks.ports"), "\(ended)")
        withExtendedLifetime(taken) {}
    }

    @Test func `under somebody else's certificates everything is https`() async throws {
        let folder = try TemporaryFolder()
        let authority = try RunAuthority()
        let identity = try authority.identity(for: ["127.0.0.1", "localhost"])
        _ = try folder.write(identity.certificateChainPEM, to: "mocks.pem")
        _ = try folder.write(identity.privateKeyPEM, to: "mocks.key")
        _ = try folder.write(authority.certificatePEM, to: "authority.pem")
        let deployment = try steps(
            [("ODD_PORT: $(port)", "ODD_PORT: $(port)\n    SSL_CERT_FILE: $(mocks.ca)")],
            more: "mocks: {tls: files, certificate: mocks.pem, key: mocks.key, ca: authority.pem}\n", in: folder)
        let (ended, record) = try await run([OddPortal.scenario("alone-one")], deployment, in: folder)
        #expect(ended.status == 0, "\(ended)")
        #expect(requests(record).contains { $0.hasPrefix("https://") && $0.contains("smart-configuration") })
    }

    @Test func `a connector under its own authority is trusted where the deployment says so, and only there`()
        async throws
    {
        let folder = try TemporaryFolder()
        let authority = try RunAuthority()
        let identity = try authority.identity(for: ["127.0.0.1", "localhost"])
        let certificate = try folder.write(identity.certificateChainPEM, to: "own.pem").path
        let key = try folder.write(identity.privateKeyPEM, to: "own.key").path
        _ = try folder.write(authority.certificatePEM, to: "authority.pem")
        let portal = try String(contentsOf: OddPortal.folder.appending(path: "portal.py"), encoding: .utf8)
        let secure = """
            import ssl
            own = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            own.load_cert_chain("\(certificate)", "\(key)")
            server.socket = own.wrap_socket(server.socket, server_side=True)
            PLACE = f"https
            """
        let place = try folder.write(portal.replacing("PLACE = f\"http", with: secure), to: "portal.py").path
        let change = ("\(OddPortal.folder.path)/portal.py", place)
        let deployment = try steps([change], more: "trust: authority.pem\n", in: folder)
        let (ended, record) = try await run([OddPortal.scenario("alone-one")], deployment, in: folder)
        #expect(ended.status == 0, "\(ended)")
        #expect(requests(record).contains { $0.hasPrefix("https://127.0.0.1:") && $0.hasSuffix("/do") })

        let stranger = try steps([change], in: folder)
        let refused = try await Turnstile.shared.pass {
            try await BuiltAssay.run(
                ["run", OddPortal.scenario("alone-one"), "--deployment", stranger, "--out", "stranger"], in: folder.url)
        }
        #expect(refused.status != 0, "\(refused)")
        #expect((refused.output + refused.errors).contains("certificate"), "\(refused)")
    }

    private static let canListenOn443: Bool = {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(descriptor) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        address.sin_port = UInt16(443).bigEndian
        return withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
            }
        }
    }()

    @Test(.enabled(if: canListenOn443, "port 443 cannot be had here"))
    func `well-known names are found by a hosts file`() async throws {
        let folder = try TemporaryFolder()
        let portal = try String(contentsOf: OddPortal.folder.appending(path: "portal.py"), encoding: .utf8)
        // What the machine's resolver does with /etc/hosts, this portal does with the file it is given.
        let resolver = """
            import socket
            known = dict(reversed(line.split()) for line in open(os.environ["ODD_HOSTS"]))
            before = socket.getaddrinfo
            socket.getaddrinfo = lambda host, *more, **named: before(known.get(host, host), *more, **named)
            PLACE = f"http
            """
        let place = try folder.write(portal.replacing("PLACE = f\"http", with: resolver), to: "portal.py").path
        let deployment = try OddPortal.deployment(
            [
                ("\(OddPortal.folder.path)/portal.py", place),
                (
                    "ODD_PORT: $(port)",
                    "ODD_PORT: $(port)\n    SSL_CERT_FILE: $(mocks.ca)\n    ODD_HOSTS: $(mocks.hosts)\n    NO_PROXY: \"*\""
                ), ("ODD_LOGIN: $(mocks.microsoft)", "ODD_LOGIN: \"https://login.microsoftonline.com\""),
            ],
            more:
                "mocks: {tls: run-ca, ports: {microsoft: 443}, names: {login.microsoftonline.com: microsoft}}\n",
            in: folder)
        let (ended, record) = try await run(["--only", "cerner-portal-sign-in"], deployment, in: folder)
        #expect(ended.status == 0, "\(ended)")
        #expect(requests(record).contains { $0.hasPrefix("https://login.microsoftonline.com/") })
    }

    // MARK: Answers to text messages

    @Test func `an answer to a message takes the way that the deployment binds`() async throws {
        let folder = try TemporaryFolder()
        let deployment = try OddPortal.deployment(
            [
                (
                    "  reset:\n",
                    "  sms.reply:\n    steps:\n      - request: {url: \"$(connector)/do\", json: {verb: wipe, house: $(number), says: $(text), at: $(to-number)}}\n    accepted: {json: ok}\n  reset:\n"
                )
            ], in: folder)
        let (ended, record) = try await run([OddPortal.scenario("answered-message")], deployment, in: folder)
        #expect(ended.status == 0, "\(ended)")
        let reply = try #require(record.events("sms.replied").first?["fields"] as? [String: Any])
        #expect(reply["by"] as? String == "ann")
        #expect(reply["text"] as? String == "STOP")
        #expect(reply["status"] as? Int == 200)
    }

    @Test func `without a way for answers the step is the deployment's fault`() async throws {
        let folder = try TemporaryFolder()
        let (ended, _) = try await run([OddPortal.scenario("answered-message")], OddPortal.deployment, in: folder)
        #expect(ended.output.contains("add bindings.sms.reply") || ended.status == 0, "\(ended)")
        #expect(!ended.output.contains("fail "), "\(ended)")
    }

    // MARK: A connector that runs already

    @Test func `a connector with one clock for all that runs already serves one scenario after the other`() async throws
    {
        let folder = try TemporaryFolder()
        let ports = (ehr: try freePort(), microsoft: try freePort(), egress: try freePort(), own: try freePort())
        let microsoft = "http://127.0.0.1:\(ports.microsoft)"
        let reference = try String(
            contentsOf: BuiltAssay.project.appending(path: "Scenarios/deployments/reference.yaml"), encoding: .utf8)
        var environment: [String: String] = [:]
        let block = try #require(reference.components(separatedBy: "  environment:\n").last)
        for line in block.components(separatedBy: "  ready:")[0].split(separator: "\n") {
            guard let colon = line.firstRange(of: ": ") else { continue }
            environment[line[..<colon.lowerBound].trimmingCharacters(in: .whitespaces)] = line[colon.upperBound...]
                .trimmingCharacters(in: ["\""]).replacing("$(mocks.microsoft)", with: microsoft)
                .replacing("$(mocks.egress)", with: "http://127.0.0.1:\(ports.egress)")
        }
        let connector = try Running(
            "reference-connector",
            ["--port", "\(ports.own)", "--data", folder.url.appending(path: "data").path], in: folder.url,
            environment: environment)
        try await connector.prints { $0.contains("ready") }
        let script = BuiltAssay.project.appending(path: "Tests/Fixtures/Deployments/clock.py").path
        var text = reference
        let start = try #require(text.range(of: "reach:\n"))
        let end = try #require(text.range(of: "registrations:\n"))
        text.replaceSubrange(
            start.lowerBound..<end.lowerBound, with: "reach: {url: \"http://127.0.0.1:\(ports.own)\"}\n")
        text = text.replacing(
            "  mode: virtual\n  scope: tenant", with: "  mode: command\n  scope: process\n  settle: 10ms"
        )
        .replacing(
            "{request: {url: \"$(connector)/-/clock?tenant=$(tenant)\"}}",
            with: "{command: [python3, \"\(script)\", \"$(connector)\", \"$(tenant)\"]}"
        )
        .replacing(
            "{request: {method: POST, url: \"$(connector)/-/clock\", json: {tenant: $(tenant), to: $(to)}}}",
            with: "{command: [python3, \"\(script)\", \"$(connector)\", \"$(tenant)\", \"$(to)\"]}"
        )
        .replacing("  - {id: database, kind: sqlite, path: \"$(data)/connector.sqlite\"}\n", with: "")
        .replacing("  - {id: log, kind: stderr, control: ehr-user-id}\n", with: "")
        .replacing(
            "path: \"$(data)\", control", with: "path: \"\(folder.url.appending(path: "data").path)\", control")
        text +=
            "mocks: {ports: {ehr: \(ports.ehr), microsoft: \(ports.microsoft), egress: \(ports.egress)}}\n"
        let deployment = try folder.write(text, to: "running.yaml").path
        let (ended, record) = try await run(
            ["--only", "cerner-sms-numbers", "cerner-base-urls", "cerner-sms-join"], deployment, in: folder)
        connector.signal(SIGTERM)
        _ = try await connector.end(within: .seconds(600))
        let checks = record.checks.filter { $0.scenario != "run" }
        #expect(
            !checks.isEmpty && checks.allSatisfy { $0.verdict == "pass" || $0.verdict == "inconclusive" }, "\(ended)")
        #expect(checks.contains { $0.verdict == "pass" }, "\(ended)")
        var order: [String] = []
        for event in record.trace {
            if let kind = event["kind"] as? String, ["scenario.started", "scenario.finished"].contains(kind) {
                order.append(kind)
            }
        }
        #expect(order == Array(repeating: ["scenario.started", "scenario.finished"], count: 3).flatMap { $0 })
    }
}

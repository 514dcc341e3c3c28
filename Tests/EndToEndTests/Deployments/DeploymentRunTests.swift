// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport
import Testing

/// Each awkward way of being connected, with a small connector that is awkward in just that way.
@Suite(.enabled(if: OddPortal.isThere, "python3 is not installed"))
struct DeploymentRunTests {
    private let signIn = "cerner-portal-sign-in"

    private func run(
        _ arguments: [String], _ deployment: String, in folder: TemporaryFolder, environment: [String: String] = [:]
    ) async throws -> (BuiltAssay.Ended, RunRecord) {
        let ended = try await Turnstile.shared.pass {
            try await BuiltAssay.run(
                ["run"] + arguments + ["--deployment", deployment, "--out", "out"], in: folder.url,
                environment: environment)
        }
        return (ended, RunRecord(folder.url.appending(path: "out")))
    }

    private func check(_ id: String, _ record: RunRecord) throws -> RunRecord.Check {
        try #require(record.checks.first { $0.id == id && $0.scenario != "run" })
    }

    // MARK: Another technology

    @Test func `a portal that a command drives is judged like any other, and the command's own word is attested`()
        async throws
    {
        let folder = try TemporaryFolder()
        let (ended, record) = try await run(["--only", signIn], OddPortal.deployment, in: folder)
        #expect(ended.status == 0, "\(ended)")
        #expect(record.checks.filter { $0.scenario == signIn }.allSatisfy { $0.verdict == "pass" })
        let seen = Dictionary(
            record.events("operation.completed").compactMap { event -> (String, String)? in
                guard let fields = event["fields"] as? [String: Any], let name = fields["operation"] as? String,
                    let seen = fields["observability"] as? String
                else { return nil }
                return (name, seen)
            }, uniquingKeysWith: { first, _ in first })
        #expect(seen["list-base-urls"] == "observed")
        #expect(seen["give-sms-consent"] == "attested")
        let results = try String(contentsOf: folder.url.appending(path: "out/results.json"), encoding: .utf8)
        #expect(results.contains("\"attested\""))
        #expect(!record.events("actor.reported").isEmpty)
        #expect(try await folder.remainingProcesses() == [])
    }

    @Test func `a command that breaks, or says nothing, is the binding's fault`() async throws {
        for command in ["[\"false\"]", "[\"true\"]", "[echo, nonsense]", "[\"/no/such/driver\"]"] {
            let folder = try TemporaryFolder()
            let deployment = try OddPortal.deployment(
                [
                    (
                        "[python3, \"$(here)/drive.py\", --verb=number]".replacing(
                            "$(here)", with: OddPortal.folder.path), command
                    )
                ],
                in: folder)
            let (ended, record) = try await run(["--only", signIn], deployment, in: folder)
            #expect(ended.status == 2, "\(ended)")
            #expect(try check("staff-cannot-request-number", record).reason == "binding")
        }
    }

    // MARK: Tenants of its own

    @Test func `a fixed tenant serves one scenario after the other, emptied in between`() async throws {
        let folder = try TemporaryFolder()
        let deployment = try OddPortal.deployment(
            more: OddPortal.tenants(mode: "fixed", reset: "reset", 1), in: folder)
        let (ended, record) = try await run(
            [OddPortal.scenario("alone-one"), OddPortal.scenario("alone-two")], deployment, in: folder)
        #expect(ended.status == 0, "\(ended)")
        #expect(record.events("world.reset").count == 2)
        #expect(ended.output.contains("each emptied by reset before its use"), "\(ended)")
    }

    @Test func `a fixed tenant that nothing empties serves one scenario, and the other stays open`() async throws {
        let folder = try TemporaryFolder()
        let deployment = try OddPortal.deployment(more: OddPortal.tenants(mode: "fixed", reset: nil, 1), in: folder)
        let (ended, record) = try await run(
            [OddPortal.scenario("alone-one"), OddPortal.scenario("alone-two")], deployment, in: folder)
        #expect(ended.status == 2, "\(ended)")
        #expect(ended.output.contains("nothing empties it: declare worlds.reset"), "\(ended)")
        #expect(record.checks.count { $0.id == "listed-alone" && $0.verdict == "pass" } == 1)
    }

    @Test func `a tenant whose reset fails is not used`() async throws {
        let folder = try TemporaryFolder()
        let deployment = try OddPortal.deployment(
            [("{verb: wipe, house: $(tenant)}", "{verb: wipes}")],
            more: OddPortal.tenants(mode: "pool", reset: "reset", 2), in: folder)
        let (ended, record) = try await run([OddPortal.scenario("alone-one")], deployment, in: folder)
        #expect(ended.status == 2, "\(ended)")
        #expect(ended.output.contains("could not be emptied"), "\(ended)")
        #expect(record.events("operation.started").isEmpty)
    }

    @Test func `a scenario for which no tenant was set up is not run and says which is missing`() async throws {
        let folder = try TemporaryFolder()
        let deployment = try OddPortal.deployment(
            more: OddPortal.tenants(mode: "pool", reset: "reset", 2).replacing("vendor: cerner", with: "vendor: epic"),
            in: folder)
        let (ended, _) = try await run([OddPortal.scenario("alone-one")], deployment, in: folder)
        #expect(ended.status == 2, "\(ended)")
        #expect(ended.output.contains("cerner with 1 test base is needed; there are t1, t2"), "\(ended)")
    }

    // MARK: Clocks

    @Test func `with a real clock short waits are waited, and silence is believed after the settle window`()
        async throws
    {
        let folder = try TemporaryFolder()
        let (ended, record) = try await run([OddPortal.scenario("text-message")], OddPortal.deployment, in: folder)
        #expect(ended.status == 0, "\(ended)")
        #expect(try check("no-second-message", record).verdict == "pass")
        #expect(ended.output.contains("silence was believed after 300ms (clock.settle)"), "\(ended)")
    }

    @Test func `without a settle window silence proves nothing`() async throws {
        let folder = try TemporaryFolder()
        let deployment = try OddPortal.deployment([("settle: 300ms, ", "")], in: folder)
        let (ended, record) = try await run([OddPortal.scenario("text-message")], deployment, in: folder)
        #expect(ended.status == 2, "\(ended)")
        #expect(try check("no-second-message", record).reason == "window-open")
    }

    @Test func `what takes longer than is allowed is inconclusive, and not waited for`() async throws {
        let folder = try TemporaryFolder()
        let (ended, record) = try await run([OddPortal.scenario("long-wait")], OddPortal.deployment, in: folder)
        #expect(ended.status == 2, "\(ended)")
        #expect(try check("no-reminder-yet", record).verdict == "inconclusive")
        #expect(try check("message-comes-late", record).verdict == "inconclusive")
    }

    @Test func `a clock that a command moves keeps time for a connector, in a process for each scenario`() async throws
    {
        let folder = try TemporaryFolder()
        let script = BuiltAssay.project.appending(path: "Tests/Fixtures/Deployments/clock.py").path
        let deployment = try StandIn.reference(
            command: nil,
            changes: [
                ("  mode: virtual\n  scope: tenant", "  mode: command\n  scope: process\n  settle: 10ms"),
                (
                    "{request: {url: \"$(connector)/-/clock?tenant=$(tenant)\"}}",
                    "{command: [python3, \"\(script)\", \"$(connector)\", \"$(tenant)\"]}"
                ),
                (
                    "{request: {method: POST, url: \"$(connector)/-/clock\", json: {tenant: $(tenant), to: $(to)}}}",
                    "{command: [python3, \"\(script)\", \"$(connector)\", \"$(tenant)\", \"$(to)\"]}"
                ),
            ], in: folder)
        let (ended, record) = try await run(
            ["--only", "cerner-sms-numbers", "cerner-base-urls"], deployment, in: folder)
        #expect(ended.status == 0, "\(ended)")
        #expect(record.events("connector.started").count == 2)
        #expect(ended.output.contains("silence was believed after 10ms"), "\(ended)")
    }

    // MARK: What is not seen

    @Test func `a launch that ends at another house is recorded, swept, and decides nothing`() async throws {
        let folder = try TemporaryFolder()
        let (ended, record) = try await run([OddPortal.scenario("launch")], OddPortal.deployment, in: folder)
        #expect(ended.status == 2, "\(ended)")
        #expect(try check("in-the-meeting", record).reason == "not-observable")
        let handoff = try #require(record.events("handoff").first?["fields"] as? [String: Any])
        #expect((handoff["url"] as? String)?.hasPrefix("https://visits.odd.example/room?") == true)
    }

    @Test func `a name in a hand-off's address is a leak`() async throws {
        let folder = try TemporaryFolder()
        let portal = try String(contentsOf: OddPortal.folder.appending(path: "portal.py"), encoding: .utf8)
        let leaky = try folder.write(
            portal.replacing(
                "text = f\"Your visit",
                with:
                    "houses[\"name\"] = ehr(ask[\"base\"], who)[\"name\"][0][\"family\"]\n        text = f\"Your visit"
            )
            .replacing("\"/room?\" + at.query", with: "\"\"")
            .replacing("room?\" + at.query", with: "room?for=\" + urllib.parse.quote(houses[\"name\"])")
            .replacing("for h in houses.values() if", with: "for h in houses.values() if \"bases\" in h and"),
            to: "portal.py")
        let deployment = try OddPortal.deployment([("\(OddPortal.folder.path)/portal.py", leaky.path)], in: folder)
        let (ended, record) = try await run([OddPortal.scenario("launch")], deployment, in: folder)
        #expect(ended.status == 1, "\(ended)")
        #expect(record.checks.contains { $0.id == "privacy.seed-policy" && $0.verdict == "fail" }, "\(ended)")
        #expect(ended.output.contains("from connector to egress"), "\(ended)")
        #expect(ended.output.contains(", masked: "), "\(ended)")
    }

    @Test func `text messages through another gateway are seen as the deployment maps them`() async throws {
        let folder = try TemporaryFolder()
        let (ended, record) = try await run([OddPortal.scenario("text-message")], OddPortal.deployment, in: folder)
        #expect(ended.status == 0, "\(ended)")
        let sent = try #require(record.events("sms.sent").first?["fields"] as? [String: Any])
        #expect(sent["to"] as? String == "ann")
        // The number is where a gateway needs it, and nowhere else.
        #expect(record.checks.contains { $0.id == "privacy.seed-policy" && $0.verdict == "pass" })
    }

    @Test func `trouble with text messages strikes whichever gateway the deployment maps`() async throws {
        let folder = try TemporaryFolder()
        let scenario = try folder.write(
            """
            id: gateway-busy
            title: The gateway is busy
            profiles: [cerner-2022-06]
            verifies: {SMS-14: [struck]}
            world:
              organization: {ehr: cerner}
              people: {ada: administrator, dr-ruiz: provider, ann: patient}
              appointments: {visit: {patient: ann, provider: dr-ruiz, starts: +3h}}
            steps:
              - do: cerner-ready
              - set: {fault: {place: text-messages, status: 503, times: 1}}
              - ehr books: visit
              - expect: fault.struck
                within: 4s
                as: struck
            """, to: "gateway-busy.yaml"
        ).path
        let (ended, record) = try await run([scenario], OddPortal.deployment, in: folder)
        #expect(try check("struck", record).verdict == "pass", "\(ended)")
        let struck = try #require(record.events("fault.struck").first?["fields"] as? [String: Any])
        #expect((struck["place"] as? String)?.hasSuffix("/api/send") == true, "\(struck)")
        #expect(record.events("sms.sent").isEmpty)
    }

    @Test func `a wrong key, or a field that is not there, reaches nobody`() async throws {
        for (old, new) in [
            ("value: odd-gateway-key-9Tz3", "value: another"), ("{json: recipient.phone}", "{json: recipient.number}"),
        ] {
            let folder = try TemporaryFolder()
            let deployment = try OddPortal.deployment([(old, new)], in: folder)
            let (ended, record) = try await run([OddPortal.scenario("text-message")], deployment, in: folder)
            #expect(ended.status == 1, "\(ended)")
            #expect(record.events("sms.sent").isEmpty)
        }
    }

    @Test func `text messages that nobody can see leave their rows open`() async throws {
        let folder = try TemporaryFolder()
        let deployment = try OddPortal.deployment(
            [("\nsms:\n", "\nsms: none\nx:\n")], in: folder)
        var text = try String(contentsOfFile: deployment, encoding: .utf8)
        if let start = text.range(of: "\nx:\n"), let end = text.range(of: "\nbindings:") {
            text.replaceSubrange(start.lowerBound..<end.lowerBound, with: "")
        }
        text = text.replacing("$(mocks.sms)/api/send", with: "http://127.0.0.1:9/none")
        let file = try folder.write(text, to: "none.yaml").path
        let (ended, record) = try await run([OddPortal.scenario("text-message")], file, in: folder)
        #expect(ended.status == 2, "\(ended)")
        for id in ["message-comes", "one-link", "no-second-message", "never-twice"] {
            #expect(try check(id, record).reason == "not-observable", "\(id)")
        }
    }

    @Test func `without a look into storage nothing at rest is judged`() async throws {
        let folder = try TemporaryFolder()
        let deployment = try StandIn.reference(
            command: nil,
            changes: [
                ("evidence:\n", "evidence: []\nhandoff: []\n"),
                ("  - {id: database, kind: sqlite, path: \"$(data)/connector.sqlite\"}\n", ""),
                ("  - {id: log, kind: stderr, control: ehr-user-id}\n", ""),
                ("  - {id: files, kind: folder, path: \"$(data)\", control: ehr-user-id}\n", ""),
            ], in: folder)
        let (ended, record) = try await run(["--only", "privacy-cerner-visit"], deployment, in: folder)
        #expect(ended.status == 2, "\(ended)")
        #expect(record.checks.contains { $0.verdict == "inconclusive" && $0.reason == "not-observable" })
        #expect(!record.checks.contains { $0.verdict == "fail" })
        #expect(ended.output.contains("No evidence at rest was declared."), "\(ended)")
    }

    @Test func `evidence that cannot be read is not observed, and no stranger`() async throws {
        let folder = try TemporaryFolder()
        let marker = folder.url.appending(path: "gone").path
        let deployment = try StandIn.reference(
            command: nil,
            changes: [
                (
                    "  - {id: log, kind: stderr, control: ehr-user-id}",
                    "  - {id: log, kind: command, command: [sh, -c, 'test -e \(marker) && exit 3; touch \(marker)'], control: tenant}"
                )
            ], in: folder)
        let (ended, record) = try await run(["--only", "privacy-cerner-visit"], deployment, in: folder)
        #expect(ended.status == 2, "\(ended)")
        #expect(record.checks.contains { $0.reason == "not-observable" })
        #expect(!record.checks.contains { $0.verdict == "fail" }, "\(ended)")
    }

    @Test func `Microsoft's own side cannot be seen where Microsoft is real`() async throws {
        let folder = try TemporaryFolder()
        let deployment = try StandIn.reference(
            command: nil, changes: [("egress: proxy", "egress: proxy\nmocks: {microsoft: real}")], in: folder)
        let (ended, record) = try await run(["--only", "cerner-without-sms"], deployment, in: folder)
        #expect(ended.status == 2, "\(ended)")
        #expect(try check("mail-sent", record).reason == "not-observable")
        #expect(try check("no-sms-sent", record).reason == "not-observable")
        #expect(ended.output.contains("Microsoft was real"), "\(ended)")
    }

    // MARK: TLS, names, addresses

    @Test func `under the run's authority everything is https, and the driver's messages are still seen`() async throws
    {
        let folder = try TemporaryFolder()
        let deployment = try OddPortal.deployment(
            [("ODD_PORT: $(port)", "ODD_PORT: $(port)\n    SSL_CERT_FILE: $(mocks.ca)")],
            more: "mocks: {tls: run-ca}\n", in: folder)
        let (ended, _) = try await run(["--only", signIn], deployment, in: folder)
        #expect(ended.status == 0, "\(ended)")
    }

    @Test func `a well-known name leads to the mock through the watched way out`() async throws {
        let folder = try TemporaryFolder()
        let deployment = try OddPortal.deployment(
            [
                (
                    "ODD_PORT: $(port)",
                    "ODD_PORT: $(port)\n    SSL_CERT_FILE: $(mocks.ca)\n    HTTPS_PROXY: $(mocks.egress)"
                ),
                ("ODD_LOGIN: $(mocks.microsoft)", "ODD_LOGIN: \"https://login.microsoftonline.com\""),
            ], more: "mocks: {tls: run-ca, names: {login.microsoftonline.com: microsoft}}\n", in: folder)
        let (ended, record) = try await run(["--only", signIn], deployment, in: folder)
        #expect(ended.status == 0, "\(ended)")
        #expect(record.events("egress.attempted").isEmpty)
    }

    // MARK: Secrets and people

    @Test func `a secret comes from the environment and stands nowhere in what Assay writes`() async throws {
        let folder = try TemporaryFolder()
        let secret = "very/secret+Value-73Qz"
        let deployment = try OddPortal.deployment(
            [("odd-entra-secret-4Kq8", "$(env.ODD_TEST_SECRET)"), ("odd-ehr-system-2Vb7", "$(env.ODD_TEST_SECRET)")],
            in: folder)
        let (ended, _) = try await run(
            [OddPortal.scenario("text-message")], deployment, in: folder, environment: ["ODD_TEST_SECRET": secret])
        #expect(ended.status == 0, "\(ended)")
        let basic = Data("71b0cf7e-6c0d-4b6e-a0d5-1be0a1a4b6f2:\(secret)".utf8).base64EncodedString()
        let files = FileManager.default.enumerator(atPath: folder.url.appending(path: "out").path)?.allObjects ?? []
        #expect(files.count > 5)
        for case let name as String in files {
            guard let data = try? Data(contentsOf: folder.url.appending(path: "out/\(name)")) else { continue }
            for form in [secret, "very%2Fsecret%2BValue-73Qz", basic] {
                #expect(data.range(of: Data(form.utf8)) == nil, "\(name) holds \(form)")
            }
        }
        #expect(!(ended.output + ended.errors).contains(secret))
        // A connector that never comes up is told with its command, and not with its secrets.
        let broken = try OddPortal.deployment(
            [
                (
                    "[python3, \"$(here)/portal.py\"]".replacing("$(here)", with: OddPortal.folder.path),
                    "[sh, -c, \"echo $ODD_SECRET >&2; exit 1\", \"$(env.ODD_TEST_SECRET)\"]"
                ), ("odd-entra-secret-4Kq8", "$(env.ODD_TEST_SECRET)"),
            ],
            in: folder)
        for command in [["run", "--only", signIn, "--out", "broken"], ["doctor"]] {
            let ended = try await Turnstile.shared.pass {
                try await BuiltAssay.run(
                    command + ["--deployment", broken], in: folder.url, environment: ["ODD_TEST_SECRET": secret])
            }
            #expect(ended.status == 3, "\(ended)")
            #expect(!(ended.output + ended.errors).contains(secret), "\(ended)")
        }
    }

    @Test(arguments: [("", "inconclusive"), ("what\nn Only administrators may.\n", "pass"), ("y\n", "fail")])
    func `a person is asked, and what they say is attested`(answers: String, verdict: String) async throws {
        let folder = try TemporaryFolder()
        let deployment = try OddPortal.deployment(
            [
                (
                    "external: {command: [python3, \"\(OddPortal.folder.path)/drive.py\", --verb=number]}",
                    "human: {ask: \"Ask for a number at $(connector).\", within: 30s}"
                )
            ], in: folder)
        let ended = try await Turnstile.shared.pass {
            let running = try Running(
                "assay", ["run", "--only", signIn, "--deployment", deployment, "--out", "out"], in: folder.url,
                input: answers)
            return try await running.end()
        }
        #expect(ended.output.contains("Please act as sam: Ask for a number at http://127.0.0.1:"), "\(ended)")
        let record = RunRecord(folder.url.appending(path: "out"))
        #expect(try check("staff-cannot-request-number", record).verdict == verdict, "\(ended)")
    }
}

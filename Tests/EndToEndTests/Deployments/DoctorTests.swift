// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport
import Testing

/// Set-ups that are broken in one way each: the doctor names it, says what to do, and never speaks of conformance.
@Suite(.enabled(if: OddPortal.isThere, "python3 is not installed"))
struct DoctorTests {
    private struct Finding {
        let area: String
        let state: String
        let message: String
        let remedy: String
    }

    private func examine(
        _ deployment: String, in folder: TemporaryFolder
    ) async throws -> (BuiltAssay.Ended, [Finding]) {
        let ended = try await Turnstile.shared.pass {
            try await BuiltAssay.run(["doctor", "--deployment", deployment, "--json"], in: folder.url)
        }
        let answer = try JSONSerialization.jsonObject(with: Data(ended.output.utf8)) as? [String: Any]
        let findings = (answer?["findings"] as? [[String: Any]] ?? []).map { finding in
            func text(_ name: String) -> String { finding[name] as? String ?? "" }
            return Finding(
                area: text("area"), state: text("state"), message: text("message"), remedy: text("remedy"))
        }
        return (ended, findings)
    }

    @Test func `a set-up that is whole lets a run begin`() async throws {
        let folder = try TemporaryFolder()
        // What this portal cannot do is a matter of its bindings and claims, not of how it is reached.
        let (_, findings) = try await examine(try OddPortal.deployment(in: folder), in: folder)
        for area in ["file", "reach", "mocks", "callbacks", "registrations"] {
            #expect(findings.contains { $0.area == area && $0.state == "ok" }, "\(area): \(findings)")
        }
        #expect(
            !findings.contains { ["reach", "mocks", "clock", "callbacks"].contains($0.area) && $0.state == "problem" })
        #expect(try await folder.remainingProcesses() == [])
    }

    static let portal = "[python3, \"\(OddPortal.folder.path)/portal.py\"]"

    @Test(arguments: [
        ("profiles: [cerner-2022-06]", "profiles: [cerner-2022-60]", "claims", "there is no profile cerner-2022-60"),
        ("profiles: [cerner-2022-06]", "profiles: []", "claims", "nothing would be judged"),
        ("sms: true, production", "smss: true, production", "claims", "no profile knows the feature smss"),
        ("  cerner:\n    client-id", "  epic:\n    client-id", "registrations", "nothing is registered with cerner"),
        ("read: {bases: {json: bases}}", "read: {bases: {json: \"bases.(\"}}", "file", "is no FHIRPath"),
        ("  list-base-urls:\n", "  x-list:\n", "bindings", "list-base-urls has no binding"),
        (portal, "[\"false\"]", "reach", "did not come up"),
        (portal, "[/no/such/portal]", "reach", "/no/such/portal"),
        ("ODD_SECRET: odd-entra-secret-4Kq8", "ODD_SECRET: wrong", "bindings", "list-base-urls (cerner) was"),
        ("[\"$(connector)/in/done\"]", "[\"$(connector)/elsewhere\"]", "bindings", "list-base-urls (cerner) was"),
        ("ODD_LOGIN: $(mocks.microsoft)", "ODD_LOGIN: http://127.0.0.1:9", "callbacks", "entra (cerner)"),
        (
            "egress: proxy", "egress: proxy\nmocks: {tls: files, certificate: none.pem, key: none.key}", "mocks",
            "none.pem cannot be read"
        ),
        ("egress: proxy", "egress: proxy\nmocks: {listen: 192.0.2.1}", "mocks", "cannot be offered"),
        (
            "egress: proxy", "egress: proxy\nmocks: {tls: files, certificate: none.pem, key: none.key}", "support",
            "cannot be told from the connector's messages"
        ),
        (
            "egress: proxy", "egress: proxy\nevidence: [{id: dump, kind: command, command: [\"false\"]}]", "evidence",
            "dump: false ended with exit code 1"
        ),
        (
            "clock: {mode: real, settle: 300ms, longest-wait: 5s}",
            "clock: {mode: command, scope: tenant, read: {command: [echo, soon]}, advance: {command: [echo, soon]}}",
            "clock", "the clock's answer is no JSON"
        ),
        ("{verb: wipe, house: $(tenant)}", "{verb: wipes}", "worlds", "could not be emptied"),
    ])
    func `what is broken is named with its remedy`(
        old: String, new: String, area: String, message: String
    ) async throws {
        let folder = try TemporaryFolder()
        let deployment = try OddPortal.deployment(
            [(old, new)],
            more: area == "worlds" ? OddPortal.tenants(mode: "pool", reset: "reset", 1) : "", in: folder)
        let (ended, findings) = try await examine(deployment, in: folder)
        #expect(ended.status == 3, "\(ended)")
        let found = findings.first { $0.area == area && $0.state == "problem" && $0.message.contains(message) }
        #expect(found != nil, "\(findings.filter { $0.state == "problem" })")
        // What is not built is its own remedy: use something else.
        // A mistake of the file says in its own message what is wrong at which place.
        #expect(["support", "file"].contains(area) || found?.remedy.isEmpty == false)
        #expect(!ended.output.contains("verdict") && !ended.output.contains("nonconformant"))
        #expect(try await folder.remainingProcesses() == [])
    }

    @Test(arguments: [
        ("sms: none\n", "warning", "cannot be seen"), ("sms: graph\n", "warning", "what they say"),
        ("sms: graph\n", "problem", "nobody granted VirtualAppointmentNotification.Send"),
    ])
    func `what can be said of text messages is said`(sms: String, state: String, message: String) async throws {
        let folder = try TemporaryFolder()
        let deployment = try StandIn.reference(
            command: nil, changes: [("egress: proxy\n", "egress: proxy\n" + sms)], in: folder)
        let (_, findings) = try await examine(deployment, in: folder)
        let found = findings.filter { $0.area == "texts" }
        #expect(found.contains { $0.state == state && $0.message.contains(message) }, "\(found)")
    }

    @Test func `over Graph no binding is missed for what Microsoft does`() async throws {
        let folder = try TemporaryFolder()
        let deployment = try folder.write(GraphTexts.deployment(), to: "deployment.yaml").path
        let (ended, findings) = try await examine(deployment, in: folder)
        #expect(ended.status == 0, "\(findings.filter { $0.state == "problem" })")
        #expect(findings.contains { $0.area == "texts" && $0.state == "unproven" })
    }

    @Test(arguments: [
        ("writeback: none\n", "warning", "cannot be seen"),
        (
            "writeback: {channel: http, path: /attend, appointment: {json: v}, user: {json: u}, state: {json: s}}\n",
            "unproven", "POST /attend"
        ),
        (
            "writeback: {channel: http, path: /attend, appointment: {json: v}, user: {json: u}, state: {json: s}}\n",
            "warning", "carries no role"
        ), ("", "problem", "knows no account"),
    ])
    func `what can be said of the channel of writeback is said`(
        writeback: String, state: String, message: String
    ) async throws {
        let folder = try TemporaryFolder()
        let deployment = try StandIn.reference(
            command: nil,
            changes: [
                ("egress: proxy\n", "egress: proxy\n" + writeback),
                ("    writeback: {user: emp$VISITS, password: reference-epic-writeback-3nV5}\n", ""),
            ], in: folder)
        let (_, findings) = try await examine(deployment, in: folder)
        let found = findings.filter { $0.area == "writeback" }
        #expect(found.contains { $0.state == state && $0.message.contains(message) }, "\(found)")
    }

    @Test func `everything that is wrong is told at once`() async throws {
        let folder = try TemporaryFolder()
        let deployment = try OddPortal.deployment(
            [
                ("profiles: [cerner-2022-06]", "profiles: [cerner-2022-60, cerner-2022-06]"),
                ("sms: true, production", "smss: true, production"), ("  list-base-urls:\n", "  x-list:\n"),
                (Self.portal, "[\"false\"]"),
            ], in: folder)
        let (ended, findings) = try await examine(deployment, in: folder)
        #expect(ended.status == 3, "\(ended)")
        let areas = Set(findings.filter { $0.state == "problem" }.map(\.area))
        #expect(areas.isSuperset(of: ["claims", "bindings", "reach"]), "\(findings)")
    }

    @Test func `mistakes of the file stop everything else, with their places`() async throws {
        let folder = try TemporaryFolder()
        let deployment = try OddPortal.deployment(
            [
                ("egress: proxy", "egres: proxy"), ("$(mocks.egress)", "$(mocks.egres)"),
                ("odd-gateway-key-9Tz3}", "$(env.NOPE_NOT_SET)}"),
            ],
            in: folder)
        let (ended, findings) = try await examine(deployment, in: folder)
        #expect(ended.status == 3, "\(ended)")
        let problems = findings.filter { $0.area == "file" && $0.state == "problem" }
        for text in ["did you mean \"egress\"?", "did you mean $(mocks.egress)?", "NOPE_NOT_SET is not set"] {
            #expect(problems.contains { $0.message.contains(text) }, "\(text): \(problems)")
        }
    }
}

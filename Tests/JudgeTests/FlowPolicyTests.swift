// SPDX-License-Identifier: Apache-2.0

import Foundation
import SourceText
import Testing
import Trace
import Value
import World

@testable import Judge

@Suite struct FlowPolicyTests {
    private let world = FlowWorld(
        roles: ["ann": .patient, "dr-ruiz": .provider, "ada": .administrator, "eli": .approver], region: .europe)

    private func hit(
        _ dataClass: String, of person: String = "ann", _ surface: String, origin: String = "ehr", from: Party? = nil,
        to: Party? = nil, offset: Int? = nil
    ) -> SurfaceHit {
        SurfaceHit(
            canary: "\(person).\(origin).\(dataClass)", dataClass: dataClass, person: person, origin: origin,
            surface: surface, from: from, to: to, offset: offset)
    }

    private func isAllowed(_ hit: SurfaceHit, body: String = "", policy name: String = "seed-policy") throws -> Bool {
        let policy = try #require(RunMaker.policies[name])
        return policy.judge([hit], world: world, bodies: { _ in Array(body.utf8) }).isEmpty
    }

    @Test func `a visit's ids may lie in a store until a day after its end and no longer`() throws {
        let policy = try #require(RunMaker.policies["seed-policy"])
        let end = try #require(Instant(rfc3339: "2027-01-05T10:30:00Z"))
        let kept = SurfaceHit(
            canary: "visit.csn", dataClass: "csn", person: "", origin: "", surface: "sqlite:database/x")
        for (hours, isAllowed) in [(1, true), (24, true), (25, false)] {
            let world = FlowWorld(lastEnd: end, lastClock: end + .seconds(hours * 3600))
            #expect(policy.judge([kept], world: world).isEmpty == isAllowed, "after \(hours) h")
        }
    }

    @Test(arguments: [["04"], ["20"], ["20", "04"], ["04", "20"]])
    func `a visit that was moved is over at the end it had last`(hours: [String]) throws {
        let model: Value = ["visit": ["start": "2027-01-05T10:00:00Z", "end": "2027-01-05T10:30:00Z"]]
        let moves = hours.enumerated().map { place, hour in
            TraceEvent(
                seq: place + 1, at: RunMaker.start, world: RunMaker.world, clock: RunMaker.start, cause: nil,
                kind: "appointment.moved", party: .runner, exchange: nil,
                fields: ["appointment": "visit", "start": .string("2027-01-05T\(hour):00:00Z")])
        }
        let world = FlowWorld(model: model, events: moves)
        #expect(world.lastEnd == Instant(rfc3339: "2027-01-05T\(try #require(hours.last)):30:00Z"))
    }

    @Test func `every policy file reads without a mistake`() throws {
        let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appending(path: "Scenarios/policies")
        let files = try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted().map {
            SourceFile(path: $0, text: try String(contentsOf: folder.appending(path: $0), encoding: .utf8))
        }
        let (policies, diagnostics) = FlowPolicyReader.read(files)
        #expect(diagnostics.isEmpty, "\(diagnostics.map(\.message))")
        #expect(policies.count == files.count)
        #expect(files.allSatisfy { policies[$0.path.replacing(".yaml", with: "")] != nil })
    }

    @Test func `mistakes in a policy are told with their place`() {
        let text = "policy: p\nrules:\n  - rule: a\n    data: famly-name\n    form: ehr\n    is: allowed\n"
        let (_, diagnostics) = FlowPolicyReader.read([SourceFile(path: "p.yaml", text: text)])
        #expect(Set(diagnostics.map(\.code)) == ["unknown-class", "unknown-key"])
        #expect(diagnostics.first { $0.code == "unknown-class" }?.remedy == "did you mean `family-name`?")
    }

    @Test func `what others send is not judged`() throws {
        #expect(try isAllowed(hit("family-name", "message:x1:response-body", from: .ehr, to: .connector)))
        #expect(try isAllowed(hit("password", "message:x1:request-body", from: .actor("dr-ruiz"), to: .ehr)))
    }

    @Test func `a datum may go back to where it came from and nowhere else`() throws {
        #expect(try isAllowed(hit("fhir-id", "message:x1:request-line", from: .connector, to: .ehr)))
        for party in [Party.graph, .sms, .teams, .egress, .actor("ann"), .actor("dr-ruiz")] {
            #expect(try !isAllowed(hit("family-name", "message:x1:request-body", from: .connector, to: party)))
        }
        #expect(try !isAllowed(hit("family-name", "database:visits")))
        #expect(try !isAllowed(hit("clinical-text", "log:connector.log")))
    }

    @Test func `a phone may stand in the recipient of a text message only`() throws {
        let body = #"{"from":"+1","message":"call +15550111","smsRecipients":[{"to":"+15550111"}]}"#
        let inText = try #require(
            body.utf8.firstRange(of: "+15550111".utf8).map {
                body.utf8.distance(from: body.startIndex, to: $0.lowerBound)
            })
        let recipient = body.utf8.count - 13
        func phone(_ offset: Int, to party: Party = .sms) -> SurfaceHit {
            hit("phone", "message:x1:request-body", from: .connector, to: party, offset: offset)
        }
        #expect(try isAllowed(phone(recipient), body: body))
        #expect(try !isAllowed(phone(inText), body: body))
        #expect(try !isAllowed(phone(recipient, to: .egress), body: body))
        #expect(try !isAllowed(hit("phone", "database:visits")))
    }

    @Test(arguments: ["toRecipients", "bccRecipients"], [false, true])
    func `an e-mail address may stand in a mail's recipient only`(recipients: String, isBatch: Bool) throws {
        let mail =
            #"{"message":{"\#(recipients)":[{"emailAddress":{"address":"ann@x.example"}}],"subject":"ann@x.example"}}"#
        let body = isBatch ? #"{"requests":[{"url":"/users/7/sendMail","body":\#(mail)}]}"# : mail
        let subject = body.utf8.count - (isBatch ? 11 : 8)
        let place = try #require(
            body.utf8.firstRange(of: "ann@".utf8).map { body.utf8.distance(from: body.startIndex, to: $0.lowerBound) })
        #expect(
            try isAllowed(
                hit("email", "message:x1:request-body", from: .connector, to: .graph, offset: place), body: body))
        #expect(
            try !isAllowed(
                hit("email", "message:x1:request-body", from: .connector, to: .graph, offset: subject),
                body: body))
    }

    @Test func `the directory's own values may go to Microsoft, never to patients`() throws {
        func provider(_ dataClass: String, to party: Party, origin: String = "directory") -> SurfaceHit {
            hit(dataClass, of: "dr-ruiz", "message:x1:request-body", origin: origin, from: .connector, to: party)
        }
        #expect(try isAllowed(provider("principal-name", to: .graph)))
        #expect(try isAllowed(provider("display-name", to: .actor("dr-ruiz"))))
        #expect(try !isAllowed(provider("display-name", to: .actor("ann"))))
        #expect(try !isAllowed(provider("display-name", to: .sms)))
        #expect(try !isAllowed(provider("family-name", to: .graph, origin: "ehr")))
        #expect(try !isAllowed(provider("display-name", to: .sms), policy: "provider-hidden"))
    }

    @Test func `only the EHR user's id is kept, and no password ever`() throws {
        #expect(try isAllowed(hit("ehr-user-id", of: "dr-ruiz", "database:users")))
        #expect(try !isAllowed(hit("display-name", of: "dr-ruiz", "database:users", origin: "directory")))
        #expect(try isAllowed(hit("user-name", of: "eli", "database:bases")))
        #expect(try !isAllowed(hit("password", of: "eli", "database:bases")))
        #expect(
            try !isAllowed(hit("ehr-user-id", of: "dr-ruiz", "message:x1:request-body", from: .connector, to: .graph)))
    }

    @Test func `the kept id must lie in the tenant's region`() throws {
        #expect(try isAllowed(hit("ehr-user-id", of: "dr-ruiz", "database:data/europe/store.sqlite"), policy: "region"))
        #expect(
            try !isAllowed(hit("ehr-user-id", of: "dr-ruiz", "file:data/asia-pacific/users.json"), policy: "region"))
    }

    @Test func `a policy looks only at its own part`() throws {
        let kept = hit("family-name", "database:visits")
        #expect(try !isAllowed(kept, policy: "stored"))
        #expect(try isAllowed(kept, policy: "passed-on"))
    }

    @Test func `the place of a byte in JSON is found`() {
        let text = Array(#"{"a":[{"b":"x\"yz"},12],"c":{"d":"end"}}"#.utf8)
        #expect(JSONPlace.pointer(at: 14, in: text) == "/a/0/b")
        #expect(JSONPlace.pointer(at: 20, in: text) == "/a/1")
        #expect(JSONPlace.pointer(at: 36, in: text) == "/c/d")
        #expect(JSONPlace.pointer(at: 2, in: text) == nil)
        #expect(JSONPlace.fits("/a/0/b", "/a/*/b"))
        #expect(!JSONPlace.fits("/a/0/b/c", "/a/*/b"))
    }
}

// SPDX-License-Identifier: Apache-2.0

import Foundation
import Synchronization
import Testing
import Trace
import Value
import World

@testable import MockKit
@testable import MockMicrosoft

struct CallTests {
    private struct Visit {
        let clinic: Clinic
        let subscriber: Subscriber
        let meeting: String
        let staffURL: String
        let patientURL: String
        let cookie: String
    }

    private func visit(scope: String? = nil, admitters: String? = nil, subscribed: Bool = true) async throws -> Visit {
        let clinic = try await Clinic()
        let token = try await clinic.appToken()
        var extra: Members = [:]
        if let scope { extra["lobbyBypassSettings"] = ["scope": .string(scope)] }
        if let admitters { extra["allowedLobbyAdmitters"] = .string(admitters) }
        let meeting = try await clinic.createMeeting(token: token, extra: extra)
        let id = try #require(meeting["id"]?.string)
        let url = try #require(meeting["joinWebUrl"]?.string)
        let subscriber = try await Subscriber()
        if subscribed { try #require(await subscribe(clinic, token, url, subscriber).status == 201) }
        let join = await clinic.ask(
            "GET", "/v1.0/users/\(clinic.dr)/onlineMeetings/\(id)/getVirtualAppointmentJoinWebUrl()", token: token)
        return Visit(
            clinic: clinic, subscriber: subscriber, meeting: id, staffURL: url,
            patientURL: try #require(join.value["value"]?.string), cookie: try await clinic.signIn("dr").cookie)
    }

    private func subscribe(
        _ clinic: Clinic, _ token: String, _ url: String, _ subscriber: Subscriber
    ) async -> MockResponse {
        await clinic.ask(
            "POST", "/beta/subscriptions", token: token,
            json: [
                "changeType": "updated", "notificationUrl": "http://127.0.0.1:9/hooks/graph", "clientState": "cs",
                "resource": .string(
                    "communications/onlineMeetings(joinWebUrl='\(PercentCoding.encode(url))')/meetingCallEvents"),
                "expirationDateTime": .string((Clinic.start + .seconds(3000)).description), "includeResourceData": true,
                "encryptionCertificate": .string(subscriber.certificate), "encryptionCertificateId": "c1",
            ])
    }

    /// Event words and, of rosters, the states, as a receiver reads them.
    private func heard(_ visit: Visit) async throws -> [String] {
        await visit.clinic.quiet()
        return try visit.clinic.hook.received.map { _, body in
            let notification = try #require(body["value"]?[0])
            guard let content = try visit.subscriber.open(notification["encryptedContent"]) else {
                return "bad signature"
            }
            let delta = content["participants@delta"]?.array?.map { participant in
                participant["removedState"] != nil ? "out" : participant["isInLobby"] == true ? "lobby" : "in"
            }
            return ([content["eventType"]?.string ?? ""] + (delta ?? [])).joined(separator: " ")
        }
    }

    @Test func `a patient waits in the lobby until a presenter in the meeting admits`() async throws {
        let visit = try await visit()
        let clinic = visit.clinic
        let waiting = try await clinic.enter(visit.patientURL, as: "ann")
        #expect(waiting.text.contains("id=\"lobby\""))
        await #expect(throws: MockMicrosoftError.self) {
            try await clinic.mock.admit("ann", by: "dr", in: Clinic.world)
        }
        #expect(try await heard(visit).isEmpty)
        let host = try await clinic.enter(visit.staffURL, as: "dr", cookie: visit.cookie)
        #expect(host.text.contains("id=\"meeting\""))
        try await clinic.mock.admit("ann", by: "dr", in: Clinic.world)
        try await clinic.mock.leave("ann", in: Clinic.world)
        try await clinic.mock.leave("dr", in: Clinic.world)
        #expect(
            try await heard(visit) == [
                "callStarted", "rosterUpdated in lobby", "rosterUpdated in", "rosterUpdated out", "rosterUpdated out",
                "callEnded",
            ])
        let opened = clinic.events("join.opened")
        #expect(opened.map { $0["account"] } == ["anonymous", "member"])
        #expect(opened.allSatisfy { $0["device-test"] == true })
        #expect(clinic.events("meeting.joined").map { $0["via-lobby"] } == [false, true])
        #expect(clinic.events("meeting.ended").count == 1)
        #expect(clinic.events("notification.sent").allSatisfy { $0["status"] == 202 && $0["forged"] == false })
    }

    @Test(arguments: [("organizerAndCoOrganizersAndPresenters", true), ("organizerAndCoOrganizers", false)])
    func `presenters admit unless the meeting leaves that to its organizers`(
        admitters: String, admits: Bool
    ) async throws {
        let visit = try await visit(admitters: admitters)
        let clinic = visit.clinic
        _ = try await clinic.enter(visit.staffURL, as: "admin", cookie: try await clinic.signIn("admin").cookie)
        _ = try await clinic.enter(visit.patientURL, as: "ann")
        if admits {
            try await clinic.mock.admit("ann", by: "admin", in: Clinic.world)
        } else {
            await #expect(throws: MockMicrosoftError.self) {
                try await clinic.mock.admit("ann", by: "admin", in: Clinic.world)
            }
            _ = try await clinic.enter(visit.staffURL, as: "dr", cookie: visit.cookie)
            try await clinic.mock.admit("ann", by: "dr", in: Clinic.world)
        }
        #expect(clinic.events("lobby.admitted").count == 1)
    }

    @Test func `a lobby open to everyone lets the patient straight in`() async throws {
        let visit = try await visit(scope: "everyone")
        let answer = try await visit.clinic.enter(visit.patientURL, as: "ann")
        #expect(answer.text.contains("id=\"meeting\""))
        #expect(visit.clinic.events("lobby.entered").isEmpty)
    }

    @Test func `an address that skips the device test is told`() async throws {
        let visit = try await visit()
        let page = await visit.clinic.ask("GET", visit.patientURL + "&skipDeviceTest=true", actor: "ann")
        #expect(!page.text.contains("id=\"device-test\""))
        #expect(visit.clinic.events("join.opened").first?["device-test"] == false)
    }

    @Test func `ending the meeting ends it for everybody`() async throws {
        let visit = try await visit()
        _ = try await visit.clinic.enter(visit.staffURL, as: "dr", cookie: visit.cookie)
        _ = try await visit.clinic.enter(visit.patientURL, as: "ann")
        try await visit.clinic.mock.admit("ann", by: "dr", in: Clinic.world)
        await #expect(throws: MockMicrosoftError.self) {
            try await visit.clinic.mock.endMeeting(by: "ann", in: Clinic.world)
        }
        try await visit.clinic.mock.endMeeting(by: "dr", in: Clinic.world)
        #expect(visit.clinic.events("meeting.left").count == 2)
        #expect(try await heard(visit).last == "callEnded")
        let token = try await visit.clinic.appToken()
        let reports = await visit.clinic.ask(
            "GET", "/v1.0/users/\(visit.clinic.dr)/onlineMeetings/\(visit.meeting)/attendanceReports", token: token)
        #expect(reports.value["value"]?[0]?["totalParticipantCount"] == 2)
    }

    @Test func `a meeting that is deleted is gone, and its call goes on`() async throws {
        let visit = try await visit()
        let clinic = visit.clinic
        _ = try await clinic.enter(visit.staffURL, as: "dr", cookie: visit.cookie)
        let token = try await clinic.appToken()
        let place = "/v1.0/users/\(clinic.dr)/onlineMeetings/\(visit.meeting)"
        #expect(await clinic.ask("DELETE", place, token: token).status == 204)
        #expect(await clinic.ask("GET", place, token: token).status == 404)
        try await clinic.mock.leave("dr", in: Clinic.world)
        #expect(try await heard(visit).last == "callEnded")
    }

    @Test func `an endpoint that does not echo the token gets no subscription`() async throws {
        let visit = try await visit(subscribed: false)
        visit.clinic.hook.state.withLock { $0.echoes = false }
        let token = try await visit.clinic.appToken()
        let answer = await subscribe(visit.clinic, token, visit.staffURL, visit.subscriber)
        #expect(answer.status == 400)
        #expect(visit.clinic.events("subscription.refused").count == 1)
    }

    @Test func `a failed delivery is tried again on the clock`() async throws {
        let visit = try await visit()
        visit.clinic.hook.answer(500)
        _ = try await visit.clinic.enter(visit.staffURL, as: "dr", cookie: visit.cookie)
        await visit.clinic.quiet()
        #expect(visit.clinic.events("notification.sent").map { $0["status"] } == [500, 202])
        let due = try #require(await visit.clinic.mock.nextTimer(in: Clinic.world))
        #expect(due == Clinic.start + .seconds(10))
        await visit.clinic.mock.advance(world: Clinic.world, to: due)
        await visit.clinic.quiet()
        #expect(visit.clinic.events("notification.sent").last?["attempt"] == 2)
    }

    @Test func `duplicates, disorder and forgeries are delivered as told`() async throws {
        let visit = try await visit()
        try await visit.clinic.mock.configure(Clinic.world) { settings in
            settings.notifications.reorder = true
            settings.notifications.forge = 1
        }
        _ = try await visit.clinic.enter(visit.staffURL, as: "dr", cookie: visit.cookie)
        #expect(try await heard(visit) == ["bad signature", "rosterUpdated in", "callStarted"])
        let forged = try #require(visit.clinic.hook.received.first?.body)
        #expect(forged["value"]?[0]?["clientState"] != "cs")
    }

    @Test func `a notification can be repeated and one be forged out of turn`() async throws {
        let visit = try await visit()
        #expect(try await visit.clinic.mock.repeatNotification(in: Clinic.world) == false)
        _ = try await visit.clinic.enter(visit.staffURL, as: "dr", cookie: visit.cookie)
        #expect(try await visit.clinic.mock.repeatNotification(in: Clinic.world))
        #expect(try await visit.clinic.mock.forgeNotification(in: Clinic.world))
        // Everything wrong; what a stranger cannot know; the token, its audience, its sender, its time, the signature,
        // the client state alone.
        let lies =
            ["bad signature"] + Array(repeating: "rosterUpdated out", count: 5) + [
                "bad signature", "rosterUpdated out",
            ]
        #expect(try await heard(visit) == ["callStarted", "rosterUpdated in", "rosterUpdated in"] + lies)
        #expect(
            visit.clinic.events("notification.sent").map { $0["forged"] } == [false, false, false]
                + lies.map { _ in true })
    }

    @Test func `a subscription runs out on the world's clock`() async throws {
        let visit = try await visit()
        await visit.clinic.mock.advance(world: Clinic.world, to: Clinic.start + .seconds(3001))
        #expect(visit.clinic.events("subscription.ended").count == 1)
        _ = try await visit.clinic.enter(visit.staffURL, as: "dr", cookie: visit.cookie)
        #expect(try await heard(visit).isEmpty)
    }
}

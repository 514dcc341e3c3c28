// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing
import Trace
import Value
import World

@testable import MockKit
@testable import MockMicrosoft

/// Microsoft's own text messages about a meeting.
struct VirtualAppointmentTests {
    private struct Stage {
        let clinic: Clinic
        let token: String
        let path: String

        init(premium: Bool = true, permission: String = "VirtualAppointmentNotification.Send") async throws {
            clinic = try await Clinic()
            var entra = Clinic.entra
            entra.applicationPermissions += [permission, "VirtualAppointment.ReadWrite.All"]
            try await clinic.mock.register(entra, Clinic.sms, in: Clinic.world)
            if premium {
                try await clinic.mock.configure(Clinic.world) { $0.licences["dr"] = ["teams", "teams-premium"] }
            }
            token = try await clinic.appToken()
            // 2026-09-21T15:00:00Z
            let id = try await clinic.createMeeting(token: token)["id"]?.string ?? ""
            path = "/v1.0/users/\(clinic.dr)/onlineMeetings/\(id)"
        }

        func send(_ body: Members, reminder: Bool = false) async -> MockResponse {
            await clinic.ask(
                "POST", path + (reminder ? "/sendVirtualAppointmentReminderSms" : "/sendVirtualAppointmentSms"),
                token: token, json: .object(body))
        }
    }

    private static let attendees: Value = [["phoneNumber": "+14255550123", "timeZone": "Pacific Standard Time"]]

    @Test(arguments: ["confirmation", "reschedule", "cancellation"])
    func `a message goes out in the attendee's own time`(kind: String) async throws {
        let stage = try await Stage()
        let answer = await stage.send(["attendees": Self.attendees, "messageType": .string(kind)])
        #expect(answer.status == 202 && answer.value == [:])
        let sent = try #require(stage.clinic.events("sms.sent").first)
        #expect(sent["to"] == "ann" && sent["number"] == "+14255550123")
        // 15:00 UTC in September is 8:00 in the Pacific zone.
        #expect(sent["text"]?.string?.contains("2026-09-21 08:00") == true)
        let links = sent["links"]?.array ?? []
        #expect(links.isEmpty == (kind == "cancellation"))
    }

    @Test func `a reminder leaves a quarter of an hour before the visit`() async throws {
        let stage = try await Stage()
        let body: Members = ["attendees": Self.attendees, "remindBeforeTimeInMinutesType": "mins15"]
        #expect(await stage.send(body, reminder: true).status == 202)
        let start = try #require(Instant(rfc3339: "2026-09-21T15:00:00Z"))
        #expect(stage.clinic.events("sms.sent").isEmpty == (start - .seconds(900) > stage.clinic.clock.now))
        await stage.clinic.mock.advance(world: Clinic.world, to: start - .seconds(900))
        #expect(stage.clinic.events("sms.sent").count == 1)
    }

    // What becomes of a reminder is not public: the mock takes what is kindest to the connector.

    @Test func `a reminder goes with its meeting, comes once, and not after a cancellation`() async throws {
        let start = try #require(Instant(rfc3339: "2026-09-21T15:00:00Z"))
        let reminder: Members = ["attendees": Self.attendees, "remindBeforeTimeInMinutesType": "mins15"]
        let moved = try await Stage()
        for _ in 1...2 { #expect(await moved.send(reminder, reminder: true).status == 202) }
        let change: Value = ["startDateTime": "2026-09-21T17:00:00Z", "endDateTime": "2026-09-21T18:00:00Z"]
        #expect(await moved.clinic.ask("PATCH", moved.path, token: moved.token, json: change).status == 200)
        await moved.clinic.mock.advance(world: Clinic.world, to: start)
        #expect(moved.clinic.events("sms.sent").isEmpty)
        await moved.clinic.mock.advance(world: Clinic.world, to: start + .seconds(7200))
        // 17:00 UTC.
        let texts = moved.clinic.events("sms.sent").compactMap { $0["text"]?.string }
        #expect(texts.count == 1 && texts[0].contains("2026-09-21 10:00"), "\(texts)")

        let cancelled = try await Stage()
        #expect(await cancelled.send(reminder, reminder: true).status == 202)
        #expect(await cancelled.send(["attendees": Self.attendees, "messageType": "cancellation"]).status == 202)
        await cancelled.clinic.mock.advance(world: Clinic.world, to: start)
        #expect(cancelled.clinic.events("sms.sent").count == 1)
    }

    @Test func `whom a scenario makes refused or put off gets nothing, and Graph says so`() async throws {
        let stage = try await Stage()
        let body: Members = ["attendees": Self.attendees, "messageType": "confirmation"]
        try await stage.clinic.mock.configure(Clinic.world) { $0.putOffRecipients = ["ann"] }
        #expect(await stage.send(body).status == 503)
        #expect(await stage.send(body).status == 202)
        try await stage.clinic.mock.configure(Clinic.world) { $0.refusedRecipients = ["ann": 400] }
        #expect(await stage.send(body).status == 400)
        #expect(stage.clinic.events("sms.sent").count == 1)
        #expect(stage.clinic.events("sms.refused").map { $0["status"] } == [503, 400])
    }

    @Test func `what Graph does not take is refused before anything is sent`() async throws {
        let stage = try await Stage()
        let good: Value = ["phoneNumber": "+14255550123", "timeZone": "Pacific Standard Time"]
        let rows: [Members] = [
            ["messageType": "confirmation"], ["attendees": [], "messageType": "confirmation"],
            ["attendees": Self.attendees], ["attendees": Self.attendees, "messageType": "reminder"],
            [
                "attendees": [["phoneNumber": "4255550123", "timeZone": "Pacific Standard Time"]],
                "messageType": "confirmation",
            ],
            [
                "attendees": [["phoneNumber": "+34600000000", "timeZone": "Pacific Standard Time"]],
                "messageType": "confirmation",
            ],
            [
                "attendees": [good, ["phoneNumber": "+14255550124", "timeZone": "America/Los_Angeles"]],
                "messageType": "confirmation",
            ],
        ]
        for row in rows { #expect(await stage.send(row).status == 400, "\(row)") }
        let reminder: Members = ["attendees": Self.attendees, "remindBeforeTimeInMinutesType": "mins30"]
        #expect(await stage.send(reminder, reminder: true).status == 400)
        #expect(stage.clinic.events("sms.sent").isEmpty)
    }

    @Test func `permission and licence are asked for`() async throws {
        let body: Members = ["attendees": Self.attendees, "messageType": "confirmation"]
        #expect(await (try await Stage(premium: false)).send(body).status == 403)
        #expect(await (try await Stage(permission: "Mail.Send")).send(body).status == 403)
    }

    @Test func `the older resource takes ten digits and stays in beta`() async throws {
        let stage = try await Stage()
        let body: Value = [
            "@odata.type": "#microsoft.graph.virtualAppointment", "settings": ["allowClientToJoinUsingBrowser": true],
            "appointmentClients": [["displayName": "A", "smsCapablePhoneNumber": "4255550123"]],
        ]
        let beta = stage.path.replacing("/v1.0/", with: "/beta/") + "/virtualAppointment"
        #expect(
            await stage.clinic.ask("PUT", stage.path + "/virtualAppointment", token: stage.token, json: body).status
                == 400)
        let made = await stage.clinic.ask("PUT", beta, token: stage.token, json: body)
        #expect(made.status == 201)
        #expect(made.value["appointmentClientJoinWebUrl"]?.string?.contains("/webrtc-svc/api/route") == true)
        #expect(made.value["externalAppointmentId"] == "x1")
        let wrong: Value = ["appointmentClients": [["smsCapablePhoneNumber": "+14255550123"]]]
        #expect(await stage.clinic.ask("PATCH", beta, token: stage.token, json: wrong).status == 400)
        #expect(await stage.clinic.ask("DELETE", beta, token: stage.token).status == 204)
        #expect(await stage.clinic.ask("GET", beta, token: stage.token).status == 404)
    }

    @Test func `every Windows zone is one this machine knows`() {
        for (name, zone) in WindowsTimeZones.zones { #expect(TimeZone(identifier: zone) != nil, "\(name)") }
    }
}

// SPDX-License-Identifier: Apache-2.0

import Testing
import Trace
import Value
import World

@testable import MockKit
@testable import MockMicrosoft

/// What stands in the answers of Graph (wire-protocols 2.2, 2.4 to 2.6).
struct MeetingShapeTests {
    private static let properties = [
        "id", "creationDateTime", "startDateTime", "endDateTime", "externalId", "isBroadcast", "broadcastSettings",
        "meetingTemplateId", "participants", "subject", "joinWebUrl", "joinInformation", "joinMeetingIdSettings",
        "lobbyBypassSettings", "allowedPresenters", "allowedLobbyAdmitters", "allowMeetingChat", "chatInfo",
        "chatRestrictions", "audioConferencing", "isEntryExitAnnounced", "isEndToEndEncryptionEnabled",
        "allowAttendeeToEnableCamera", "allowAttendeeToEnableMic", "allowTeamworkReactions", "allowRecording",
        "allowTranscription", "recordAutomatically", "shareMeetingChatHistoryDefault", "allowBreakoutRooms",
        "allowWhiteboard", "allowPowerPointSharing", "allowLiveShare", "allowCopyingAndSharingMeetingContent",
        "allowParticipantsToChangeName", "watermarkProtection", "videoTeleconferenceId", "cloudVideoInteropInfo",
        "expiryDateTime", "meetingOptionsWebUrl", "meetingSpokenLanguageTag", "meetingType",
        "sensitivityLabelAssignment",
    ]

    @Test func `a meeting has every documented property, times in UTC, and its join address's shape`() async throws {
        let clinic = try await Clinic()
        let meeting = try await clinic.createMeeting(
            token: try await clinic.appToken(), extra: ["startDateTime": "2026-09-21T11:00:00-04:00"])
        #expect(Set(meeting.members?.names ?? []) == Set(Self.properties + ["@odata.context"]))
        #expect(meeting["startDateTime"] == "2026-09-21T15:00:00Z")
        let user = meeting["participants"]?["organizer"]?["identity"]?["user"]
        #expect(user?["tenantId"]?.string == clinic.model.tenant && user?["identityProvider"] == "AAD")
        let thread = try #require(meeting["chatInfo"]?["threadId"]?.string)
        let url = try #require(meeting["joinWebUrl"]?.string)
        #expect(thread.hasPrefix("19:meeting_") && thread.hasSuffix("@thread.v2"))
        #expect(url.contains("/l/meetup-join/19%3ameeting_"))
        #expect(url.contains("%40thread.v2/0?context=%7b%22Tid%22%3a%22"))
        #expect(PercentCoding.decode(url).contains("/" + thread + "/0"))
    }

    @Test func `enum members that came later are shown to who asks for them`() async throws {
        let clinic = try await Clinic()
        let token = try await clinic.appToken()
        for (scope, plain) in [
            ("invited", "unknownFutureValue"), ("organizationExcludingGuests", "unknownFutureValue"),
            ("organizer", "organizer"),
        ] {
            let meeting = try await clinic.createMeeting(
                token: token, external: scope, extra: ["lobbyBypassSettings": ["scope": .string(scope)]])
            #expect(meeting["lobbyBypassSettings"]?["scope"]?.string == plain)
            let answer = await clinic.ask(
                "GET", "/v1.0/users/\(clinic.dr)/onlineMeetings/\(meeting["id"]?.string ?? "")", token: token,
                headers: [("Prefer", "include-unknown-enum-members")])
            #expect(answer.value["lobbyBypassSettings"]?["scope"]?.string == scope)
        }
    }

    private func subscription(_ clinic: Clinic, _ meeting: Value) throws -> Value {
        let url = try #require(meeting["joinWebUrl"]?.string)
        return [
            "changeType": "updated", "notificationUrl": "http://127.0.0.1:9/hooks/graph", "clientState": "cs",
            "resource": .string("/communications/onlineMeetings/?$filter=JoinWebUrl eq '\(url)'"),
            "expirationDateTime": .string((Clinic.start + .seconds(3000)).description),
        ]
    }

    @Test(arguments: ["beta", "v1.0"])
    func `call events are subscribed to under the documented version, and under the SDK's`(version: String) async throws
    {
        let clinic = try await Clinic()
        let token = try await clinic.appToken()
        let body = try subscription(clinic, try await clinic.createMeeting(token: token))
        #expect(await clinic.ask("POST", "/\(version)/subscriptions", token: token, json: body).status == 201)
    }

    @Test func `several notifications may share a body, and a lone one still comes`() async throws {
        let clinic = try await Clinic()
        let token = try await clinic.appToken()
        let meeting = try await clinic.createMeeting(token: token)
        let body = try subscription(clinic, meeting)
        try #require(await clinic.ask("POST", "/beta/subscriptions", token: token, json: body).status == 201)
        try await clinic.mock.change(["notifications": ["together": true]], in: Clinic.world) { _ in nil }
        let url = try #require(meeting["joinWebUrl"]?.string)
        _ = try await clinic.enter(url, as: "dr", cookie: try await clinic.signIn("dr").cookie)
        _ = try await clinic.enter(url, as: "ann")
        try await clinic.mock.admit("ann", by: "dr", in: Clinic.world)
        await clinic.quiet()
        func types(_ body: Value) -> [String] {
            (body["value"]?.array ?? []).compactMap { $0["resourceData"]?["eventType"]?.string }
        }
        let first = clinic.hook.received
        #expect(
            first.map { types($0.body) } == [
                ["Microsoft.Communication.CallStarted", "Microsoft.Communication.CallRosterUpdate"]
            ])
        #expect(clinic.events("notification.sent").count == 2)
        let due = try #require(await clinic.mock.nextTimer(in: Clinic.world))
        await clinic.mock.advance(world: Clinic.world, to: due)
        await clinic.quiet()
        #expect(clinic.hook.received.map { types($0.body).count } == [2, 1])
    }

    @Test func `attendance counts people, not their stays, and a co-organizer may read it`() async throws {
        let clinic = try await Clinic()
        let token = try await clinic.appToken()
        let meeting = try await clinic.createMeeting(
            token: token,
            extra: [
                "participants": [
                    "attendees": [
                        [
                            "role": "coorganizer",
                            "upn": .string(clinic.model.person("admin")?.directory?[.principalName] ?? ""),
                        ]
                    ]
                ]
            ])
        let url = try #require(meeting["joinWebUrl"]?.string)
        let id = try #require(meeting["id"]?.string)
        let cookie = try await clinic.signIn("dr").cookie
        let admin = try await clinic.signIn("admin").cookie
        _ = try await clinic.enter(url, as: "admin", cookie: admin)
        for _ in 0..<2 {
            _ = try await clinic.enter(url, as: "dr", cookie: cookie)
            await clinic.mock.advance(world: Clinic.world, to: clinic.clock.now + .seconds(60))
            try await clinic.mock.leave("dr", in: Clinic.world)
        }
        try await clinic.mock.leave("admin", in: Clinic.world)
        let place = "/onlineMeetings/\(id)/attendanceReports"
        let list = await clinic.ask("GET", "/v1.0/users/\(clinic.dr)\(place)", token: token).value
        let report = try #require(list["value"]?[0])
        #expect(report["totalParticipantCount"]?.int == 2 && report["attendanceRecords"] == [])
        let whole = await clinic.ask(
            "GET", "/v1.0/users/\(clinic.dr)\(place)/\(report["id"]?.string ?? "")?$expand=attendanceRecords",
            token: token
        ).value
        let records = whole["attendanceRecords"]?.array ?? []
        #expect(Set(records.compactMap { $0["role"]?.string }) == ["Organizer", "Presenter"])
        let organizer = try #require(records.first { $0["role"] == "Organizer" })
        #expect(organizer["attendanceIntervals"]?.array?.count == 2)
        #expect(organizer["totalAttendanceInSeconds"]?.int == 120)
        let other = try #require(clinic.model.person("admin")?.directory?[.directoryID])
        #expect(await clinic.ask("GET", "/v1.0/users/\(other)\(place)", token: token).status == 200)
        #expect(await clinic.ask("GET", "/v1.0/users/\(other)/onlineMeetings/\(id)", token: token).status == 404)
    }

    @Test func `personal accounts have their own tenant, where no work account is known`() async throws {
        let clinic = try await Clinic()
        let found = await clinic.ask("GET", "/consumers/v2.0/.well-known/openid-configuration").value
        #expect(found["issuer"]?.string?.hasSuffix("/9188040d-6c67-4c5b-b112-36a304b66dad/v2.0") == true)
        let directory = try #require(clinic.model.person("dr")?.directory)
        let answer = await clinic.ask(
            "POST", "/consumers/login",
            form: ["username": directory[.principalName], "password": directory[.password], "ctx": ""])
        #expect(answer.text.contains("AADSTS50020"))
        let refused = await clinic.ask(
            "POST", "/consumers/oauth2/v2.0/token",
            form: [
                "grant_type": "client_credentials", "client_id": "client-1", "client_secret": "s3cret",
                "scope": "https://graph.microsoft.com/.default",
            ])
        #expect(refused.value["error_codes"] == [50059])
    }
}

// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing
import Trace
import Value
import World

@testable import MockKit
@testable import MockMicrosoft

struct GraphTests {
    @Test func `without a token Graph answers 401 in its own shape`() async throws {
        let clinic = try await Clinic()
        let answer = await clinic.ask("GET", "/v1.0/me")
        #expect(answer.status == 401 && answer.value["error"]?["code"] == "InvalidAuthenticationToken")
        #expect(answer.header("request-id") != nil)
    }

    @Test func `a missing permission is refused`() async throws {
        let clinic = try await Clinic()
        var entra = Clinic.entra
        entra.applicationPermissions = []
        try await clinic.mock.register(entra, Clinic.sms, in: Clinic.world)
        let token = try await clinic.appToken()
        let skus = await clinic.ask("GET", "/v1.0/subscribedSkus", token: token)
        #expect(skus.status == 403 && skus.value["error"]?["code"] == "Authorization_RequestDenied")
        let meeting = await clinic.ask("POST", "/v1.0/users/\(clinic.dr)/onlineMeetings", token: token, json: [:])
        #expect(meeting.status == 403)
        #expect(clinic.events("graph.refused").count == 2)
    }

    @Test func `the subscription shows as a product of the organization`() async throws {
        let clinic = try await Clinic()
        let token = try await clinic.appToken()
        func products() async -> [String] {
            await clinic.ask("GET", "/v1.0/subscribedSkus", token: token).value["value"]?.array?
                .compactMap { $0["skuPartNumber"]?.string } ?? []
        }
        #expect(await products().contains("TEAMS_EHR_CONNECTOR"))
        try await clinic.mock.configure(Clinic.world) { $0.subscription = .none }
        #expect(await products() == ["SPE_E3"])
    }

    @Test(arguments: [
        ("enabled", "Enabled", "enabled"), ("warning", "Warning", "warning"), ("suspended", "Suspended", "suspended"),
        ("locked-out", "LockedOut", "lockedOut"), ("deleted", "Deleted", nil),
    ])
    func `a subscription shows how it stands`(word: String, status: String, units: String?) async throws {
        let clinic = try await Clinic()
        let token = try await clinic.appToken()
        try await clinic.mock.configure(Clinic.world) { $0.subscriptionStatus = word }
        let skus = await clinic.ask("GET", "/v1.0/subscribedSkus", token: token).value["value"]?.array ?? []
        let sku = try #require(skus.first { $0["skuPartNumber"] == "TEAMS_EHR_CONNECTOR" })
        #expect(sku["capabilityStatus"]?.string == status)
        let standing = ["enabled", "warning", "suspended", "lockedOut"].filter { sku["prepaidUnits"]?[$0]?.int == 25 }
        #expect(standing == (units.map { [$0] } ?? []))
        #expect(skus.first { $0["skuPartNumber"] == "SPE_E3" }?["capabilityStatus"] == "Enabled", "users keep theirs")
    }

    @Test func `a plan that is switched off shows as disabled wherever licences are told`() async throws {
        let clinic = try await Clinic()
        let token = try await clinic.appToken()
        try await clinic.mock.configure(Clinic.world) { $0.disabledPlans["dr"] = ["teams"] }
        let held = await clinic.ask("GET", "/v1.0/users/\(clinic.dr)/licenseDetails", token: token).value
        let plan = held["value"]?[0]?["servicePlans"]?[0]
        #expect(plan?["servicePlanName"] == "TEAMS1" && plan?["provisioningStatus"] == "Disabled")
        let path = "/v1.0/users/\(clinic.dr)?$select=assignedLicenses,assignedPlans"
        let user = await clinic.ask("GET", path, token: token).value
        #expect(user["assignedLicenses"]?[0]?["disabledPlans"]?[0] == plan?["servicePlanId"])
        #expect(user["assignedPlans"]?[0]?["capabilityStatus"] == "Deleted")
    }

    @Test func `a Teams licence shows as the plan TEAMS1`() async throws {
        let clinic = try await Clinic()
        let token = try await clinic.appToken()
        let path = "/v1.0/users/\(clinic.dr)/licenseDetails"
        let held = await clinic.ask("GET", path, token: token).value
        #expect(held["value"]?[0]?["servicePlans"]?[0]?["servicePlanName"] == "TEAMS1")
        try await clinic.mock.configure(Clinic.world) { $0.licences["dr"] = [] }
        #expect(await clinic.ask("GET", path, token: token).value["value"] == [])
        try await clinic.mock.configure(Clinic.world) { $0.licences["dr"] = ["teams", "exchange"] }
        let both = await clinic.ask("GET", path, token: token).value["value"]?.array ?? []
        #expect(both.map { $0["skuPartNumber"] } == ["EXCHANGESTANDARD", "SPE_E3"], "mail is a licence of its own")
    }

    @Test func `createOrGet makes one meeting per external id`() async throws {
        let clinic = try await Clinic()
        let token = try await clinic.appToken()
        let first = try await clinic.createMeeting(token: token)
        let second = try await clinic.createMeeting(token: token)
        #expect(first["id"] == second["id"])
        #expect(first["joinWebUrl"]?.string?.hasPrefix("\(Clinic.origin)/l/meetup-join/19%3ameeting_") == true)
        let made = clinic.events("meeting.created")
        #expect(made.map { $0["new"] } == [true, false])
        #expect(made.first?["lobby"] == "organization" && made.first?["options"] == [:])
    }

    @Test func `what the connector asks for of a meeting is told`() async throws {
        let clinic = try await Clinic()
        let token = try await clinic.appToken()
        let meeting = try await clinic.createMeeting(token: token, extra: ["allowMeetingChat": "disabled"])
        #expect(clinic.events("meeting.created").first?["options"] == ["allowMeetingChat": "disabled"])
        let path = "/v1.0/users/\(clinic.dr)/onlineMeetings/\(meeting["id"]?.string ?? "")"
        let patched = await clinic.ask(
            "PATCH", path, token: token, json: ["lobbyBypassSettings": ["scope": "everyone"]])
        #expect(patched.value["lobbyBypassSettings"]?["scope"] == "everyone")
        #expect(clinic.events("meeting.changed").count == 1)
        let wrong = await clinic.ask("PATCH", path, token: token, json: ["allowedPresenters": "nobody"])
        #expect(wrong.status == 400)
    }

    @Test func `without an application access policy meetings are forbidden`() async throws {
        let clinic = try await Clinic()
        try await clinic.mock.configure(Clinic.world) { $0.accessPolicy = false }
        let token = try await clinic.appToken()
        let answer = await clinic.ask("POST", "/v1.0/users/\(clinic.dr)/onlineMeetings", token: token, json: [:])
        #expect(answer.status == 403)
        #expect(
            answer.value["error"]?["message"]?.string?.hasPrefix("No application access policy found for this app")
                == true)
    }

    @Test(arguments: ["getVirtualAppointmentJoinWebUrl", "getVirtualAppointmentJoinWebUrl()"])
    func `the browser join address comes with and without parentheses`(function: String) async throws {
        let clinic = try await Clinic()
        let token = try await clinic.appToken()
        let id = try await clinic.createMeeting(token: token)["id"]?.string ?? ""
        let answer = await clinic.ask("GET", "/v1.0/users/\(clinic.dr)/onlineMeetings/\(id)/\(function)", token: token)
        #expect(
            answer.value["value"]?.string?.contains(
                "/webrtc-svc/api/route?tid=\(clinic.model.tenant)&convId=19:meeting_") == true)
    }

    @Test func `a meeting is found by its join address`() async throws {
        let clinic = try await Clinic()
        let token = try await clinic.appToken()
        let meeting = try await clinic.createMeeting(token: token)
        let filter: Form = ["$filter": "JoinWebUrl eq '\(meeting["joinWebUrl"]?.string ?? "")'"]
        let answer = await clinic.ask("GET", "/v1.0/users/\(clinic.dr)/onlineMeetings?\(filter.encoded)", token: token)
        #expect(answer.value["value"]?[0]?["id"] == meeting["id"])
    }

    @Test func `mail is told with its recipient and its links`() async throws {
        let clinic = try await Clinic()
        let token = try await clinic.appToken()
        let answer = await clinic.ask(
            "POST", "/v1.0/users/\(clinic.dr)/sendMail", token: token,
            json: [
                "message": [
                    "subject": "Your visit",
                    "body": [
                        "contentType": "HTML", "content": "<a href=\"http://c.example/v/1?a=1&amp;b=2\">Join</a>",
                    ],
                    "toRecipients": [["emailAddress": ["address": "ann@mail.example"]]],
                ]
            ])
        #expect(answer.status == 202)
        let mail = try #require(clinic.events("mail.sent").first)
        #expect(mail["to"] == "ann" && mail["links"] == ["http://c.example/v/1?a=1&b=2"])
    }
}

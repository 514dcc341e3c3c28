// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing
import Trace
import Value
import World

@testable import MockKit
@testable import MockMicrosoft

struct GenerationATests {
    private func subscribe(_ clinic: Clinic, _ token: String) async throws -> (url: String, answer: MockResponse) {
        let url = try #require(try await clinic.createMeeting(token: token)["joinWebUrl"]?.string)
        let answer = await clinic.ask(
            "POST", "/beta/subscriptions", token: token,
            json: [
                "changeType": "updated", "notificationUrl": "http://127.0.0.1:9/hooks/graph", "clientState": "cs",
                "resource": .string("/communications/onlineMeetings/?$filter=JoinWebUrl eq '\(url)'"),
                "expirationDateTime": .string((Clinic.start + .seconds(3000)).description),
            ])
        return (url, answer)
    }

    @Test func `the older shape carries its fields in the open and does not see the lobby`() async throws {
        let clinic = try await Clinic()
        let token = try await clinic.appToken()
        let (url, answer) = try await subscribe(clinic, token)
        #expect(answer.status == 201)
        #expect(clinic.events("subscription.created").first?["generation"] == "a")
        let cookie = try await clinic.signIn("dr").cookie
        _ = try await clinic.enter(url, as: "dr", cookie: cookie)
        _ = try await clinic.enter(url, as: "ann")
        try await clinic.mock.admit("ann", by: "dr", in: Clinic.world)
        await clinic.quiet()
        let heard = clinic.hook.received.compactMap { $0.body["value"]?[0]?["resourceData"] }
        #expect(
            heard.map { $0["eventType"] } == [
                "Microsoft.Communication.CallStarted", "Microsoft.Communication.CallRosterUpdate",
                "Microsoft.Communication.CallRosterUpdate",
            ])
        #expect(heard[1]["activeParticipants@joined"]?[0]?["Identity"]?["User"]?["Id"]?.string == clinic.dr)
        #expect(heard[2]["activeParticipants@joined"]?[0]?["Identity"]?["AzureCommunicationServicesUser"] != nil)
    }

    @Test func `a world that serves the other generation refuses it`() async throws {
        let clinic = try await Clinic()
        try await clinic.mock.configure(Clinic.world) { $0.generation = .b }
        let token = try await clinic.appToken()
        #expect(try await subscribe(clinic, token).answer.status == 400)
    }

    @Test func `late notifications leave on the clock, and twice where told`() async throws {
        let clinic = try await Clinic()
        let token = try await clinic.appToken()
        let url = try await subscribe(clinic, token).url
        try await clinic.mock.configure(Clinic.world) { settings in
            settings.notifications.delay = .seconds(30)
            settings.notifications.duplicate = true
        }
        _ = try await clinic.enter(url, as: "dr", cookie: try await clinic.signIn("dr").cookie)
        await clinic.quiet()
        #expect(clinic.hook.received.isEmpty)
        await clinic.mock.advance(world: Clinic.world, to: Clinic.start + .seconds(30))
        await clinic.quiet()
        #expect(clinic.hook.received.count == 4)
    }
}

// SPDX-License-Identifier: Apache-2.0

import Testing
import Trace
import Value
import World

@testable import MockKit
@testable import MockMicrosoft

struct VocabularyTests {
    @Test func `every event of a visit stands in the vocabulary, in its world, with its fields`() async throws {
        let clinic = try await Clinic()
        let token = try await clinic.appToken()
        let cookie = try await clinic.signIn("dr").cookie
        let meeting = try await clinic.createMeeting(token: token)
        let url = try #require(meeting["joinWebUrl"]?.string)
        let path = "/v1.0/users/\(clinic.dr)/onlineMeetings/\(meeting["id"]?.string ?? "")"
        _ = await clinic.ask("PATCH", path, token: token, json: ["allowedPresenters": "organization"])
        _ = await clinic.ask("GET", path + "/getVirtualAppointmentJoinWebUrl()", token: token)
        for kind in ["subscribedSkus", "organization", "users/\(clinic.dr)", "users/\(clinic.dr)/memberOf", "nothing"] {
            _ = await clinic.ask("GET", "/v1.0/\(kind)", token: token)
        }
        let subscription = await clinic.ask(
            "POST", "/beta/subscriptions", token: token,
            json: [
                "changeType": "updated", "notificationUrl": "http://127.0.0.1:9/hooks/graph",
                "resource": .string(
                    "communications/onlineMeetings(joinWebUrl='\(PercentCoding.encode(url))')/meetingCallEvents"),
                "expirationDateTime": .string((Clinic.start + .seconds(3000)).description),
            ])
        _ = try await clinic.enter(url, as: "ann")
        _ = try await clinic.enter(url, as: "dr", cookie: cookie)
        try await clinic.mock.admit("ann", by: "dr", in: Clinic.world)
        try await clinic.mock.endMeeting(by: "dr", in: Clinic.world)
        let id = try #require(subscription.value["id"]?.string)
        #expect(await clinic.ask("DELETE", "/beta/subscriptions/\(id)", token: token).status == 204)
        await clinic.quiet()

        let events = clinic.journal.events()
        #expect(Set(events.map(\.kind)).count > 12)
        for event in events {
            let type = try #require(EventVocabulary.type(event.kind), "\(event.kind)")
            #expect(event.world == Clinic.world, "\(event.kind)")
            for (name, value) in event.fields {
                let field = try #require(type.field(name), "\(event.kind).\(name)")
                #expect(field.words.isEmpty || field.words.contains(value.string ?? ""), "\(event.kind).\(name)")
                #expect(Self.fits(value, field.type), "\(event.kind).\(name)")
            }
        }
    }

    private static func fits(_ value: Value, _ type: FieldType) -> Bool {
        switch type {
        case .integer: value.int != nil
        case .boolean: value.bool != nil
        case .list: value.array != nil
        case .object: value.members != nil
        case .instant: value.string.flatMap { Instant(rfc3339: $0) } != nil
        case .string, .person, .appointment, .base, .url: value.string != nil
        }
    }

    @Test func `a closed world still knows its late traffic, and does nothing by itself`() async throws {
        let clinic = try await Clinic()
        await clinic.mock.close(world: Clinic.world)
        _ = try await clinic.appToken()
        #expect(clinic.events("entra.token.issued").first?.world == Clinic.world)
        #expect(await clinic.mock.nextTimer(in: Clinic.world) == nil)
    }
}

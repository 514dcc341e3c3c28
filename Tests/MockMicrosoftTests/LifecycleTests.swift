// SPDX-License-Identifier: Apache-2.0

import Foundation
import Synchronization
import Testing
import Trace
import Value
import World

@testable import MockKit
@testable import MockMicrosoft

/// A subscription's life, and how Graph treats receivers that fail or dawdle.
struct LifecycleTests {
    private static let hook = "http://127.0.0.1:9/hooks/graph"
    private static let lifecycleHook = "http://127.0.0.1:9/hooks/lifecycle"

    private struct Subscribed {
        let clinic: Clinic
        let token: String
        let id: String
        let url: String
    }

    private func subscribed(hours: Int = 24) async throws -> Subscribed {
        let clinic = try await Clinic()
        let token = try await clinic.appToken()
        let url = try #require(try await clinic.createMeeting(token: token)["joinWebUrl"]?.string)
        let answer = await clinic.ask(
            "POST", "/beta/subscriptions", token: token,
            json: [
                "changeType": "updated", "notificationUrl": .string(Self.hook),
                "lifecycleNotificationUrl": .string(Self.lifecycleHook), "clientState": "cs",
                "resource": .string(
                    "communications/onlineMeetings(joinWebUrl='\(PercentCoding.encode(url))')/meetingCallEvents"),
                "expirationDateTime": .string((Clinic.start + .seconds(hours * 3600)).description),
            ])
        try #require(answer.status == 201)
        #expect(answer.value["clientState"] == "cs")
        let id = try #require(answer.value["id"]?.string)
        #expect(await clinic.ask("GET", "/beta/subscriptions/\(id)", token: token).value["clientState"] == .null)
        return Subscribed(clinic: clinic, token: token, id: id, url: url)
    }

    private func heard(_ clinic: Clinic) async -> [String] {
        await clinic.quiet()
        return clinic.hook.received.filter { $0.url == Self.lifecycleHook }
            .compactMap { $0.body["value"]?[0]?["lifecycleEvent"]?.string }
    }

    /// The provider signs in and joins: two notifications, of the call and of its roster.
    private func join(_ stage: Subscribed) async throws {
        _ = try await stage.clinic.enter(stage.url, as: "dr", cookie: try await stage.clinic.signIn("dr").cookie)
        await stage.clinic.quiet()
    }

    @Test func `a subscription is challenged before its end, and removed at it`() async throws {
        let stage = try await subscribed(hours: 8)
        let due = try #require(await stage.clinic.mock.nextTimer(in: Clinic.world))
        #expect(due == Clinic.start + .seconds(6 * 3600))
        await stage.clinic.mock.advance(world: Clinic.world, to: due)
        #expect(await heard(stage.clinic) == ["reauthorizationRequired"])
        await stage.clinic.mock.advance(world: Clinic.world, to: Clinic.start + .seconds(8 * 3600))
        #expect(await heard(stage.clinic) == ["reauthorizationRequired", "subscriptionRemoved"])
        #expect(stage.clinic.events("subscription.ended").count == 1)
        #expect(
            stage.clinic.events("notification.sent").map { $0["lifecycle"] } == [
                "reauthorizationRequired", "subscriptionRemoved",
            ])
    }

    @Test func `renewing in time answers the challenge`() async throws {
        let stage = try await subscribed(hours: 8)
        await stage.clinic.mock.advance(world: Clinic.world, to: Clinic.start + .seconds(7 * 3600))
        let renewed = await stage.clinic.ask(
            "PATCH", "/beta/subscriptions/\(stage.id)", token: stage.token,
            json: ["expirationDateTime": .string((Clinic.start + .seconds(15 * 3600)).description)])
        #expect(renewed.status == 200)
        await stage.clinic.mock.advance(world: Clinic.world, to: Clinic.start + .seconds(9 * 3600))
        #expect(await heard(stage.clinic) == ["reauthorizationRequired"])
        #expect(stage.clinic.events("subscription.renewed").map { $0["way"] } == ["renew"])
    }

    @Test func `notifications wait until a demanded reauthorization is given`() async throws {
        let stage = try await subscribed()
        #expect(try await stage.clinic.mock.tell(.reauthorizationRequired, in: Clinic.world))
        try await join(stage)
        #expect(stage.clinic.hook.received.allSatisfy { $0.url == Self.lifecycleHook })
        #expect(stage.clinic.events("notification.withheld").allSatisfy { $0["reason"] == "reauthorization" })
        let answer = await stage.clinic.ask(
            "POST", "/beta/subscriptions/\(stage.id)/reauthorize", token: stage.token)
        #expect(answer.status == 204)
        try await stage.clinic.mock.leave("dr", in: Clinic.world)
        await stage.clinic.quiet()
        #expect(stage.clinic.hook.received.filter { $0.url == Self.hook }.count == 2)
    }

    @Test func `a hook that fails for four hours misses the notification and is told so`() async throws {
        let stage = try await subscribed()
        stage.clinic.hook.state.withLock { $0.statuses = Array(repeating: 500, count: 18) }
        try await join(stage)
        await stage.clinic.mock.advance(world: Clinic.world, to: Clinic.start + .seconds(4 * 3600))
        for _ in 0..<9 {
            await stage.clinic.quiet()
            await stage.clinic.mock.advance(world: Clinic.world, to: stage.clinic.clock.now + .seconds(3600))
        }
        #expect(await heard(stage.clinic).filter { $0 == "missed" }.count == 2)
        #expect(MockMicrosoft.retries.reduce(.zero, +) <= .seconds(4 * 3600))
    }

    @Test func `an answer after three seconds is none`() async throws {
        let stage = try await subscribed()
        stage.clinic.hook.state.withLock { $0.took = .milliseconds(3100) }
        try await join(stage)
        let first = stage.clinic.hook.received.count
        #expect(first == 2)
        stage.clinic.hook.state.withLock { $0.took = .milliseconds(100) }
        await stage.clinic.mock.advance(world: Clinic.world, to: Clinic.start + .seconds(10))
        await stage.clinic.quiet()
        #expect(stage.clinic.hook.received.count == 4)
    }

    @Test(arguments: [(9, ReceiverPace.Treatment.normal), (10, .delayed), (14, .delayed), (15, .dropped)])
    func `receivers are treated by their share of slow answers`(slow: Int, treatment: ReceiverPace.Treatment) {
        var pace = ReceiverPace()
        for number in 0..<99 {
            pace.note(.milliseconds(number < slow ? 2901 : 2899), .graph, at: Clinic.start)
            #expect(pace.treatment(at: Clinic.start) == .normal)
        }
        pace.note(.milliseconds(100), .graph, at: Clinic.start)
        #expect(pace.treatment(at: Clinic.start) == treatment)
        #expect(pace.treatment(at: Clinic.start + .seconds(599)) == treatment)
        #expect(pace.treatment(at: Clinic.start + .seconds(600)) == .normal)
    }

    @Test func `a slow receiver's notifications are withheld, and that is told`() async throws {
        let stage = try await subscribed()
        stage.clinic.hook.state.withLock { $0.took = .milliseconds(2950) }
        let cookie = try await stage.clinic.signIn("dr").cookie
        for _ in 0..<26 {
            _ = try await stage.clinic.enter(stage.url, as: "dr", cookie: cookie)
            try await stage.clinic.mock.leave("dr", in: Clinic.world)
        }
        await stage.clinic.quiet()
        #expect(stage.clinic.hook.received.count == 100)
        #expect(
            stage.clinic.events("notification.withheld").map { $0["reason"] }
                == Array(repeating: "slow-receiver", count: 4))
    }

    @Test func `a certificate that is too weak or none is refused, and so is an unknown TLS version`() async throws {
        let stage = try await subscribed()
        let rows: [Members] = [
            ["includeResourceData": true],
            ["includeResourceData": true, "encryptionCertificate": "AAAA", "encryptionCertificateId": "c"],
            ["latestSupportedTlsVersion": "v3"],
        ]
        let other = try await stage.clinic.createMeeting(token: stage.token, external: "x2")["joinWebUrl"]?.string ?? ""
        for row in rows {
            var body: Members = [
                "changeType": "updated", "notificationUrl": .string(Self.hook),
                "resource": .string(
                    "communications/onlineMeetings(joinWebUrl='\(PercentCoding.encode(other))')/meetingCallEvents"),
                "expirationDateTime": .string((Clinic.start + .seconds(3000)).description),
            ]
            for (name, value) in row { body[name] = value }
            let answer = await stage.clinic.ask("POST", "/beta/subscriptions", token: stage.token, json: .object(body))
            #expect(answer.status == 400, "\(row.names)")
        }
    }
}

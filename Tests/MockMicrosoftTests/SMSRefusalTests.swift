// SPDX-License-Identifier: Apache-2.0

import Foundation
import Synchronization
import Testing
import Trace
import Value
import World

@testable import MockKit
@testable import MockMicrosoft

/// What the gateway refuses, how deliveries end, and how Event Grid tells of them.
struct SMSRefusalTests {
    private func send(
        _ clinic: Clinic, from: String, recipient: Members = [:], body extra: Members = [:],
        version: String = "2021-03-07"
    ) async -> MockResponse {
        var to: Members = ["to": "+14255550123"]
        for (name, value) in recipient { to[name] = value }
        var body: Members = [
            "from": .string(from), "message": "hi", "smsRecipients": [.object(to)],
            "smsSendOptions": ["enableDeliveryReport": true, "tag": "t1"],
        ]
        for (name, value) in extra { body[name] = value }
        return await clinic.askResource("POST", "/sms?api-version=\(version)", .object(body))
    }

    @Test(arguments: [
        ("2021-03-07", 202), ("2024-01-02", 202), ("2024-02-05", 202), ("2025-09-17", 202), ("2026-01-23", 202),
        ("2020-01-01", 400), ("", 400),
    ])
    func `an API version is one that was published`(version: String, status: Int) async throws {
        let clinic = try await Clinic()
        let number = try await clinic.mock.own(in: Clinic.world)
        let answer = await send(clinic, from: number, version: version)
        #expect(answer.status == status)
        if status == 400 {
            #expect(answer.header("api-supported-versions")?.contains("2021-03-07") == true)
            #expect(
                answer.value["error"]?["code"]?.string?.hasSuffix("ApiVersionParameter") == true
                    || answer.value["error"]?["code"] == "UnsupportedApiVersionValue")
        }
    }

    @Test func `repeatability comes as a UUID with a date, or not at all`() async throws {
        let clinic = try await Clinic()
        let number = try await clinic.mock.own(in: Clinic.world)
        let date: Value = "Thu, 01 Jan 2026 12:00:00 GMT"
        let id: Value = "00000000-0000-4000-8000-000000000001"
        let rows: [(Members, Int)] = [
            ([:], 202), (["repeatabilityRequestId": id, "repeatabilityFirstSent": date], 202),
            (["repeatabilityRequestId": "r1", "repeatabilityFirstSent": date], 400),
            (["repeatabilityRequestId": id, "repeatabilityFirstSent": "2026-01-01"], 400),
            (["repeatabilityRequestId": id], 400), (["repeatabilityFirstSent": date], 400),
        ]
        for (recipient, status) in rows {
            let answer = await send(clinic, from: number, recipient: recipient)
            #expect(answer.status == 202 && answer.value["value"]?[0]?["httpStatusCode"]?.int == status, "\(recipient)")
            #expect((answer.value["value"]?[0]?["repeatabilityResult"] == "accepted") == (status == 202))
        }
    }

    @Test func `a whole request is refused for its size, its options or its sender`() async throws {
        let clinic = try await Clinic()
        let number = try await clinic.mock.own(in: Clinic.world)
        let many = Value.array(Array(repeating: ["to": "+14255550123"], count: 101))
        let rows: [Members] = [
            ["smsRecipients": []], ["smsRecipients": many], ["message": ""],
            ["message": .string(String(repeating: "a", count: 2049))],
            ["smsSendOptions": ["deliveryReportTimeoutInSeconds": 59]],
            ["smsSendOptions": ["deliveryReportTimeoutInSeconds": 43_201]], ["from": .null],
        ]
        for row in rows { #expect(await send(clinic, from: number, body: row).status == 400, "\(row.names)") }
        let hundred = Value.array(Array(repeating: ["to": "+14255550123"], count: 100))
        let whole = await send(clinic, from: number, body: ["smsRecipients": hundred])
        #expect(whole.status == 202 && whole.value["value"]?.array?.count == 100)
    }

    @Test func `a number without outgoing messages sends none`() async throws {
        let clinic = try await Clinic()
        let number = try await clinic.mock.own(in: Clinic.world)
        let place = "/phoneNumbers/\(number)/capabilities?api-version=2022-12-01"
        #expect(await clinic.askResource("PATCH", place, ["sms": "none"]).status == 400, "not as plain JSON")
        let change = await clinic.askResource("PATCH", place, ["sms": "none"], type: "application/merge-patch+json")
        #expect(change.status == 202)
        #expect(await send(clinic, from: number).status == 403)
    }

    @Test func `beyond the limit of its sender a request waits`() async throws {
        let clinic = try await Clinic()
        let number = try await clinic.mock.own(in: Clinic.world)
        #expect(RequestLimits().tollFree == RequestLimit(200, per: .seconds(60)))
        #expect(RequestLimits().sms(from: "12345") == RequestLimit(6000, per: .seconds(60)))
        try await clinic.mock.configure(Clinic.world) { $0.limits.tollFree = RequestLimit(2, per: .seconds(60)) }
        #expect(await send(clinic, from: number).status == 202)
        #expect(await send(clinic, from: number).status == 202)
        let third = await send(clinic, from: number)
        #expect(third.status == 429 && third.value["error"]?["code"] == "TooManyRequests")
        #expect((1...60).contains(third.header("Retry-After").flatMap { Int($0) } ?? 0))
        #expect(clinic.events("sms.sent").count == 2 && clinic.events("sms.refused").count == 1)
    }

    @Test(arguments: [4000, 4001, 4002, 4003, 4004, 4005, 4006, 4008, 5000, 5001, 5002, 9999])
    func `a carrier's word reaches the report`(code: Int) async throws {
        let clinic = try await Clinic()
        let number = try await clinic.mock.own(in: Clinic.world)
        try await clinic.mock.configure(Clinic.world) { $0.deliveryCodes["ann"] = code }
        #expect(await send(clinic, from: number).value["value"]?[0]?["successful"] == true)
        await clinic.quiet()
        let report = try #require(clinic.hook.received.first?.body[0])
        #expect(report["eventType"] == "Microsoft.Communication.SMSDeliveryReportReceived")
        #expect(report["data"]?["deliveryStatus"] == "Failed" && report["data"]?["tag"] == "t1")
        #expect(report["data"]?["deliveryStatusDetails"]?.string?.hasSuffix("(\(code))") == true)
        #expect(report["data"]?["deliveryAttempts"]?[0]?["segmentsFailed"] == 1)
        #expect(clinic.events("sms.delivered").first?["code"]?.int == code)
    }

    @Test func `a message that is put off can be sent again under the same id, once`() async throws {
        let clinic = try await Clinic()
        let number = try await clinic.mock.own(in: Clinic.world)
        try await clinic.mock.configure(Clinic.world) { $0.putOffRecipients = ["ann"] }
        let pair: Members = [
            "repeatabilityRequestId": "00000000-0000-4000-8000-000000000001",
            "repeatabilityFirstSent": "Thu, 01 Jan 2026 12:00:00 GMT",
        ]
        let first = await send(clinic, from: number, recipient: pair)
        #expect(first.status == 202 && first.value["value"]?[0]?["httpStatusCode"] == 503)
        #expect(first.value["value"]?[0]?["successful"] == false)
        #expect(clinic.events("sms.refused").map { $0["status"] } == [503])
        for _ in 0..<2 {
            #expect(await send(clinic, from: number, recipient: pair).value["value"]?[0]?["httpStatusCode"] == 202)
        }
        #expect(clinic.events("sms.sent").count == 1)
    }

    @Test func `another gateway than Azure's puts a message off too`() async throws {
        let clinic = try await Clinic()
        try await clinic.mock.configure(Clinic.world) { $0.putOffRecipients = ["ann"] }
        func take() async -> MockMicrosoft.MappedText {
            await clinic.mock.take(
                text: "hi", to: "+14255550123", from: "+18005550100", exchange: clinic.journal.nextExchangeID(),
                in: Clinic.world)
        }
        #expect(await take() == .putOff)
        #expect(clinic.events("sms.refused").map { $0["status"] } == [503])
        guard case .accepted = await take() else {
            Issue.record("the next message was not taken")
            return
        }
    }

    @Test func `opt-outs are added, checked and removed from the version on that has them`() async throws {
        let clinic = try await Clinic()
        let number = try await clinic.mock.own(in: Clinic.world)
        func ask(_ verb: String, _ to: String = "+14255550123", version: String = "2025-09-17") async -> MockResponse {
            await clinic.askResource(
                "POST", "/sms/optouts:\(verb)?api-version=\(version)",
                ["from": .string(number), "recipients": [["to": .string(to)]]])
        }
        #expect(await ask("check", version: "2021-03-07").status == 404)
        #expect(await ask("check").value["value"]?[0]?["isOptedOut"] == false)
        #expect(await ask("add").value["value"]?[0]?["isOptedOut"] == true)
        #expect(await ask("check", "4255550123").value["value"]?[0]?["httpStatusCode"] == 400)
        _ = await send(clinic, from: number)
        #expect(clinic.events("sms.delivered").last?["code"] == 4007)
        #expect(await ask("remove").value["value"]?[0]?["isOptedOut"] == false)
        _ = await send(clinic, from: number)
        #expect(clinic.events("sms.delivered").last?["code"] == 2000)
    }

    @Test func `a hook that does not answer the handshake hears nothing until somebody confirms it`() async throws {
        let clinic = try await Clinic()
        let number = try await clinic.mock.own(in: Clinic.world)
        clinic.hook.state.withLock { $0.confirmation = "{}" }
        _ = await send(clinic, from: number)
        await clinic.quiet()
        #expect(clinic.hook.received.isEmpty)
        let address = try #require(clinic.hook.state.withLock { $0.validationURL })
        #expect(await clinic.ask("GET", address + "x").status == 400)
        #expect(await clinic.ask("GET", address).status == 200)
        #expect(await clinic.ask("GET", address).status == 400, "a code works once")
        await clinic.mock.advance(world: Clinic.world, to: try #require(await clinic.mock.nextTimer(in: Clinic.world)))
        await clinic.quiet()
        #expect(clinic.hook.received.count == 1)
    }

    @Test func `Event Grid delivers at least once and in no order`() async throws {
        let clinic = try await Clinic()
        let number = try await clinic.mock.own(in: Clinic.world)
        try await clinic.mock.configure(Clinic.world) { $0.smsEvents.duplicate = true }
        _ = await send(clinic, from: number)
        await clinic.quiet()
        #expect(clinic.hook.received.count == 2)
        #expect(clinic.hook.received[0].body[0]?["id"] == clinic.hook.received[1].body[0]?["id"])
        try await clinic.mock.configure(Clinic.world) { settings in
            settings.smsEvents.duplicate = false
            settings.smsEvents.reorder = true
        }
        let ids = [
            await send(clinic, from: number).value["value"]?[0]?["messageId"],
            await send(clinic, from: number).value["value"]?[0]?["messageId"],
        ]
        await clinic.quiet()
        #expect(clinic.hook.received.dropFirst(2).map { $0.body[0]?["data"]?["messageId"] } == [ids[1], ids[0]])
    }
}

// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing
import Trace
import Value
import World

@testable import MockKit
@testable import MockMicrosoft

struct SMSTests {
    private func ask(_ clinic: Clinic, _ method: String, _ path: String, _ json: Value? = nil) async -> MockResponse {
        await clinic.askResource(method, path, json)
    }

    private func send(
        _ clinic: Clinic, to: String, _ text: String, from: String,
        repeatability: String = "00000000-0000-4000-8000-000000000001"
    ) async -> MockResponse {
        await ask(
            clinic, "POST", "/sms?api-version=2021-03-07",
            [
                "from": .string(from), "message": .string(text),
                "smsRecipients": [
                    [
                        "to": .string(to), "repeatabilityRequestId": .string(repeatability),
                        "repeatabilityFirstSent": "Thu, 01 Jan 2026 12:00:00 GMT",
                    ]
                ], "smsSendOptions": ["enableDeliveryReport": true],
            ])
    }

    @Test func `the signature is the one the SDK makes`() {
        let body = Data(#"{"from":"+18445550100","smsRecipients":[{"to":"+14255550123"}],"message":"hi"}"#.utf8)
        let hash = ResourceAuthentication.contentHash(body)
        #expect(hash == "2TRRLRoYzEtfvT5GS2jc4Near0cFK40kCREp2h0VgO0=")
        let signature = ResourceAuthentication.signature(
            method: "POST", target: "/sms?api-version=2021-03-07", date: "Thu, 01 Jan 2026 12:00:00 GMT",
            host: "sms.mock.example", contentHash: hash,
            key: Data(base64Encoded: Clinic.sms.accessKey) ?? Data())
        #expect(signature == "6KqDdMPuZRgrJWH5xisM0MhA177RFFBqIIhyQGFdMxM=")
    }

    @Test func `an unsigned request is refused`() async throws {
        let clinic = try await Clinic()
        let answer = await clinic.ask("POST", "/acs/\(clinic.model.tenant)/sms?api-version=2021-03-07", json: [:])
        #expect(answer.status == 401)
    }

    @Test func `a message is told with recipient, links and segments, and once per repeatability id`() async throws {
        let clinic = try await Clinic()
        let number = try await clinic.mock.own(in: Clinic.world)
        let text = "Your visit starts at 10:00. http://c.example/v/abc."
        let first = await send(clinic, to: "+14255550123", text, from: number)
        #expect(first.status == 202 && first.value["value"]?[0]?["successful"] == true)
        let second = await send(clinic, to: "+14255550123", text, from: number)
        #expect(first.value["value"]?[0]?["messageId"] == second.value["value"]?[0]?["messageId"])
        let sent = clinic.events("sms.sent")
        #expect(sent.count == 1)
        #expect(sent.first?["to"] == "ann" && sent.first?["links"] == ["http://c.example/v/abc"])
        #expect(sent.first?["segments"] == 1 && sent.first?["encoding"] == "GSM-7")
        await clinic.quiet()
        #expect(clinic.hook.received.first?.body[0]?["data"]?["deliveryStatus"] == "Delivered")
    }

    @Test func `a number that is no E164 is refused in its item`() async throws {
        let clinic = try await Clinic()
        let number = try await clinic.mock.own(in: Clinic.world)
        let answer = await send(clinic, to: "4255550123", "hi", from: number)
        #expect(answer.status == 202 && answer.value["value"]?[0]?["httpStatusCode"] == 400)
        #expect(clinic.events("sms.refused").first?["to"] == "ann")
    }

    @Test func `a number of somebody else cannot send`() async throws {
        let clinic = try await Clinic()
        let answer = await send(clinic, to: "+14255550123", "hi", from: "+18335550100")
        #expect(answer.status == 403)
        #expect(clinic.events("sms.sent").isEmpty && clinic.events("sms.refused").count == 1)
    }

    @Test func `STOP reaches the hook and later messages fail until START`() async throws {
        let clinic = try await Clinic()
        let number = try await clinic.mock.own(in: Clinic.world)
        _ = await send(clinic, to: "+14255550123", "hi", from: number)
        await clinic.quiet()
        #expect(try await clinic.mock.reply("ann", text: "Stop", in: Clinic.world) == 202)
        #expect(clinic.hook.received.last?.body[0]?["data"]?["message"] == "Stop")
        let blocked = await send(
            clinic, to: "+14255550123", "again", from: number, repeatability: "00000000-0000-4000-8000-000000000002")
        #expect(blocked.value["value"]?[0]?["successful"] == true)
        #expect(clinic.events("sms.delivered").last?["status"] == "Failed")
        await clinic.quiet()
        #expect(clinic.hook.received.last?.body[0]?["data"]?["deliveryStatusDetails"]?.string?.contains("4007") == true)
        try await clinic.mock.reply("ann", text: "START", in: Clinic.world)
        _ = await send(
            clinic, to: "+14255550123", "back", from: number, repeatability: "00000000-0000-4000-8000-000000000003")
        #expect(clinic.events("sms.delivered").last?["status"] == "Delivered")
    }

    @Test func `a number arrives a minute after its purchase`() async throws {
        let clinic = try await Clinic()
        let search = await ask(
            clinic, "POST", "/availablePhoneNumbers/countries/US/:search?api-version=2022-12-01",
            [
                "phoneNumberType": "tollFree", "assignmentType": "application",
                "capabilities": ["calling": "none", "sms": "inbound+outbound"], "quantity": 1,
            ])
        #expect(search.status == 202)
        let operation = try #require(search.header("Operation-Location"))
        #expect(await ask(clinic, "GET", operation).value["status"] == "notStarted")
        await clinic.mock.advance(world: Clinic.world, to: clinic.clock.now + .seconds(1))
        #expect(await ask(clinic, "GET", operation).value["status"] == "running")
        await clinic.mock.advance(world: Clinic.world, to: try #require(await clinic.mock.nextTimer(in: Clinic.world)))
        #expect(await ask(clinic, "GET", operation).value["status"] == "succeeded")
        let found = await ask(clinic, "GET", try #require(search.header("Location"))).value
        let number = try #require(found["phoneNumbers"]?[0]?.string)
        #expect(number.hasPrefix("+1833") && number.count == 12)
        let purchase = await ask(
            clinic, "POST", "/availablePhoneNumbers/:purchase?api-version=2022-12-01",
            ["searchId": found["searchId"] ?? .null])
        #expect(purchase.status == 202)
        #expect(await ask(clinic, "GET", "/phoneNumbers?api-version=2022-12-01").value["phoneNumbers"] == [])
        await clinic.mock.advance(world: Clinic.world, to: clinic.clock.now + .seconds(60))
        let owned = await ask(clinic, "GET", "/phoneNumbers?api-version=2022-12-01").value
        #expect(owned["phoneNumbers"]?[0]?["phoneNumber"]?.string == number)
        #expect(clinic.events("number.requested").map { $0["operation"] } == ["search", "purchase"])
        #expect(clinic.events("number.provisioned").count == 1)
    }

    @Test func `text is counted in septets where the alphabet allows it`() {
        #expect(TextEncoding(String(repeating: "a", count: 160)).segments == 1)
        #expect(TextEncoding(String(repeating: "a", count: 161)).segments == 2)
        #expect(TextEncoding(String(repeating: "€", count: 81)).segments == 2)
        #expect(TextEncoding("ñ").name == "GSM-7" && TextEncoding("í").name == "UCS-2")
        #expect(TextEncoding(String(repeating: "я", count: 70)).segments == 1)
        #expect(TextEncoding(String(repeating: "я", count: 71)).segments == 2)
    }
}

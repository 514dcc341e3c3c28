// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing
import Trace
import Value
import World

@testable import MockKit
@testable import MockMicrosoft

/// Searching for, buying and giving back phone numbers.
struct PhoneNumberTests {
    private static let version = "?api-version=2025-06-01"

    private func search(_ clinic: Clinic, country: String = "US", _ extra: Members = [:]) async -> MockResponse {
        var body: Members = [
            "phoneNumberType": "tollFree", "assignmentType": "application",
            "capabilities": ["calling": "none", "sms": "inbound+outbound"], "quantity": 1,
        ]
        for (name, value) in extra { body[name] = value }
        return await clinic.askResource(
            "POST", "/availablePhoneNumbers/countries/\(country)/:search\(Self.version)", .object(body))
    }

    private func advance(_ clinic: Clinic, _ duration: Duration) async {
        await clinic.mock.advance(world: Clinic.world, to: clinic.clock.now + duration)
    }

    @Test func `a search asks for what is offered`() async throws {
        let clinic = try await Clinic()
        let rows: [(String, Members)] = [
            ("US", ["phoneNumberType": "mobile"]), ("US", ["assignmentType": "robot"]),
            ("US", ["capabilities": ["sms": "all", "calling": "none"]]), ("US", ["capabilities": .null]),
            ("US", ["quantity": 0]), ("US", ["areaCode": "123"]), ("ZZ", [:]),
            ("US", ["phoneNumberType": "geographic"]), ("US", ["assignmentType": "person"]),
        ]
        for (country, body) in rows {
            let answer = await search(clinic, country: country, body)
            #expect(answer.status == 400 && answer.value["error"]?["message"]?.string?.isEmpty == false, "\(body)")
        }
        let geographic = await search(
            clinic,
            [
                "phoneNumberType": "geographic", "areaCode": "425",
                "capabilities": ["calling": "outbound", "sms": "none"],
            ])
        #expect(geographic.status == 202)
        for header in ["Operation-Location", "Location", "operation-id", "search-id"] {
            #expect(geographic.header(header) != nil, "\(header)")
        }
    }

    @Test func `a short stock gives fewer numbers, an empty one a failed search`() async throws {
        let clinic = try await Clinic()
        let many = await search(clinic, ["quantity": 50])
        await advance(clinic, .seconds(10))
        let found = await clinic.askResource("GET", try #require(many.header("Location"))).value
        #expect(found["phoneNumbers"]?.array?.count == NumberCatalogue.stock && found["error"] == "NoError")
        try await clinic.mock.configure(Clinic.world) { $0.numberSearchError = "OutOfStock" }
        let none = await search(clinic)
        await advance(clinic, .seconds(10))
        let operation = await clinic.askResource("GET", try #require(none.header("Operation-Location"))).value
        #expect(operation["status"] == "failed" && operation["error"]?["code"] == "OutOfStock")
        #expect(await clinic.askResource("GET", try #require(none.header("Location"))).status == 404)
    }

    @Test func `a search holds its numbers for a quarter of an hour, and is bought once`() async throws {
        let clinic = try await Clinic()
        func buy(_ id: String) async -> MockResponse {
            await clinic.askResource(
                "POST", "/availablePhoneNumbers/:purchase\(Self.version)", ["searchId": .string(id)])
        }
        let first = try #require(await search(clinic).header("search-id"))
        #expect(await buy(first).status == 404, "the search still runs")
        await advance(clinic, .seconds(10))
        #expect(await buy(first).status == 202)
        #expect(await buy(first).status == 409)
        let second = try #require(await search(clinic).header("search-id"))
        await advance(clinic, .seconds(16 * 60))
        #expect(await buy(second).status == 404)
    }

    @Test(arguments: ["NotEnoughCredit", "ProvisioningFailed"])
    func `a purchase fails with the word a scenario gives`(word: String) async throws {
        let clinic = try await Clinic()
        try await clinic.mock.configure(Clinic.world) { $0.numberPurchaseError = word }
        let id = try #require(await search(clinic).header("search-id"))
        await advance(clinic, .seconds(10))
        let purchase = await clinic.askResource(
            "POST", "/availablePhoneNumbers/:purchase\(Self.version)", ["searchId": .string(id)])
        await advance(clinic, .seconds(61))
        let operation = await clinic.askResource("GET", try #require(purchase.header("Operation-Location"))).value
        #expect(operation["status"] == "failed" && operation["error"]?["code"]?.string == word)
        #expect(operation["operationType"] == "purchase")
        #expect(await clinic.askResource("GET", "/phoneNumbers\(Self.version)").value["phoneNumbers"] == [])
    }

    @Test func `a released number is gone, and an operation can be forgotten`() async throws {
        let clinic = try await Clinic()
        let number = try await clinic.mock.own(in: Clinic.world)
        let release = await clinic.askResource("DELETE", "/phoneNumbers/\(number)\(Self.version)")
        #expect(release.status == 202 && release.header("release-id") != nil)
        #expect(await clinic.askResource("GET", "/phoneNumbers/\(number)\(Self.version)").status == 200)
        await advance(clinic, .seconds(10))
        #expect(await clinic.askResource("GET", "/phoneNumbers/\(number)\(Self.version)").status == 404)
        let operation = try #require(release.header("operation-id"))
        let place = "/phoneNumbers/operations/\(operation)\(Self.version)"
        #expect(await clinic.askResource("DELETE", place).status == 204)
        #expect(await clinic.askResource("GET", place).status == 404)
    }

    @Test func `many numbers come in pages`() async throws {
        let clinic = try await Clinic()
        for _ in 0..<5 { try await clinic.mock.own(in: Clinic.world) }
        var seen: [String] = []
        var place = "/phoneNumbers\(Self.version)&top=2"
        for _ in 0..<4 {
            let page = await clinic.askResource("GET", place).value
            seen += page["phoneNumbers"]?.array?.compactMap { $0["phoneNumber"]?.string } ?? []
            guard let next = page["nextLink"]?.string else { break }
            place = next
        }
        #expect(seen.count == 5 && Set(seen).count == 5)
    }

    @Test(arguments: ["countries", "countries/US/areaCodes", "countries/US/localities", "countries/US/offerings"])
    func `what is offered can be asked for`(path: String) async throws {
        let clinic = try await Clinic()
        let answer = await clinic.askResource(
            "GET", "/availablePhoneNumbers/\(path)\(Self.version)&phoneNumberType=tollFree&maxPageSize=1")
        #expect(answer.status == 200)
        #expect(answer.value.members?.first { $0.value.array?.count == 1 } != nil, "\(answer.text)")
        #expect(
            await clinic.askResource("GET", "/availablePhoneNumbers/countries/ZZ/offerings\(Self.version)").status
                == 404)
    }
}

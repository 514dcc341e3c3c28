// SPDX-License-Identifier: Apache-2.0

import Foundation
import MockEHR
import MockKit
import TestSupport
import Testing
import Trace
import Value
import World

/// HTTP conventions of the FHIR servers (facts 5.3.3, 5.4.2, 6.4).
struct ConventionTests {
    private static let scope = "system/Appointment.read system/Patient.read system/Appointment.write"

    private func send(
        _ ward: Ward, by method: String = "GET", _ path: String, _ headers: [String: String] = [:], body: Form? = nil
    ) async throws -> TestClient.Answer {
        let token = try await ward.systemToken(Self.scope)
        let standing = ["Authorization": "Bearer \(token)"]
        return try await ward.client.send(
            method, ward.base + "/" + path, headers: standing.merging(headers) { $1 },
            body: body.map { Data($0.encoded.utf8) })
    }

    @Test func `who takes no JSON gets nothing from Cerner`() async throws {
        try await Ward.with(.cerner) { ward in
            for (accept, status) in [
                ("application/fhir+json", 200), ("application/json", 200), ("application/json+fhir", 200), ("*/*", 200),
                ("text/html,application/xhtml+xml,*/*;q=0.8", 200), ("application/fhir+json; charset=utf-8", 200),
                ("application/fhir+xml", 406), ("text/html", 406), ("application/json;q=0, text/xml", 406),
            ] {
                let answer = try await send(ward, "Appointment/apt-1", ["Accept": accept])
                #expect(answer.status == status, "\(accept)")
                #expect(answer.body.isEmpty == (status == 406))
            }
            #expect(ward.last("fhir.refused")?["status"]?.int == 406)
            #expect(try await send(ward, "Appointment/apt-1?_format=json", ["Accept": "text/html"]).status == 200)
            #expect(try await send(ward, "Appointment/apt-1?_format=xml").status == 406)
            #expect(try await send(ward, "metadata", ["Accept": "application/fhir+xml"]).status == 406)
            #expect(
                try await send(ward, ".well-known/smart-configuration", ["Accept": "application/xml"]).status == 200)
        }
    }

    @Test func `HEAD is GET without the body`() async throws {
        try await Ward.with(.cerner) { ward in
            let get = try await send(ward, "Appointment/apt-1")
            let head = try await send(ward, by: "HEAD", "Appointment/apt-1")
            #expect(head.status == 200 && head.body.isEmpty)
            #expect(head.header("ETag") == get.header("ETag"))
            #expect(head.header("Content-Length") == get.header("Content-Length"))
            #expect(try await send(ward, by: "HEAD", "Appointment/none").status == 404)
        }
    }

    @Test func `a version that is known is not sent again, until it changes`() async throws {
        try await Ward.with(.cerner) { ward in
            for path in ["Appointment/apt-1", "Patient/fhir-ann"] {
                let tag = try #require(try await send(ward, path).header("ETag"))
                let same = try await send(ward, path, ["If-None-Match": tag])
                #expect(same.status == 304 && same.body.isEmpty && same.header("ETag") == tag)
                try await ward.ehr.move("visit", to: Ward.start + .seconds(9000), in: Ward.world)
                try await ward.ehr.setPhone(of: "ann", to: "+18165550111", in: Ward.world)
                let other = try await send(ward, path, ["If-None-Match": tag])
                #expect(other.status == 200 && other.header("ETag") != tag, "\(path)")
            }
        }
        try await Ward.with(.epic) { ward in
            let tag = try #require(try await send(ward, "Appointment/apt-1").header("ETag"))
            #expect(try await send(ward, "Appointment/apt-1", ["If-None-Match": tag]).status == 200)
        }
    }

    @Test func `an appointment is read as it was`() async throws {
        try await Ward.with(.cerner) { ward in
            let before = try Value.parseJSON(try await send(ward, "Appointment/apt-1").text)
            try await ward.ehr.move("visit", to: Ward.start + .seconds(9000), in: Ward.world)
            let now = try Value.parseJSON(try await send(ward, "Appointment/apt-1/_history/1").text)
            #expect(now["start"]?.string == (Ward.start + .seconds(9000)).description)
            let old = try await send(ward, "Appointment/apt-1/_history/0")
            #expect(try Value.parseJSON(old.text) == before)
            #expect(old.header("ETag") == "W/\"0\"")
            #expect(try await send(ward, "Appointment/apt-1/_history/7").status == 404)
            #expect(try await send(ward, "Patient/fhir-ann/_history/1").status == 200)
        }
        try await Ward.with(.epic) { ward in
            let answer = try await send(ward, "Appointment/apt-1/_history/1")
            #expect(answer.status == 405)
        }
    }

    @Test(arguments: Vendor.allCases) func `a search may be posted`(vendor: Vendor) async throws {
        try await Ward.with(vendor) { ward in
            let form = ["Content-Type": "application/x-www-form-urlencoded"]
            let found = try await send(ward, by: "POST", "Appointment/_search", form, body: ["_id": "apt-1"])
            #expect(found.status == 200)
            #expect(try Value.parseJSON(found.text)["total"]?.int == 1)
            #expect(ward.last("fhir.searched")?["parameters"] == ["_id"])
            // The query string is not looked at (facts 5.4.2, from February 2026).
            #expect(try await send(ward, by: "POST", "Appointment/_search?_id=apt-1", form, body: [:]).status == 400)
            let json = ["Content-Type": "application/json"]
            let refused = try await send(ward, by: "POST", "Appointment/_search", json, body: ["_id": "apt-1"])
            #expect(refused.status == (vendor == .cerner ? 406 : 415))
        }
    }

    @Test func `the statement says what the vendor's server can do`() async throws {
        func statement(_ vendor: Vendor) async throws -> (rest: Value, types: [String: Value]) {
            let text = Mailbox()
            try await Ward.with(vendor) { ward in
                await text.put(try await ward.client.send("GET", ward.base + "/metadata").text)
            }
            let rest = try #require(try Value.parseJSON(await text.value)["rest"]?[0])
            var types: [String: Value] = [:]
            for resource in rest["resource"]?.array ?? [] { types[resource["type"]?.string ?? ""] = resource }
            return (rest, types)
        }
        func codes(_ resource: Value?) -> Set<String> {
            Set((resource?["interaction"]?.array ?? []).compactMap { $0["code"]?.string })
        }
        let epic = try await statement(.epic)
        let services = epic.rest["security"]?["service"]?.array ?? []
        #expect(services.map { $0["coding"]?[0]?["code"]?.string } == ["OAuth", "SMART-on-FHIR", "Basic"])
        #expect(codes(epic.types["Appointment"]) == ["read", "search-type"])
        #expect(codes(epic.types["Encounter"]) == ["read", "search-type"])
        #expect(codes(epic.types["Patient"]) == ["create", "read", "search-type"])
        #expect(epic.types["Endpoint"] != nil && epic.types["Task"] != nil)
        for absent in ["Subscription", "AuditEvent", "Slot", "Schedule"] { #expect(epic.types[absent] == nil) }
        #expect(epic.types["Patient"]?["searchRevInclude"] == ["Provenance:target"])
        #expect(epic.types["Patient"]?["conditionalRead"] == "not-supported")
        let cerner = try await statement(.cerner)
        #expect(codes(cerner.types["Appointment"]).isSuperset(of: ["read", "search-type", "patch"]))
        let revoke = cerner.rest["security"]?["extension"]?[0]?["extension"]?.array?.contains { $0["url"] == "revoke" }
        #expect(revoke == true)
    }

    /// Carries a text out of a closure.
    private actor Mailbox {
        private(set) var value = ""
        func put(_ text: String) { value = text }
    }
}

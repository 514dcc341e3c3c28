// SPDX-License-Identifier: Apache-2.0

import FHIRModel
import Foundation
import MockEHR
import MockKit
import TestSupport
import Testing
import Value
import World

/// Parts of resources, and reads that bring nothing new.
struct SubsetTests {
    private static let scope = "system/Appointment.read system/Patient.read"

    @Test(arguments: [
        ("_elements=name,birthDate", ["resourceType", "id", "meta", "name", "birthDate"]),
        ("_summary=text", ["resourceType", "id", "meta"]),
    ]) func `a patient in part is marked as such`(query: String, names: [String]) async throws {
        try await Ward.with(.epic) { ward in
            let token = try await ward.systemToken(Self.scope)
            let part = try Value.parseJSON(try await ward.get("Patient/fhir-ann?" + query, token).text)
            #expect(Set(part.members?.names ?? []) == Set(names))
            #expect(part["meta"]?["tag"]?[0]?["code"] == "SUBSETTED")
            #expect(part["meta"]?["versionId"] != nil)
        }
    }

    @Test(arguments: ["_summary=true", "_elements=start", "_summary=data", "_summary=text"])
    func `what R4 demands stays, so that a part is valid`(query: String) async throws {
        try await Ward.with(.cerner) { ward in
            let token = try await ward.systemToken(Self.scope)
            let part = try Value.parseJSON(try await ward.get("Appointment/apt-1?" + query, token).text)
            #expect(part["status"] == "booked" && part["participant"] != nil)
            #expect((part["text"] != nil) == (query == "_summary=text"))
            let errors = Validator().issues(in: part).filter { $0.severity == .error }
            // Start and end go together (app-2), and a booked appointment has both (app-3): who asks for one of them, or for
            // none, gets what he asked for. Nothing else is wrong.
            let isPart = query == "_elements=start" || query == "_summary=text"
            #expect(errors.allSatisfy { isPart && $0.code == .invariant }, "\(errors)")
            let whole = try Value.parseJSON(try await ward.get("Appointment/apt-1?_summary=false", token).text)
            #expect(whole["text"] != nil && whole["meta"]?["tag"] == nil)
        }
    }

    @Test func `searches bring parts, or their number`() async throws {
        try await Ward.with(.epic) { ward in
            let token = try await ward.systemToken(Self.scope)
            let bundle = try Value.parseJSON(
                try await ward.get("Appointment?patient=fhir-ann&_elements=start", token).text)
            let match = bundle["entry"]?[0]?["resource"]
            #expect(match?["start"] != nil && match?["minutesDuration"] == nil && match?["status"] != nil)
            let count = try Value.parseJSON(
                try await ward.get("Appointment?patient=fhir-ann&_summary=count", token).text)
            #expect(count["total"]?.int == 1 && count["entry"] == nil)
        }
    }

    @Test(arguments: [
        "Patient/fhir-ann?_summary=some", "Patient/fhir-ann?_summary=text&_elements=name",
        "Patient/fhir-ann?_summary=count",
    ])
    func `what R4 does not know is refused`(path: String) async throws {
        try await Ward.with(.epic) { ward in
            let token = try await ward.systemToken(Self.scope)
            let answer = try await ward.get(path, token)
            #expect(answer.status == 400)
        }
    }

    @Test func `what has not changed since is not sent again`() async throws {
        try await Ward.with(.cerner) { ward in
            let token = try await ward.systemToken(Self.scope)
            func status(_ since: String, _ more: [String: String] = [:]) async throws -> Int {
                let headers = ["Authorization": "Bearer \(token)", "If-Modified-Since": since].merging(more) { $1 }
                return try await ward.client.send("GET", ward.base + "/Patient/fhir-ann", headers: headers).status
            }
            let changed = try #require(try await ward.get("Patient/fhir-ann", token).header("Last-Modified"))
            let same = try await status(changed)
            #expect(same == 304)
            for (since, more) in [
                (HTTPDate.text(Ward.start - .seconds(60)), [:]), ("yesterday", [:]),
                (changed, ["If-None-Match": "W/\"77\""]),
            ] {
                let other = try await status(since, more)
                #expect(other == 200, "\(since) \(more)")
            }
            try await ward.ehr.setPhone(of: "ann", to: "+18165550199", in: Ward.world)
            let after = try await ward.get("Patient/fhir-ann", token)
            #expect(after.text.contains("8165550199"))
            #expect(after.header("ETag") == "W/\"2\"")
        }
    }

    @Test func `a language nobody knows is said to be absent at Cerner, and left out at Epic`() async throws {
        for vendor in Vendor.allCases {
            try await Ward.with(vendor) { ward in
                try await ward.ehr.setLanguage(of: "ann", to: nil, in: Ward.world)
                let token = try await ward.systemToken(Self.scope)
                let patient = try Value.parseJSON(try await ward.get("Patient/fhir-ann", token).text)
                let reason = patient["communication"]?[0]?["language"]?["extension"]?[0]?["valueCode"]?.string
                #expect(reason == (vendor == .cerner ? "unknown" : nil))
                #expect(Validator().issues(in: patient).filter { $0.severity == .error }.isEmpty)
            }
        }
    }
}

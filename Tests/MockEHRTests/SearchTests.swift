// SPDX-License-Identifier: Apache-2.0

import Foundation
import MockEHR
import MockKit
import TestSupport
import Testing
import Value
import World

/// Searches by the official parameters of R4, as far as a vendor has them.
struct SearchTests {
    private static let scope =
        "system/Appointment.read system/Patient.read system/Practitioner.read "
        + "system/Encounter.read system/Organization.read system/Location.read"

    /// The ids a search finds, in order; nil where it is refused.
    private func ids(_ ward: Ward, _ query: String, mode: String = "match") async throws -> [String]? {
        let token = try await ward.systemToken(Self.scope)
        let answer = try await ward.get(query, token)
        guard answer.status == 200 else { return nil }
        let bundle = try Value.parseJSON(answer.text)
        return (bundle["entry"]?.array ?? []).filter { $0["search"]?["mode"]?.string == mode }
            .compactMap { $0["resource"]?["id"]?.string }
    }

    @Test(arguments: [
        ("Patient?_id=fhir-ann", ["fhir-ann"]), ("Patient?family=family-a", ["fhir-ann"]),
        ("Patient?family=FAMILY-", ["fhir-ann", "fhir-bob"]), ("Patient?family:exact=family-ann", []),
        ("Patient?family:exact=Family-ann", ["fhir-ann"]), ("Patient?family:contains=ly-b", ["fhir-bob"]),
        ("Patient?name=Ann,Bob", ["fhir-ann", "fhir-bob"]), ("Patient?name=Ann&name=Bob", []),
        ("Patient?name=Fam&birthdate=1970-02-03", ["fhir-ann"]), ("Patient?name=Fam&birthdate=1970", ["fhir-ann"]),
        ("Patient?name=Fam&birthdate=ge1970-02-04", []), ("Patient?name=Fam&birthdate=lt1970-02-04", ["fhir-ann"]),
        ("Patient?name=Fam&birthdate=ne1970-02-03", []), ("Patient?name=Fam&birthdate:missing=true", ["fhir-bob"]),
        ("Patient?identifier=MRN-7", ["fhir-ann"]),
        ("Patient?identifier=urn:oid:1.2.840.114350.1.13.0.1.7.5.737384.14|MRN-7", ["fhir-ann"]),
        ("Patient?identifier=urn:oid:1.2|MRN-7", []), ("Patient?identifier=|MRN-7", []),
        ("Patient?email=ANN@mail.example", ["fhir-ann"]), ("Patient?phone=(816) 555-0142", ["fhir-ann"]),
        ("Patient?name=Fam&address-postalcode=641", ["fhir-ann"]), ("Patient?name=Fam&address=1 way", ["fhir-ann"]),
        ("Patient?name=Fam&active=true", ["fhir-ann", "fhir-bob"]), ("Patient?name=Fam&active:not=true", []),
        ("Patient?name=Fam&deceased=false", ["fhir-ann", "fhir-bob"]),
        ("Patient?name=Fam&organization.name=Lamna", ["fhir-ann", "fhir-bob"]),
        ("Patient?name=Fam&organization.name=Other", []),
    ]) func `people are found by what R4 says about them`(query: String, found: [String]) async throws {
        try await Ward.with(.epic) { ward in
            let query = query.replacing(" ", with: "%20").replacing("|", with: "%7C")
            let ids = try await ids(ward, query)
            #expect(ids == found)
        }
    }

    @Test(arguments: [
        ("patient=fhir-ann", ["apt-1"]), ("patient=Patient/fhir-ann", ["apt-1"]),
        ("patient:Patient=fhir-ann", ["apt-1"]), ("patient.family=family-ann", ["apt-1"]),
        ("patient:Patient.birthdate=1970-02-03", ["apt-1"]), ("patient.name:exact=nobody", []),
        ("patient=fhir-ann,fhir-bob", ["apt-1", "apt-2"]),
        ("patient=fhir-ann,fhir-bob&_sort=-date", ["apt-2", "apt-1"]),
        ("patient=fhir-ann,fhir-bob&practitioner=fhir-ruiz", ["apt-1", "apt-2"]),
        ("patient=fhir-ann,fhir-bob&actor=Patient/fhir-bob", ["apt-2"]),
        ("patient=fhir-ann,fhir-bob&status=booked", ["apt-1", "apt-2"]), ("patient=fhir-ann&status=proposed", []),
        ("patient=fhir-ann&status=proposed,booked", ["apt-1"]), ("patient=fhir-ann&part-status=accepted", ["apt-1"]),
        ("patient=fhir-ann,fhir-bob&date=gt2027-01-15T09:00:00Z", ["apt-2"]),
        ("patient=fhir-ann,fhir-bob&date=2027-01-15", ["apt-1"]), ("patient=fhir-ann&date=eb2027-01-15", []),
        ("patient=fhir-ann&date=sa2027-01-14", ["apt-1"]), ("patient=fhir-ann&date=ap2027-01-15", ["apt-1"]),
        ("patient=fhir-ann&service-type:text=Video", ["apt-1"]), ("patient=fhir-ann&slot:missing=true", ["apt-1"]),
        ("identifier=900002", ["apt-2"]), ("_id=apt-1,apt-2", ["apt-1", "apt-2"]),
        ("_id=apt-1&_lastUpdated=gt2030", []),
    ]) func `appointments are found by what R4 says about them`(query: String, found: [String]) async throws {
        try await Ward.with(.epic) { ward in
            try await ward.ehr.book("other", in: Ward.world)
            let ids = try await ids(ward, "Appointment?" + query)
            #expect(ids == found)
        }
    }

    @Test(arguments: [
        "Encounter?patient=fhir-ann&class=13", "Encounter?appointment=apt-1",
        "Encounter?patient=fhir-ann&date=2027-01-15",
        "Encounter?patient=fhir-ann&status=planned", "Encounter?patient=fhir-ann&practitioner=fhir-ruiz",
        "Encounter?patient=fhir-ann&participant=Practitioner/fhir-ruiz",
    ]) func `encounters are found by what R4 says about them`(query: String) async throws {
        try await Ward.with(.epic) { ward in
            let ids = try await ids(ward, query)
            #expect(ids == ["enc-1"])
        }
    }

    @Test(arguments: [
        "Appointment?patient=fhir-ann&date=soon", "Appointment?patient=fhir-ann&_count=some",
        "Appointment?patient:above=1", "Appointment?patient.organization.name=x", "Appointment?patient.shoe=12",
        "Appointment?patient=fhir-ann&status:missing=perhaps", "Appointment?patient=fhir-ann&_sort=shoe",
        "Appointment?date=2027", "Appointment?patient=fhir-ann&sessionID=none-1",
    ]) func `a search that says nothing sensible is refused`(query: String) async throws {
        try await Ward.with(.epic) { ward in
            let answer = try await ward.get(query, try await ward.systemToken(Self.scope))
            guard !query.contains("above") else {
                // On a reference the modifier is known, and matches nothing here.
                #expect(answer.status == 200)
                return
            }
            #expect(answer.status == 400)
            #expect(try Value.parseJSON(answer.text)["resourceType"] == "OperationOutcome")
        }
    }

    @Test func `what is included is what the token may see`() async throws {
        try await Ward.with(.epic) { ward in
            let all = try #require(try await ids(ward, "Appointment?_id=apt-1&_include=*", mode: "include"))
            #expect(Set(all).isSuperset(of: ["fhir-ann", "fhir-ruiz"]))
            let one = try await ids(ward, "Appointment?_id=apt-1&_include=Appointment:patient", mode: "include")
            #expect(one == ["fhir-ann"])
            let narrow = try await ward.systemToken("system/Appointment.read system/Practitioner.read")
            let bundle = try Value.parseJSON(try await ward.get("Appointment?_id=apt-1&_include=*", narrow).text)
            let types = bundle["entry"]?.array?.compactMap { $0["resource"]?["resourceType"]?.string }
            #expect(types == ["Appointment", "Practitioner"])
        }
        try await Ward.with(.cerner) { ward in
            let none = try await ids(ward, "Appointment?_id=apt-1&_include=*", mode: "include")
            #expect(none == [])
        }
    }

    @Test func `Cerner knows its own parameters, and leaves others aside unless told to be strict`() async throws {
        try await Ward.with(.cerner) { ward in
            let token = try await ward.systemToken(Self.scope)
            let lenient = try await ids(ward, "Appointment?patient=fhir-ann&date=ge2020-01-01T00:00:00Z&slot=none")
            #expect(lenient == ["apt-1"])
            let strict = try await ward.client.send(
                "GET", ward.base + "/Appointment?patient=fhir-ann&date=ge2020-01-01T00:00:00Z&slot=none",
                headers: ["Authorization": "Bearer \(token)", "Prefer": "handling=strict"])
            #expect(strict.status == 400)
            for refused in [
                "Appointment?patient.name=ann&date=ge2020-01-01T00:00:00Z", "Patient?name:contains=nn",
                "Appointment?status=booked", "Appointment?patient=fhir-ann&practitioner=fhir-ruiz&date=ge2020-01-01",
            ] {
                let answer = try await ward.get(refused, token)
                #expect(answer.status == 400 && answer.header("Content-Type")?.hasPrefix("text/plain") == true)
            }
        }
    }

    @Test func `Epic hands out a hundred patients at most`() async throws {
        try await Ward.with(.epic) { ward in
            let token = try await ward.systemToken("system/Patient.read system/Patient.write")
            for number in 0..<101 {
                let body = #"{"resourceType": "Patient", "name": [{"family": "Crowd", "given": ["N\#(number)"]}]}"#
                let answer = try await ward.client.send(
                    "POST", ward.base + "/Patient",
                    headers: ["Authorization": "Bearer \(token)", "Content-Type": "application/fhir+json"],
                    body: Data(body.utf8))
                #expect(answer.status == 201)
            }
            let answer = try await ward.get("Patient?family=crowd", token)
            #expect(answer.status == 400)
            #expect(
                try Value.parseJSON(answer.text)["issue"]?[0]?["details"]?["coding"]?[0]?["code"] == "4127")
        }
    }

    @Test func `pages go on and back, and total stays`() async throws {
        try await Ward.with(.epic) { ward in
            try await ward.ehr.book("other", in: Ward.world)
            let token = try await ward.systemToken(Self.scope)
            let first = try Value.parseJSON(
                try await ward.get("Appointment?patient=fhir-ann,fhir-bob&_count=1", token).text)
            let next = try #require(first["link"]?.array?.first { $0["relation"] == "next" }?["url"]?.string)
            // What is booked meanwhile neither repeats nor hides anything.
            try await ward.ehr.move("visit", to: Ward.start + .seconds(900_000), in: Ward.world)
            for _ in 0..<2 {
                let page = try Value.parseJSON(
                    try await ward.client.send("GET", next, headers: ["Authorization": "Bearer \(token)"]).text)
                #expect(page["total"]?.int == 2)
                #expect(page["entry"]?[0]?["resource"]?["id"] == "apt-2")
            }
            let none = try Value.parseJSON(try await ward.get("Appointment?patient=fhir-ann&_count=0", token).text)
            #expect(none["total"]?.int == 1 && none["entry"] == nil)
        }
    }
}

// SPDX-License-Identifier: Apache-2.0

import FHIRModel
import Foundation
import MockEHR
import MockKit
import TestSupport
import Testing
import Value
import World

/// What the mock itself sends is R4, whatever was done to it before.
struct ValidityTests {
    private func mistakes(_ value: Value) -> [String] {
        Validator().issues(in: value).filter { $0.severity == .error }.map(\.description)
    }

    @Test(arguments: Vendor.allCases) func `every resource and every Bundle is valid`(vendor: Vendor) async throws {
        try await Ward.with(vendor) { ward in
            try await ward.ehr.book("other", in: Ward.world)
            try await ward.ehr.addPhone("+18165550199", of: "ann", expired: true, in: Ward.world)
            try await ward.ehr.setEmail(of: "dr-ruiz", to: "ruiz@lamna.example", in: Ward.world)
            try await ward.ehr.setPhone(of: "bob", to: nil, in: Ward.world)
            try await ward.ehr.cancel("other", in: Ward.world)
            let types = [
                "Appointment", "Encounter", "Patient", "Practitioner", "PractitionerRole", "Location", "Organization",
                "Communication", "DocumentReference", "Observation",
            ]
            let token = try await ward.systemToken(types.map { "system/\($0).read" }.joined(separator: " "))
            let appointment = try Value.parseJSON(try await ward.get("Appointment/apt-1", token).text)
            let location = try #require(
                appointment["participant"]?.array?.compactMap { $0["actor"]?["reference"]?.string }
                    .first { $0.hasPrefix("Location/") })
            let patient = try Value.parseJSON(try await ward.get("Patient/fhir-ann", token).text)
            let organization = try #require(patient["managingOrganization"]?["reference"]?.string)
            var sent = [appointment, patient]
            for path in [
                "metadata", "Patient/fhir-bob", "Practitioner/fhir-ruiz", "PractitionerRole/role-fhir-ruiz", location,
                organization, "Appointment/apt-2", "Encounter/enc-1", "Encounter/enc-2", "Appointment/none",
                "Patient?_id=fhir-ann", "Patient?family=family", "Practitioner?family=family",
                "PractitionerRole?practitioner=fhir-ruiz", "Appointment?_id=apt-1,apt-2", "Encounter?patient=fhir-ann",
                "Encounter?patient=fhir-ann&_count=0", "Observation?patient=fhir-ann", "Appointment?_id=none&shoe=12",
                "Appointment?_id=apt-1&_include=*", "Patient?name=Fam&_count=1", "Unknown/1",
            ] {
                let answer = try await ward.get(path, token)
                guard answer.header("Content-Type")?.hasPrefix("application/fhir+json") == true else { continue }
                sent.append(try Value.parseJSON(answer.text))
            }
            #expect(sent.count > 20)
            for value in sent {
                #expect(mistakes(value).isEmpty, "\(value["resourceType"]?.string ?? ""): \(value.json().prefix(400))")
            }
        }
    }

    @Test func `a patched video visit is valid`() async throws {
        try await Ward.with(.cerner) { ward in
            let token = try await ward.systemToken("system/Appointment.read system/Appointment.write")
            let body: Value = [
                ["op": "add", "path": "/contained/0/telecom/0/value", "value": "https://c.example/p"],
                ["op": "add", "path": "/contained/1/telecom/0/value", "value": "https://c.example/v"],
                ["op": "add", "path": "/contained/0/telecom/0/period/start", "value": "2027-01-15T08:00:00Z"],
                ["op": "add", "path": "/contained/0/telecom/0/period/end", "value": "2027-01-15T09:00:00Z"],
            ]
            let answer = try await ward.client.send(
                "PATCH", ward.base + "/Appointment/apt-1",
                headers: [
                    "Authorization": "Bearer \(token)", "Content-Type": "application/json-patch+json",
                    "If-Match": "W/\"0\"",
                ], body: Data(body.jsonBytes()))
            #expect(answer.status == 200)
            #expect(mistakes(try Value.parseJSON(try await ward.get("Appointment/apt-1", token).text)).isEmpty)
        }
    }
}

// SPDX-License-Identifier: Apache-2.0

import Foundation
import MockEHR
import MockKit
import TestSupport
import Testing
import Trace
import Value
import World

struct FHIRTests {
    @Test func `without a token nothing is read`() async throws {
        try await Ward.with(.cerner) { ward in
            let answer = try await ward.client.send("GET", ward.base + "/Patient/fhir-ann")
            #expect(answer.status == 401)
            #expect(answer.header("WWW-Authenticate")?.hasPrefix("Bearer") == true)
            #expect(try await ward.get("Patient/fhir-ann", "nonsense").status == 401)
            #expect(ward.last("fhir.refused")?["status"]?.int == 401)
        }
    }

    @Test(arguments: Vendor.allCases) func `a scope is enforced per type`(vendor: Vendor) async throws {
        try await Ward.with(vendor) { ward in
            let token = try await ward.systemToken("system/Appointment.rs")
            #expect(try await ward.get("Appointment/apt-1", token).status == 200)
            #expect(ward.last("fhir.read")?["context"] == "system")
            let refused = try await ward.get("Patient/fhir-ann", token)
            #expect(refused.status == 403)
            #expect(try Value.parseJSON(refused.text)["resourceType"] == "OperationOutcome")
            if vendor == .epic {
                let coding = try Value.parseJSON(refused.text)["issue"]?[0]?["details"]?["coding"]?[0]
                #expect(coding?["code"] == "4118")
            }
        }
    }

    @Test func `a Cerner search wants exactly one subject, and a date`() async throws {
        try await Ward.with(.cerner) { ward in
            let token = try await ward.systemToken("system/Appointment.read")
            for (query, status) in [
                ("patient=fhir-ann&date=ge2020-01-01T00:00:00Z", 200), ("_id=apt-1", 200), ("_id=apt-1,apt-2", 200),
                ("patient=fhir-ann&date=ge2020-01-01T00:00:00Z&date=lt2040-01-01T00:00:00Z", 200),
                ("patient=fhir-ann", 400), ("date=ge2020-01-01", 400), ("", 400),
                ("patient=fhir-ann&practitioner=fhir-ruiz&date=ge2020-01-01", 400),
                ("patient=fhir-ann&patient=fhir-bob&date=ge2020-01-01", 400), ("patient=fhir-ann&date=tomorrow", 400),
                ("patient=fhir-ann&date=ge2020-01-01&date=ge2021-01-01", 400),
            ] {
                let answer = try await ward.get("Appointment?" + query, token)
                #expect(answer.status == status, "\(query)")
                guard status == 200 else { continue }
                let bundle = try Value.parseJSON(answer.text)
                #expect(bundle["total"]?.int == 1, "\(query)")
                #expect(bundle["entry"]?[0]?["resource"]?["id"] == "apt-1")
            }
            #expect(ward.last("fhir.searched")?["count"]?.int == 1)
        }
    }

    @Test func `Epic finds by contact serial number and warns inside the Bundle`() async throws {
        try await Ward.with(.epic) { ward in
            let token = try await ward.systemToken("system/Appointment.read system/Encounter.read")
            let system = "urn:oid:1.2.840.114350.1.13.0.1.7.3.698084.8"
            for type in ["Appointment", "Encounter"] {
                let found = try await ward.get("\(type)?identifier=\(PercentCoding.encode(system + "|900001"))", token)
                #expect(try Value.parseJSON(found.text)["total"]?.int == 1)
            }
            let odd = try Value.parseJSON(try await ward.get("Appointment?identifier=900001&color=red", token).text)
            #expect(odd["entry"]?[1]?["search"]?["mode"] == "outcome")
            #expect(odd["entry"]?[1]?["resource"]?["issue"]?[0]?["details"]?["coding"]?[0]?["code"] == "4122")
            let none = try Value.parseJSON(try await ward.get("Appointment?identifier=1", token).text)
            #expect(none["total"]?.int == 0)
            #expect(none["entry"]?[0]?["resource"]?["resourceType"] == "OperationOutcome")
            #expect(try await ward.get("Appointment", token).status == 400)
        }
    }

    @Test func `phones look as the vendor writes them, and can be changed`() async throws {
        try await Ward.with(.cerner) { ward in
            let token = try await ward.systemToken("system/Patient.read")
            func phones() async throws -> [Value] {
                let answer = try await ward.get("Patient/fhir-ann", token)
                let telecom = try Value.parseJSON(answer.text)["telecom"]?.array ?? []
                return telecom.filter { $0["system"] == "phone" }
            }
            let first = try await phones()
            #expect(first[0]["value"] == "8165550142")
            #expect(first[0]["extension"]?[0]?["valueString"] == "(816) 555-0142")
            try await ward.ehr.addPhone("+18165550199", of: "ann", expired: true, in: Ward.world)
            let second = try await phones()
            #expect(second.count == 2)
            #expect(second[0]["period"]?["end"] != nil)
            try await ward.ehr.setPhone(of: "ann", to: nil, in: Ward.world)
            #expect(try await phones().isEmpty)
        }
    }

    @Test func `needless reading is possible and shows`() async throws {
        try await Ward.with(.epic) { ward in
            let token = try await ward.systemToken("system/*.read")
            let answer = try await ward.get("Observation?patient=fhir-ann", token)
            #expect(answer.status == 200)
            #expect(try Value.parseJSON(answer.text)["total"]?.int == 0)
            #expect(ward.last("fhir.searched")?["type"] == "Observation")
            let narrow = try await ward.systemToken("system/Patient.read")
            #expect(try await ward.get("Observation?patient=fhir-ann", narrow).status == 403)
        }
    }

    @Test func `a search is paged by opaque links`() async throws {
        try await Ward.with(.cerner) { ward in
            try await ward.ehr.book("other", in: Ward.world)
            let token = try await ward.systemToken("system/Appointment.read")
            let query = "Appointment?practitioner=fhir-ruiz&date=ge2020-01-01T00:00:00Z&_count=1"
            let first = try Value.parseJSON(try await ward.get(query, token).text)
            #expect(first["entry"]?.array?.count == 1)
            let next = try #require(first["link"]?.array?.first { $0["relation"] == "next" }?["url"]?.string)
            let second = try Value.parseJSON(
                try await ward.client.send("GET", next, headers: ["Authorization": "Bearer \(token)"]).text)
            #expect(second["entry"]?[0]?["resource"]?["id"] == "apt-2")
            #expect(second["total"]?.int == 2)
            let back = try #require(second["link"]?.array?.first { $0["relation"] == "previous" }?["url"]?.string)
            #expect(back.contains("direction=PREVIOUS"))
            let again = try Value.parseJSON(
                try await ward.client.send("GET", back, headers: ["Authorization": "Bearer \(token)"]).text)
            #expect(again["entry"]?[0]?["resource"]?["id"] == "apt-1")
            let gone = try await ward.get("Appointment?pageContext=invented-1&direction=NEXT", token)
            #expect(gone.status == 400 && gone.header("Content-Type")?.hasPrefix("text/plain") == true)
        }
    }

    @Test func `moving a visit changes its version, time and encounter`() async throws {
        try await Ward.with(.epic) { ward in
            let token = try await ward.systemToken("system/Appointment.read system/Encounter.read")
            let later = Ward.start + .seconds(7200)
            try await ward.ehr.move("visit", to: later, in: Ward.world)
            let answer = try await ward.get("Appointment/apt-1", token)
            #expect(try Value.parseJSON(answer.text)["start"]?.string == later.description)
            #expect(answer.header("ETag") == "W/\"2\"")
            let encounter = try Value.parseJSON(try await ward.get("Encounter/enc-1", token).text)
            #expect(encounter["period"]?["start"]?.string == later.description)
            #expect(encounter["class"]?["code"] != "VR")
            #expect(ward.last("appointment.moved")?["start"]?.string == later.description)
        }
    }

    @Test func `a message can be filed, a chart entry cannot`() async throws {
        try await Ward.with(.epic) { ward in
            let token = try await ward.systemToken("system/Communication.write system/Observation.write")
            func create(_ type: String) async throws -> TestClient.Answer {
                try await ward.client.send(
                    "POST", ward.base + "/" + type,
                    headers: ["Authorization": "Bearer \(token)", "Content-Type": "application/fhir+json"],
                    body: Data("{\"resourceType\":\"\(type)\",\"status\":\"completed\"}".utf8))
            }
            let filed = try await create("Communication")
            #expect(filed.status == 201)
            #expect(filed.header("Location")?.hasPrefix(ward.base + "/Communication/") == true)
            #expect(ward.last("fhir.written")?["interaction"] == "create")
            #expect(try await create("Observation").status == 405)
        }
    }

    @Test func `an unknown tenant and an unknown path are unexpected traffic`() async throws {
        try await Ward.with(.cerner) { ward in
            let answer = try await ward.client.send("GET", ward.listener.origin + "/r4/other/Patient/1")
            #expect(answer.status == 403)
            #expect(ward.last("traffic.unexpected")?.world == nil)
            _ = try await ward.client.send("GET", ward.listener.origin + "/T-1/nowhere")
            #expect(ward.last("traffic.unexpected")?.world == Ward.world)
        }
    }
}

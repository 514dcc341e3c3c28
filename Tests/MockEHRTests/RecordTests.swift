// SPDX-License-Identifier: Apache-2.0

import FHIRModel
import Foundation
import MockEHR
import MockKit
import TestSupport
import Testing
import Trace
import Value
import World

/// What a vendor's record does beside what is asked of it: what it hides, lacks, and says by number.
struct RecordTests {
    private static let scope = "system/Appointment.read system/Patient.read"

    @Test func `a sensitive appointment is hidden from its patient, and from nobody else`() async throws {
        try await Ward.with(.epic) { ward in
            let patient = try await ward.session(
                from: .mychart, by: "ann", scope: "launch openid patient/Appointment.read")
            let token = try #require(patient["access_token"]?.string)
            let system = try await ward.systemToken(Self.scope)
            let seen1 = try await ward.get("Appointment/apt-1", token).status
            #expect(seen1 == 200)
            try await ward.ehr.setCondition(.sensitive, of: "visit", in: Ward.world)
            let seen2 = try await ward.get("Appointment/apt-1", token).status
            #expect(seen2 == 403)
            let found = try Value.parseJSON(try await ward.get("Appointment?patient=fhir-ann", token).text)
            #expect(found["total"]?.int == 0)
            let seen3 = try await ward.get("Appointment/apt-1", system).status
            #expect(seen3 == 200)
        }
    }

    @Test func `what was cancelled can be booked again, and is the same record in a later version`() async throws {
        try await Ward.with(.cerner) { ward in
            let token = try await ward.systemToken(Self.scope)
            func record() async throws -> Value {
                try Value.parseJSON(try await ward.get("Appointment/apt-1", token).text)
            }
            try await ward.ehr.cancel("visit", in: Ward.world)
            let cancelled = try await record()
            #expect(cancelled["status"] == "cancelled")
            try await ward.ehr.book("visit", in: Ward.world)
            let again = try await record()
            #expect(again["status"] == "booked")
            #expect(again["meta"]?["versionId"] != cancelled["meta"]?["versionId"])
        }
    }

    @Test(arguments: [
        (Vendor.cerner, "Appointment?patient=fhir-ann&date=ge2020-01-01T00:00:00Z"),
        (.epic, "Appointment?patient=fhir-ann"),
    ]) func `a record that lacks what an answer has to have is not shown`(vendor: Vendor, search: String) async throws {
        try await Ward.with(vendor) { ward in
            let token = try await ward.systemToken(Self.scope)
            try await ward.ehr.setCondition(.incomplete, of: "visit", in: Ward.world)
            for path in ["Appointment/apt-1", search] {
                let answer = try await ward.get(path, token)
                #expect(answer.status == 500)
                let issue = try Value.parseJSON(answer.text)["issue"]?[0]
                #expect(issue?["severity"] == "fatal" && issue?["code"] == "required")
                #expect(issue?["location"]?[0]?.string?.isEmpty == false)
            }
            try await ward.ehr.setCondition(.free, of: "visit", in: Ward.world)
            let seen4 = try await ward.get("Appointment/apt-1", token).status
            #expect(seen4 == 200)
        }
    }

    @Test func `patients are told that a datum is masked`() async throws {
        try await Ward.with(.cerner) { ward in
            try await ward.ehr.setLanguage(of: "ann", to: nil, in: Ward.world)
            let url = ward.request(launch: nil, ["scope": "openid launch/patient patient/Patient.read"]).appended(
                to: ward.listener.origin
                    + "/tenants/T-1/protocols/oauth2/profiles/smart-v1/personas/patient/authorize")
            let cookie = try await ward.signIn("ann", at: url)
            let page = try await ward.client.send("GET", url, headers: ["Cookie": cookie])
            let id = try #require(page.text.firstMatch(of: /name="request" value="([^"]+)"/)?.1)
            let answer = try await ward.post(
                ward.listener.origin + "/T-1/consent", ["request": String(id), "decision": "accept"],
                headers: ["Cookie": cookie])
            let query = Form(urlEncoded: String(try #require(answer.header("Location")).drop { $0 != "?" }.dropFirst()))
            let body = try await ward.redeem(try #require(query["code"])).1
            let token = try #require(body["access_token"]?.string)
            let system = try await ward.systemToken(Self.scope)
            for (token, word) in [(token, "masked"), (system, "unknown")] {
                for path in ["Patient/fhir-ann", "Patient?_id=fhir-ann"] {
                    let text = try await ward.get(path, token).text
                    #expect(text.contains("\"valueCode\":\"\(word)\""), "\(path)")
                }
            }
        }
    }

    @Test func `a Cerner search's dates have a prefix and a time`() async throws {
        try await Ward.with(.cerner) { ward in
            let token = try await ward.systemToken(Self.scope)
            for name in ["date", "-date-or-req-period"] {
                for (date, status) in [
                    ("ge2020-01-01T00:00:00Z", 200), ("ge2020-01-01", 400), ("2020-01-01T00:00:00Z", 400),
                    ("lt2040-01-01T00:00:00.000Z", 200),
                ] {
                    let answer = try await ward.get("Appointment?patient=fhir-ann&\(name)=\(date)", token)
                    #expect(answer.status == status, "\(name)=\(date)")
                }
            }
        }
    }

    @Test func `too many scopes are an error at Cerner`() async throws {
        let scope = (0..<80).map { "system/Observation.read?category=c\($0)" }.joined(separator: " ")
        let errors: [(Vendor, String?)] = [(.cerner, "invalid_scope"), (.epic, nil)]
        for (vendor, error) in errors {
            try await Ward.with(vendor) { ward in
                let (_, body) = try await ward.token(
                    ["grant_type": "client_credentials", "scope": scope], user: "system", password: "sys")
                #expect(body["error"]?.string == error)
            }
        }
    }

    @Test func `every number of Epic's issues can be called up, and no other`() async throws {
        let journal = Journal()
        let faults = FaultPlan()
        let ehr = MockEHR(journal: journal, seed: RunSeed(seed: 1, nonce: "n"))
        let listener = try await MockListener.start(handler: ehr, journal: journal, faults: faults)
        let model = Ward.model(.epic, origin: listener.origin)
        let clock = WorldClock(startingAt: Ward.start)
        journal.register(world: Ward.world, clock: clock)
        try await ehr.open(world: model, clock: clock, registration: Ward.registration)
        try await ehr.book("visit", in: Ward.world)
        let ward = Ward(ehr: ehr, journal: journal, listener: listener, model: model, wire: WireClock(), clock: clock)
        let token = try await ward.systemToken(Self.scope)
        for code in EpicIssueCode.all + [4199] {
            faults.arm(Fault(at: FaultPlace(party: .ehr), .issue(code), in: Ward.world))
            let answer = try await ward.get("Appointment?patient=fhir-ann", token)
            let body = try Value.parseJSON(answer.text)
            let outcome =
                answer.status == 200
                ? body["entry"]?.array?.first { $0["search"]?["mode"] == "outcome" }?["resource"] : body
            let coding = outcome?["issue"]?[0]?["details"]?["coding"]?[0]
            #expect(coding?["code"]?.string == (code == 4199 ? nil : String(code)), "\(code)")
            let errors = Validator().issues(in: body).filter { $0.severity == .error }
            #expect(errors.isEmpty, "\(code): \(errors)")
            if code == 4118 { #expect(answer.status == 403) }
            if code == 4122 { #expect(answer.status == 200 && body["total"]?.int == 1) }
        }
        let nothing = try Value.parseJSON(try await ward.get("Appointment", token).text)
        #expect(nothing["issue"]?[0]?["details"]?["coding"]?[0]?["code"] == "4110")
        await listener.stop()
    }

    private static let wanted: [(known: String, certain: Bool, grade: String?)] = [
        (
            #"{"identifier":[{"system":"urn:oid:1.2.840.114350.1.13.0.1.7.5.737384.14","value":"MRN-7"}]}"#, true,
            "certain"
        ),
        (#"{"name":[{"family":"family-ANN","given":["Ann"]}],"birthDate":"1970-02-03"}"#, true, "certain"),
        (#"{"name":[{"family":"Family-ann","given":["Anne"]}]}"#, false, "possible"),
        (#"{"name":[{"family":"Family-ann"}],"birthDate":"1971-02-03"}"#, false, nil),
        (#"{"name":[{"family":"Nobody","given":["Nowhere"]}]}"#, false, nil),
    ]

    @Test(arguments: wanted) func `Epic finds who may be meant`(
        known: String, certain: Bool, grade: String?
    ) async throws {
        try await Ward.with(.epic) { ward in
            let token = try await ward.systemToken(Self.scope)
            var patient = try Value.parseJSON(known).members ?? [:]
            patient["resourceType"] = "Patient"
            let body: Value = [
                "resourceType": "Parameters",
                "parameter": [
                    ["name": "resource", "resource": .object(patient)],
                    ["name": "onlyCertainMatches", "valueBoolean": .bool(certain)],
                ],
            ]
            let answer = try await ward.client.send(
                "POST", ward.base + "/Patient/$match",
                headers: ["Authorization": "Bearer \(token)", "Content-Type": "application/fhir+json"],
                body: Data(body.jsonBytes()))
            #expect(answer.status == 200)
            let bundle = try Value.parseJSON(answer.text)
            #expect(bundle["entry"]?[0]?["search"]?["extension"]?[0]?["valueCode"]?.string == grade)
            #expect((bundle["total"]?.int ?? 0) == (grade == nil ? 0 : 1))
            #expect(Validator().issues(in: bundle).filter { $0.severity == .error }.isEmpty)
        }
    }

    @Test func `users see who has access at Cerner, and take it back`() async throws {
        try await Ward.with(.cerner) { ward in
            let place = try await ward.endpoint("management_endpoint")
            let cookie = try await ward.signIn("dr-ruiz", at: place)
            let empty = try await ward.client.send("GET", place, headers: ["Cookie": cookie])
            #expect(empty.text.contains("id=\"none\""))
            let session = try await ward.session(from: .powerchart)
            let token = try #require(session["access_token"]?.string)
            #expect(session["smart_style_url"]?.string?.hasSuffix("/smart-style.json") == true)
            let style = try await ward.client.send("GET", try #require(session["smart_style_url"]?.string))
            #expect(try Value.parseJSON(style.text)["color_background"] != nil)
            let page = try await ward.client.send("GET", place, headers: ["Cookie": cookie])
            #expect(page.text.contains("Remove access of app"))
            let answer = try await ward.post(place, ["client": "app"], headers: ["Cookie": cookie])
            #expect(answer.status == 303)
            let seen5 = try await ward.get("Appointment/apt-1", token).status
            #expect(seen5 == 401)
            let refresh = try #require(session["refresh_token"]?.string)
            let form: Form = ["grant_type": "refresh_token", "refresh_token": refresh]
            let seen6 = try await ward.token(form).1["error"]
            #expect(seen6 == "invalid_grant")
        }
    }
}

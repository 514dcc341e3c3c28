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

/// Writing, versions and forms of resources.
struct InteractionTests {
    private func send(
        _ ward: Ward, _ method: String, _ path: String, _ body: String? = nil, scope: String = "system/*.*",
        _ headers: [String: String] = [:]
    ) async throws -> TestClient.Answer {
        let token = try await ward.systemToken(scope)
        let standing = ["Authorization": "Bearer \(token)", "Content-Type": "application/fhir+json"]
        return try await ward.client.send(
            method, ward.base + "/" + path, headers: standing.merging(headers) { $1 },
            body: body.map { Data($0.utf8) })
    }

    private static let cernerScope =
        "system/Appointment.read system/Appointment.write system/Encounter.read system/Encounter.write"

    private static let document = """
        {"resourceType": "DocumentReference", "status": "current", "subject": {"reference": "Patient/fhir-ann"},
         "content": [{"attachment": {"contentType": "text/plain", "data": "aGk="}}]}
        """

    @Test func `Epic speaks XML both ways`() async throws {
        try await Ward.with(.epic) { ward in
            for headers in [["Accept": "application/fhir+xml"], ["Accept": "application/json;q=0.5, text/xml"]] {
                let answer = try await send(ward, "GET", "Appointment/apt-1", nil, headers)
                #expect(answer.header("Content-Type") == "application/fhir+xml")
                let value = try FHIRTypeModel.r4.json(fromXML: Array(answer.body))
                let json = try Value.parseJSON(try await send(ward, "GET", "Appointment/apt-1").text)
                #expect(value == json)
            }
            let search = try await send(ward, "GET", "Appointment?patient=fhir-ann&_format=xml")
            #expect(try FHIRTypeModel.r4.json(fromXML: Array(search.body))["resourceType"] == "Bundle")
            let missing = try await send(ward, "GET", "Appointment/none?_format=application/fhir%2Bxml")
            #expect(missing.status == 404)
            #expect(try FHIRTypeModel.r4.json(fromXML: Array(missing.body))["resourceType"] == "OperationOutcome")
            let metadata = try await send(ward, "GET", "metadata", nil, ["Accept": "application/fhir+xml"])
            #expect(try FHIRTypeModel.r4.json(fromXML: Array(metadata.body))["fhirVersion"] == "4.0.1")
            #expect(try await send(ward, "GET", "Appointment/apt-1", nil, ["Accept": "text/html"]).status == 406)

            let xml = try FHIRTypeModel.r4.xml(from: Value.parseJSON(Self.document))
            let created = try await send(
                ward, "POST", "DocumentReference", xml, ["Content-Type": "application/fhir+xml; charset=utf-8"])
            #expect(created.status == 201)
            let place = try #require(created.header("Location")).dropFirst(ward.base.count + 1)
            let read = try Value.parseJSON(try await send(ward, "GET", String(place)).text)
            #expect(read["content"]?[0]?["attachment"]?["data"] == "aGk=")
        }
    }

    @Test(arguments: [
        (#""current""#, #""currently""#, "code-invalid", "DocumentReference.status", "59109"),
        (#""status": "current", "#, "", "required", "DocumentReference.status", "59108"),
        (#""subject""#, #""subjet""#, "structure", "DocumentReference.subjet", "59105"),
        (#""aGk=""#, #""hi!""#, "value", "DocumentReference.content[0].attachment.data", "59109"),
        (#""Patient/fhir-ann""#, #""Slot/1""#, "structure", "DocumentReference.subject.reference", "59105"),
        (#""contentType": "text/plain", "#, "", "invariant", "DocumentReference.content[0].attachment", "59102"),
    ]) func `what comes in is R4 or refused, with the place`(
        part: String, other: String, code: String, place: String, vendorCode: String
    ) async throws {
        try await Ward.with(.epic) { ward in
            let answer = try await send(
                ward, "POST", "DocumentReference", Self.document.replacing(part, with: other))
            #expect(answer.status == 400)
            let outcome = try Value.parseJSON(answer.text)
            let issue = try #require(outcome["issue"]?.array?.first { $0["expression"]?[0]?.string == place })
            #expect(issue["code"]?.string == code)
            #expect(issue["details"]?["coding"]?[0]?["code"]?.string == vendorCode)
            #expect(Validator().issues(in: outcome).filter { $0.severity == .error }.isEmpty)
            #expect(ward.last("fhir.refused")?["reason"]?.string?.contains(place) == true)
        }
    }

    @Test func `a body that is none is refused`() async throws {
        try await Ward.with(.epic) { ward in
            for (body, type, status) in [
                ("{", "application/fhir+json", 400), ("<a", "application/fhir+xml", 400), ("{}", "text/plain", 415),
                (#"{"resourceType": "Patient"}"#, "application/fhir+json", 400), ("", "application/fhir+json", 400),
            ] {
                let answer = try await send(ward, "POST", "DocumentReference", body, ["Content-Type": type])
                #expect(answer.status == status, "\(body)")
                #expect(try Value.parseJSON(answer.text)["resourceType"] == "OperationOutcome")
            }
        }
    }

    @Test func `Epic's documents are updated, its appointments are not`() async throws {
        try await Ward.with(.epic) { ward in
            let created = try await send(
                ward, "POST", "DocumentReference", Self.document, ["Prefer": "return=representation"])
            var resource = try #require(try Value.parseJSON(created.text).members)
            let id = try #require(resource["id"]?.string)
            resource["status"] = "superseded"
            let body = Value.object(resource).json()
            let updated = try await send(ward, "PUT", "DocumentReference/\(id)", body, ["If-Match": "W/\"0\""])
            #expect(updated.status == 200 && updated.header("ETag") == "W/\"1\"")
            #expect(try await send(ward, "PUT", "DocumentReference/\(id)", body, ["If-Match": "W/\"0\""]).status == 412)
            let read = try Value.parseJSON(try await send(ward, "GET", "DocumentReference/\(id)").text)
            #expect(read["status"] == "superseded")
            #expect(try await send(ward, "PUT", "DocumentReference/none", body).status == 404)
            #expect(try await send(ward, "PUT", "DocumentReference/\(id)x", body).status == 404)
            #expect(try await send(ward, "PUT", "Appointment/apt-1", "{}").status == 405)
            #expect(try await send(ward, "GET", "Appointment/apt-1/_history").status == 405)
        }
    }

    @Test func `Cerner keeps versions and shows their history`() async throws {
        try await Ward.with(.cerner) { ward in
            try await ward.ehr.move("visit", to: Ward.start + .seconds(7200), in: Ward.world)
            let scope = Self.cernerScope
            let answer = try await send(ward, "GET", "Appointment/apt-1/_history", scope: scope)
            let bundle = try Value.parseJSON(answer.text)
            let versions = bundle["entry"]?.array?.compactMap { $0["resource"]?["meta"]?["versionId"]?.string }
            #expect(versions == ["1", "0"])
            #expect(Validator().issues(in: bundle).filter { $0.severity == .error }.isEmpty)
            let old = try await send(ward, "GET", "Appointment/apt-1/_history/0", scope: scope)
            #expect(try Value.parseJSON(old.text)["start"]?.string == (Ward.start + .seconds(1200)).description)
            #expect(try await send(ward, "GET", "Appointment/apt-1/_history/7", scope: scope).status == 404)
            let conditional = try await send(
                ward, "GET", "Appointment/apt-1", nil, scope: scope, ["If-None-Match": "W/\"1\""])
            #expect(conditional.status == 304)
        }
    }

    private static let proposed = """
        {"resourceType": "Appointment", "status": "proposed", "serviceType": [{"text": "Video Visit"}],
         "participant": [{"actor": {"reference": "Patient/fhir-ann"}, "status": "needs-action"},
                         {"actor": {"reference": "Location/1"}, "status": "needs-action"}],
         "requestedPeriod": [{"start": "2027-02-01T10:00:00Z", "end": "2027-02-01T10:30:00Z"}]}
        """
    private static let booked = """
        {"resourceType": "Appointment", "status": "booked", "slot": [{"reference": "Slot/1"}],
         "start": "2027-02-01T10:00:00Z", "end": "2027-02-01T10:30:00Z",
         "participant": [{"actor": {"reference": "Patient/fhir-ann"}, "status": "accepted"}]}
        """

    @Test func `Cerner takes proposals, and books them by a patch`() async throws {
        try await Ward.with(.cerner) { ward in
            let scope = Self.cernerScope
            let created = try await send(ward, "POST", "Appointment", Self.proposed, scope: scope)
            #expect(created.status == 201 && created.body.isEmpty && created.header("ETag") == "W/\"0\"")
            let place = try #require(created.header("Location")).dropFirst(ward.base.count + 1)
            let id = try #require(place.split(separator: "/").dropFirst().first.map(String.init))
            let read = try Value.parseJSON(try await send(ward, "GET", "Appointment/\(id)", scope: scope).text)
            #expect(read["status"] == "proposed" && read["start"] == nil && read["requestedPeriod"] != nil)
            #expect(Validator().issues(in: read).filter { $0.severity == .error }.isEmpty)
            func found(_ name: String) async throws -> Int? {
                let query = "Appointment?patient=fhir-ann&\(name)=ge2027-02-01T00:00:00Z"
                return try Value.parseJSON(try await send(ward, "GET", query, scope: scope).text)["total"]?.int
            }
            // `date` leaves proposals out.
            #expect(try await found("date") == 0)
            #expect(try await found("-date-or-req-period") == 1)
            let patch = """
                [{"op": "replace", "path": "/status", "value": "booked"},
                 {"op": "add", "path": "/slot", "value": [{"reference": "Slot/1"}]}]
                """
            let patched = try await send(
                ward, "PATCH", "Appointment/\(id)", patch, scope: scope,
                ["Content-Type": "application/json-patch+json", "If-Match": "W/\"0\""])
            #expect(patched.status == 200)
            let after = try Value.parseJSON(try await send(ward, "GET", "Appointment/\(id)", scope: scope).text)
            #expect(after["status"] == "booked" && after["start"] == "2027-02-01T10:00:00Z")
            #expect(after["participant"]?[0]?["status"] == "accepted")
            #expect(try await found("date") == 1)
        }
    }

    @Test(arguments: [
        ("booked", #""booked""#, #""arrived""#, "proposed or booked"),
        ("booked", #""slot": [{"reference": "Slot/1"}],"#, "", "exactly one slot"),
        ("booked", #""accepted""#, #""tentative""#, "accepted"),
        ("booked", #""status": "accepted""#, #""status": "accepted", "type": [{"text": "x"}]"#, "type must be absent"),
        ("booked", "fhir-ann", "nobody", "Patient of this EHR"),
        ("booked", #""slot""#, #""implicitRules": "http://x.example/r", "slot""#, "implicitRules"),
        (
            "booked", #""slot""#, #""modifierExtension": [{"url": "http://x.example", "valueCode": "a"}], "slot""#,
            "modifierExtension"
        ),
        ("proposed", #""serviceType": [{"text": "Video Visit"}],"#, "", "one serviceType"),
        ("proposed", "Location/1", "Practitioner/1", "has a Location"),
        ("proposed", #""needs-action"}]"#, #""accepted"}]"#, "needs-action"),
        ("proposed", #""requestedPeriod""#, #""comment": "x", "supportingInformation""#, "valid"),
    ]) func `Cerner books by its rules alone`(kind: String, part: String, other: String, reason: String) async throws {
        try await Ward.with(.cerner) { ward in
            let body = (kind == "booked" ? Self.booked : Self.proposed).replacing(part, with: other)
            let answer = try await send(ward, "POST", "Appointment", body, scope: Self.cernerScope)
            #expect(answer.status == 422)
            #expect(ward.last("fhir.refused")?["reason"]?.string?.contains(reason) == true, "\(answer.text)")
            let good = try await send(ward, "POST", "Appointment", Self.booked, scope: Self.cernerScope)
            #expect(good.status == 201)
        }
    }

    @Test func `Cerner's encounters take a period and a type`() async throws {
        try await Ward.with(.cerner) { ward in
            let scope = Self.cernerScope
            let headers = ["Content-Type": "application/json-patch+json", "If-Match": "W/\"0\""]
            func patch(_ body: String, _ headers: [String: String]) async throws -> Int {
                try await send(ward, "PATCH", "Encounter/enc-1", body, scope: scope, headers).status
            }
            let end = #"[{"op": "replace", "path": "/period/end", "value": "2027-01-15T10:00:00Z"}]"#
            #expect(try await patch(end, ["Content-Type": "application/json-patch+json"]) == 412)
            #expect(try await patch(end.replacing("10:00:00Z", with: "noon"), headers) == 422)
            #expect(try await patch(end.replacing("/period/end", with: "/class"), headers) == 422)
            #expect(try await patch(end, headers) == 200)
            #expect(try await patch(end, headers) == 409)
            let read = try Value.parseJSON(try await send(ward, "GET", "Encounter/enc-1", scope: scope).text)
            #expect(read["period"]?["end"] == "2027-01-15T10:00:00Z" && read["meta"]?["versionId"] == "1")
            // The appointment's own version stays.
            let appointment = try await send(ward, "GET", "Appointment/apt-1", scope: scope)
            #expect(appointment.header("ETag") == "W/\"0\"")
        }
    }
}

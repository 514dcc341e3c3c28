// SPDX-License-Identifier: Apache-2.0

import FHIRModel
import FHIRPath
import Testing
import Value

@Suite struct `The validator` {
    private static let appointment = """
        {"resourceType": "Appointment", "id": "a1", "status": "booked", "start": "2026-11-21T10:00:00Z",
         "end": "2026-11-21T10:20:00Z", "minutesDuration": 20,
         "participant": [{"actor": {"reference": "Patient/p1"}, "status": "accepted"}]}
        """

    private func errors(_ json: String) throws -> [String] {
        Validator().issues(in: try Value.parseJSON(json)).filter { $0.severity == .error }
            .map { "\($0.code.rawValue) \($0.path)" }
    }

    private func errors(replacing part: String, with other: String) throws -> [String] {
        try errors(Self.appointment.replacing(part, with: other))
    }

    @Test func `a right appointment is accepted`() throws { #expect(try errors(Self.appointment).isEmpty) }

    @Test(arguments: [
        (#""status": "booked", "#, "", "required Appointment.status"),
        (#""booked""#, #""bookd""#, "code-invalid Appointment.status"),
        (#""booked""#, "true", "value Appointment.status"),
        (#""booked""#, #"["booked"]"#, "structure Appointment.status"),
        (#""2026-11-21T10:00:00Z""#, #""2026-11-21T10:00:00""#, "value Appointment.start"),
        (#""minutesDuration": 20"#, #""minutesDuration": 0"#, "value Appointment.minutesDuration"),
        (#""minutesDuration""#, #""minuteDuration""#, "structure Appointment.minuteDuration"),
        (
            #""reference": "Patient/p1""#, #""reference": "Medication/p1""#,
            "structure Appointment.participant[0].actor.reference"
        ),
        (#""actor": {"reference": "Patient/p1"}, "#, "", "invariant Appointment.participant[0]"),
        (#", "status": "accepted""#, "", "required Appointment.participant[0].status"),
        (#""end": "2026-11-21T10:20:00Z","#, "", "invariant Appointment"),
        (#"{"reference": "Patient/p1"}"#, "{}", "invariant Appointment.participant[0].actor"),
        (#""id": "a1""#, #""id": "a 1""#, "value Appointment.id"),
        (#""Appointment""#, #""Appointmen""#, "structure Appointmen"),
    ]) func `a mistake is found in its place`(part: String, other: String, expected: String) throws {
        #expect(try errors(replacing: part, with: other).contains(expected))
    }

    @Test(arguments: ["noshow", "cancelled"])
    func `a missed appointment may have a reason, though the published rule misspells its code`(status: String) throws {
        let reason = #""\#(status)", "cancelationReason": {"text": "ill"}"#
        #expect(try errors(replacing: #""booked""#, with: reason).isEmpty)
        #expect(
            try errors(replacing: #""booked""#, with: reason.replacing(status, with: "arrived")) == [
                "invariant Appointment"
            ])
    }

    private static let visit = """
        {"resourceType": "Encounter", "status": "planned", "class": {"code": "VR"}, "subject": {"reference": "#p1"},
         "contained": [{"resourceType": "Patient", "id": "p1"}]}
        """

    @Test(arguments: [
        ("\"#p1\"}", "\"#p1\"}", []), ("\"#p1\"}", "\"Patient/p1\"}", ["invariant Encounter"]),
        ("\"#p1\"}", "\"#\"}", ["invariant Encounter", "value Encounter.subject.reference"]),
        ("\"id\": \"p1\"}", "\"id\": \"p1\", \"managingOrganization\": {\"reference\": \"#\"}}", nil),
        (
            "\"id\": \"p1\"}", "\"id\": \"p1\"}, {\"resourceType\": \"Patient\", \"id\": \"p1\"}",
            ["value Encounter.contained[1].id"]
        ),
    ]) func `contained resources are referred to, each by an id of its own`(
        part: String, other: String, expected: [String]?
    ) throws {
        let found = try errors(Self.visit.replacing(part, with: other))
        // What refers to its container is contained for a reason; a Patient's organization is no Encounter, though.
        if let expected {
            #expect(Set(found) == Set(expected))
        } else {
            #expect(!found.contains("invariant Encounter"))
        }
    }

    @Test(arguments: [
        (#""extension": [{"url": "colour", "valueCode": "red"}]"#, ["value Patient.extension[0].url"]),
        (
            #""name": [{"family": "A", "extension": [{"url": "colour", "valueCode": "red"}]}]"#,
            ["value Patient.name[0].extension[0].url"]
        ),
        (
            #""extension": [{"url": "http://x.example/a", "extension": [{"url": "colour", "valueCode": "red"}]}]"#, []
        ),
        (#""identifier": [{"system": "urn:oid:1.02.3", "value": "1"}]"#, ["value Patient.identifier[0].system"]),
        (#""identifier": [{"system": "urn:oid:1.2.3", "value": "1"}]"#, []),
        (#""identifier": [{"system": "urn:uuid:ABC", "value": "1"}]"#, ["value Patient.identifier[0].system"]),
        (#""name": [{"family": "a\u0001b"}]"#, ["value Patient.name[0].family"]),
        (#""name": [{"family": "a\tb"}]"#, []),
    ]) func `addresses and texts keep to what R4 says of them`(member: String, expected: [String]) throws {
        #expect(try errors(#"{"resourceType": "Patient", \#(member)}"#) == expected)
    }

    @Test func `choices exclude each other`() throws {
        let observation =
            #"{"resourceType": "Observation", "status": "final", "code": {"text": "x"}, "valueString": "a", "valueInteger": 1}"#
        #expect(try errors(observation) == ["structure Observation.value"])
    }

    @Test func `each entry of a Bundle has its own contained resources`() throws {
        let contained = #""contained": [{"resourceType": "Location", "id": "l"}], "status""#
        let visit = Self.appointment.replacing("Patient/p1", with: "#l")
        let whole = visit.replacing(#""status": "booked""#, with: contained + #": "booked""#)
        func bundle(_ resource: String) -> String {
            #"{"resourceType": "Bundle", "type": "collection", "entry": [{"fullUrl": "urn:uuid:0b7e0b4e-6a0b-4c0b-8f0e-0123456789ab", "resource": \#(resource)}]}"#
        }
        #expect(try errors(bundle(whole)).isEmpty)
        #expect(
            try errors(bundle(visit)) == ["invariant Bundle.entry[0].resource.participant[0].actor"])
        // What is contained counts as the type it is.
        let wrong = whole.replacing("Location", with: "Organization")
        #expect(try errors(wrong).contains("structure Appointment.participant[0].actor.reference"))
    }

    @Test(arguments: [
        ("Patient/p1", []), ("https://ehr.example/r4/t/Patient/p1", []), ("https://ehr.example/page", []),
        ("https://ehr.example/r4/t/Medication/p1", ["structure Appointment.participant[0].actor.reference"]),
        ("Patient/p 1", ["value Appointment.participant[0].actor.reference"]),
        ("Pat/p1", ["value Appointment.participant[0].actor.reference"]),
    ]) func `references lead to what may stand there`(reference: String, expected: [String]) throws {
        #expect(try errors(replacing: "Patient/p1", with: reference) == expected)
    }

    @Test(arguments: [
        ("text/plain", true), ("application/fhir+json; charset=utf-8", true), ("nothing", false), ("a/b/c", false),
    ]) func `media types are written as such`(type: String, isRight: Bool) throws {
        let json = #"{"resourceType": "Binary", "contentType": "\#(type)"}"#
        #expect(try errors(json) == (isRight ? [] : ["code-invalid Binary.contentType"]))
    }

    @Test(arguments: [
        ("<div xmlns='http://www.w3.org/1999/xhtml'><p>a &lt; b</p></div>", []),
        ("<div>a</div>", ["value Basic.text.div"]),
        ("a", ["invariant Basic.text.div", "invariant Basic.text.div"]),
        (
            "<div xmlns='http://www.w3.org/1999/xhtml'> </div>",
            ["invariant Basic.text.div", "invariant Basic.text.div"]
        ),
    ]) func `a narrative is XHTML that says something`(div: String, expected: [String]) throws {
        let json: Value = [
            "resourceType": "Basic", "code": ["text": "x"], "text": ["status": "generated", "div": .string(div)],
        ]
        #expect(try errors(json.json()) == expected)
    }

    @Test func `every published constraint is FHIRPath that can be read`() {
        // A constraint that does not parse would silently check nothing.
        #expect(FHIRTypeModel.unreadableConstraints.isEmpty, "\(FHIRTypeModel.unreadableConstraints)")
    }
}

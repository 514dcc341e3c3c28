// SPDX-License-Identifier: Apache-2.0

/// One resource of each supported type in which every official search parameter of R4 finds something.
enum FullResources {
    private static let meta = """
        "meta": {"lastUpdated": "2027-01-02T03:04:05Z", "profile": ["http://p.example/a"], "source": "urn:source:a",
          "security": [{"system": "urn:sec", "code": "R"}], "tag": [{"system": "urn:tag", "code": "t1"}]}
        """
    private static let identifier = #""identifier": [{"system": "urn:ids", "value": "id-77"}]"#
    private static let address = """
        "address": [{"use": "work", "line": ["12 Quay"], "city": "Zierik", "state": "MO", "postalCode": "64199",
          "country": "US"}]
        """
    private static let telecom = """
        "telecom": [{"system": "phone", "value": "+18165550199"}, {"system": "email", "value": "a@b.example"}]
        """

    private static func concept(_ code: String) -> String {
        #"{"coding": [{"system": "urn:codes", "code": "\#(code)"}]}"#
    }
    private static func link(_ text: String) -> String { #"{"reference": "\#(text)"}"# }
    private static func whole(_ type: String, _ rest: String) -> String {
        #"{"resourceType": "\#(type)", "id": "full-1", \#(meta), \#(identifier), \#(rest)}"#
    }

    static let texts: [String] = [
        whole(
            "Appointment",
            """
            "status": "booked", "start": "2027-01-15T08:20:00Z", "end": "2027-01-15T08:40:00Z",
            "serviceCategory": [\(concept("cat"))], "serviceType": [\(concept("type"))],
            "specialty": [\(concept("spec"))], "appointmentType": \(concept("atype")),
            "reasonCode": [\(concept("why"))], "reasonReference": [\(link("Condition/c1"))],
            "supportingInformation": [\(link("DocumentReference/d1"))], "slot": [\(link("Slot/s1"))],
            "basedOn": [\(link("ServiceRequest/r1"))],
            "participant": [{"actor": \(link("Patient/p1")), "status": "accepted"},
              {"actor": \(link("Practitioner/d1")), "status": "tentative"},
              {"actor": \(link("Location/l1")), "status": "accepted"}]
            """),
        whole(
            "Encounter",
            """
            "status": "planned", "class": {"system": "urn:codes", "code": "VR"}, "type": [\(concept("type"))],
            "subject": \(link("Patient/p1")), "episodeOfCare": [\(link("EpisodeOfCare/e1"))],
            "basedOn": [\(link("ServiceRequest/r1"))], "appointment": [\(link("Appointment/a1"))],
            "participant": [{"type": [\(concept("ATND"))], "individual": \(link("Practitioner/d1"))}],
            "period": {"start": "2027-01-15T08:20:00Z", "end": "2027-01-15T08:40:00Z"},
            "length": {"value": 20, "system": "http://unitsofmeasure.org", "code": "min"},
            "reasonCode": [\(concept("why"))], "reasonReference": [\(link("Condition/c1"))],
            "diagnosis": [{"condition": \(link("Condition/c2"))}], "account": [\(link("Account/a1"))],
            "hospitalization": {"specialArrangement": [\(concept("wheel"))]},
            "location": [{"location": \(link("Location/l1")), "period": {"start": "2027-01-15"}}],
            "serviceProvider": \(link("Organization/o1")), "partOf": \(link("Encounter/e2"))
            """),
        whole(
            "Patient",
            """
            "extension": [{"url": "http://hl7.org/fhir/StructureDefinition/patient-extensions-Patient-mothersMaidenName",
              "valueString": "Quarrie"}],
            "active": true, "name": [{"family": "Robertson", "given": ["Ashcraft"]}], \(telecom), "gender": "other",
            "birthDate": "1970-02-03", "deceasedDateTime": "2026-05-06T07:08:09Z", \(address),
            "communication": [{"language": \(concept("es"))}], "generalPractitioner": [\(link("Practitioner/d1"))],
            "managingOrganization": \(link("Organization/o1")),
            "link": [{"other": \(link("Patient/p2")), "type": "seealso"}]
            """),
        whole(
            "Practitioner",
            """
            "active": true, "name": [{"family": "Robertson", "given": ["Ashcraft"]}], \(telecom), \(address),
            "gender": "female", "communication": [\(concept("es"))]
            """),
        whole(
            "PractitionerRole",
            """
            "active": true, "period": {"start": "2020-01-01"}, "practitioner": \(link("Practitioner/d1")),
            "organization": \(link("Organization/o1")), "code": [\(concept("role"))],
            "specialty": [\(concept("spec"))], "location": [\(link("Location/l1"))],
            "healthcareService": [\(link("HealthcareService/h1"))], \(telecom), "endpoint": [\(link("Endpoint/e1"))]
            """),
        whole(
            "Location",
            """
            "status": "active", "operationalStatus": {"system": "urn:codes", "code": "O"}, "name": "East wing",
            "alias": ["Old wing"], "type": [\(concept("type"))], "position": {"longitude": -94.58, "latitude": 39.1},
            \(address.replacing("[{", with: "{").replacing("}]", with: "}")),
            "managingOrganization": \(link("Organization/o1")), "partOf": \(link("Location/l2")),
            "endpoint": [\(link("Endpoint/e1"))]
            """),
        whole(
            "Organization",
            """
            "active": true, "type": [\(concept("prov"))], "name": "Lamna", "alias": ["Lam"], \(address),
            "partOf": \(link("Organization/o2")), "endpoint": [\(link("Endpoint/e1"))]
            """),
        whole(
            "Endpoint",
            """
            "status": "active", "connectionType": {"system": "urn:codes", "code": "video"}, "name": "Room",
            "managingOrganization": \(link("Organization/o1")), "payloadType": [\(concept("any"))],
            "address": "https://room.example"
            """),
        whole(
            "Communication",
            """
            "status": "completed", "instantiatesCanonical": ["http://plan.example/PlanDefinition/1"],
            "instantiatesUri": ["http://uri.example/1"], "basedOn": [\(link("ServiceRequest/r1"))],
            "partOf": [\(link("Communication/c2"))], "category": [\(concept("alert"))], "medium": [\(concept("SMSWRIT"))],
            "subject": \(link("Patient/p1")), "encounter": \(link("Encounter/e1")), "sent": "2027-01-01T00:00:00Z",
            "received": "2027-01-01T00:00:01Z", "recipient": [\(link("Practitioner/d1"))],
            "sender": \(link("Patient/p1"))
            """),
        whole(
            "DocumentReference",
            """
            "masterIdentifier": {"system": "urn:ids", "value": "master"}, "status": "current", "type": \(concept("type")),
            "category": [\(concept("cat"))], "subject": \(link("Patient/p1")), "date": "2027-01-01T00:00:00Z",
            "author": [\(link("Practitioner/d1"))], "authenticator": \(link("Practitioner/d2")),
            "custodian": \(link("Organization/o1")), "description": "Summary of a visit",
            "relatesTo": [{"code": "replaces", "target": \(link("DocumentReference/d9"))}],
            "securityLabel": [\(concept("N"))],
            "content": [{"attachment": {"contentType": "text/plain", "language": "en-US", "url": "http://doc.example/1"},
              "format": {"system": "urn:codes", "code": "fmt"}}],
            "context": {"encounter": [\(link("Encounter/e1"))], "event": [\(concept("ev"))],
              "period": {"start": "2027-01-01"}, "facilityType": \(concept("fac")),
              "practiceSetting": \(concept("set")), "related": [\(link("Observation/o1"))]}
            """),
        whole(
            "Task",
            """
            "basedOn": [\(link("ServiceRequest/r1"))], "groupIdentifier": {"system": "urn:ids", "value": "group"},
            "partOf": [\(link("Task/t2"))], "status": "ready", "businessStatus": \(concept("busy")), "intent": "order",
            "priority": "urgent", "code": \(concept("do")), "focus": \(link("Appointment/a1")),
            "for": \(link("Patient/p1")), "encounter": \(link("Encounter/e1")),
            "executionPeriod": {"start": "2027-01-01"}, "authoredOn": "2027-01-01T00:00:00Z",
            "lastModified": "2027-01-02T00:00:00Z", "requester": \(link("Practitioner/d1")),
            "performerType": [\(concept("perf"))], "owner": \(link("Organization/o1"))
            """),
    ]
}

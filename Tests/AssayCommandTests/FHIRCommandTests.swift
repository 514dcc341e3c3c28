// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing
import Value

@Suite struct FHIRCommandTests {
    private static let patient = """
        {"resourceType": "Patient", "text": {"status": "generated", "div": "<div xmlns='http://www.w3.org/1999/xhtml'>A</div>"},
         "active": true, "name": [{"given": ["Ann", null], "_given": [null, {"id": "g2"}]}],
         "extension": [{"url": "http://example.org/x", "valueDecimal": 1.50}], "deceasedBoolean": false}
        """

    private func outcomes(_ text: String) throws -> [Value] {
        try text.split(separator: "\n").map { try Value.parseJSON(String($0)) }
    }

    @Test func `a valid file exits 0, an invalid one 1, each with its outcome`() throws {
        try AssayProgram.inFolder { folder in
            let good = try folder.put("good.json", Self.patient)
            let bad = try folder.put("bad.json", Self.patient.replacing("false}", with: "\"no\"}"))
            let one = try AssayProgram.run(["fhir", "validate", good, "--json"])
            #expect(one.status == 0)
            #expect(try outcomes(one.output)[0]["issue"]?[0]?["severity"] == "information")
            let two = try AssayProgram.run(["fhir", "validate", "--json", good, bad])
            #expect(two.status == 1)
            let issue = try #require(try outcomes(two.output)[1]["issue"]?[0])
            #expect(issue["severity"] == "error" && issue["code"] == "value")
            #expect(issue["expression"] == ["Patient.deceased", "Patient.deceasedBoolean"])
            let plain = try AssayProgram.run(["fhir", "validate", bad])
            #expect(plain.output.contains("bad.json: error value at Patient.deceased"))
        }
    }

    @Test func `what the JSON form cannot show is found in XML`() throws {
        let xml = """
            <Appointment xmlns="http://hl7.org/fhir"><end value="2026-11-21T10:20:00Z"/><status value="booked"/>
            <status value="booked"/><start value="2026-11-21T10:00:00Z"/>
            <participant><actor><reference value="Patient/p1"/></actor><statuss value="accepted"/></participant>
            </Appointment>
            """
        let result = try AssayProgram.run(["fhir", "validate", "-", "--json"], input: Data(xml.utf8))
        #expect(result.status == 1)
        let issues = try #require(try outcomes(result.output)[0]["issue"]?.array)
        let places = issues.filter { $0["severity"] == "error" }.compactMap { $0["expression"]?[0]?.string }
        #expect(
            places == [
                "Appointment.status", "Appointment.status", "Appointment.start",
                "Appointment.participant[0].statuss", "Appointment.participant[0].status",
            ])
    }

    @Test(arguments: [
        ("{}", "no resourceType"), ("[1]", "JSON array"), ("{\"resourceType\": 1", "<stdin>:1:"),
        ("<Patient/>", "namespace"), ("<Patient xmlns=\"http://hl7.org/fhir\">", "not closed"),
        ("<Patientt xmlns=\"http://hl7.org/fhir\"/>", "Patientt is no resource"), ("", "<stdin>:1:"),
    ]) func `what is no FHIR at all is told with its place`(text: String, message: String) throws {
        let result = try AssayProgram.run(["fhir", "validate", "--json", "-"], input: Data(text.utf8))
        #expect(result.status == 1)
        #expect(result.errors.contains(message))
        #expect(try outcomes(result.output)[0]["issue"]?[0]?["severity"] == "fatal")
    }

    @Test func `a file that is not there is told, and the others are validated`() throws {
        try AssayProgram.inFolder { folder in
            let good = try folder.put("good.json", Self.patient)
            let result = try AssayProgram.run(["fhir", "validate", folder.path + "/none.json", good])
            #expect(result.status == 3)
            #expect(result.errors.contains("none.json cannot be read"))
            #expect(result.output.hasSuffix("good.json: valid\n"))
        }
        #expect(try AssayProgram.run(["fhir", "validate"]).status == 64)
    }

    @Test func `JSON comes back from XML as it went`() throws {
        try AssayProgram.inFolder { folder in
            let file = try folder.put("p.json", Self.patient)
            let xml = try AssayProgram.run(["fhir", "convert", file, "--to", "xml"])
            #expect(xml.status == 0)
            #expect(xml.output.contains("<valueDecimal value=\"1.50\"/>"))
            let back = try AssayProgram.run(["fhir", "convert", "-", "--to", "json"], input: Data(xml.output.utf8))
            #expect(try Value.parseJSON(back.output) == Value.parseJSON(Self.patient))
            #expect(back.output.contains("1.50"))
        }
    }

    @Test func `what has no other form is refused`() throws {
        let json = Data(#"{"resourceType": "Patient", "nickname": "A"}"#.utf8)
        let result = try AssayProgram.run(["fhir", "convert", "-", "--to", "xml"], input: json)
        #expect(result.status == 3 && result.errors.contains("Patient has no element nickname"))
        let xml = Data(#"<Patient xmlns="http://hl7.org/fhir"><nickname value="A"/></Patient>"#.utf8)
        let other = try AssayProgram.run(["fhir", "convert", "-", "--to", "json"], input: xml)
        #expect(other.status == 3 && other.errors.contains("Patient.nickname"))
        #expect(try AssayProgram.run(["fhir", "convert", "-", "--to", "yaml"]).status == 64)
    }
}

// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@Suite struct FHIRPathCommandTests {
    private static let patient = """
        {"resourceType": "Patient", "name": [{"given": ["Ann", "B"], "family": "C"}], "birthDate": "1970-01-02"}
        """

    @Test func `items are printed one a line`() throws {
        try AssayProgram.inFolder { folder in
            let file = try folder.put("p.json", Self.patient)
            let result = try AssayProgram.run(["fhirpath", "Patient.name.given", file])
            #expect(result.status == 0)
            #expect(result.output == "Ann\nB\n")
        }
    }

    @Test func `the collection is printed as a JSON array`() throws {
        try AssayProgram.inFolder { folder in
            let file = try folder.put("p.json", Self.patient)
            #expect(try AssayProgram.run(["fhirpath", "--json", "name.given.count()", file]).output == "[2]\n")
            #expect(try AssayProgram.run(["fhirpath", "name.suffix", file, "--json"]).output == "[]\n")
        }
    }

    @Test func `FHIR types are known`() throws {
        try AssayProgram.inFolder { folder in
            let file = try folder.put("p.json", Self.patient)
            #expect(
                try AssayProgram.run(["fhirpath", "birthDate is date and birthDate < today()", file]).output == "true\n"
            )
        }
    }

    @Test func `standard input is read`() throws {
        let result = try AssayProgram.run(
            ["fhirpath", "a.b", "-"], input: Data(#"{"a": [{"b": 1}, {"b": 2.50}]}"#.utf8))
        #expect(result.output == "1\n2.50\n")
    }

    @Test func `a mistake in the expression is shown with a caret`() throws {
        let result = try AssayProgram.run(["fhirpath", "name..given", "-"], input: Data("{}".utf8))
        #expect(result.status == 3)
        #expect(result.errors.contains("expression:1:6: error:"))
        #expect(result.errors.contains("|      ^"))
    }

    @Test func `mistakes of both are shown at once`() throws {
        let result = try AssayProgram.run(["fhirpath", "name..given", "-"], input: Data("{".utf8))
        #expect(result.status == 3)
        #expect(result.errors.contains("<stdin>:1:2: error:"))
        #expect(result.errors.contains("expression:1:6: error:"))
    }

    @Test func `a missing argument is misuse`() throws {
        #expect(try AssayProgram.run(["fhirpath", "name"]).status == 64)
    }

    @Test func `FHIR XML is read`() throws {
        let xml =
            #"<Patient xmlns="http://hl7.org/fhir"><active value="true"/><name><given value="Ann"/></name></Patient>"#
        let result = try AssayProgram.run(["fhirpath", "active | name.given", "-", "--json"], input: Data(xml.utf8))
        #expect(result.output == "[true,\"Ann\"]\n")
        let broken = try AssayProgram.run(["fhirpath", "active", "-"], input: Data("<Patient".utf8))
        #expect(broken.status == 3)
    }

    @Test func `an expression may begin with a minus sign`() throws {
        #expect(
            try AssayProgram.run(["fhirpath", "-1 < 2", "-", "--json"], input: Data("{}".utf8)).output == "[true]\n")
        #expect(try AssayProgram.run(["fhirpath", "--wrong", "1", "-"], input: Data("{}".utf8)).status == 64)
    }

    @Test func `a name that the type does not have is a mistake, unless told otherwise`() throws {
        try AssayProgram.inFolder { folder in
            let file = try folder.put("p.json", Self.patient)
            let result = try AssayProgram.run(["fhirpath", "name.givenn", file])
            #expect(result.status == 3)
            #expect(result.errors.contains("given"))
            #expect(try AssayProgram.run(["fhirpath", "--lenient", "--json", "name.givenn", file]).output == "[]\n")
        }
    }
}

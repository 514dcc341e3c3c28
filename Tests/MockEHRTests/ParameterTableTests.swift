// SPDX-License-Identifier: Apache-2.0

import FHIRModel
import FHIRPath
import TestSupport
import Testing
import Value
import World

@testable import MockEHR

/// Every official search parameter of every supported type: it finds what stands in a resource, and nothing else.
struct ParameterTableTests {
    private let reader = SearchReader(base: "https://ehr.example/R4", now: Instant(microseconds: 1_800_000_000_000_000))
    {
        _, _ in nil
    }
    private static let shared = ["_id", "_lastUpdated", "_profile", "_security", "_source", "_tag"]

    @Test func `each official parameter of each supported type finds its value, and does not find another`() throws {
        var lines: [String] = []
        for text in FullResources.texts {
            let value = try Value.parseJSON(text)
            let resource = try #require(value.members)
            let type = try #require(value["resourceType"]?.string)
            let issues = Validator().issues(in: value).filter { $0.severity == .error }
            #expect(issues.isEmpty, "\(type): \(issues.map(\.description))")
            let rule = try #require(VendorProfile.of(.epic).fhir.types[type]?.search)
            for name in SearchTable.r4.names(of: type) + Self.shared {
                let definition = try #require(rule.definition(name, of: type), "\(type).\(name) is not offered")
                let found = reader.values(of: definition, in: resource)
                let query = try #require(try query(definition, found, in: resource), "\(type).\(name) finds nothing")
                let kind = definition.kind
                #expect(matches(resource, definition, query.right), "\(type)?\(name)=\(query.right)")
                #expect(!matches(resource, definition, query.wrong), "\(type)?\(name)=\(query.wrong)")
                #expect(!matches(resource, definition, "true", modifier: "missing"), "\(type)?\(name):missing=true")
                let bare = Members([("resourceType", .string(type))])
                if name != "deceased" {
                    #expect(!matches(bare, definition, query.right), "an empty \(type)?\(name)=\(query.right)")
                }
                lines.append("\(type) \(name) (\(kind.rawValue)): \(query.right), not \(query.wrong)")
            }
        }
        print(lines.joined(separator: "\n"))
        #expect(lines.count > 200)
    }

    private func matches(
        _ resource: Members, _ definition: SearchDefinition, _ text: String, modifier: String? = nil
    ) -> Bool {
        let values = modifier == nil ? SearchTerm.alternatives(text) : [text]
        return reader.matches(
            resource, SearchTerm(definition: definition, modifier: modifier, chain: nil, values: values))
    }

    /// What finds the first value, and what does not.
    private func query(
        _ definition: SearchDefinition, _ found: [(value: Value, type: String)], in resource: Members
    ) throws -> (right: String, wrong: String)? {
        guard let value = found.first?.value else { return nil }
        let type = resource["resourceType"]?.string ?? ""
        switch definition.kind {
        case .token:
            let wrong = "urn:elsewhere|nothing"
            if let text = value.scalarText { return (text, wrong) }
            let coding = value["coding"]?[0] ?? value
            guard let code = coding["code"]?.string ?? coding["value"]?.string else { return nil }
            let isContact = found[0].type == "ContactPoint"
            return (isContact ? code : (coding["system"]?.string ?? "") + "|" + code, wrong)
        case .string:
            guard let text = firstText(value) else { return nil }
            return (definition.name == "phonetic" ? Self.alike[text] ?? text : text, "Wxyz")
        case .date:
            guard let text = value["start"]?.string ?? value.string else { return nil }
            // What lasts is not within a single day.
            return (text.count > 10 || value["start"] != nil ? "ge" + text : text, "lt1901-01-01")
        case .reference:
            guard let text = value["reference"]?.string ?? value.string else { return nil }
            return (text, text.prefix { $0 != "/" } + "/nobody")
        case .quantity:
            guard let number = value["value"]?.scalarText, let code = value["code"]?.string else { return nil }
            return ("le\(number)|http://unitsofmeasure.org|\(code)", "gt\(number)|http://unitsofmeasure.org|\(code)")
        case .uri: return value.string.map { ($0, $0 + "/other") }
        case .composite:
            #expect(type == "DocumentReference")
            // In the order of the published expressions; the published definitions beside them stand the other way round.
            return ("replaces$DocumentReference/d9", "appends$DocumentReference/d9")
        case .special: return ("39.2|-94.6|15|km", "39.2|-94.6|5|km")
        case .number: return value.scalarText.map { ($0, "-1") }
        }
    }

    /// Words that sound like those of the resources.
    private static let alike = ["Robertson": "Rubertsen", "Ashcraft": "Ashcroft", "Lamna": "Lemna"]

    private func firstText(_ value: Value) -> String? {
        switch value {
        case .string(let text): text
        case .array(let items): items.lazy.compactMap { firstText($0) }.first
        case .object(let members):
            members.lazy.filter { !["use", "url"].contains($0.name) }.compactMap { firstText($0.value) }.first
        default: nil
        }
    }

    @Test(arguments: [
        ("39.1|-94.58", true), ("39.1|-94.58|0", true), ("38.0|-94.58|100|km", false), ("38.0|-94.58|123|km", true),
        ("38.0|-94.58|70|[mi_us]", false), ("38.0|-94.58|77|[mi_us]", true), ("-39.1|85.42|20000|km", false),
        ("-39.1|85.42|20016|km", true), ("39.1|-94.5|7000|m", true),
    ]) func `near takes a distance on the sphere`(text: String, holds: Bool) throws {
        let near = try #require(Nearness(text))
        let position = try Value.parseJSON(#"{"longitude": -94.58, "latitude": 39.1}"#)
        #expect(near.holds(position) == holds)
        #expect(!near.holds([:]))
    }

    @Test(arguments: ["", "39.1", "39.1|", "91|0", "0|181", "1|2|far", "1|2|-1", "1|2|3|furlong", "1|2|3|km|4", "x|y"])
    func `what is no place is refused`(text: String) { #expect(Nearness(text) == nil) }

    @Test func `Soundex is the published one`() {
        for (word, code) in [
            ("Robert", "r163"), ("Rupert", "r163"), ("Ashcraft", "a261"), ("Tymczak", "t522"), ("Pfister", "p236"),
            ("Honeyman", "h555"), ("Lee", "l000"),
        ] {
            #expect(Soundex.codes(word) == [code])
        }
    }

    @Test func `a place that is none is refused over the wire, and a right one is answered`() async throws {
        try await Ward.with(.epic) { ward in
            let token = try await ward.systemToken("system/Location.read")
            let right = try await ward.get("Location?_id=none&near=39.1%7C-94.5%7C5%7Ckm", token)
            #expect(right.status == 200 && !right.text.contains("4122"))
            let wrong = try await ward.get("Location?_id=none&near=here", token)
            #expect(wrong.status == 400)
            #expect(try Value.parseJSON(wrong.text)["resourceType"] == "OperationOutcome")
        }
    }
}

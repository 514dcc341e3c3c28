// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport
import Testing

/// A scenario of plain requests, run as a user runs it.
@Suite struct RequestStepTests {
    private static let scenario = """
        id: plain-requests
        title: Plain requests
        profiles: [cerner-2022-06]
        verifies: {PRV-10: [speaks-fhir, is-a-statement, kind, not-there, page-said]}
        parameters: {place: {type: url, environment: ASSAY_TEST_PLACE}}
        world: {organization: {ehr: cerner}, people: {ann: patient}}
        steps:
          - client requests: $(main.url)/metadata
            headers: {accept: application/fhir+json}
            as: speaks-fhir
            status: 200
            check:
              is-a-statement: json.resourceType = 'CapabilityStatement'
              kind: {json-pointer: /fhirVersion, is: {matches: "^4"}}
            capture: {type: {header: content-type}, release: {json-pointer: /fhirVersion}}
          - ann requests: $(place)/no-such-place/$(release)
            method: POST
            json: {type: $(type), n: 1}
            status: 404
            as: not-there
            check: {page-said: {xpath: //h1, is: {matches: "."}}}
        """

    @Test func `plain requests are sent, recorded and judged`() async throws {
        try await Turnstile.shared.pass {
            let folder = try TemporaryFolder()
            let file = try folder.write(Self.scenario, to: "plain.yaml").path
            let missing = try await BuiltAssay.run(["run", file, "--out", "a"], in: folder.url)
            #expect(missing.status == 3, "\(missing)")
            #expect(missing.errors.contains("give --parameter place=…, or set ASSAY_TEST_PLACE"))

            let run = try await BuiltAssay.run(
                ["run", file, "--out", "b", "--parameter", "place=http://127.0.0.1:1"], in: folder.url)
            // Nobody listens on port 1: that says nothing about the connector.
            #expect(run.status == 2, "\(run)")
            #expect(run.output.contains("not-there"))

            let record = RunRecord(folder.url.appending(path: "b"))
            #expect(record.trace.count { $0["kind"] as? String == "request.answered" } == 2)
            #expect(record.trace.contains { $0["exchange"] != nil && $0["kind"] as? String == "http.request" })
        }
    }

    private static let matrix = """
        id: statements
        title: A statement for each vendor
        profiles: [cerner-2022-06, epic-2021-11]
        verifies: {PRV-10: [answers], SMS-06: [only-with-it]}
        matrix: {vendor: [cerner, epic], kind: {json: json, fhir: fhir+json}}
        world: {organization: {ehr: $(matrix.vendor)}}
        steps:
          - client requests: $(main.url)/metadata
            headers: {accept: "application/$(matrix.kind)"}
            status: 200
            as: answers
          - client requests: $(main.url)/metadata
            when: {claims: {not: sms}, vendor: cerner}
            status: 500
            as: only-with-it
        """

    @Test func `each cell of a matrix has a result of its own`() async throws {
        try await Turnstile.shared.pass {
            let folder = try TemporaryFolder()
            let file = try folder.write(Self.matrix, to: "m.yaml").path
            func scenarios(_ out: String, _ only: String) async throws -> [String: [String: String]] {
                let run = try await BuiltAssay.run(["run", file, "--out", out, "--only", only], in: folder.url)
                let results = RunRecord(folder.url.appending(path: out)).results
                #expect(results != nil, "\(run)")
                var verdicts: [String: [String: String]] = [:]
                for scenario in results?["scenarios"] as? [[String: Any]] ?? [] {
                    for check in scenario["checks"] as? [[String: Any]] ?? [] {
                        verdicts[scenario["id"] as? String ?? "", default: [:]][check["check"] as? String ?? ""] =
                            check["verdict"] as? String
                    }
                }
                return verdicts
            }
            let all = try await scenarios("a", "statements")
            #expect(
                all.keys.sorted() == [
                    "statements[cerner,fhir]", "statements[cerner,json]", "statements[epic,fhir]",
                    "statements[epic,json]",
                ])
            #expect(all["statements[epic,json]"] == ["answers": "pass"])
            // The reference connector claims `sms`: the step for those that do not is skipped.
            #expect(all["statements[cerner,json]"] == ["answers": "pass", "only-with-it": "not-applicable"])
            let one = try await scenarios("b", "statements[epic,json]")
            #expect(one.keys.sorted() == ["statements[epic,json]"])
        }
    }
}

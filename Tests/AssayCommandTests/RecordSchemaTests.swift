// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport
import Testing
import Value

/// What a run writes is what its schemas say.
@Suite struct RecordSchemaTests {
    private static let docs = BuiltAssay.project.resolvingSymlinksInPath().appending(path: "docs")

    private func schema(_ kind: String) throws -> JSONSchema {
        JSONSchema(try Value.parseJSON(try AssayProgram.run(["schema", kind]).output))
    }

    @Test(arguments: ["trace", "results"]) func `the printed schema is the one in the documentation`(
        kind: String
    ) throws {
        let printed = try AssayProgram.run(["schema", kind]).output
        let file = Self.docs.appending(path: "\(kind).schema.json")
        if ProcessInfo.processInfo.environment["ASSAY_REWRITE"] == "1" { try Data(printed.utf8).write(to: file) }
        let kept = try String(contentsOf: file, encoding: .utf8)
        #expect(printed == kept, "\(file.lastPathComponent) is stale; rewrite it with ASSAY_REWRITE=1")
    }

    @Test func `every line of a real run fits, and a line that was changed does not`() throws {
        let trace = try schema("trace")
        let results = try schema("results")
        try AssayProgram.inFolder { folder in
            let place = folder.appending(path: "run")
            let run = try AssayProgram.run(
                ["run", "--only", "cerner-sms-join", "cerner-portal-sign-in", "--out", place.path])
            let text = try String(contentsOf: place.appending(path: "trace.ndjson"), encoding: .utf8)
            let lines = text.split(separator: "\n")
            try #require(lines.count > 50, "\(run.output)\n\(run.errors)")
            for (number, line) in lines.enumerated() {
                let faults = trace.faults(in: try Value.parseJSON(Array(line.utf8)))
                #expect(faults.isEmpty, "line \(number + 1): \(faults.prefix(4)) in \(line.prefix(300))")
            }
            let file = try Value.parseJSON(try Data(contentsOf: place.appending(path: "results.json")))
            #expect(results.faults(in: file).isEmpty)

            let event = String(lines[3])
            for (find, put) in [
                (#""seq":3"#, #""seq":"3""#), (#""party":""#, #""party":"x"#), (#""type":"event""#, #""type":"evil""#),
                (#""kind":""#, #""kind":"x"#), (#""fields":{"#, #""fields":{"unheard-of":1,"#),
            ] {
                try #require(event.contains(find), "\(event)")
                let changed = try Value.parseJSON(event.replacing(find, with: put))
                #expect(!trace.faults(in: changed).isEmpty, "\(put)")
            }
            // Nothing stands in a header that the schema does not list.
            let header = String(lines[0])
            try #require(header.contains(#""deployment-file":"#), "\(header)")
            let unlisted = try Value.parseJSON(header.replacing(#""deployment-file":"#, with: #""deployment-foil":"#))
            #expect(!trace.faults(in: unlisted).isEmpty)
            #expect(!results.faults(in: ["format": "assay-results/1"]).isEmpty)
        }
    }
}

// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing
import Value

/// Commands that read the suite and print: explain, requirements, schema, new.
@Suite struct ReadingCommandTests {
    @Test(arguments: [
        ("SMS-06", "requirement"), ("sms-twice-on-retry", "defect of the reference connector"),
        ("cerner-sms-join/confirmation-sent", "check"), ("cerner-2022-06", "profile"), ("sms.sent", "kind of event"),
        ("nonconformant", "verdict of a run"), ("inconclusive", "verdict of a check"), ("window-open", "reason"),
        ("protocol.smart-state-present", "check of every exchange"), ("connector-stays-up", "check of the whole run"),
    ])
    func `every kind of id is explained`(id: String, kind: String) throws {
        let result = try AssayProgram.run(["explain", id, "--json"])
        #expect(result.status == 0)
        let found = try Value.parseJSON(result.output)
        #expect(found[0]?["kind"]?.string == kind)
        #expect(found[0]?["sentence"]?.string?.isEmpty == false)
        #expect(try AssayProgram.run(["explain", id.uppercased()]).status == 0)
    }

    @Test func `an unknown id gets the nearest word`() throws {
        let result = try AssayProgram.run(["explain", "nonconfromant"])
        #expect(result.status == 3)
        #expect(result.errors.contains("Did you mean nonconformant?"))
    }

    @Test func `permitted variants are listed, and a misspelt one starts nothing`() throws {
        let list = try Value.parseJSON(try AssayProgram.run(["list", "variants", "--json"]).output)
        let variants = list["variants"]?.array ?? []
        #expect(variants.contains { $0["id"] == "link-pages" && $0["text"]?.string?.isEmpty == false })
        try AssayProgram.inFolder { folder in
            for (option, wrong, near) in [
                ("--variant", "link-page", "link-pages"), ("--defect", "sms-twice-on-retri", "sms-twice-on-retry"),
            ] {
                let out = folder.appending(path: wrong)
                let run = try AssayProgram.run(["run", option, wrong, "--out", out.path])
                #expect(run.status == 3)
                #expect(run.errors.contains("did you mean `\(near)`?"), "\(run)")
                #expect(!FileManager.default.fileExists(atPath: out.path))
            }
        }
    }

    @Test func `requirements name their checks and the defects these find`() throws {
        let result = try AssayProgram.run(["requirements", "--profile", "cerner-2022-06", "--json"])
        #expect(result.status == 0)
        let rows = try Value.parseJSON(result.output)["requirements"]?.array ?? []
        #expect(rows.count > 30)
        let row = rows.first { $0["id"] == "SMS-06" }
        #expect(row?["checks"]?.array?.contains("cerner-sms-join/confirmation-sent") == true)
        #expect(row?["defects"]?.array?.isEmpty == false)
        #expect(try AssayProgram.run(["requirements", "--profile", "cerner-2022"]).status == 3)
        #expect(try AssayProgram.run(["requirements", "--run", "/no/such/run"]).status == 3)
    }

    @Test func `a run adds results to requirements`() throws {
        try AssayProgram.inFolder { folder in
            _ = try folder.put(
                "results.json",
                #"{"requirements": [{"id": "SMS-06", "verdict": "fail"}, {"id": "SMS-07", "verdict": "inconclusive"}]}"#
            )
            let result = try AssayProgram.run(["requirements", "--run", folder.path, "--json"])
            let rows = try Value.parseJSON(result.output)["requirements"]?.array ?? []
            let six = rows.first { $0["id"] == "SMS-06" }
            #expect(six?["result"] == "fail")
            #expect(six?["executed"] == true)
            #expect(rows.first { $0["id"] == "SMS-07" }?["executed"] == false)
        }
    }

    @Test(arguments: ["scenario", "deployment"])
    func `schemas are JSON Schemas`(kind: String) throws {
        let schema = try Value.parseJSON(try AssayProgram.run(["schema", kind]).output)
        #expect(schema["$schema"]?.string?.hasPrefix("https://json-schema.org/") == true)
        #expect(schema["properties"]?["id"] != nil)
    }

    @Test func `a new scenario has no mistakes, and is not overwritten`() throws {
        try AssayProgram.inFolder { folder in
            let path = folder.appending(path: "s.yaml").path
            let made = try AssayProgram.run(["new", "scenario", "--out", path])
            #expect(made.status == 0)
            #expect(try AssayProgram.run(["lint", path]).status == 0)
            #expect(try AssayProgram.run(["new", "deployment", "--out", path]).status == 3)
        }
    }

    @Test func `completions are offered`() throws {
        let script = try AssayProgram.run(["--generate-completion-script", "bash"]).output
        #expect(script.contains("explain"))
    }
}

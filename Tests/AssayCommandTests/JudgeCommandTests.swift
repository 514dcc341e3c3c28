// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing
import Value

@Suite struct JudgeCommandTests {
    @Test func `a record judged again gives the same results, and one cut short is incomplete`() throws {
        try AssayProgram.inFolder { folder in
            let place = folder.appending(path: "run")
            let run = try AssayProgram.run(["run", "--only", "cerner-portal-sign-in", "--out", place.path])
            let results = try String(contentsOf: place.appending(path: "results.json"), encoding: .utf8)
            let again = try AssayProgram.run(["judge", place.path, "--json"])
            #expect(again.output == results)
            #expect(again.status == run.status)

            let trace = place.appending(path: "trace.ndjson")
            let lines = try String(contentsOf: trace, encoding: .utf8).split(separator: "\n")
            try Data(lines.dropLast(3).joined(separator: "\n").utf8).write(to: trace)
            let cut = try AssayProgram.run(["judge", trace.path])
            #expect(cut.status == 2)
            #expect(cut.lines.last?.hasPrefix("verdict: incomplete") == true)
        }
    }

    @Test func `a HAR is judged without scenarios: a fault is found, honest traffic is incomplete`() throws {
        try AssayProgram.inFolder { folder in
            func judged(_ arguments: [String], foreign: Bool) throws -> AssayProgram.Result {
                let place = folder.appending(path: UUID().uuidString)
                _ = try AssayProgram.run(["run", "--only", "cerner-sms-join", "--out", place.path] + arguments)
                let data = try Data(contentsOf: place.appending(path: "traffic.har"))
                let har = foreign ? try Self.foreign(try Value.parseJSON(data)) : try Value.parseJSON(data)
                let file = try folder.put("\(UUID().uuidString).har", har.json())
                return try AssayProgram.run(["judge", file])
            }
            for foreign in [false, true] {
                let honest = try judged([], foreign: foreign)
                #expect(honest.status == 2, "\(honest.output)\n\(honest.errors)")
                #expect(!honest.output.contains("fail: "), "\(honest.output)")
                #expect(honest.output.contains("condition: A capture of "))
                #expect(honest.output.contains("condition: Launch: "))
                let broken = try judged(["--defect", "patient-name-in-subject"], foreign: foreign)
                #expect(broken.status == 1, "\(broken.output)\n\(broken.errors)")
                #expect(broken.output.contains("fail: run/privacy.seed-policy"))
            }
        }
    }

    /// Assay's own HAR as somebody else's proxy would have written it: Microsoft's names, and no word on who is who.
    private static func foreign(_ har: Value) throws -> Value {
        let names = [
            "graph": "graph.microsoft.com", "entra": "login.microsoftonline.com", "teams": "teams.microsoft.com",
            "sms": "clinic.communication.azure.com",
        ]
        let entries = (har["log"]?["entries"]?.array ?? []).map { entry -> Value in
            var request = entry["request"]?.members ?? Members()
            let url = request["url"]?.string ?? ""
            if let name = names[entry["_to"]?.string ?? ""] {
                let path = url.split(separator: "/", maxSplits: 3, omittingEmptySubsequences: false).last ?? ""
                request["url"] = .string("https://\(name)/\(path)")
            }
            return [
                "startedDateTime": entry["startedDateTime"] ?? .null, "time": entry["time"] ?? 0,
                "request": .object(request), "response": entry["response"] ?? .null,
            ]
        }
        return ["log": ["version": "1.2", "creator": ["name": "proxy"], "entries": .array(entries)]]
    }

    @Test func `what is no record is the set-up's fault`() throws {
        try AssayProgram.inFolder { folder in
            #expect(try AssayProgram.run(["judge", folder.path]).status == 3)
            let file = try folder.put("trace.ndjson", "{}\n")
            #expect(try AssayProgram.run(["judge", file]).status == 3)
        }
    }
}

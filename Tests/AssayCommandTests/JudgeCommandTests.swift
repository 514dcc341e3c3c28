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

    @Test func `what is no record is the set-up's fault`() throws {
        try AssayProgram.inFolder { folder in
            #expect(try AssayProgram.run(["judge", folder.path]).status == 3)
            let file = try folder.put("trace.ndjson", "{}\n")
            #expect(try AssayProgram.run(["judge", file]).status == 3)
        }
    }
}

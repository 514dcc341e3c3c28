// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing
import Value

/// Shards, their merge, and what is said of several runs.
@Suite struct ShardCommandTests {
    @Test func `two shards merged are the whole, one alone is partial`() throws {
        try AssayProgram.inFolder { folder in
            let list = try AssayProgram.run(["list", "scenarios", "--json"])
            let ids = try #require(try Value.parseJSON(list.output)["scenarios"]?.array).compactMap { $0["id"]?.string }
            let two = Array(ids.filter { $0.hasPrefix("cerner") }.prefix(2))
            var folders: [String] = []
            for index in 1...2 {
                let place = folder.appending(path: "shard\(index)").path
                folders.append(place)
                let run = try AssayProgram.run(
                    ["run", "--only"] + two + ["--shard", "\(index)/2", "--nonce", "n7", "--out", place])
                #expect(run.status == 2, "\(run)")
                #expect(run.output.contains("partial: one shard of a run"))
            }
            let merged = folder.appending(path: "merged").path
            let whole = try AssayProgram.run(["merge"] + folders.reversed() + ["--out", merged])
            #expect(whole.status == 0, "\(whole)")
            #expect(whole.lines.last?.hasPrefix("verdict: conformant (2 scenarios") == true)
            // What was merged is a record like any other.
            let again = try AssayProgram.run(["judge", merged, "--json"])
            #expect(try again.output == String(contentsOfFile: merged + "/results.json", encoding: .utf8))
            let alone = try AssayProgram.run(["merge", folders[0], "--out", folder.appending(path: "alone").path])
            #expect(alone.status == 2, "\(alone)")

            let same = try AssayProgram.run(["diff", merged, merged])
            #expect(same.status == 0)
            #expect(same.lines.last == "comparison: same (conformant → conformant, 0 changed checks, 0 regressions)")
            let worse = try AssayProgram.run(["diff", merged, folders[0], "--json"])
            #expect(worse.status == 1)
            #expect(try Value.parseJSON(worse.output)["regression"] == true)

            let database = folder.appending(path: "history.sqlite").path
            let history = try AssayProgram.run(["history", merged, folders[0], "--database", database, "--json"])
            #expect(history.status == 0, "\(history)")
            #expect(try Value.parseJSON(history.output)["runs"]?.array?.count == 2)
        }
    }

    @Test func `a shard that is none, and one without nonce, are misuse`() throws {
        for arguments in [["--shard", "3/2", "--nonce", "n"], ["--shard", "x", "--nonce", "n"], ["--shard", "1/2"]] {
            let run = try AssayProgram.run(["run"] + arguments)
            #expect(run.status == 64, "\(run)")
        }
    }

    @Test func `folders that hold no run are named`() throws {
        try AssayProgram.inFolder { folder in
            for command in ["diff", "merge", "history"] {
                let arguments = [command, folder.path] + (command == "diff" ? [folder.path] : [])
                let ended = try AssayProgram.run(arguments)
                #expect(ended.status == 3, "\(ended)")
                #expect(ended.errors.contains(folder.path), "\(ended)")
            }
        }
    }
}

// SPDX-License-Identifier: Apache-2.0

import Foundation
import GRDB
import Testing
import Value

@Suite struct ScanCommandTests {
    private static let canaries = """
        {"canaries": {"ann.phone": "+16025550190", "ann.family": "Naegrayand", "ann.dob": "1999-05-25"}}
        """

    private func scan(
        _ arguments: [String], _ folder: URL, input: String? = nil
    ) throws -> (status: Int32, lines: [Value], errors: String) {
        let file = try folder.put("canaries.json", Self.canaries)
        let result = try AssayProgram.run(
            ["scan", "--canaries", file, "--format", "json"] + arguments, input: input.map { Data($0.utf8) })
        return (result.status, try result.lines.map { try Value.parseJSON($0) }, result.errors)
    }

    @Test func `a reformatted value is found at its place`() throws {
        try AssayProgram.inFolder { folder in
            let log = try folder.put("a/b.log", "call (602) 555-0190 now")
            let (status, lines, _) = try scan([folder.appending(path: "a").path], folder)
            #expect(status == 1)
            #expect(lines.count == 2)
            #expect(lines[0]["canary"] == "ann.phone")
            #expect(lines[0]["class"] == "phone")
            #expect(lines[0]["path"]?.string == log)
            #expect(lines[0]["offset"] == 6)
            #expect(lines[0]["length"] == 13)
            #expect(lines[0]["chain"] == [])
            #expect(lines[0]["level"] == "reversible")
            #expect(lines[1]["bytes-scanned"] == 23)
            #expect(lines[1]["unscanned"] == [])
        }
    }

    @Test func `nothing found is exit 0, and standard input is the default`() throws {
        try AssayProgram.inFolder { folder in
            let (status, lines, _) = try scan([], folder, input: "nothing of the kind")
            #expect(status == 0)
            #expect(lines.count == 1)
            let encoded = Data("Naegrayand".utf8).base64EncodedString()
            #expect(try scan(["-"], folder, input: "x=\(encoded)").lines[0]["chain"] == ["base64"])
        }
    }

    @Test func `the value is never printed`() throws {
        try AssayProgram.inFolder { folder in
            let file = try folder.put("canaries.json", Self.canaries)
            let result = try AssayProgram.run(["scan", "--canaries", file], input: Data("Naegrayand 1999-05-25".utf8))
            #expect(result.status == 1)
            #expect(!(result.output + result.errors).contains("Naegrayand"))
        }
    }

    @Test func `in a database table and column are told, unless they say something themselves`() throws {
        try AssayProgram.inFolder { folder in
            let database = try DatabaseQueue(path: folder.appending(path: "a.sqlite").path)
            try database.write { database in
                try database.execute(
                    sql: """
                        CREATE TABLE visit (id INTEGER PRIMARY KEY, note TEXT, "Naegrayand" TEXT);
                        INSERT INTO visit VALUES (1, 'call +16025550190', 'born 1999-05-25');
                        """)
            }
            let (status, lines, _) = try scan([folder.appending(path: "a.sqlite").path], folder)
            #expect(status == 1)
            let places = lines.filter { $0["canary"] != nil }.map {
                "\($0["canary"]?.string ?? "") \($0["place"]?.string ?? "-")"
            }
            // The name of a column stands in the schema.
            #expect(places.sorted() == ["ann.dob -", "ann.family -", "ann.phone visit.note"])
        }
    }

    @Test func `a value in the name of a file or folder is found, and the name shown without it`() throws {
        try AssayProgram.inFolder { folder in
            _ = try folder.put("logs/Naegrayand/1999-05-25.txt", "call +16025550190")
            _ = try folder.put("logs/plain.txt", "nothing")
            try FileManager.default.createSymbolicLink(
                atPath: folder.appending(path: "logs/link").path, withDestinationPath: "/gone/Naegrayand.pdf")
            let (status, lines, errors) = try scan([folder.appending(path: "logs").path], folder)
            #expect(status == 1)
            let found = lines.dropLast().map { line in
                [line["canary"]?.string, line["path"]?.string?.replacing(folder.path, with: ""), line["place"]?.string]
            }
            #expect(
                found == [
                    ["ann.family", "/logs/{ann.family}", "name"],
                    ["ann.dob", "/logs/{ann.family}/{ann.dob}.txt", "name"],
                    ["ann.family", "/logs/link -> /gone/{ann.family}.pdf", "name"],
                    ["ann.phone", "/logs/{ann.family}/{ann.dob}.txt", nil],
                ])
            #expect(lines[0]["offset"] == 5)
            #expect(!errors.contains("Naegrayand"))
        }
    }

    @Test func `the folder that leads to what is searched is not searched`() throws {
        try AssayProgram.inFolder { folder in
            let file = try folder.put("Naegrayand/plain.txt", "nothing")
            #expect(try scan([file], folder).status == 0)
        }
    }

    @Test func `a pipe in a folder is not waited for`() throws {
        try AssayProgram.inFolder { folder in
            _ = try folder.put("a/b.log", "nothing")
            #expect(mkfifo(folder.appending(path: "a/pipe").path, 0o600) == 0)
            #expect(try scan([folder.appending(path: "a").path], folder).status == 0)
        }
    }

    @Test func `a value split over two messages of a flow is found, of two flows not`() throws {
        func message(_ id: String, _ flow: String, _ body: String) -> String {
            let text = Data(body.utf8).base64EncodedString()
            return #"{"id":"\#(id)","flow":"\#(flow)","channel":"http","body":"\#(text)"}"#
        }
        try AssayProgram.inFolder { folder in
            let joined = try folder.put(
                "j.jsonl", [message("m1", "f", "to Naegr"), message("m2", "f", "ayand.")].joined(separator: "\n"))
            let (status, lines, _) = try scan([joined], folder)
            #expect(status == 1)
            #expect(lines[0]["message"] == "m2")
            #expect(lines[0]["chain"] == ["joined-messages"])
            let apart = try folder.put(
                "k.jsonl", [message("m1", "f", "to Naegr"), message("m2", "g", "ayand.")].joined(separator: "\n"))
            #expect(try scan([apart], folder).status == 0)
            let broken = try folder.put("l.jsonl", message("m1", "f", "x") + "\n{\"flow\": 1}\n")
            #expect(try scan([broken], folder).status == 2)
        }
    }

    @Test func `a value over the edge of two pieces is found`() throws {
        try AssayProgram.inFolder { folder in
            let text = String(repeating: "x", count: (1 << 20) - 5) + " Naegrayand "
            let (status, lines, _) = try scan([], folder, input: text)
            #expect(status == 1)
            #expect(lines[0]["offset"]?.int == (1 << 20) - 4)
            #expect(lines.count == 2)
        }
    }

    @Test func `a policy takes out what it allows`() throws {
        try AssayProgram.inFolder { folder in
            let policy = try folder.put(
                "p.yaml",
                "policy: mine\nrules:\n  - {rule: phones, data: phone, at: storage, is: allowed, because: test}\n")
            let (status, lines, _) = try scan(["--policy", policy], folder, input: "+16025550190 and Naegrayand")
            #expect(status == 1)
            #expect(lines[0]["canary"] == "ann.family")
            #expect(lines[1]["allowed"] == 1)
        }
    }

    @Test func `bad input is exit 3, misuse 64`() throws {
        try AssayProgram.inFolder { folder in
            #expect(try scan(["/no/such/place"], folder).status == 3)
            let empty = try folder.put("empty.json", #"{"canaries": {}}"#)
            #expect(try AssayProgram.run(["scan", "--canaries", empty]).status == 3)
            let text = try folder.put("text.json", "no json")
            #expect(try AssayProgram.run(["scan", "--canaries", text]).status == 3)
            #expect(try AssayProgram.run(["scan"]).status == 64)
        }
    }

    @Test func `a long compressed log is unpacked piece by piece, and one cut short is told`() throws {
        try AssayProgram.inFolder { folder in
            // Digits that do not repeat, so that the compressed file is long.
            var state: UInt64 = 7
            var text = ""
            for _ in 0..<12_000 {
                state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                text += "entry \(state >> 11)\n"
            }
            let log = try folder.put("x.log", text + "patient Naegrayand\n")
            let gzip = Process()
            gzip.executableURL = URL(fileURLWithPath: "/usr/bin/env")
            gzip.arguments = ["gzip", log]
            try gzip.run()
            gzip.waitUntilExit()
            let packed = folder.appending(path: "x.log.gz")
            let (status, lines, _) = try scan([packed.path], folder)
            #expect(status == 1)
            #expect(lines[0]["chain"] == ["gzip"])
            let bytes = try Data(contentsOf: packed)
            #expect(bytes.count > 1 << 15)
            try bytes.prefix(bytes.count / 2).write(to: packed)
            #expect(try scan([packed.path], folder).status == 2)
        }
    }
}

// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@Suite struct FormatCommandTests {
    private static let loose = "id:   a   # why\nlist:\n- x\n-   y\n"
    private static let form = "id: a     # why\nlist:\n  - x\n  - y\n"

    @Test func `fmt writes files in form, and --check only says so`() throws {
        try AssayProgram.inFolder { folder in
            let file = folder.appending(path: "a.yaml")
            try Data(Self.loose.utf8).write(to: file)
            let before = try AssayProgram.run(["fmt", "--check", file.path])
            #expect(before.status == 1)
            #expect(before.output.contains("a.yaml: not in form"))
            #expect(try String(contentsOf: file, encoding: .utf8) == Self.loose)
            #expect(try AssayProgram.run(["fmt", folder.path]).status == 0)
            #expect(try String(contentsOf: file, encoding: .utf8) == Self.form)
            #expect(try AssayProgram.run(["fmt", "--check", file.path]).status == 0)
        }
    }

    @Test func `what cannot be read is refused with its place and left alone`() throws {
        try AssayProgram.inFolder { folder in
            let file = folder.appending(path: "a.yaml")
            try Data("a: [b\nc: d\n".utf8).write(to: file)
            let run = try AssayProgram.run(["fmt", file.path, folder.appending(path: "none.yaml").path])
            #expect(run.status == 3)
            #expect(run.errors.contains("a.yaml:"))
            #expect(run.errors.contains("none.yaml: cannot be read"))
            #expect(try String(contentsOf: file, encoding: .utf8) == "a: [b\nc: d\n")
        }
    }

    @Test(arguments: ["scenario", "deployment"]) func `a new file lints clean and is in form`(_ kind: String) throws {
        try AssayProgram.inFolder { folder in
            let file = folder.appending(path: "new.yaml").path
            #expect(try AssayProgram.run(["new", kind, "--out", file]).status == 0)
            let lint = try AssayProgram.run(["lint", file])
            #expect(lint.status == 0, "\(lint.errors)")
            #expect(lint.output == "1 \(kind), no mistakes\n")
            #expect(try AssayProgram.run(["fmt", "--check", file]).status == 0)
        }
    }

    @Test func `lint looks at the whole suite, and finds a deployment's mistakes`() throws {
        let whole = try AssayProgram.run(["lint"])
        #expect(whole.status == 0, "\(whole.errors)")
        #expect(whole.output.contains(" procedures, "))
        #expect(whole.output.contains("1 deployment"))
        try AssayProgram.inFolder { folder in
            let file = folder.appending(path: "d.yaml")
            try Data("id: a\nreach: {url: \"http://127.0.0.1:9\"}\nregistrations: {}\negress: proxi\n".utf8).write(
                to: file)
            let broken = try AssayProgram.run(["lint", file.path])
            #expect(broken.status == 3)
            #expect(broken.errors.contains("d.yaml:4:9"))
        }
    }
}

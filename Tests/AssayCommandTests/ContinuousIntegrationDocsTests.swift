// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport
import Testing
import Value

/// The recipes of docs/continuous-integration.md are files; they are read as their readers would.
@Suite struct ContinuousIntegrationDocsTests {
    private var folder: URL { BuiltAssay.project.appending(path: "docs/examples/ci") }

    @Test func `every recipe that is named is there, and the other way round`() throws {
        let page = try String(
            contentsOf: BuiltAssay.project.appending(path: "docs/continuous-integration.md"), encoding: .utf8)
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.path)
        #expect(names.count == 6)
        for name in names { #expect(page.contains("(examples/ci/\(name))"), "\(name)") }
    }

    @Test func `every flag of a recipe is a flag of its command`() throws {
        for name in try FileManager.default.contentsOfDirectory(atPath: folder.path) {
            let text = try String(contentsOf: folder.appending(path: name), encoding: .utf8)
                .replacing("\\\n", with: " ")
            for line in text.split(separator: "\n") where line.contains("assay run") || line.contains("assay merge") {
                let command = line.contains("assay merge") ? "merge" : "run"
                let help = try AssayProgram.run([command, "--help"]).output
                for flag in line.matches(of: /--[a-z][a-z-]*/) {
                    #expect(help.contains(flag.output), "\(name): \(flag.output)")
                }
            }
        }
    }

    @Test func `the shell recipe ends conformant over two shards`() throws {
        try AssayProgram.inFolder { place in
            let process = Process()
            process.executableURL = URL(fileURLWithPath: "/bin/bash")
            // The recipe as it stands, with the few scenarios of a quick test put in by a wrapper named assay.
            let bin = place.appending(path: "bin")
            let wrapper = """
                #!/usr/bin/env bash
                if [ "$1" = run ]; then shift; exec "\(AssayProgram.url.path)" run --only cerner-portal-sign-in epic-sign-in-attacks "$@"; fi
                exec "\(AssayProgram.url.path)" "$@"
                """
            let path = try bin.put("assay", wrapper)
            try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: path)
            let deployment = BuiltAssay.project.appending(path: "Scenarios/deployments/reference.yaml").path
            process.arguments = [folder.appending(path: "shards.sh").path, deployment, "2", place.path + "/runs"]
            var environment = ProcessInfo.processInfo.environment
            environment["PATH"] = bin.path + ":" + (environment["PATH"] ?? "/usr/bin:/bin")
            process.environment = environment
            let output = place.appending(path: "out")
            try Data().write(to: output)
            process.standardOutput = try FileHandle(forWritingTo: output)
            process.standardError = FileHandle.nullDevice
            try process.run()
            process.waitUntilExit()
            let text = try String(contentsOf: output, encoding: .utf8)
            #expect(process.terminationStatus == 0, "\(text)")
            #expect(text.contains("verdict: conformant (2 scenarios"), "\(text)")
        }
    }
}

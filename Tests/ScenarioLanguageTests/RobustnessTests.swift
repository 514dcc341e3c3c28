// SPDX-License-Identifier: Apache-2.0

import Ledger
import ScenarioLanguage
import SourceText
import Testing
import World

/// Whatever a file holds, reading it ends with a scenario or with diagnostics, never with a crash.
@Suite struct RobustnessTests {
    private func check(_ text: String) {
        let loaded = Fixture.load(text, procedures: [ExampleTests.ready])
        #expect((loaded.scenario == nil) == loaded.diagnostics.contains { $0.severity == .error })
        _ = loaded.rendered
    }

    @Test func `a file cut off anywhere is read`() {
        let lines = ExampleTests.join.split(separator: "\n", omittingEmptySubsequences: false)
        for count in 0..<lines.count { check(lines.prefix(count).joined(separator: "\n")) }
        for count in stride(from: 0, to: ExampleTests.join.count, by: 53) {
            check(String(ExampleTests.join.prefix(count)))
        }
    }

    @Test func `a file without one of its lines is read`() {
        let lines = ExampleTests.join.split(separator: "\n", omittingEmptySubsequences: false)
        for index in lines.indices {
            check((lines[..<index] + lines[(index + 1)...]).joined(separator: "\n"))
        }
    }

    @Test func `a file with words exchanged is read`() {
        var random = RunSeed(seed: 7, nonce: "n").plan("robustness")
        let odd = ["[]", "{}", "$(", "\"\"", "~", "'%captures.'", "-1", "a.b.c", "{not: }", "absent", "é", "%", "`"]
        let words = ExampleTests.join.split(separator: " ", omittingEmptySubsequences: false).map(String.init)
        for _ in 0..<150 {
            var changed = words
            for _ in 0..<3 {
                let place = Int.random(in: 0..<words.count, using: &random)
                changed[place] = (odd + words).randomElement(using: &random) ?? ""
            }
            check(changed.joined(separator: " "))
        }
    }

    @Test func `procedures are cut off too`() {
        let lines = ExampleTests.ready.split(separator: "\n", omittingEmptySubsequences: false)
        for index in lines.indices {
            let text = (lines[..<index] + lines[(index + 1)...]).joined(separator: "\n")
            _ = ProcedureLibrary(sources: [SourceFile(path: "p.yaml", text: text)]).diagnostics
            _ = Fixture.load(ExampleTests.join, procedures: [text]).rendered
        }
    }
}

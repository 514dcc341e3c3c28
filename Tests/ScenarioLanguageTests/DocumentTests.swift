// SPDX-License-Identifier: Apache-2.0

import Foundation
import Ledger
import ScenarioLanguage
import SourceText
import Testing
import Value

/// The documentation says what the code does.
@Suite struct DocumentTests {
    static let docs = Fixture.projectFolder.appending(path: "docs")

    @Test func `the event table is printed from the vocabulary`() throws {
        try Golden.compare(VocabularyDocument.events, with: Self.docs.appending(path: "events.md"))
    }

    @Test func `the schema for editors is printed from the parser's tables`() throws {
        try Golden.compare(
            ScenarioSchema.value.json(pretty: true) + "\n", with: Self.docs.appending(path: "scenario.schema.json"))
    }

    @Test func `the tables of the language are printed from the parser's`() throws {
        let url = Self.docs.appending(path: "scenario-language.md")
        var text = try String(contentsOf: url, encoding: .utf8)
        for (name, table) in [
            ("verbs", VocabularyDocument.verbs), ("operations", VocabularyDocument.operations),
            ("steps", VocabularyDocument.steps), ("invariants", VocabularyDocument.invariants),
            ("matchers", VocabularyDocument.matchers),
        ] {
            let start = try #require(text.firstRange(of: "<!-- \(name): printed by a test -->\n"))
            let end = try #require(text[start.upperBound...].firstRange(of: "<!-- end -->"))
            text.replaceSubrange(start.upperBound..<end.lowerBound, with: table + "\n")
        }
        try Golden.compare(text, with: url)
    }

    /// The fenced blocks whose first line is `# test: parses`.
    static func examples() throws -> [SourceFile] {
        let text = try String(contentsOf: docs.appending(path: "scenario-language.md"), encoding: .utf8)
        return text.components(separatedBy: "```yaml\n# test: parses").dropFirst().enumerated().map { number, rest in
            let body = rest.components(separatedBy: "\n```").first ?? ""
            return SourceFile(path: "example-\(number + 1).yaml", text: "# test: parses" + body + "\n")
        }
    }

    @Test func `every example of the language's page loads`() throws {
        let ledger = try Ledger(dataFolder: DataFolder(url: Fixture.projectFolder))
        let examples = try Self.examples()
        let procedures = examples.filter { $0.text.contains("\nprocedure: ") }
        let library = ProcedureLibrary(sources: procedures)
        #expect(library.diagnostics.map { $0.rendered(in: library.files[$0.path]) } == [])
        let scenarios = examples.filter { !$0.text.contains("\nprocedure: ") }
        #expect(scenarios.count >= 3)
        for example in scenarios {
            let loaded = ScenarioLoader(ledger: ledger, library: library).load(example)
            #expect(loaded.rendered == "")
            #expect(loaded.scenario != nil)
        }
    }
}

// SPDX-License-Identifier: Apache-2.0

import Foundation
import Ledger
import Reproduction
import ScenarioLanguage
import SourceText
import TestSupport
import Testing
import Value

@Suite struct TextNodeTests {
    private func read(_ text: String) throws -> TextNode {
        let (node, problems) = YAMLParser.parse(SourceFile(path: "test.yaml", text: text))
        #expect(problems.isEmpty, "\(problems)\n\(text)")
        return TextNode(try #require(node))
    }

    /// Quotes that are needed may come; what is said stays.
    private func plain(_ node: TextNode) -> TextNode {
        switch node {
        case .text(let text, _): .text(text)
        case .list(let items): .list(items.map(plain))
        case .map(let entries): .map(entries.map { .init($0.key, plain($0.value)) })
        }
    }

    @Test func `every scenario of the suite is written as it was read`() throws {
        let folder = BuiltAssay.project.appending(path: "Scenarios")
        let files = try #require(ScenarioFiles.find(at: folder))
        #expect(files.count > 40)
        for file in files {
            let node = try read(try String(contentsOf: file, encoding: .utf8))
            #expect(plain(try read(node.yaml)) == plain(node), "\(file.lastPathComponent)\n\(node.yaml)")
        }
    }

    @Test(arguments: [
        "", " ", "a: b", "- x", "-", "#no", "a #b", "'", "\"", "it's", "{a}", "[x, y]", "%world", "@x", "null", "~",
        "a:",
        "x\ny", "tab\there", "ü…", "true", "1..2", "*", "&a", "!t", "|", ">", "?", "? x", "--- a", "$(ann.alias)",
        "\u{7}",
    ])
    func `any text survives, by itself and inside brackets`(text: String) throws {
        let node: TextNode = ["alone": .text(text), "list": .list([.text(text), "b"]), "map": ["key": .text(text)]]
        #expect(plain(try read(node.yaml)) == node, "\(node.yaml)")
    }

    @Test func `what was quoted stays quoted, because in a body that makes it text`() throws {
        let node = try read("json: {count: '2', also: 2}")
        #expect(node.yaml.contains("count: '2'"))
        #expect(node.yaml.contains("also: 2"))
    }
}

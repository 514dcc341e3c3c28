// SPDX-License-Identifier: Apache-2.0

import SourceText
import Testing
import Value

struct YAMLTests {
    private func parse(_ text: String) -> (node: YAMLNode?, diagnostics: [Diagnostic]) {
        YAMLParser.parse(SourceFile(path: "t.yaml", text: text))
    }

    private func places(_ text: String) -> [String] {
        parse(text).diagnostics.map { "\($0.code) \($0.span?.start.line ?? 0):\($0.span?.start.column ?? 0)" }
    }

    @Test func `mappings keep their order and every scalar is text`() throws {
        let node = try #require(parse("b: 010\na: no\nc: [12:30, 2024-01-01, '']\n").node)
        #expect(node.entries?.map(\.name) == ["b", "a", "c"])
        #expect(node["b"]?.text == "010")
        #expect(node["a"]?.text == "no")
        #expect(node["c"]?.items?.map(\.text) == ["12:30", "2024-01-01", ""])
    }

    @Test func `plain JSON scalars become typed values and quoted ones stay text`() throws {
        let node = try #require(parse("{n: 1.50, t: true, z: , q: '1', d: 010, w: null, y: yes}").node)
        #expect(
            node.value.json()
                == #"{"n":1.50,"t":true,"z":null,"q":"1","d":"010","w":null,"y":"yes"}"#)
    }

    @Test func `spans cover what is written, also behind letters outside ASCII`() throws {
        let node = try #require(parse("\u{FEFF}ключ: \"wért\"\nlist:\n  - a\n  - b: {c: d}\n").node)
        let text = try #require(node["ключ"])
        #expect(text.span.start.line == 1)
        #expect(text.span.start.column == 8)
        #expect(text.span.end.column == 14)
        let inner = try #require(node["list"]?.items?[1]["b"])
        #expect(inner.span.start.column == 8)
        #expect(inner.span.end.column == 14)
        #expect(node.span.end == inner.span.end)
    }

    @Test(arguments: [
        ("a: &x 1", "yaml-anchor 1:4"), ("a: *x", "yaml-alias 1:4"), ("a: !!str 1", "yaml-tag 1:4"),
        ("a: 1\nb: 2\na: 3", "yaml-duplicate-key 3:1"), ("a: 1\n---\nb: 2", "yaml-documents 2:1"),
        ("{<<: {a: 1}}", "yaml-merge 1:2"), ("[a]: b", "yaml-key 1:1"), ("a: b: c", "yaml-syntax 1:5"),
        ("a: [1, 2", "yaml-syntax 1:9"), ("a:\n\t- b", "yaml-syntax 2:1"), ("a: \u{1}", "yaml-syntax 1:4"),
    ])
    func `what is refused is refused at its place`(text: String, expected: String) {
        #expect(places(text) == [expected])
    }

    @Test func `several mistakes are reported at once and the rest is read`() {
        let (node, diagnostics) = parse("a: &x 1\nb: *x\nc: {d: 1, d: 2}\n")
        #expect(diagnostics.map(\.code) == ["yaml-anchor", "yaml-alias", "yaml-duplicate-key"])
        #expect(node?["c"]?["d"]?.text == "1")
    }

    @Test func `depth, size and number of nodes are bounded`() {
        #expect(places(String(repeating: "[", count: 70)).first?.hasPrefix("yaml-too-deep") == true)
        #expect(parse(String(repeating: "[", count: 64) + String(repeating: "]", count: 64)).diagnostics.isEmpty)
        #expect(places(String(repeating: "#", count: YAMLParser.maxBytes + 1)) == ["yaml-too-large 0:0"])
        #expect(
            places("'" + String(repeating: "a", count: YAMLParser.maxScalarBytes + 1) + "'") == ["yaml-too-large 1:1"])
        let many = "[" + String(repeating: "a,", count: YAMLParser.maxNodes) + "]"
        #expect(places(many).first?.hasPrefix("yaml-too-many-nodes") == true)
    }

    @Test func `an empty file has no node and no mistake`() {
        for text in ["", "# only a remark\n"] {
            let (node, diagnostics) = parse(text)
            #expect(node == nil)
            #expect(diagnostics.isEmpty)
        }
    }

    @Test(arguments: [
        ("k: links().first()", 8), ("k: 'it''s | x'", 5), (#"k: "a\tb\u00e9 | x""#, 6), ("k: |\n  one\n  two | x\n", 8),
    ])
    func `an offset in a scalar's text is found in the file`(yaml: String, offset: Int) throws {
        let file = SourceFile(path: "t.yaml", text: yaml)
        let node = try #require(YAMLParser.parse(file).node?["k"])
        let text = try #require(node.text)
        let wanted = Array(text.utf8)[offset]
        let place = node.position(ofText: offset, in: file).utf8Offset
        #expect(Array(yaml.utf8)[place] == wanted)
        #expect(Array(yaml.utf8)[place..<(place + 3)] == Array(text.utf8)[offset..<(offset + 3)])
    }
}

// SPDX-License-Identifier: Apache-2.0

import Foundation
import ScenarioLanguage
import SourceText
import Testing
import Value

/// Nothing of one connector stands under Scenarios/ outside deployments/: no URL, no field name, no page markup.
@Suite struct WallTests {
    private static let scenarios = Fixture.projectFolder.appending(path: "Scenarios")

    /// The lines of every file outside deployments/.
    private static func lines() throws -> [(place: String, text: String)] {
        let names = FileManager.default.enumerator(atPath: scenarios.path)?.compactMap { $0 as? String } ?? []
        return try names.filter { $0.hasSuffix(".yaml") && !$0.hasPrefix("deployments/") }.sorted().flatMap { name in
            try String(contentsOf: scenarios.appending(path: name), encoding: .utf8)
                .split(separator: "\n", omittingEmptySubsequences: false).enumerated()
                .map { ("\(name):\($0.offset + 1)", String($0.element)) }
        }
    }

    private static func finding(_ pattern: String) throws -> [String] {
        let expression = try NSRegularExpression(pattern: pattern)
        return try lines().filter { line in
            expression.firstMatch(in: line.text, range: NSRange(line.text.startIndex..., in: line.text)) != nil
        }.map { "\($0.place): \($0.text)" }
    }

    @Test func `there is something to look at`() throws { #expect(try Self.lines().count > 1_000) }

    @Test func `no address of a connector stands there`() throws {
        // Hosts that are nobody's: documentation names (RFC 2606) and addresses a connector must refuse.
        let allowed =
            #"(?:[a-z0-9-]+\.)*example\.(?:net|org|com)|169\.254\.[0-9.]+|10\.[0-9.]+|0251\.[0-7.]+|2852039166"#
            + #"|172\.2[04]\.[0-9.]+|192\.168\.[0-9.]+|\[(?:::ffff|fd12|fe80):[0-9a-f:.]+\]|stranger"#
        #expect(try Self.finding(#"https?://(?!(?:\#(allowed))(?:[/":)?#]|$))[a-zA-Z0-9\[]"#) == [])
        #expect(try Self.finding(#"localhost|127\.0\.0\.1|\[::1\]"#) == [])
        // Only a deployment may say what follows the connector's own address.
        #expect(try Self.finding(#"\$\(connector\.url\)/[a-zA-Z]"#) == [])
    }

    @Test func `no page markup stands there`() throws {
        #expect(try Self.finding(#"</?(?:a|p|div|form|input|table|td|tr|span|h[1-6]|button|label|select)[ >/]"#) == [])
        #expect(try Self.finding(#"@(?:id|class|name|role|href|action|value|data-[a-z]+)\b"#) == [])
        #expect(try Self.finding(#"(?:^|[^:])//[a-z*]+\["#) == [])
    }

    /// What the reference deployment alone knows: form fields, element ids, paths.
    @Test func `no field name or path of the reference connector stands there`() throws {
        let file = Self.scenarios.appending(path: "deployments/reference.yaml")
        let (root, _) = YAMLParser.parse(
            SourceFile(path: "reference.yaml", text: try String(contentsOf: file, encoding: .utf8)))
        var own: Set<String> = []
        func words(of pattern: String, in text: String) throws {
            let expression = try NSRegularExpression(pattern: pattern)
            for match in expression.matches(in: text, range: NSRange(text.startIndex..., in: text)) {
                if let range = Range(match.range(at: 1), in: text) { own.insert(String(text[range])) }
            }
        }
        func collect(_ node: YAMLNode) throws {
            for item in node.items ?? [] { try collect(item) }
            for entry in node.entries ?? [] {
                if entry.name == "submit", let fields = entry.value["fields"]?.entries {
                    for field in fields { own.insert(field.name) }
                }
                try collect(entry.value)
            }
            guard let text = node.text else { return }
            try words(of: #"@id='([^']+)'"#, in: text)
            try words(of: #"\$\(connector\)(/[a-z/-]+)"#, in: text)
        }
        try collect(try #require(root?["bindings"]))
        #expect(own.count > 20)
        // Words the language itself has, and plain English, are nobody's markup.
        let shared = Set(OperationVocabulary.types.flatMap { $0.arguments.map(\.name) + $0.values + [$0.name] })
        let distinctive = own.subtracting(shared).filter { $0.contains("/") || $0.contains("-") || $0.contains("_") }
        let pattern = distinctive.sorted().map { NSRegularExpression.escapedPattern(for: $0) }.joined(separator: "|")
        try #require(!pattern.isEmpty)
        // Checks and steps are named in words with hyphens: a field would stand as a key, a path in quotes.
        let found = try Self.finding(#"(?:^|[\s"'{,(])(?:\#(pattern))(?:["']|\s*:\s)"#)
            .filter { !$0.contains(".yaml:") || !$0.contains("verifies") }
        #expect(found == [], "\(distinctive.sorted())")
    }
}

// SPDX-License-Identifier: Apache-2.0

import Connector
import FHIRModel
import FHIRPath
import Foundation
import Ledger
import ScenarioLanguage
import SourceText
import Testing
import Value

/// Whatever stands in a file or an expression, reading it ends, with a result or a mistake.
@Suite struct InputFuzzTests {
    private static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    private static func texts(_ folder: String, _ ending: String = "yaml") throws -> [String] {
        let url = root.appending(path: folder)
        return try FileManager.default.contentsOfDirectory(atPath: url.path).sorted().filter { $0.hasSuffix(ending) }
            .map { try String(contentsOf: url.appending(path: $0), encoding: .utf8) }
    }

    private static let yamlTokens = [
        "&a ", "*a", "!!str ", "<<: *a", "- ", "? ", ": ", "{", "}", "[", "]", "\"", "'", "|\n", ">\n", "\n", "\t", "#",
        "---\n", "%YAML 1.2\n", "\u{FEFF}", "é", "\u{2028}", "$(x)", "$(", "\\x", "0x", "null", "~", "\u{1F600}", "  ",
    ]

    @Test func `any YAML is read or refused`() throws {
        let corpus = try Self.texts("Scenarios/epic") + Self.texts("Scenarios/privacy")
        Fuzzing.run("yaml", inputs: 300, from: corpus, tokens: Self.yamlTokens) { text in
            let (node, diagnostics) = YAMLParser.parse(SourceFile(path: "fuzz.yaml", text: text))
            #expect(node != nil || !diagnostics.isEmpty || text.count < 20_000)
        }
    }

    @Test func `any scenario is read or refused`() throws {
        let folder = DataFolder(url: Self.root)
        let loader = ScenarioLoader(ledger: try Ledger(dataFolder: folder), dataFolder: folder)
        let corpus = try Self.texts("Scenarios/cerner") + Self.texts("Scenarios/reliability")
        let tokens =
            Self.yamlTokens + [
                "expect: ", "within: ", "always:", "check: {a: \"b\"}", "capture: ", "-1", "99999999999999999999d",
            ]
        Fuzzing.run("scenario", inputs: 150, from: corpus, tokens: tokens) { text in
            let loaded = loader.load(SourceFile(path: "fuzz.yaml", text: text))
            #expect(loaded.scenario != nil || !loaded.rendered.isEmpty)
        }
    }

    @Test func `any deployment file is read or refused`() throws {
        let corpus = try Self.texts("Scenarios/deployments")
        let tokens =
            Self.yamlTokens + [
                "request: ", "url: ", "$(env.HOME)", "$(connector)", "clock:", "mode: real", "99999999999999999999",
            ]
        Fuzzing.run("deployment", inputs: 150, from: corpus, tokens: tokens) { text in
            let parsed = Deployment.parse(SourceFile(path: "fuzz.yaml", text: text), environment: [:])
            #expect(parsed.deployment != nil || !parsed.diagnostics.isEmpty)
        }
    }

    @Test func `any pattern is compiled or refused, and matching ends`() {
        let corpus = [
            "^https://[a-z]+\\.example/(join|lobby)/[^/?]+$", "(a|b)*c{2,5}", "(?i)hello\\b", "[\\d\\w]+?@[^ ]{1,64}",
            "(a+)+$",
            "((a*)*)*b", "(x{1,30}){1,30}",
        ]
        let tokens = [
            "(", ")", "[", "]", "{3}", "{0,99}", "*", "+", "?", "|", "\\", "^", "$", ".", "a", "(?:", "[^", "-", "\\d",
            "\\b", "é",
        ]
        let text = String(repeating: "a", count: 400) + "!"
        Fuzzing.run("pattern", inputs: 300, from: corpus, tokens: tokens) { pattern in
            _ = (try? LinearPattern(pattern))?.matches(text)
        }
    }

    @Test func `any FHIRPath is parsed or refused, and evaluation ends`() throws {
        let patient = try Value.parseJSON(
            String(contentsOf: Self.root.appending(path: "Scripts/bench/patient.json"), encoding: .utf8))
        let corpus =
            try Self.texts("Scripts/bench", "expressions.txt").flatMap { $0.split(separator: "\n").map(String.init) }
            + [
                "descendants().aggregate($total & $total & 'x', 'x')", "name.repeat(given | family).where($index > 1)",
                "@2020-01-31T10:00:00.123+02:00 - 3 months", "1.5 'mg' * 2 'kg' / 3",
                "'a'.replaceMatches('(a+)+$', 'b')",
                "name.select(given.combine($this)).combine(name).combine(name)",
                "%context.birthDate.toDateTime() ~ @1974",
                "(5.123).lowBoundary(3) | 7.highBoundary()", "'\\u0041\\n'.encode('base64').decode('hex')",
                "iif(true, {}, 1 / 0).exists() xor (2 div 0).empty()", "'x'.substring(-1, 5).indexOf('')",
            ]
        let tokens =
            [
                "(", ")", "[", "]", "{}", "'", "`", "%", "$this", "$total", ".", ",", "|", "&", "~", "!~", " and ",
                " is ", " as ",
                " in ", " contains ", " div ", " mod ", "-", "+", "9223372036854775807", "0.00000000000000000001",
                "@2020", "@T10",
                "'\\u'", "//", "/*", "repeat($this)", ".combine($this)", ".aggregate($total & $total, 'x')", " 4 years",
                " 'mg'",
                ".replace('', 'ab')", ".matches('(a|a)*$')", ".round(30)", ".power(99)", "descendants()",
            ]
        var context = EvaluationContext(model: FHIRTypeModel.r4)
        context.now = 0
        context.maximumSteps = 200_000
        Fuzzing.run("fhirpath", inputs: 1500, from: corpus, tokens: tokens) { text in
            guard let expression = try? Expression(parsing: text) else { return }
            _ = expression.mistakes(on: "Patient", in: FHIRTypeModel.r4)
            _ = try? expression.evaluate(on: patient, context: context)
        }
    }
}

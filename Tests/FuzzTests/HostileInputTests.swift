// SPDX-License-Identifier: Apache-2.0

import FHIRModel
import FHIRPath
import ScenarioLanguage
import SourceText
import Testing
import Value

/// Inputs made to cost memory, stack or time get a mistake instead.
@Suite struct HostileInputTests {
    private func codes(_ text: String) -> [String] {
        YAMLParser.parse(SourceFile(path: "hostile.yaml", text: text)).diagnostics.map(\.code)
    }

    @Test func `an alias bomb is refused`() {
        var text = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n"
        for level in 1...9 {
            let aliases = Array(repeating: "*a\(level - 1)", count: 9).joined(separator: ", ")
            text += "a\(level): &a\(level) [\(aliases)]\n"
        }
        #expect(codes(text).contains("yaml-anchor"))
        #expect(codes(text).contains("yaml-alias"))
    }

    @Test func `a text of ten megabytes is refused`() {
        #expect(codes("a: \"" + String(repeating: "x", count: 10 << 20) + "\"\n") == ["yaml-too-large"])
        #expect(codes("a: \"" + String(repeating: "x", count: 2 << 20) + "\"\n") == ["yaml-too-large"])
    }

    @Test(arguments: ["[", "{a: ", "- ", "? "]) func `deep YAML is refused`(opening: String) {
        let found = codes(String(repeating: opening, count: 5000))
        #expect(!found.isEmpty)
    }

    @Test func `deep JSON is refused`() {
        #expect(throws: JSONError.self) { try Value.parseJSON(String(repeating: "[", count: 1_000_000)) }
        #expect(throws: JSONError.self) { try Value.parseJSON(String(repeating: "{\"a\":", count: 100_000)) }
    }

    @Test(arguments: [
        String(repeating: "(", count: 100_000), String(repeating: "-", count: 100_000) + "1",
        Array(repeating: "1", count: 50_000).joined(separator: " + "),
        Array(repeating: "true", count: 50_000).joined(separator: " and "),
        "a" + String(repeating: ".a", count: 50_000),
        "a" + String(repeating: "[0]", count: 50_000), String(repeating: "iif(true, ", count: 50_000),
        "1" + String(repeating: " is Integer", count: 50_000),
    ]) func `deep or endless FHIRPath is refused`(text: String) {
        #expect(throws: FHIRPathError.self) { try Expression(parsing: text) }
    }

    @Test func `long paths within long paths are refused before they exhaust the stack`() {
        var text = "name"
        for _ in 0..<100 { text = "name.where(" + text + ".exists())" + String(repeating: ".given", count: 200) }
        #expect(throws: FHIRPathError.self) { try Expression(parsing: text) }
    }

    @Test(arguments: [
        "'\(String(repeating: "a", count: 40))!'.matches('(a|a)+$')",
        "'\(String(repeating: "a", count: 40))!'.replaceMatches('(a|aa)+$', 'b')",
        "(1 | 2 | 3 | 4 | 5 | 6 | 7 | 8 | 9).select($this | 10 | 11 | 12 | 13).aggregate($total & $total & $total & $total, 'xxxxxxxxxxxxxxxx')",
        "(1 | 2 | 3 | 4 | 5 | 6 | 7 | 8 | 9).select($this | 10 | 11 | 12 | 13).aggregate($total.combine($total).combine($total), 1)",
        "1.repeat($this + 1)",
    ]) func `catastrophic patterns and doublings are stopped`(text: String) throws {
        let expression = try Expression(parsing: text)
        var context = EvaluationContext(model: FHIRTypeModel.r4)
        context.maximumSteps = 300_000
        #expect(throws: FHIRPathError.self) { try expression.evaluate(on: [:], context: context) }
    }

    /// Whether there is a match nobody knows then: no answer is better than "false".
    @Test(arguments: [
        ("^(a+)+$", 40, "!"), ("^(a*)*b", 100_000, ""), ("^(a+)+$", 1_000_000, ""), ("^(a|aa)+$", 60, "!"),
        ("^(a|b)*$", 1_000_000, ""),
    ]) func `a pattern that is given up is an error, and never false`(pattern: String, count: Int, end: String) throws {
        let subject: Value = ["text": .string(String(repeating: "a", count: count) + end)]
        let error = #expect(throws: FHIRPathError.self) {
            try Expression(parsing: "text.matches('\(pattern)')").evaluate(on: subject)
        }
        #expect(error?.kind == .limit)
        #expect(error?.remedy?.contains("repetitions of repetitions") == true)
    }

    @Test func `a pattern of scenarios takes time linear in its text`() throws {
        let text = String(repeating: "a", count: 20_000) + "!"
        #expect(try !LinearPattern("^(a+)+$").matches(text))
        #expect(throws: LinearPatternError.self) { try LinearPattern("((((a{1,99}){1,99}){1,99}){1,99})") }
        #expect(throws: LinearPatternError.self) { try LinearPattern(String(repeating: "(", count: 100_000)) }
    }
}

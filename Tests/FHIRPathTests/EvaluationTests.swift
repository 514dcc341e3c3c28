// SPDX-License-Identifier: Apache-2.0

import FHIRPath
import SourceText
import Testing
import Value

/// The texts of what an expression gives on a JSON document without types.
func texts(_ expression: String, on json: String = "{}") throws -> [String] {
    var context = EvaluationContext()
    context.now = 1_700_000_000_000_000
    return try Expression(parsing: expression).evaluate(on: Value.parseJSON(json), context: context).map(\.text)
}

func failure(_ expression: String, on json: String = "{}") -> FHIRPathError? {
    do {
        _ = try texts(expression, on: json)
        return nil
    } catch {
        return error as? FHIRPathError
    }
}

@Suite struct `Evaluation on plain JSON` {
    private let message =
        #"{"status": "sent", "parts": [{"n": 1, "tags": ["a", "b"]}, {"n": 2.50, "tags": ["b"]}], "ok": true}"#

    @Test func `paths flatten arrays and skip what is absent`() throws {
        #expect(try texts("parts.tags", on: message) == ["a", "b", "b"])
        #expect(try texts("parts.missing.deeper", on: message).isEmpty)
        #expect(try texts("parts[1].n", on: message) == ["2.50"])
        #expect(try texts("parts.where(tags contains 'a').n", on: message) == ["1"])
    }

    @Test(arguments: [
        ("1 + 2 * 3", "7"), ("1.2 + 1.8", "3.0"), ("7 div 2", "3"), ("7 mod 2", "1"), ("1 / 4", "0.25"),
        ("0.1 + 0.2 = 0.3", "true"), ("'a' & {} & 'b'", "ab"), ("2.power(10)", "1024"), ("(-7.5).round()", "-8"),
        ("10 'mg' + 1 'g'", "1010 'mg'"), ("1 'h' = 60 'min'", "true"), ("100 'cm' = 1 'm'", "true"),
        ("@2024-01-31 + 1 month", "2024-02-29"), ("@2014 + 24 months", "2016"), ("@T23:30 + 45 minutes", "00:15"),
        ("@2019-03-01 - 24 hours", "2019-02-28"), ("'abc'.substring(1, 1)", "b"), ("'a,b'.split(',').count()", "2"),
        ("('b' | 'a').sort().first()", "a"), ("(1 | 2 | 3).aggregate($this + $total, 0)", "6"),
        ("now()", "2023-11-14T22:13:20.000Z"), ("today()", "2023-11-14"), ("'héllo'.length()", "5"),
        ("'ab12'.replaceMatches('([a-z]+)([0-9]+)', '$2-$1')", "12-ab"), ("'a\\nb'.matches('a.b')", "true"),
        ("true and {} or true", "true"), ("false implies {}", "true"), ("1.0.toString()", "1.0"),
        ("iif(false, 1 / 0, 'lazy')", "lazy"), ("defineVariable('x', 5).select(%x + 1)", "6"),
        ("{}.coalesce({}, 'b')", "b"), ("'%41'.matchesFull('%4')", "false"),
    ]) func `an expression gives its value`(expression: String, expected: String) throws {
        #expect(try texts(expression) == [expected])
    }

    @Test(arguments: [
        "@2012 = @2012-03", "@2018-03 < @2018-03-01", "1 / 0", "{} = 1", "1 year = 1 'a'", "1 'cm' = 1 's'",
        "@2012-04-15T15:00:00Z = @2012-04-15T10:00:00", "9223372036854775807 + 1",
    ]) func `what is uncertain is empty`(expression: String) throws {
        #expect(try texts(expression).isEmpty)
    }

    @Test func `a time zone is honoured, and a missing one counts only where it matters`() throws {
        #expect(try texts("@2012-04-15T15:00:00+02:00 = @2012-04-15T16:00:00+03:00") == ["true"])
        #expect(try texts("@2012-04-15T15:00:00Z > @2012-04-10T10:00:00") == ["true"])
    }

    @Test func `conditions follow singleton evaluation`() throws {
        let context = EvaluationContext()
        #expect(try Expression(parsing: "ok").evaluateBool(on: Value.parseJSON(message), context: context) == true)
        #expect(try Expression(parsing: "status").evaluateBool(on: Value.parseJSON(message), context: context) == true)
        #expect(try Expression(parsing: "none").evaluateBool(on: Value.parseJSON(message), context: context) == nil)
        #expect(throws: FHIRPathError.self) {
            try Expression(parsing: "parts").evaluateBool(on: Value.parseJSON(message), context: context)
        }
    }

    @Test func `variables, functions and trace come from the context`() throws {
        var context = EvaluationContext()
        context.variables["limit"] = [.integer(2)]
        context.functions["links"] = { _, _ in [.string("a"), .string("b")] }
        let expression = try Expression(parsing: "links().count() = %limit", customFunctions: ["links"])
        #expect(expression.referencedVariables == ["limit"])
        #expect(expression.referencedFunctions == ["links"])
        #expect(try expression.evaluateBool(on: [:], context: context) == true)
    }
}

@Suite struct `Mistakes in expressions` {
    @Test(arguments: [
        ("2 + 2 /", 8), ("name.given.frist()", 12), ("a.where(b", 10), ("'open", 1), ("a == b", 3), ("@2024-13-01", 1),
        ("$that", 1), ("count(1)", 1), ("a b", 3), ("/* open", 1),
    ]) func `a mistake is placed`(expression: String, column: Int) throws {
        let error = try #require(failure(expression))
        #expect(error.kind == .syntax)
        #expect(error.span.start.column == column)
    }

    @Test func `an unknown function suggests the nearest`() throws {
        #expect(try #require(failure("a.frist()")).remedy == "did you mean first()?")
    }

    @Test(arguments: [
        "(1 | 2).not()", "1 > true", "'a' - 'b'", "(1 | 2) + 1", "@2024-01-01 + 1 'a'", "%unknown", "$index",
    ])
    func `what the data does not allow signals an error`(expression: String) throws {
        #expect(try #require(failure(expression)).kind == .execution)
    }

    @Test func `services that are not there are refused by name`() throws {
        #expect(try #require(failure("status.memberOf('http://x')")).kind == .unsupported)
    }

    @Test func `runaway expressions end`() throws {
        var context = EvaluationContext()
        context.maximumSteps = 10_000
        #expect(throws: FHIRPathError.self) {
            try Expression(parsing: "1.repeat($this + 1)").evaluate(on: [:], context: context)
        }
        #expect(throws: FHIRPathError.self) {
            try Expression(parsing: String(repeating: "(", count: 5000) + "1" + String(repeating: ")", count: 5000))
        }
        #expect(throws: FHIRPathError.self) { try Expression(parsing: String(repeating: "-", count: 5000) + "1") }
    }
}

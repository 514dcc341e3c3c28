// SPDX-License-Identifier: Apache-2.0

import SourceText
import Testing
import Value
import World

@Suite struct `JSON` {
    /// A small tree of every kind of value, by seed.
    private func tree(_ random: inout RandomStream, depth: Int) -> Value {
        switch Int.random(in: 0..<(depth > 0 ? 6 : 4), using: &random) {
        case 0: return .null
        case 1: return .bool(Bool.random(using: &random))
        case 2: return Value(Int.random(in: -1_000_000...1_000_000, using: &random))
        case 3: return .string(random.token(Int.random(in: 0..<12, using: &random), from: "aé漢\"\\/\n\t\u{1}😀 {}[]:,"))
        case 4: return .array((0..<3).map { _ in tree(&random, depth: depth - 1) })
        default: return .object(Members((0..<3).map { ("\($0)\(random.token(2))", tree(&random, depth: depth - 1)) }))
        }
    }

    @Test(arguments: 0..<50) func `is read back as it was written`(seed: UInt64) throws {
        var random = RunSeed(seed: seed, nonce: "n").plan("json")
        let value = tree(&random, depth: 4)
        #expect(try Value.parseJSON(value.json()) == value)
        #expect(try Value.parseJSON(value.json(pretty: true)) == value)
    }

    @Test func `keeps number literals and order`() throws {
        let text = #"{"b":1.0,"a":[1e2,-0,12345678901234567890.123]}"#
        #expect(try Value.parseJSON(text).json() == text)
        #expect(try Value.parseJSON("1.0") == Value.parseJSON("1"))
    }

    @Test(arguments: [
        ("{\"a\":1,}", 1, 8), ("[1 2]", 1, 4), ("{\"a\":1,\n\"a\":2}", 2, 1), ("\"\\ud800\"", 1, 2), ("01", 1, 1),
        ("nul", 1, 1),
        ("[1]x", 1, 4), ("\"a", 1, 1), ("", 1, 1), ("{\"a\" 1}", 1, 6),
    ])
    func `mistakes are named with their place`(text: String, line: Int, column: Int) {
        #expect(throws: JSONError.self) { try Value.parseJSON(text) }
        do { _ = try Value.parseJSON(text) } catch {
            #expect([error.position.line, error.position.column] == [line, column], "\(error)")
        }
    }

    @Test func `nesting is bounded`() {
        let deep = String(repeating: "[", count: 100_000)
        #expect(throws: JSONError.self) { try Value.parseJSON(deep) }
    }
}

@Suite struct `An instant` {
    @Test(arguments: [
        "1970-01-01T00:00:00Z", "2024-02-29T23:59:59Z", "1969-12-31T23:59:59.500000Z", "2100-03-01T00:00:00.000001Z",
    ])
    func `is written as it was read`(text: String) throws {
        #expect(try #require(Instant(rfc3339: text)).description == text)
    }

    @Test func `knows offsets`() {
        #expect(Instant(rfc3339: "2026-03-29T03:30:00+02:00") == Instant(rfc3339: "2026-03-29T01:30:00Z"))
    }

    @Test(arguments: [
        "2026-02-29T00:00:00Z", "2026-01-01", "2026-01-01T00:00:00", "2026-13-01T00:00:00Z", "2026-01-01T00:00:00.Z",
    ])
    func `refuses what RFC 3339 does not allow`(text: String) {
        #expect(Instant(rfc3339: text) == nil)
    }
}

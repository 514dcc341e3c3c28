// SPDX-License-Identifier: Apache-2.0

import Testing
import World

@testable import ScenarioLanguage

@Suite struct LexingTests {
    @Test(arguments: [
        ("250ms", 250), ("90s", 90_000), ("2m", 120_000), ("1h30m", 5_400_000), ("2d", 172_800_000), ("0s", 0),
        ("1d2h3m4s5ms", 93_784_005),
    ])
    func `durations are read`(_ text: String, _ milliseconds: Int) {
        #expect(DurationText.parse(text) == .milliseconds(milliseconds))
    }

    @Test(arguments: ["", "5", "m", "1m1h", "1m1m", "-2m", "1.5h", "2 m", "2m ", "9999999999s", "99999d", "1min", "１m"])
    func `what is no duration is refused`(_ text: String) {
        #expect(DurationText.parse(text) == nil)
    }

    @Test(arguments: ["250ms", "1m30s", "2m", "1h30m", "2d", "0s"])
    func `durations are written as they are read`(_ text: String) {
        #expect(DurationText.parse(text).map { DurationText.format($0) } == text)
    }

    @Test func `times are read`() {
        #expect(TimeExpression(parsing: "+2h") == .afterNow(.seconds(7200)))
        #expect(TimeExpression(parsing: "visit.start") == .appointment(alias: "visit", edge: .start, offset: .zero))
        #expect(
            TimeExpression(parsing: "second-visit.start - 15m")
                == .appointment(alias: "second-visit", edge: .start, offset: .seconds(-900)))
        #expect(
            TimeExpression(parsing: "visit.end+5m") == .appointment(alias: "visit", edge: .end, offset: .seconds(300)))
        #expect(
            TimeExpression(parsing: "2027-03-14T06:00:00Z")
                == Instant(rfc3339: "2027-03-14T06:00:00Z").map { .at($0) })
    }

    @Test(arguments: [
        "", "+", "2h", "visit", "visit.middle", "visit.start 5m", "visit.start - ", "2027-03-14", "visit.start - 5",
    ])
    func `what is no time is refused`(_ text: String) {
        #expect(TimeExpression(parsing: text) == nil)
    }

    @Test(arguments: ["+2h", "visit.start", "visit.start - 15m", "visit.end + 5m"])
    func `times are written as they are read`(_ text: String) {
        #expect(TimeExpression(parsing: text)?.text == text)
    }

    @Test func `counts are read`() {
        #expect(CountRange(parsing: "1") == CountRange(atLeast: 1, atMost: 1))
        #expect(CountRange(parsing: "1..2") == CountRange(atLeast: 1, atMost: 2))
        #expect(CountRange(parsing: "2..") == CountRange(atLeast: 2, atMost: nil))
        for text in ["", "..", "..2", "2..1", "-1", "a", "1...2", "1.."] where text != "1.." {
            #expect(CountRange(parsing: text) == nil, "\(text)")
        }
    }

    @Test func `references are cut out of text`() {
        #expect(
            Template.lex("a $(b.url)-$$(c) $d $(e").map(\.piece) == [
                .text("a "), .reference("b.url"), .text("-$(c) $d "), .broken("e"),
            ])
        #expect(Template.lex("é$(x)").map(\.range) == [0..<2, 2..<6])
        #expect(Template.lex("$(A)").map(\.piece) == [.broken("A")])
    }

    @Test func `names are lower-case words with hyphens`() {
        #expect(["a", "dr-ruiz", "x2"].allSatisfy { Names.isName($0) })
        #expect(["", "A", "2x", "-a", "a-", "a_b", "a b", "é"].allSatisfy { !Names.isName($0) })
    }
}

// SPDX-License-Identifier: Apache-2.0

import ScenarioLanguage
import Testing
import Value

/// Lists and objects, and how long differences are shown.
@Suite struct ListMatcherTests {
    private let resolver = TemplateResolver(["long": .string(String(repeating: "abcdefgh", count: 20) + "X tail")])

    private func word(_ text: String) -> Matcher { .equals(Template(text: text)) }

    @Test func `a list is equal in its order`() {
        let matcher = Matcher.ordered([word("a"), .oneOf([word("b"), word("c")])])
        #expect(matcher.explain(["a", "c"], resolving: resolver).isMatch)
        for other: Value in [["c", "a"], ["a"], ["a", "b", "c"], "a"] {
            #expect(!matcher.explain(other, resolving: resolver).isMatch)
        }
    }

    @Test func `an unordered list needs a pairing, not the first that fits`() {
        // The first matcher fits both, the second one only: greedy pairing would fail.
        let matcher = Matcher.unordered([.oneOf([word("a"), word("b")]), word("a")])
        #expect(matcher.explain(["a", "b"], resolving: resolver).isMatch)
        #expect(matcher.explain(["b", "a"], resolving: resolver).isMatch)
        for other: Value in [["a", "c"], ["b", "b"], ["a"], ["a", "b", "a"], []] {
            #expect(!matcher.explain(other, resolving: resolver).isMatch)
        }
        #expect(
            matcher.explain(["c", "c"], resolving: resolver)
                == .miss(why: "expected in any order [a or b, a], was [c, c]"))
    }

    @Test func `an object is matched by its members, others may be there`() {
        let matcher = Matcher.members([
            FieldPattern(field: "a", matcher: word("1")), FieldPattern(field: "b", matcher: .absent),
        ])
        #expect(matcher.explain(["a": 1, "c": 2], resolving: resolver).isMatch)
        #expect(!matcher.explain(["a": 1, "b": 2], resolving: resolver).isMatch)
        #expect(!matcher.explain(["a"], resolving: resolver).isMatch)
    }

    @Test func `long texts that begin alike show where they part`() {
        let matcher = Matcher.equals(Template(parts: [.reference("long")]))
        let actual = Value.string(String(repeating: "abcdefgh", count: 20) + "Y tail")
        guard case .miss(let why) = matcher.explain(actual, resolving: resolver) else {
            Issue.record("it matched")
            return
        }
        #expect(why.hasPrefix("they differ from character 161 on: expected …"))
        #expect(why.contains("efghX tail, was …"))
        #expect(why.hasSuffix("efghY tail"))
    }

    @Test func `some asks for one element, each for all of them`() throws {
        func holds(_ matcher: String, _ links: [String]) throws -> Bool {
            let loaded = Fixture.load(
                """
                id: some-of-them
                title: One of several
                profiles: [cerner-2022-06]
                verifies: {SMS-08: [one-of-them]}
                world:
                  organization: {ehr: cerner}
                  people: {ann: patient}
                steps:
                  - expect: sms.sent
                    links: \(matcher)
                    as: one-of-them
                """)
            #expect(loaded.rendered == "")
            let scenario = try #require(loaded.scenarios.first)
            guard case .expect(let expectation) = try #require(scenario.steps.first).action else { return false }
            let field = try #require(expectation.pattern.fields.first)
            return field.matcher.explain(.array(links.map { .string($0) }), resolving: resolver).isMatch
        }
        #expect(try holds("{some: {contains: /v/}}", ["/w/1", "/v/2"]))
        #expect(try !holds("{some: {contains: /v/}}", ["/w/1", "/w/2"]))
        #expect(try !holds("{some: {not: {contains: /v/}}}", ["/v/1", "/v/2"]))
        #expect(try !holds("{each: {contains: /v/}}", ["/w/1", "/v/2"]))
    }

    @Test func `objects are compared line by line, with what is equal left out`() throws {
        let members = (0..<12).map { ("member-\($0)", Value($0)) }
        let expected = Value.object(Members(members))
        var changed = Members(members)
        changed["member-6"] = 60
        let text = try #require(TextDifference.describe(expected: expected, actual: .object(changed)))
        #expect(
            text.split(separator: "\n").map(String.init) == [
                "- expected, + actual", "  …", "    \"member-4\": 4,", "    \"member-5\": 5,",
                "-   \"member-6\": 6,", "+   \"member-6\": 60,", "    \"member-7\": 7,", "    \"member-8\": 8,", "  …",
            ])
        #expect(TextDifference.describe(expected: ["a"], actual: ["b"]) == nil)
    }
}

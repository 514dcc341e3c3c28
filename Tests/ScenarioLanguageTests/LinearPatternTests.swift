// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import ScenarioLanguage

@Suite struct LinearPatternTests {
    @Test(arguments: [
        ("abc", "xabcx", true), ("^abc$", "xabc", false), ("^abc$", "abc", true), ("a.c", "a\nc", false),
        ("a|b", "xb", true), ("(ab)+c", "ababc", true), ("^(ab)*$", "", true), ("^(ab)?$", "abab", false),
        ("^a{2,3}$", "a", false), ("^a{2,3}$", "aaa", true), ("^a{2,3}$", "aaaa", false), ("^a{2}$", "aa", true),
        ("^a{2,}$", "aaaaa", true), ("^[a-c]+$", "abcab", true), ("^[^a-c]+$", "xyz", true), ("[^a]", "a", false),
        ("^\\d{3}-\\d+$", "123-4", true), ("\\bend\\b", "the end.", true), ("\\bend\\b", "bending", false),
        ("\\Bend", "bending", true), ("(?i)LINK", "a link", true), ("LINK", "a link", false),
        ("^https?://\\S+$", "https://x/y?z", true), ("[]a]", "]", true), ("[a\\]-]", "-", true),
        ("^\\w+@\\w+\\.\\w+$", "a@b.c", true), ("a*?b", "aab", true), ("", "", true), ("^$", "x", false),
        ("[\\d\\s]", "x 1", true), ("[\\D]", "1", false), ("é+", "café", true), ("^(a|b|cd)*$", "abcdab", true),
        ("(?:x|y)z", "yz", true), ("\\.", "a", false), ("a{0}b", "b", true),
    ])
    func `patterns match`(_ pattern: String, _ text: String, _ expected: Bool) throws {
        #expect(try LinearPattern(pattern).matches(text) == expected)
    }

    @Test(arguments: [
        ("(a", 0), ("a)", 1), ("[a", 0), ("*a", 0), ("a**", 2), ("a\\", 1), ("(a)\\1", 3), ("(?=a)", 0), ("a{2", 1),
        ("a{3,2}", 1), ("a{2000}", 1), ("[b-a]", 1), ("\\q", 0), ("x(?<n>a)", 1), ("a{x}", 1),
    ])
    func `what cannot be compiled is refused at its place`(_ pattern: String, _ offset: Int) {
        let error = #expect(throws: LinearPatternError.self) { try LinearPattern(pattern) }
        #expect(error?.utf8Offset == offset)
    }

    @Test func `patterns that ruin a backtracking engine take linear time`() throws {
        let text = String(repeating: "a", count: 5000)
        #expect(try !LinearPattern("^(a+)+$").matches(text + "!"))
        #expect(try !LinearPattern("^(a|a)*b$").matches(text))
        #expect(try LinearPattern("(a?){50}a{50}").matches(text))
    }

    @Test func `counts cannot blow a pattern up`() {
        #expect(throws: LinearPatternError.self) { try LinearPattern("((a{1000}){1000}){1000}") }
    }
}

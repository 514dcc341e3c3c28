// SPDX-License-Identifier: Apache-2.0

import ScenarioLanguage
import Testing
import Value

/// The examples of RFC 6901, section 5, and what is no pointer.
@Suite struct JSONPointerTests {
    private static let document: Value = [
        "foo": ["bar", "baz"], "": 0, "a/b": 1, "c%d": 2, "e^f": 3, "g|h": 4, "i\\j": 5, "k\"l": 6, " ": 7, "m~n": 8,
    ]

    private static let found: [(String, Value)] = [
        ("/foo/0", "bar"), ("/", 0), ("/a~1b", 1), ("/c%d", 2), ("/e^f", 3), ("/g|h", 4), ("/i\\j", 5),
        ("/k\"l", 6), ("/ ", 7), ("/m~0n", 8), ("/foo", ["bar", "baz"]), ("", document),
    ]

    @Test(arguments: found) func `a pointer finds what the RFC says`(_ pointer: String, _ value: Value) {
        #expect(JSONPointer(pointer)?.value(in: Self.document) == value)
    }

    @Test(arguments: ["/foo/2", "/foo/-", "/foo/00", "/foo/0/x", "/nothing"])
    func `nothing stands where nothing is`(_ pointer: String) throws {
        #expect(try #require(JSONPointer(pointer)).value(in: Self.document) == nil)
    }

    @Test(arguments: ["foo", "$.foo", "/a~b", "/a~"])
    func `other texts are no pointers`(_ text: String) { #expect(JSONPointer(text) == nil) }
}

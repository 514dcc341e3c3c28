// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing
import Trace
import Value
import World

@Suite struct `What messages repeat` {
    private let lines: [(name: String, value: String)] = [
        ("Content-Type", "application/json"), ("Set-Cookie", "a=1"), ("set-cookie", "b=2"),
    ]

    @Test func `header lines keep order, spelling and repetition, however often they come`() {
        let memory = MessageMemory()
        let expected: Value = [["Content-Type", "application/json"], ["Set-Cookie", "a=1"], ["set-cookie", "b=2"]]
        #expect(memory.headers(lines) == expected)
        #expect(memory.headers(lines) == expected)
        #expect(memory.headers(Array(lines.reversed())) == .array((expected.array ?? []).reversed()))
        #expect(memory.headers([]) == [])
    }

    @Test func `a line is known where it stands elsewhere, and after many that came once`() {
        let memory = MessageMemory()
        for number in 1...2_000 {
            let id = String(number)
            #expect(memory.headers([("Id", id), ("Server", "x")]) == [["Id", .string(id)], ["Server", "x"]])
            #expect(memory.headers([("Server", "x"), ("Id", id)]) == [["Server", "x"], ["Id", .string(id)]])
        }
    }

    @Test func `by name several lines are one value, and another answer is not taken for the last`() {
        let memory = MessageMemory()
        #expect(memory.members(lines) == ["content-type": "application/json", "set-cookie": "a=1, b=2"])
        #expect(memory.members(lines)["set-cookie"] == "a=1, b=2")
        #expect(memory.members([("Content-Type", "text/html")]) == ["content-type": "text/html"])
    }

    @Test func `a body is read as JSON anew where it differs, and is nothing where it is none`() {
        let memory = MessageMemory()
        #expect(memory.json(Data(#"{"a":1}"#.utf8)) == ["a": 1])
        #expect(memory.json(Data(#"{"a":2}"#.utf8)) == ["a": 2])
        #expect(memory.json(Data("no".utf8)) == nil)
        #expect(memory.json(Data(#"{"a":2}"#.utf8)) == ["a": 2])
    }

    @Test func `a journal knows the events of a world after a place, in memory that is bounded too`() {
        for journal in [Journal(), Journal(limit: .init(events: 4, bodyBytes: 100))] {
            let (one, two) = (WorldID(rawValue: "w1"), WorldID(rawValue: "w2"))
            for number in 1...5 {
                journal.append(EventDraft("sms.sent", by: .sms, world: number.isMultiple(of: 2) ? two : one))
            }
            #expect(journal.events(of: one, after: 1).map(\.seq) == [3, 5])
            #expect(journal.events(of: two, after: 4).isEmpty)
            #expect(journal.hasEvents(of: one, after: 4))
            #expect(!journal.hasEvents(of: one, after: 5))
            #expect(!journal.hasEvents(of: WorldID(rawValue: "w3"), after: 0))
        }
    }

    @Test(arguments: [("Location", "location", true), ("X-A", "x-a", true), ("a@", "a`", false), ("ab", "abc", false)])
    func `names of headers are compared without regard to case of letters alone`(
        _ left: String, _ right: String, _ isSame: Bool
    ) {
        #expect(left.isSameHeader(as: right) == isSame)
    }

    @Test func `a body and its digest are named as SHA-256 says`() {
        let journal = Journal()
        let digest = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        #expect(journal.keep(Data("abc".utf8)).sha256 == digest)
        #expect(journal.keep(Data("abc".utf8)).value["sha256"]?.string == digest)
        #expect(journal.keep(Data("abcd".utf8)).sha256 != digest)
    }
}

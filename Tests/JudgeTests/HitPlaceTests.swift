// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@testable import Judge

struct HitPlaceTests {
    private func place(of word: String, in text: String, _ part: String) throws -> String? {
        let bytes = Array(text.utf8)
        let found = try #require(text.range(of: word))
        return HitPlace.inMessage(part, bytes, at: text.utf8.distance(from: text.startIndex, to: found.lowerBound))
    }

    @Test func `a header is called by its name`() throws {
        let headers = "Accept: */*\r\nbaggage: who=Ann:Zwirn\r\nHost: a"
        #expect(try place(of: "Zwirn", in: headers, "request-headers") == "the header baggage")
        #expect(try place(of: "*/*", in: headers, "request-headers") == "the header Accept")
    }

    @Test func `an address has a host name, a path and parameters`() throws {
        let line = "GET https://zwirn.example.net/visits/4711?to=Ann&Bea=1&flag"
        #expect(try place(of: "zwirn", in: line, "request-line") == "the host name")
        #expect(try place(of: "4711", in: line, "request-line") == "the path")
        #expect(try place(of: "Ann", in: line, "request-line") == "the parameter to")
        #expect(try place(of: "Bea", in: line, "request-line") == "the name of a parameter")
        #expect(try place(of: "flag", in: line, "request-line") == "the name of a parameter")
    }

    @Test func `a body has pointers, or fields, or nothing that could be named`() throws {
        #expect(try place(of: "Ann", in: #"{"message":{"subject":"for Ann"}}"#, "request-body") == "/message/subject")
        #expect(try place(of: "Ann", in: "grant_type=code&who=Ann", "request-body") == "the field who")
        #expect(try place(of: "Ann", in: "<p a=b>Ann</p>", "response-body") == nil)
        #expect(HitPlace.inMessage("request-body", [], at: 0) == nil)
        #expect(HitPlace.inMessage("request-headers", Array("a".utf8), at: 9) == nil)
    }

    @Test func `in a log's line of JSON the pointer within the line`() {
        let log = Array("plain Ann\n{\"level\":\"debug\",\"who\":[\"Bea\"]}\n".utf8)
        #expect(HitPlace.inLine(log, at: 6) == nil)
        #expect(HitPlace.inLine(log, at: 35) == "/who/0")
    }

    @Test func `in a dump table and column, wherever the line stands that names them`() {
        let rows = "7\tAnn\t\\N\n"
        let heading = "COPY public.visit (id, note, \"odd name\") FROM stdin;\n"
        #expect(HitPlace.inDump(Array(rows.utf8), at: 2, heading: heading) == "public.visit.note")
        #expect(
            HitPlace.inDump(Array((heading + rows).utf8), at: heading.utf8.count, heading: nil) == "public.visit.id")
        let next = "8\tx\ty\n\\.\n\nCOPY public.later (who) FROM stdin;\nBea\n"
        #expect(HitPlace.inDump(Array(next.utf8), at: next.utf8.count - 3, heading: heading) == "public.later.who")
        #expect(HitPlace.inDump(Array(rows.utf8), at: 2, heading: nil) == nil)
    }
}

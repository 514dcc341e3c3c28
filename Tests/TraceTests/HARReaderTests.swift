// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing
import Trace
import Value
import World

@Suite struct `A HAR from the field` {
    private func har(_ entries: String, more: String = "") -> Data {
        Data(#"{"log":{"version":"1.2","creator":{"name":"Firefox"},\#(more)"entries":[\#(entries)]}}"#.utf8)
    }

    @Test func `is read as browsers write it`() throws {
        let file = try HARReader.read(
            har(
                """
                {"startedDateTime":"2026-11-21T10:00:00.250+01:00","time":12.5,"pageref":"page_1",
                 "request":{"method":"POST","url":"https://connector.example/portal/save","httpVersion":"HTTP/2",
                  "headers":[{"name":":authority","value":"connector.example"},{"name":"Content-Type","value":"application/x-www-form-urlencoded"}],
                  "postData":{"mimeType":"application/x-www-form-urlencoded","params":[{"name":"a b","value":"ü&="}]}},
                 "response":{"status":302,"headers":[{"name":"location","value":"/done"}],"content":{"size":2,"mimeType":"x","text":"T0s=","encoding":"base64"}}},
                {"startedDateTime":"late","request":{"method":"GET","url":"https://connector.example/","postData":null},
                 "response":{"status":0,"content":{"size":900}}}
                """, more: #""pages":[{"id":"page_1","title":"Portal"}],"#))
        #expect(file.creator == "Firefox")
        #expect(file.pages.map(\.title) == ["Portal"])
        let first = file.entries[0]
        #expect(first.started?.description == "2026-11-21T09:00:00.250000Z")
        #expect(first.duration == .microseconds(12_500))
        #expect(first.requestHeaders.map(\.name) == ["Content-Type"])
        #expect(String(decoding: first.requestBody, as: UTF8.self) == "a+b=%C3%BC%26%3D")
        #expect(String(decoding: first.responseBody, as: UTF8.self) == "OK")
        #expect(first.responseHeader("Location") == "/done")
        #expect(first.own == nil)
        let second = file.entries[1]
        #expect(second.status == nil)
        #expect(second.started == nil)
        #expect(second.isBodyMissing)
    }

    @Test(
        arguments: [
            ("{", "The HAR is no JSON"),
            (#"{"log":{}}"#, "The file has no log.entries"),
            (#"{"log":{"entries":[{}]}}"#, "log.entries[0].request is missing"),
            (#"{"log":{"entries":[{"request":{"method":1}}]}}"#, "log.entries[0].request.method is no text"),
            (
                #"{"log":{"entries":[{"request":{"method":"GET","url":"/x"}}]}}"#,
                "log.entries[0].request.url is no absolute address"
            ),
            (
                #"{"log":{"entries":[{"request":{"method":"GET","url":"https://x/"},"response":{"content":{"text":"?","encoding":"base64"}}}]}}"#,
                "log.entries[0].response.content.text is not the base64 it says it is"
            ),
        ]) func `that is none is told with the place`(text: String, message: String)
    {
        let error = #expect(throws: TraceError.self) { try HARReader.read(Data(text.utf8)) }
        #expect(error?.message.hasPrefix(message) == true, "\(error?.message ?? "")")
    }

    @Test func `is told from a trace by its beginning`() {
        #expect(HARReader.isHAR(Data("\u{FEFF}{\n \"log\" : {".utf8)))
        #expect(!HARReader.isHAR(Data(#"{"type":"header","format":1}"#.utf8)))
        #expect(!HARReader.isHAR(Data("<html>".utf8)))
    }
}

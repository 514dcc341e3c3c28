// SPDX-License-Identifier: Apache-2.0

import HTTPTransport
import Testing

@Suite struct `A web address` {
    @Test func `is taken apart without decoding`() throws {
        let address = try #require(WebAddress("HTTPS://user@Host.Example:8443/a%20b//c?x=1?y#part"))
        #expect(address.scheme == "https")
        #expect(address.host == "host.example")
        #expect(address.port == 8443)
        #expect(address.path == "/a%20b//c")
        #expect(address.query == "x=1?y")
        #expect(address.origin == "https://host.example:8443")
    }

    @Test func `has the port of its scheme and the root as path where none is written`() throws {
        let address = try #require(WebAddress("http://[::1]?q"))
        #expect(address.host == "::1")
        #expect(address.port == 80)
        #expect(address.path == "/")
        #expect(address.query == "q")
        #expect(address.authority == "[::1]:80")
        #expect(address.isLoopback)
        #expect(WebAddress("https://example.org:")?.port == 443)
        #expect(WebAddress("https://ÄRZTE.example/")?.host == "ärzte.example")
    }

    @Test(arguments: [
        "", "http:/x", "://x", "ftp://x/", "httpx://y", "http://", "http:///p", "http://h:0/", "http://h:65536/",
        "http://h:1x/", "http://[::1/", "http://[::1]x/", "ws://http://h/",
    ])
    func `is none where scheme, host or port is none`(_ text: String) {
        #expect(WebAddress(text) == nil)
    }
}

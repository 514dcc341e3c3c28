// SPDX-License-Identifier: Apache-2.0

import Foundation
import MockKit
import TestSupport
import Testing
import Trace
import Value
import World

/// Answers with the path, and as many bytes as it asks for: `/12/65536`.
private struct Filler: MockHandler {
    func attribute(_ request: MockRequest) async -> (world: WorldID?, party: Party) { (nil, .sms) }

    func respond(to request: MockRequest) async -> MockResponse {
        let size = Int(request.path.split(separator: "/").last ?? "") ?? 0
        let seen = [("X-Path", request.path), ("X-Cookie", request.header("Cookie") ?? "")]
        return MockResponse(status: 200, headers: seen, body: Data(repeating: 0x2E, count: size), party: .sms)
    }
}

/// What a connection bears beside one proper request after the other.
struct ConnectionTests {
    private let client = TestClient()

    private func withListener(_ body: (MockListener, Journal) async throws -> Void) async throws {
        let journal = Journal()
        let listener = try await MockListener.start(handler: Filler(), journal: journal)
        do { try await body(listener, journal) } catch {
            await listener.stop()
            throw error
        }
        await listener.stop()
    }

    private func request(_ path: String, _ headers: String = "") -> String {
        "GET \(path) HTTP/1.1\r\nHost: here\r\n\(headers)\r\n"
    }

    private func paths(_ answers: String) -> [String] {
        answers.components(separatedBy: "X-Path: ").dropFirst().map { String($0.prefix { $0 != "\r\n" }) }
    }

    @Test func `requests sent ahead are answered in their order`() async throws {
        try await withListener { listener, journal in
            let sent = (0..<400).map { request("/\($0)/10") }.joined() + request("/last/0", "Connection: close\r\n")
            let answers = try await client.say(Data(sent.utf8), to: listener.port)
            #expect(paths(answers) == (0..<400).map { "/\($0)/10" } + ["/last/0"])
            #expect(journal.events().filter { $0.kind == "http.response" }.count == 401)
        }
    }

    @Test func `answers larger than any buffer arrive whole`() async throws {
        try await withListener { listener, _ in
            let size = 1_000_000
            let sent = (0..<20).map { request("/\($0)/\(size)") }.joined() + request("/last/0", "Connection: close\r\n")
            let answers = try await client.say(Data(sent.utf8), to: listener.port)
            #expect(paths(answers).count == 21)
            #expect(answers.utf8.count { $0 == 0x2E } >= 20 * size)
        }
    }

    @Test func `who has said that nothing follows still gets the answer`() async throws {
        try await withListener { listener, _ in
            let answers = try await client.say(
                Data(request("/x/500000").utf8), to: listener.port, endsSending: true)
            #expect(answers.hasPrefix("HTTP/1.1 200"))
            #expect(answers.utf8.count > 500_000)
        }
    }

    @Test(arguments: ["NONSENSE\r\n\r\n", "GET / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nnone\r\n"])
    func `what is not HTTP is refused and recorded`(bytes: String) async throws {
        try await withListener { listener, journal in
            let answer = try await client.say(Data(bytes.utf8), to: listener.port)
            #expect(answer.hasPrefix("HTTP/1.1 400"))
            #expect(journal.events().contains { $0.kind == "traffic.unexpected" })
        }
    }

    @Test func `nonsense behind a request takes nothing from its answer`() async throws {
        try await withListener { listener, journal in
            let answers = try await client.say(
                Data((request("/x/100000") + "NONSENSE\r\n\r\n").utf8), to: listener.port)
            #expect(paths(answers) == ["/x/100000"])
            #expect(answers.utf8.count { $0 == 0x2E } >= 100_000)
            #expect(journal.events().contains { $0.kind == "traffic.unexpected" })
        }
    }

    @Test func `an absolute address, and the end of a tunnel, are read as they stand`() async throws {
        try await withListener { listener, journal in
            _ = try await client.say(
                Data("GET http://elsewhere.example/a?b=c HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".utf8),
                to: listener.port)
            _ = try await client.say(
                Data("CONNECT third.example:8443 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".utf8),
                to: listener.port, endsSending: true)
            let urls = journal.events().compactMap { $0["url"]?.string }
            #expect(urls == ["http://elsewhere.example/a?b=c", "https://third.example:8443/"])
        }
    }

    @Test func `a cookie that comes in crumbs is one`() async throws {
        try await withListener { listener, _ in
            let sent = request("/x/0", "Cookie: a=1\r\nCookie: b=2\r\nConnection: close\r\n")
            let answer = try await client.say(Data(sent.utf8), to: listener.port)
            #expect(answer.contains("X-Cookie: a=1; b=2\r\n"))
        }
    }
}

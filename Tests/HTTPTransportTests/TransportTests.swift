// SPDX-License-Identifier: Apache-2.0

import Foundation
import HTTPTransport
import Testing

struct TransportTests {
    @Test func `a request arrives as written and its answer is read whole`() async throws {
        let server = LoopbackServer { request in
            LoopbackServer.response("201 Created", ["X-One: a", "x-two:b", "X-One: c"], "got \(request.line)")
        }
        let response = try await BrowserSession().send(
            HTTPRequest(
                method: "POST", url: server.url + "/a/../b?q=1#fragment",
                headers: [.init("X-Empty", ""), .init("Content-Type", "application/json")], body: Data("{}".utf8)))
        #expect(response.status == 201)
        #expect(response.headers.map(\.name) == ["X-One", "x-two", "X-One", "Content-Length"])
        #expect(response.headers.all("x-one") == ["a", "c"])
        #expect(response.text == "got POST /a/../b?q=1 HTTP/1.1")
        #expect(response.httpVersion == "1.1")
        #expect(response.localPort > 0)
        #expect(response.timings.total > .zero)
        #expect(response.certificate == nil)
        let seen = try #require(server.requests.first)
        #expect(seen.body == Data("{}".utf8))
        #expect(
            Set(seen.headers.map { $0.split(separator: ":")[0].lowercased() }) == [
                "host", "x-empty", "content-type", "content-length",
            ])
    }

    @Test(arguments: ["GET", "HEAD", "PUT", "PATCH", "DELETE", "OPTIONS", "POST"])
    func `every method is sent under its own name, also right after another`(method: String) async throws {
        let server = LoopbackServer { request in
            LoopbackServer.response("200 OK", [], request.line.hasPrefix("HEAD") ? "" : "x")
        }
        let session = BrowserSession()
        _ = try await session.send(HTTPRequest(method: "POST", url: server.url, body: Data("a".utf8)))
        _ = try await session.send(HTTPRequest(method: method, url: server.url))
        #expect(server.requests.last?.line == "\(method) / HTTP/1.1")
        #expect(server.requests.last?.body == Data())
    }

    @Test func `redirects are not followed`() async throws {
        let server = LoopbackServer { _ in LoopbackServer.response("302 Found", ["Location: /next"]) }
        let response = try await HTTPClient().send(HTTPRequest(url: server.url))
        #expect(response.status == 302)
        #expect(server.requests.count == 1)
    }

    @Test func `a session reuses its connection and keeps its cookies`() async throws {
        let server = LoopbackServer { _ in LoopbackServer.response("200 OK", ["Set-Cookie: sid=1; Path=/; HttpOnly"]) }
        let session = BrowserSession()
        let first = try await session.send(HTTPRequest(url: server.url))
        let second = try await session.send(HTTPRequest(url: server.url))
        #expect(first.localPort == second.localPort)
        #expect(server.requests.map { $0.header("cookie") } == [nil, "sid=1"])
        _ = try await session.send(HTTPRequest(url: server.url, sendCookies: false))
        #expect(server.requests.last?.header("cookie") == nil)
    }

    @Test func `the client keeps no cookies`() async throws {
        let server = LoopbackServer { _ in LoopbackServer.response("200 OK", ["Set-Cookie: sid=1"]) }
        let client = HTTPClient(connections: 1)
        for _ in 0..<2 { _ = try await client.send(HTTPRequest(url: server.url)) }
        #expect(server.requests.map { $0.header("cookie") } == [nil, nil])
    }

    @Test func `more requests than connections wait their turn`() async throws {
        let server = LoopbackServer { LoopbackServer.response("200 OK", [], $0.path) }
        let client = HTTPClient(connections: 3)
        let answers = try await withThrowingTaskGroup(of: String.self) { group in
            for index in 0..<40 {
                group.addTask { try await client.send(HTTPRequest(url: server.url + "/\(index)")).text }
            }
            return try await group.reduce(into: Set<String>()) { $0.insert($1) }
        }
        #expect(answers.count == 40)
    }

    @Test func `a connection override leads elsewhere under the same name`() async throws {
        let server = LoopbackServer { LoopbackServer.response("200 OK", [], $0.header("host") ?? "") }
        let response = try await HTTPClient().send(
            HTTPRequest(
                url: "http://graph.microsoft.test/v1.0",
                connectTo: [.init(from: "graph.microsoft.test:80", to: "127.0.0.1:\(server.port)")]))
        #expect(response.text == "graph.microsoft.test")
    }

    @Test func `a proxy gets the absolute form`() async throws {
        let proxy = LoopbackServer { LoopbackServer.response("200 OK", [], $0.line) }
        let response = try await HTTPClient().send(HTTPRequest(url: "http://far.test/x", proxy: proxy.url))
        #expect(response.text == "GET http://far.test/x HTTP/1.1")
    }

    @Test func `an interim answer is passed over`() async throws {
        let server = LoopbackServer { _ in
            Data("HTTP/1.1 103 Early Hints\r\nLink: <x>\r\n\r\n".utf8) + LoopbackServer.response("200 OK", ["A: b"])
        }
        let response = try await HTTPClient().send(HTTPRequest(url: server.url))
        #expect(response.status == 200)
        #expect(response.headers.map(\.name) == ["A", "Content-Length"])
    }

    @Test func `what fails says how`() async throws {
        let closing = LoopbackServer { _ in nil }
        let large = LoopbackServer { _ in LoopbackServer.response("200 OK", [], String(repeating: "x", count: 4096)) }
        let silent = LoopbackServer { _ in Data() }
        let garbage = LoopbackServer { _ in Data("HELO\r\n\r\n".utf8) }
        func kind(_ request: HTTPRequest) async -> HTTPError.Kind? {
            do throws(HTTPError) {
                _ = try await HTTPClient().send(request)
                return nil
            } catch {
                return error.kind
            }
        }
        #expect(await kind(HTTPRequest(url: closing.url)) == .disconnected)
        #expect(await kind(HTTPRequest(url: large.url, maxResponseBytes: 100)) == .tooLarge)
        #expect(await kind(HTTPRequest(url: silent.url, timeout: .milliseconds(50))) == .timeout)
        #expect(await kind(HTTPRequest(url: garbage.url)) == .malformed)
        #expect(await kind(HTTPRequest(url: "http://127.0.0.1:1/")) == .couldNotConnect)
        #expect(await kind(HTTPRequest(url: "ftp://a/")) == .malformed)
        #expect(await kind(HTTPRequest(url: closing.url.replacing("http:", with: "https:"))) == .tls)
        #expect(await kind(HTTPRequest(url: closing.url, headers: [.init("A", "b\r\nC: d")])) == .malformed)
    }

    @Test func `cancelling ends a transfer at once`() async throws {
        let (arrived, mark) = AsyncStream.makeStream(of: Void.self)
        let server = LoopbackServer { _ in
            mark.yield()
            return Data()
        }
        let task = Task { try await HTTPClient().send(HTTPRequest(url: server.url, timeout: .seconds(3600))) }
        for await _ in arrived { break }
        task.cancel()
        await #expect { _ = try await task.value } throws: { ($0 as? HTTPError)?.kind == .aborted }
    }
}

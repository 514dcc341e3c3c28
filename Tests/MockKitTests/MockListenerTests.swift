// SPDX-License-Identifier: Apache-2.0

import Foundation
import MockKit
import TestSupport
import Testing
import Trace
import Value
import World

private let visitWorld = WorldID(rawValue: "w1")

/// Answers with what it was sent, and says that something happened.
private struct Echo: MockHandler {
    func attribute(_ request: MockRequest) async -> (world: WorldID?, party: Party) {
        (request.path.hasPrefix("/w1/") ? visitWorld : nil, .sms)
    }

    func respond(to request: MockRequest) async -> MockResponse {
        .json(
            ["method": .string(request.method), "path": .string(request.path), "query": .string(request.query)],
            world: nil, party: .sms,
            events: [EventDraft("sms.delivered", by: .sms, world: nil, ["message": "m1"])])
    }
}

/// Answers once it is told to.
private struct Gate: MockHandler {
    let entered: AsyncStream<Void>.Continuation
    let leave: AsyncStream<Void>

    func attribute(_ request: MockRequest) async -> (world: WorldID?, party: Party) { (visitWorld, .graph) }

    func respond(to request: MockRequest) async -> MockResponse {
        entered.yield()
        for await _ in leave { break }
        return .empty(status: 204, world: nil, party: .graph)
    }
}

struct MockListenerTests {
    let client = TestClient()

    private func withListener(
        _ handler: any MockHandler = Echo(), faults: FaultPlan? = nil,
        _ body: (MockListener, Journal) async throws -> Void
    ) async throws {
        let journal = Journal()
        let listener = try await MockListener.start(handler: handler, journal: journal, faults: faults)
        do {
            try await body(listener, journal)
        } catch {
            await listener.stop()
            throw error
        }
        await listener.stop()
    }

    @Test func `an exchange is recorded as request, its events, response`() async throws {
        try await withListener { listener, journal in
            let answer = try await client.send("POST", listener.origin + "/w1/a%20b?q=1", body: Data("hello".utf8))
            #expect(answer.status == 200)
            #expect(try Value.parseJSON(answer.text)["path"]?.string == "/w1/a%20b")
            #expect(answer.header("Date")?.hasSuffix("GMT") == true)
            let events = journal.events()
            #expect(events.map(\.kind) == ["http.request", "sms.delivered", "http.response"])
            #expect(events.allSatisfy { $0.world == visitWorld && $0.exchange == events[0].exchange })
            #expect(events[0]["from"] == "connector")
            #expect(events[0]["to"] == "sms")
            #expect(events[0]["url"]?.string == listener.origin + "/w1/a%20b?q=1")
            #expect(events[0]["body"]?["text"] == "hello")
            #expect(events[2]["status"]?.int == 200)
            #expect(events[2].header("content-length") == String(answer.body.count))
        }
    }

    @Test func `an actor's request is recorded as hers, and other lanes stay apart`() async throws {
        try await withListener { listener, journal in
            _ = try await client.send("GET", listener.origin + "/elsewhere", headers: ["Assay-Actor": "ann"])
            #expect(journal.events()[0].party == .actor("ann"))
            #expect(journal.events()[0].world == nil)
        }
    }

    @Test func `open exchanges are counted while they last`() async throws {
        let (entered, enter) = AsyncStream.makeStream(of: Void.self)
        let (leave, release) = AsyncStream.makeStream(of: Void.self)
        try await withListener(Gate(entered: enter, leave: leave)) { listener, _ in
            async let answer = client.send("GET", listener.origin + "/x")
            for await _ in entered { break }
            #expect(listener.openExchanges(in: visitWorld) == 1)
            #expect(listener.openExchanges(in: nil) == 0)
            release.yield()
            let received = try await answer
            #expect(received.status == 204)
            await listener.stop()
            #expect(listener.openExchanges(in: visitWorld) == 0)
        }
    }

    @Test func `a status fault strikes the n-th request and leaves its mark`() async throws {
        let faults = FaultPlan()
        faults.arm(
            Fault(
                at: FaultPlace(party: .sms, method: "GET", path: "/*/sms"), .status(429, retryAfter: 7), in: visitWorld,
                skip: 1))
        try await withListener(faults: faults) { listener, journal in
            let url = listener.origin + "/w1/sms"
            #expect(try await client.send("GET", url).status == 200)
            #expect(try await client.send("POST", url).status == 200)
            #expect(try await client.send("GET", url, headers: ["Assay-Actor": "ann"]).status == 200)
            let struck = try await client.send("GET", url)
            #expect(struck.status == 429)
            #expect(struck.header("Retry-After") == "7")
            #expect(try await client.send("GET", url).status == 200)
            let fault = try #require(journal.events().first { $0.kind == "fault.struck" })
            #expect(fault["effect"] == ["effect": "status", "status": 429, "retry-after": 7])
            let response = try #require(journal.events().first { $0["fault"] != nil })
            #expect(response["status"]?.int == 429)
        }
    }

    @Test(arguments: [true, false]) func `a dropped answer closes the connection`(afterWork: Bool) async throws {
        let faults = FaultPlan()
        faults.arm(Fault(at: FaultPlace(party: .sms), .drop, in: nil, afterWork: afterWork))
        try await withListener(faults: faults) { listener, journal in
            await #expect(throws: (any Error).self) { try await client.send("POST", listener.origin + "/w1/x") }
            let kinds = journal.events().map(\.kind)
            #expect(kinds.contains("sms.delivered") == afterWork)
            #expect(journal.events().last?["status"]?.int == 0)
            #expect(journal.events().last?["fault"] == "drop")
        }
    }

    @Test func `a malformed body is no JSON any more`() async throws {
        let faults = FaultPlan()
        faults.arm(Fault(at: FaultPlace(party: .sms), .malformedBody, in: nil))
        try await withListener(faults: faults) { listener, _ in
            let answer = try await client.send("GET", listener.origin + "/w1/x")
            #expect(answer.status == 200)
            #expect(throws: JSONError.self) { try Value.parseJSON(answer.text) }
        }
    }

    @Test func `a body over the limit is refused and recorded`() async throws {
        try await withListener { listener, journal in
            let big = Data(repeating: 0x61, count: MockListener.bodyLimit + 1)
            _ = try? await client.send("POST", listener.origin + "/w1/x", body: big)
            await listener.stop()
            #expect(journal.events().contains { $0["status"]?.int == 413 })
        }
    }

    @Test func `stopping is bounded although an exchange hangs`() async throws {
        let (entered, enter) = AsyncStream.makeStream(of: Void.self)
        let (leave, release) = AsyncStream.makeStream(of: Void.self)
        try await withListener(Gate(entered: enter, leave: leave)) { listener, _ in
            let hanging = Task { try? await client.send("GET", listener.origin + "/x") }
            for await _ in entered { break }
            await listener.stop(grace: .milliseconds(20))
            release.finish()
            _ = await hanging.value
        }
    }

    @Test(arguments: [
        ("/a/*", "/a/b", true), ("/a/*", "/a/b/c", false), ("/a/**", "/a/b/c", true), ("**/token", "/t/x/token", true),
        ("/a", "/a/", false), ("/*/b*", "/x/bcd", true), ("**", "", true),
    ])
    func `a path pattern matches`(pattern: String, path: String, expected: Bool) {
        #expect(FaultPlace(party: .ehr, path: pattern).matches(party: .ehr, method: "GET", path: path) == expected)
    }

    @Test func `a date is written as HTTP writes it`() {
        #expect(HTTPDate.text(Instant(microseconds: 784_111_777_000_000)) == "Sun, 06 Nov 1994 08:49:37 GMT")
    }
}

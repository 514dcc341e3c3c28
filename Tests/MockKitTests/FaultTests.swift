// SPDX-License-Identifier: Apache-2.0

import Foundation
import MockKit
import TestSupport
import Testing
import Trace
import Value
import World

private let ward = WorldID(rawValue: "w1")
private let answerText = "{\"text\":\"" + String(repeating: "long enough to be cut ", count: 20) + "\"}"

/// Answers with a long text and the authorization it was shown, and says that something happened.
private struct Sender: MockHandler {
    func attribute(_ request: MockRequest) async -> (world: WorldID?, party: Party) { (ward, .sms) }

    func respond(to request: MockRequest) async -> MockResponse {
        MockResponse(
            status: 200,
            headers: [("Content-Type", "application/json"), ("X-Seen", request.header("Authorization") ?? "nothing")],
            body: Data(answerText.utf8), party: .sms,
            events: [EventDraft("sms.delivered", by: .sms, world: nil, ["message": .string(request.path)])])
    }
}

/// A test per kind of fault, seen by a raw client.
struct FaultTests {
    let client = TestClient()

    private func struck(
        _ effect: FaultEffect, times: Int? = 1, afterWork: Bool = false,
        _ body: (String, Journal) async throws -> Void
    ) async throws {
        let faults = FaultPlan()
        faults.arm(Fault(at: FaultPlace(party: .sms), effect, in: ward, times: times, afterWork: afterWork))
        let journal = Journal()
        let listener = try await MockListener.start(handler: Sender(), journal: journal, faults: faults)
        do { try await body(listener.origin + "/w1/x", journal) } catch {
            await listener.stop()
            throw error
        }
        await listener.stop()
        let strikes = journal.events().filter { $0.kind == "fault.struck" }
        #expect(!strikes.isEmpty)
        #expect(strikes.allSatisfy { $0["effect"]?["effect"]?.string == effect.word && $0.exchange != nil })
        #expect(journal.events().contains { $0.kind == "http.response" && $0["fault"]?.string == effect.word })
    }

    @Test func `what a person opens in a browser is not struck, what a page's script asks for is`() async throws {
        try await struck(.status(503, retryAfter: nil)) { (url, _) async throws in
            #expect(try await client.send("GET", url, headers: ["Sec-Fetch-Mode": "navigate"]).status == 200)
            #expect(try await client.send("GET", url, headers: ["Sec-Fetch-Mode": "cors"]).status == 503)
        }
        try await struck(.status(503, retryAfter: nil)) { (url, _) async throws in
            let pretended = ["Sec-Fetch-Mode": "navigate", "Authorization": "Bearer t"]
            #expect(try await client.send("GET", url, headers: pretended).status == 503)
        }
    }

    @Test func `latency holds a proper answer back`() async throws {
        try await struck(.latency(.milliseconds(80))) { (url, journal) async throws in
            #expect(try await client.send("GET", url).text == answerText)
            #expect(try #require(journal.events().last?["duration-us"]?.int) >= 80_000)
        }
    }

    @Test(arguments: [
        LatencySpread.uniform(.milliseconds(10), .milliseconds(20)),
        .normal(mean: .milliseconds(15), deviation: .milliseconds(3)), .exponential(mean: .milliseconds(5)),
    ]) func `drawn delays follow the seed`(spread: LatencySpread) async throws {
        func delays(_ seed: UInt64) async throws -> [Int] {
            let faults = FaultPlan(seed: RunSeed(seed: seed, nonce: "n"))
            faults.arm(Fault(at: FaultPlace(party: .sms), .delay(spread), in: nil, times: 3))
            let journal = Journal()
            let listener = try await MockListener.start(handler: Sender(), journal: journal, faults: faults)
            for _ in 0..<3 { _ = try await client.send("GET", listener.origin + "/w1/x") }
            await listener.stop()
            let strikes = journal.events().filter { $0.kind == "fault.struck" }
            return strikes.compactMap { $0["effect"]?["milliseconds"]?.int }
        }
        let first = try await delays(7)
        #expect(first.count == 3)
        #expect(try await delays(7) == first)
        #expect(try await delays(8) != first || spread == .exponential(mean: .milliseconds(5)))
    }

    @Test func `a slow drip brings the whole answer in pieces`() async throws {
        let began = ContinuousClock.now
        try await struck(.drip(bytes: 100, pause: .milliseconds(10))) { (url, _) async throws in
            #expect(try await client.send("GET", url).text == answerText)
        }
        // Five pieces, four pauses.
        #expect(began.duration(to: .now) >= .milliseconds(40))
    }

    @Test func `a hang-up ends the connection after a proper answer`() async throws {
        try await struck(.hangUp) { (url, _) async throws in
            let (bytes, _) = try await client.raw("GET", url, keepAlive: true)
            let text = String(decoding: bytes, as: UTF8.self)
            #expect(text.hasSuffix(answerText))
            #expect(!text.lowercased().contains("connection: close"))
        }
    }

    @Test(arguments: [false, true]) func `a reset is one on the wire`(afterWork: Bool) async throws {
        try await struck(.reset, afterWork: afterWork) { (url, journal) async throws in
            let (bytes, isReset) = try await client.raw("GET", url, keepAlive: true)
            #expect(bytes.isEmpty)
            #expect(isReset)
            #expect(journal.events().contains { $0.kind == "sms.delivered" } == afterWork)
            #expect(journal.events().last?["status"]?.int == 0)
        }
    }

    @Test func `a truncated answer is shorter than it says`() async throws {
        try await struck(.truncate(bytes: 25)) { (url, journal) async throws in
            let answer = try await client.send("GET", url)
            #expect(answer.header("Content-Length") == String(answerText.utf8.count))
            #expect(answer.body.count == 25)
            #expect(journal.events().last?["body"]?["size"]?.int == 25)
        }
    }

    @Test func `bad chunks have a size that is none`() async throws {
        try await struck(.badChunks) { (url, _) async throws in
            let answer = try await client.send("GET", url)
            #expect(answer.header("Transfer-Encoding") == "chunked")
            #expect(answer.header("Content-Length") == nil)
            #expect(answer.text.contains("\r\nnot-a-size\r\n"))
        }
    }

    @Test func `a duplicated request is worked on twice and answered once`() async throws {
        try await struck(.duplicate) { (url, journal) async throws in
            #expect(try await client.send("POST", url).text == answerText)
            #expect(journal.events().filter { $0.kind == "sms.delivered" }.count == 2)
            #expect(journal.events().filter { $0.kind == "http.response" }.count == 1)
        }
    }

    @Test func `a request is overtaken by the next one`() async throws {
        try await struck(.reorder(within: .seconds(60))) { (url, journal) async throws in
            async let first = client.send("GET", url + "/first")
            var seen = journal.count
            while !journal.events().contains(where: { $0.kind == "fault.struck" }) {
                await journal.wait(after: seen)
                seen = journal.count
            }
            _ = try await client.send("GET", url + "/second")
            let overtaken = try await first
            #expect(overtaken.text == answerText)
            let order = journal.events().filter { $0.kind == "sms.delivered" }.compactMap { $0["message"]?.string }
            #expect(order == ["/w1/x/second", "/w1/x/first"])
        }
    }

    @Test func `nobody waits for ever to be overtaken`() async throws {
        try await struck(.reorder(within: .milliseconds(20)), afterWork: true) { (url, _) async throws in
            #expect(try await client.send("GET", url).text == answerText)
        }
    }

    @Test func `429 asks to come back after a date`() async throws {
        try await struck(.status(429, retryAfter: 30, asDate: true)) { (url, _) async throws in
            let answer = try await client.send("GET", url)
            #expect(answer.status == 429)
            let date = try #require(answer.header("Retry-After"))
            #expect(date.hasSuffix("GMT"))
            #expect(date != answer.header("Date"))
        }
    }

    @Test func `a burst of 5xx ends by itself`() async throws {
        try await struck(.status(503), times: 3) { (url, _) async throws in
            var statuses: [Int] = []
            for _ in 0..<4 { statuses.append(try await client.send("GET", url).status) }
            #expect(statuses == [503, 503, 503, 200])
        }
    }

    @Test func `an outage lasts until its time on the world's clock`() async throws {
        let faults = FaultPlan()
        let journal = Journal()
        let clock = WorldClock(startingAt: .wall)
        journal.register(world: ward, clock: clock)
        let end = clock.now + .seconds(600)
        faults.arm(Fault(at: FaultPlace(party: .sms), .status(503), in: ward, times: nil, until: end))
        let listener = try await MockListener.start(handler: Sender(), journal: journal, faults: faults)
        for _ in 0..<3 { #expect(try await client.send("GET", listener.origin + "/w1/x").status == 503) }
        clock.advance(to: end)
        #expect(try await client.send("GET", listener.origin + "/w1/x").status == 200)
        #expect(faults.armed.isEmpty)
        await listener.stop()
    }

    @Test func `another world's later clock ends no outage`() {
        let faults = FaultPlan()
        let now = Instant.wall
        faults.arm(
            Fault(
                at: FaultPlace(party: .sms), .drop, in: WorldID(rawValue: "w1"), times: nil, until: now + .seconds(600))
        )
        func strikes(_ world: String, after seconds: Int) -> Bool {
            faults.strike(
                world: WorldID(rawValue: world), party: .sms, method: "GET", path: "/", now: now + .seconds(seconds))
                != nil
        }
        #expect(!strikes("w2", after: 86_400))
        #expect(strikes("w1", after: 1))
        #expect(!strikes("w1", after: 600))
        #expect(faults.armed.isEmpty)
    }

    @Test func `a batch is struck where a request inside it would be`() async throws {
        let faults = FaultPlan()
        faults.arm(
            Fault(
                at: FaultPlace(party: .sms, method: "POST", path: "/v1.0/users/*/sendMail"),
                .status(503, retryAfter: nil), in: ward, times: nil))
        let listener = try await MockListener.start(handler: Sender(), journal: Journal(), faults: faults)
        func status(_ method: String, _ url: String) async throws -> Int {
            let asked = #"{"id":"2","method":"\#(method)","url":"\#(url)"}"#
            let batch = #"{"requests":[{"id":"1","method":"GET","url":"/me"},\#(asked)]}"#
            let address = listener.origin + "/v1.0/$batch"
            return try await client.send("POST", address, body: Data(batch.utf8)).status
        }
        do {
            #expect(try await status("POST", "/users/u1/sendMail?x=1") == 503)
            #expect(try await status("post", "users/u1/sendMail") == 503)
            #expect(try await status("GET", "/users/u1/sendMail") == 200)
            #expect(try await status("POST", "/users/u1/events") == 200)
            #expect(try await client.send("POST", listener.origin + "/v1.0/$batch", body: Data("{".utf8)).status == 200)
        } catch {
            await listener.stop()
            throw error
        }
        await listener.stop()
    }

    @Test func `a fault that strikes once waits for more than a probe, an outage does not`() {
        func struck(_ method: String, times: Int?, at place: String? = nil) -> Bool {
            let faults = FaultPlan()
            faults.arm(Fault(at: FaultPlace(party: .ehr, method: place), .drop, in: nil, times: times))
            return faults.strike(world: nil, party: .ehr, method: method, path: "/r4/Patient/1") != nil
        }
        #expect(!struck("HEAD", times: 1))
        #expect(!struck("OPTIONS", times: 3))
        #expect(struck("GET", times: 1))
        #expect(struck("HEAD", times: nil))
        #expect(struck("HEAD", times: 1, at: "HEAD"))
    }

    @Test func `a chance is drawn from the seed`() {
        func strikes(_ seed: UInt64) -> [Bool] {
            let faults = FaultPlan(seed: RunSeed(seed: seed, nonce: ""))
            faults.arm(Fault(at: FaultPlace(party: .sms), .drop, in: nil, times: nil, chance: 0.5))
            return (0..<64).map { _ in faults.strike(world: nil, party: .sms, method: "GET", path: "/") != nil }
        }
        #expect(strikes(1) == strikes(1))
        #expect(strikes(1) != strikes(2))
        #expect((16...48).contains(strikes(1).filter { $0 }.count))
    }

    @Test func `the token of a request is forgotten`() async throws {
        try await struck(.revokedToken) { (url, _) async throws in
            let answer = try await client.send("GET", url, headers: ["Authorization": "Bearer good"])
            #expect(answer.header("X-Seen") == "Bearer revoked-by-a-fault")
            let next = try await client.send("GET", url, headers: ["Authorization": "Bearer good"])
            #expect(next.header("X-Seen") == "Bearer good")
        }
    }

    @Test func `the content type is another one`() async throws {
        try await struck(.contentType("text/html")) { (url, _) async throws in
            let answer = try await client.send("GET", url)
            #expect(answer.headers.filter { $0.name.lowercased() == "content-type" }.map(\.value) == ["text/html"])
            #expect(answer.text == answerText)
        }
    }

    @Test func `an oversized body is announced as such`() async throws {
        try await struck(.oversize(bytes: 3_000_000)) { (url, journal) async throws in
            let answer = try await client.send("GET", url)
            #expect(answer.body.count == 3_000_000 + answerText.utf8.count)
            #expect(answer.header("Content-Length") == String(answer.body.count))
            #expect(try Value.parseJSON(answer.text)["text"] != nil)
            // The record keeps what the party said, not the blanks.
            #expect(journal.events().last?["body"]?["size"]?.int == answerText.utf8.count)
        }
    }

    @Test func `the clock of an answer is off`() async throws {
        try await struck(.skew(.seconds(-86_400))) { (url, _) async throws in
            let dates = try await client.send("GET", url).headers.filter { $0.name.lowercased() == "date" }
            #expect(dates.count == 1)
            #expect(dates.first?.value != HTTPDate.text(.wall))
        }
    }
}

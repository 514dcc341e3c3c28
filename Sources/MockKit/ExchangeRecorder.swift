// SPDX-License-Identifier: Apache-2.0

import Foundation
import NIOCore
import NIOHTTP1
import Trace
import Value
import World

/// Runs one exchange: reads it, records it, lets the mock or a fault answer, records the answer, sends it.
struct ExchangeRecorder: Sendable {
    let handler: any MockHandler
    let desk: (any FrontDesk)?
    let journal: Journal
    let faults: FaultPlan
    let scheme: String
    let fallbackHost: String
    let budget: BodyBudget
    let open = OpenExchanges()
    /// What requests repeat, and what answers do.
    private let requests = MessageMemory()
    private let answers = MessageMemory()

    @concurrent
    func respond(to request: ReceivedRequest, on connection: Connection) async throws {
        if let desk, Self.isDesks(request), desk.serves(Self.path(of: request)) {
            return try await serve(request, desk, on: connection)
        }
        let began = ContinuousClock.now
        let actor = request.header("Assay-Actor")
        if actor == nil { open.begin() }
        let message = mockRequest(
            request, actor: actor, remotePort: connection.remotePort, exchange: journal.nextExchangeID())
        let (world, party) = await handler.attribute(message)
        if actor == nil { open.attribute(to: world) }
        defer { if actor == nil { open.end(in: world) } }
        let client = actor.map { Party.actor($0) } ?? .connector
        journal.append(
            HTTPMessage.request(
                exchange: message.exchange, world: world, from: client, to: party, method: message.method,
                url: message.url, headers: requests.headers(message.headers),
                body: message.body.isEmpty ? nil : journal.keep(message.body)))

        var strike: FaultPlan.Strike?
        // People's own requests are never struck: neither an actor's nor what a person opens in a browser, which sends no
        // token along.
        let isOpened = request.header("Sec-Fetch-Mode") == "navigate" && request.header("Authorization") == nil
        if actor == nil, !isOpened {
            strike = faults.hit(
                world: world, party: party, lines: message.lines, now: journal.now(in: world))
        }
        var answer: WireAnswer
        if request.body == nil {
            answer = .whole(
                .text(
                    "The body is too large.", status: 413, headers: [("Connection", "close")], world: world,
                    party: party))
        } else if let strike {
            answer = await FaultyExchange(
                recorder: self, message: message, world: world, party: party, strike: strike
            ).answer()
        } else {
            answer = .whole(await work(message, world: world))
        }
        answer = answer.completed(isHead: request.method == "HEAD", bodyless: strike?.effect)
        let recorded = answer.recorded
        journal.append(
            HTTPMessage.response(
                exchange: message.exchange, world: recorded?.world ?? world, from: recorded?.party ?? party, to: client,
                status: recorded?.status ?? 0,
                headers: answers.headers(recorded?.headers ?? []),
                body: recorded.flatMap { $0.body.isEmpty ? nil : journal.keep($0.body, as: $0.record) },
                duration: began.duration(to: .now), fault: strike?.effect.word))
        if actor == nil { faults.passed(party: party, method: message.method, path: message.path) }
        if case .oversize(let bytes)? = strike?.effect { answer = answer.padded(bytes) }
        try await answer.send(on: connection)
    }

    /// Lets the mock work and records what that meant.
    func work(_ message: MockRequest, world: WorldID?) async -> MockResponse {
        var response = await handler.respond(to: message)
        response.world = response.world ?? world
        for var event in response.events {
            event.exchange = event.exchange ?? message.exchange
            event.world = event.world ?? response.world
            journal.append(event)
        }
        return response
    }

    /// The desk's exchanges: not the world's, so not recorded.
    private func serve(
        _ request: ReceivedRequest, _ desk: any FrontDesk, on connection: Connection
    ) async throws {
        let isHead = request.method == "HEAD"
        guard request.body != nil else {
            let refusal = MockResponse.text("The body is too large.", status: 413, world: nil, party: .runner)
            return try await WireAnswer.whole(refusal).completed(isHead: isHead).send(on: connection)
        }
        let message = mockRequest(
            request, actor: nil, remotePort: connection.remotePort, exchange: ExchangeID(rawValue: "x0"))
        let answer = await desk.respond(to: message)
        guard let stream = answer.stream, !isHead else {
            return try await WireAnswer.whole(answer.response).completed(isHead: isHead).send(on: connection)
        }
        try await connection.write(part: .head(WireAnswer.head(answer.response)))
        for await piece in stream {
            try await connection.write(part: .body(.byteBuffer(ByteBuffer(bytes: piece))))
        }
        try await connection.write(part: .end(nil))
    }
}

extension WireAnswer {
    /// With length and date (real time, RFC 9110 section 6.6.1), and without a body where the request was HEAD.
    func completed(isHead: Bool, bodyless effect: FaultEffect? = nil) -> WireAnswer {
        func complete(_ response: MockResponse) -> MockResponse {
            var response = response
            var hasDate = false
            var hasLength = false
            for header in response.headers {
                if HeaderText.areEqual(header.name, "date") { hasDate = true }
                if HeaderText.areEqual(header.name, "content-length") { hasLength = true }
            }
            if !hasDate { response.headers.append(("Date", HTTPDate.now)) }
            if !hasLength, response.status != 204, response.status != 304, response.status >= 200 {
                var length = response.body.count
                if case .oversize(let bytes)? = effect { length += bytes }
                response.headers.append(("Content-Length", String(length)))
            }
            if isHead { response.body = Data() }
            return response
        }
        return map(complete)
    }

    /// As it is recorded: what was cut off was not sent.
    var recorded: MockResponse? {
        guard case .truncated(var response, let sent) = self else { return response }
        response.body = response.body.prefix(sent)
        return response
    }

    /// Blanks before the body; its length says so already.
    func padded(_ bytes: Int) -> WireAnswer {
        map { response in
            var response = response
            if !response.body.isEmpty || response.status == 200 {
                response.body = Data(repeating: UInt8(ascii: " "), count: bytes) + response.body
            }
            return response
        }
    }

    private func map(_ change: (MockResponse) -> MockResponse) -> WireAnswer {
        switch self {
        case .whole(let response): .whole(change(response))
        case .dripped(let response, let bytes, let pause): .dripped(change(response), bytes: bytes, pause: pause)
        case .hungUp(let response): .hungUp(change(response))
        case .truncated(let response, let sent): .truncated(change(response), sent: sent)
        case .badlyChunked(let response): .badlyChunked(change(response))
        case .closed: .closed
        case .reset: .reset
        }
    }
}

extension ExchangeRecorder {
    /// What no mock has at its root: decided before a path is read off, for every exchange passes here.
    private static func isDesks(_ request: ReceivedRequest) -> Bool {
        let target = request.target.utf8
        let second = target.dropFirst().first
        return target.first == UInt8(ascii: "/")
            && (second == nil || second == UInt8(ascii: "-") || second == UInt8(ascii: "?")
                || second == UInt8(ascii: "f"))
    }

    private static func path(of request: ReceivedRequest) -> String { String(request.target.prefix { $0 != "?" }) }

    private func mockRequest(
        _ request: ReceivedRequest, actor: String?, remotePort: Int, exchange: ExchangeID
    ) -> MockRequest {
        let authority = request.header("Host") ?? fallbackHost
        var target = request.target[...]
        var origin = "\(scheme)://\(authority)"
        if request.method == "CONNECT" {
            // Authority form (RFC 9112 section 3.2.3): host and port of the tunnel's end.
            let colon = target.lastIndex(of: ":")
            let host = colon.map { target[..<$0] } ?? authority.prefix { $0 != ":" }
            let port = colon.map { target[target.index(after: $0)...] } ?? target
            origin = "https://\(host):\(port.isEmpty ? "443" : port)"
            target = "/"
        } else if target.utf8.first != UInt8(ascii: "/"), let separator = target.range(of: "://") {
            let rest = target[separator.upperBound...]
            let slash = rest.firstIndex(of: "/") ?? rest.endIndex
            origin = String(target[..<slash])
            target = slash == rest.endIndex ? "/" : rest[slash...]
        }
        let mark = target.utf8.firstIndex(of: UInt8(ascii: "?"))
        return MockRequest(
            exchange: exchange, method: request.method, path: String(target[..<(mark ?? target.endIndex)]),
            query: mark.map { String(target[target.utf8.index(after: $0)...]) } ?? "", headers: request.headers,
            body: request.body.map { Data($0.readableBytesView) } ?? Data(),
            origin: origin, actor: actor, remotePort: remotePort)
    }
}

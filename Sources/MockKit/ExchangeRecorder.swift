// SPDX-License-Identifier: Apache-2.0

import Foundation
import HTTPTypes
import HummingbirdCore
import NIOCore
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

    @concurrent
    func respond(to request: Request, writer: consuming ResponseWriter, channel: any Channel) async throws {
        if let desk, Self.isDesks(request), desk.serves(Self.path(of: request)) {
            return try await serve(request, desk, writer: writer, channel: channel)
        }
        let began = ContinuousClock.now
        let actor = request.headers[Self.actorName]
        if actor == nil { open.begin() }
        let body: ByteBuffer?
        do {
            body = try await read(request.body)
        } catch {
            if actor == nil { open.abandon() }
            throw error
        }
        defer { budget.release(body?.readableBytes ?? 0) }
        let message = mockRequest(
            request, body: body, actor: actor, remotePort: channel.remoteAddress?.port ?? 0,
            exchange: journal.nextExchangeID())
        let (world, party) = await handler.attribute(message)
        if actor == nil { open.attribute(to: world) }
        defer { if actor == nil { open.end(in: world) } }
        let client = actor.map { Party.actor($0) } ?? .connector
        journal.append(
            HTTPMessage.request(
                exchange: message.exchange, world: world, from: client, to: party, method: message.method,
                url: message.url, headers: message.headers.map { ($0.name, $0.value) },
                body: message.body.isEmpty ? nil : journal.keep(message.body)))

        var strike: FaultPlan.Strike?
        if actor == nil {
            strike = faults.hit(
                world: world, party: party, method: message.method, path: message.path, now: journal.now(in: world))
        }
        var answer: WireAnswer
        if body == nil {
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
        answer = answer.completed(isHead: request.method == .head, bodyless: strike?.effect)
        let recorded = answer.recorded
        journal.append(
            HTTPMessage.response(
                exchange: message.exchange, world: recorded?.world ?? world, from: recorded?.party ?? party, to: client,
                status: recorded?.status ?? 0, headers: recorded?.headers.map { ($0.name, $0.value) } ?? [],
                body: recorded.flatMap { $0.body.isEmpty ? nil : journal.keep($0.body) },
                duration: began.duration(to: .now), fault: strike?.effect.word))
        if actor == nil { faults.passed(party: party, method: message.method, path: message.path) }
        if case .oversize(let bytes)? = strike?.effect { answer = answer.padded(bytes) }
        try await answer.send(writer, on: channel)
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
    @concurrent
    private func serve(
        _ request: Request, _ desk: any FrontDesk, writer: consuming ResponseWriter, channel: any Channel
    ) async throws {
        let body = try await read(request.body)
        defer { budget.release(body?.readableBytes ?? 0) }
        guard let body else {
            let refusal = MockResponse.text("The body is too large.", status: 413, world: nil, party: .runner)
            return try await WireAnswer.whole(refusal).completed(isHead: false).send(writer, on: channel)
        }
        let message = mockRequest(
            request, body: body, actor: nil, remotePort: channel.remoteAddress?.port ?? 0,
            exchange: ExchangeID(rawValue: "x0"))
        let answer = await desk.respond(to: message)
        guard let stream = answer.stream, request.method != .head else {
            return try await WireAnswer.whole(answer.response).completed(isHead: request.method == .head)
                .send(writer, on: channel)
        }
        var pieces = try await writer.writeHead(WireAnswer.head(answer.response))
        for await piece in stream { try await pieces.write(ByteBuffer(bytes: piece)) }
        try await pieces.finish(nil)
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
    private static let actorName = HTTPField.Name("Assay-Actor") ?? .from

    /// What no mock has at its root: decided before a path is read off, for every exchange passes here.
    private static func isDesks(_ request: Request) -> Bool {
        guard let target = request.head.path?.utf8 else { return false }
        let second = target.dropFirst().first
        return target.first == UInt8(ascii: "/")
            && (second == nil || second == UInt8(ascii: "-") || second == UInt8(ascii: "?")
                || second == UInt8(ascii: "f"))
    }

    private static func path(of request: Request) -> String {
        let target = request.head.path ?? "/"
        return String(target.prefix { $0 != "?" })
    }

    /// The body; nil beyond the limit, with the rest of it read and thrown away.
    private func read(_ body: RequestBody) async throws -> ByteBuffer? {
        var buffer = ByteBuffer()
        var tooLarge = false
        do {
            for try await part in body where !tooLarge {
                var part = part
                let size = part.readableBytes
                guard buffer.readableBytes + size <= MockListener.bodyLimit, budget.reserve(size) else {
                    tooLarge = true
                    budget.release(buffer.readableBytes)
                    buffer = ByteBuffer()
                    continue
                }
                if buffer.readableBytes == 0 { buffer = part } else { buffer.writeBuffer(&part) }
            }
        } catch {
            budget.release(buffer.readableBytes)
            throw error
        }
        return tooLarge ? nil : buffer
    }

    private func mockRequest(
        _ request: Request, body: ByteBuffer?, actor: String?, remotePort: Int, exchange: ExchangeID
    ) -> MockRequest {
        let authority = request.head.authority ?? fallbackHost
        var target = request.head.path ?? "/"
        var origin = "\(scheme)://\(authority)"
        if request.method == .connect {
            // Authority form (RFC 9112 section 3.2.3): host and port of the tunnel's end, of which the parser may keep only the port.
            let host = authority.split(separator: ":").first ?? ""
            origin = "https://\(host):\(target.split(separator: ":").last ?? "443")"
            target = "/"
        } else if !target.hasPrefix("/"), let separator = target.range(of: "://") {
            let rest = target[separator.upperBound...]
            let slash = rest.firstIndex(of: "/") ?? rest.endIndex
            origin = String(target[..<slash])
            target = slash == rest.endIndex ? "/" : String(rest[slash...])
        }
        let parts = target.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        var headers: [(name: String, value: String)] = [("Host", authority)]
        headers += request.headers.map { (name: $0.name.rawName, value: $0.value) }
        return MockRequest(
            exchange: exchange, method: request.method.rawValue, path: String(parts.first ?? "/"),
            query: parts.count > 1 ? String(parts[1]) : "", headers: headers,
            body: body.map { Data($0.readableBytesView) } ?? Data(),
            origin: origin, actor: actor, remotePort: remotePort)
    }
}

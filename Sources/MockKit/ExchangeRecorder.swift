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
    let journal: Journal
    let faults: FaultPlan
    let scheme: String
    let fallbackHost: String
    let open = OpenExchanges()

    /// Thrown to end a connection without an answer.
    private struct ConnectionDropped: Error {}

    @concurrent
    func respond(to request: Request, writer: consuming ResponseWriter, channel: any Channel) async throws {
        let began = ContinuousClock.now
        let actor = request.headers[Self.actorName]
        if actor == nil { open.begin() }
        let body: ByteBuffer?
        do {
            body = try await Self.read(request.body)
        } catch {
            if actor == nil { open.abandon() }
            throw error
        }
        let message = mockRequest(request, body: body, actor: actor, remotePort: channel.remoteAddress?.port ?? 0)
        let (world, party) = await handler.attribute(message)
        if actor == nil { open.attribute(to: world) }
        defer { if actor == nil { open.end(in: world) } }
        let client = actor.map { Party.actor($0) } ?? .connector
        journal.append(
            HTTPMessage.request(
                exchange: message.exchange, world: world, from: client, to: party, method: message.method,
                url: message.url, headers: message.headers.map { ($0.name, $0.value) },
                body: message.body.isEmpty ? nil : journal.keep(message.body)))

        let fault =
            actor == nil
            ? faults.strike(world: world, party: party, method: message.method, path: message.path) : nil
        var response: MockResponse?
        if body == nil {
            response = .text(
                "The body is too large.", status: 413, headers: [("Connection", "close")], world: world, party: party)
        } else {
            response = await answer(message, world: world, party: party, fault: fault)
        }
        if var sent = response {
            sent.headers = Self.completed(sent, method: request.method)
            if request.method == .head { sent.body = Data() }
            response = sent
        }
        journal.append(
            HTTPMessage.response(
                exchange: message.exchange, world: response?.world ?? world, from: response?.party ?? party, to: client,
                status: response?.status ?? 0, headers: response?.headers.map { ($0.name, $0.value) } ?? [],
                body: response.flatMap { $0.body.isEmpty ? nil : journal.keep($0.body) },
                duration: began.duration(to: .now), fault: fault?.effect.word))
        guard let response else {
            channel.close(promise: nil)
            throw ConnectionDropped()
        }
        try await writer.write(
            response: HTTPResponse(
                status: .init(code: min(max(response.status, 200), 999)), headerFields: Self.fields(response.headers)),
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: response.body)))
    }

    /// The mock's answer as a fault lets it through; nil where the connection is to be closed.
    private func answer(
        _ message: MockRequest, world: WorldID?, party: Party, fault: Fault?
    ) async -> MockResponse? {
        guard let fault else { return await work(message, world: world) }
        journal.append(
            EventDraft(
                "fault.struck", by: .runner, world: world, exchange: message.exchange,
                ["place": .string(fault.place.description), "effect": fault.effect.value]))
        switch fault.effect {
        case .latency(let duration):
            try? await Task.sleep(for: duration)
            return await work(message, world: world)
        case .malformedBody:
            guard var response = await work(message, world: world) else { return nil }
            response.body = response.body.isEmpty ? Data("{".utf8) : response.body.prefix((response.body.count + 1) / 2)
            return response
        case .status(let status, let retryAfter, let body, let contentType):
            if fault.afterWork { _ = await work(message, world: world) }
            var headers: [(name: String, value: String)] = []
            if let retryAfter { headers.append(("Retry-After", String(retryAfter))) }
            if body != nil { headers.append(("Content-Type", contentType)) }
            return MockResponse(
                status: status, headers: headers, body: Data((body ?? "").utf8), world: world, party: party)
        case .redirect(let target):
            return MockResponse(status: 302, headers: [("Location", target)], world: world, party: party)
        case .drop:
            if fault.afterWork { _ = await work(message, world: world) }
            return nil
        case .timeout(let bound):
            if fault.afterWork { _ = await work(message, world: world) }
            try? await Task.sleep(for: bound)
            return nil
        }
    }

    /// Lets the mock work and records what that meant.
    private func work(_ message: MockRequest, world: WorldID?) async -> MockResponse? {
        var response = await handler.respond(to: message)
        response.world = response.world ?? world
        for var event in response.events {
            event.exchange = event.exchange ?? message.exchange
            event.world = event.world ?? response.world
            journal.append(event)
        }
        return response
    }
}

extension ExchangeRecorder {
    private static let actorName = HTTPField.Name("Assay-Actor") ?? .from

    /// The body; nil beyond the limit, with the rest of it read and thrown away.
    private static func read(_ body: RequestBody) async throws -> ByteBuffer? {
        var buffer = ByteBuffer()
        var tooLarge = false
        for try await part in body where !tooLarge {
            var part = part
            buffer.writeBuffer(&part)
            tooLarge = buffer.readableBytes > MockListener.bodyLimit
        }
        return tooLarge ? nil : buffer
    }

    private func mockRequest(_ request: Request, body: ByteBuffer?, actor: String?, remotePort: Int) -> MockRequest {
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
            exchange: journal.nextExchangeID(), method: request.method.rawValue, path: String(parts.first ?? "/"),
            query: parts.count > 1 ? String(parts[1]) : "", headers: headers,
            body: Data(body.map { Array($0.readableBytesView) } ?? []),
            origin: origin, actor: actor, remotePort: remotePort)
    }

    /// The headers as they are sent: with length and date (real time, RFC 9110 section 6.6.1).
    private static func completed(
        _ response: MockResponse, method: HTTPRequest.Method
    ) -> [(name: String, value: String)] {
        var headers = response.headers
        func has(_ name: String) -> Bool { headers.contains { $0.name.lowercased() == name } }
        if !has("date") { headers.append(("Date", HTTPDate.text(.wall))) }
        if !has("content-length"), response.status != 204, response.status != 304, response.status >= 200 {
            headers.append(("Content-Length", String(response.body.count)))
        }
        return headers
    }

    private static func fields(_ headers: [(name: String, value: String)]) -> HTTPFields {
        var fields = HTTPFields()
        for (name, value) in headers {
            if let name = HTTPField.Name(name) { fields.append(HTTPField(name: name, value: value)) }
        }
        return fields
    }
}

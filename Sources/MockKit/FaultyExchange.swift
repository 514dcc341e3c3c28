// SPDX-License-Identifier: Apache-2.0

import Foundation
import Trace
import Value
import World

/// One exchange that a fault strikes: what becomes of the mock's answer.
struct FaultyExchange: Sendable {
    let recorder: ExchangeRecorder
    let message: MockRequest
    let world: WorldID?
    let party: Party
    let strike: FaultPlan.Strike

    private var afterWork: Bool { strike.fault.afterWork }

    /// Records the strike and answers as the fault has it.
    func answer() async -> WireAnswer {
        recorder.journal.append(
            EventDraft(
                "fault.struck", by: .runner, world: world, exchange: message.exchange,
                ["place": .string(strike.fault.place.description), "effect": strike.effect.value]))
        switch strike.effect {
        case .latency(let duration):
            try? await Task.sleep(for: duration)
            return .whole(await work())
        case .delay:
            // Drawn when it struck, so it is a latency by now.
            return .whole(await work())
        case .status(let status, let retryAfter, let asDate, let body, let contentType):
            if afterWork { _ = await work() }
            return .whole(refusal(status, retryAfter, asDate, body, contentType))
        case .redirect(let target):
            return .whole(MockResponse(status: 302, headers: [("Location", target)], world: world, party: party))
        case .drop:
            if afterWork { _ = await work() }
            return .closed
        case .reset:
            if afterWork { _ = await work() }
            return .reset
        case .timeout(let bound):
            if afterWork { _ = await work() }
            try? await Task.sleep(for: bound)
            return .closed
        case .reorder(let bound): return .whole(await overtaken(within: bound))
        case .duplicate:
            _ = await work()
            return .whole(await work())
        case .revokedToken: return .whole(await recorder.work(withoutToken, world: world))
        case .skew(let offset):
            var skewed = message
            skewed.trouble.clockSkew = offset
            return spoilt(await recorder.work(skewed, world: world))
        case .entraError(let code):
            var refused = message
            refused.trouble.entraError = code
            return .whole(await recorder.work(refused, world: world))
        case .issue(let code):
            var troubled = message
            troubled.trouble.issue = code
            return .whole(await recorder.work(troubled, world: world))
        default: return spoilt(await work())
        }
    }

    /// A proper answer, spoilt on its way.
    private func spoilt(_ proper: MockResponse) -> WireAnswer {
        var response = proper
        switch strike.effect {
        case .drip(let bytes, let pause): return .dripped(response, bytes: bytes, pause: pause)
        case .hangUp: return .hungUp(response)
        case .truncate(let bytes):
            return .truncated(response, sent: min(bytes ?? response.body.count / 2, response.body.count))
        case .badChunks: return .badlyChunked(response)
        case .malformedBody:
            response.body = response.body.isEmpty ? Data("{".utf8) : response.body.prefix((response.body.count + 1) / 2)
        case .contentType(let type): response.set("Content-Type", type)
        case .skew(let offset): response.set("Date", HTTPDate.text(.wall + offset))
        default: break
        }
        return .whole(response)
    }

    private func work() async -> MockResponse { await recorder.work(message, world: world) }

    private func overtaken(within bound: Duration) async -> MockResponse {
        guard afterWork else {
            await recorder.faults.hold(strike, within: bound)
            return await work()
        }
        let response = await work()
        await recorder.faults.hold(strike, within: bound)
        return response
    }

    private func refusal(
        _ status: Int, _ retryAfter: Int?, _ asDate: Bool, _ body: String?, _ contentType: String
    ) -> MockResponse {
        var headers: [(name: String, value: String)] = []
        if let retryAfter {
            // RFC 9110 section 10.2.3: seconds or a date.
            let date = asDate ? HTTPDate.text(.wall + .seconds(retryAfter)) : nil
            headers.append(("Retry-After", date ?? String(retryAfter)))
        }
        if body != nil { headers.append(("Content-Type", contentType)) }
        return MockResponse(status: status, headers: headers, body: Data((body ?? "").utf8), world: world, party: party)
    }

    /// The same request with a token nobody issued: the party refuses it in its own words.
    private var withoutToken: MockRequest {
        let headers = message.headers.map { header in
            header.name.lowercased() == "authorization"
                ? (name: header.name, value: "Bearer revoked-by-a-fault") : header
        }
        return MockRequest(
            exchange: message.exchange, method: message.method, path: message.path, query: message.query,
            headers: headers, body: message.body, origin: message.origin, actor: message.actor,
            remotePort: message.remotePort)
    }
}

extension MockResponse {
    /// Puts one header in place of any of its name.
    mutating func set(_ name: String, _ value: String) {
        headers.removeAll { $0.name.lowercased() == name.lowercased() }
        headers.append((name, value))
    }
}

// SPDX-License-Identifier: Apache-2.0

internal import Connector
internal import FHIRPath
internal import Foundation
internal import Judge
internal import MockKit
internal import MockMicrosoft
internal import Trace
internal import Value
internal import World

/// Plays another gateway for text messages, as a deployment maps it: one address that takes a message and answers.
struct SMSSinkHandler: MockHandler {
    let sink: SMSSink
    let microsoft: MockMicrosoft

    func attribute(_ request: MockRequest) async -> (world: WorldID?, party: Party) {
        guard let segments = sink.endpoint.segments(of: request),
            let to = try? sink.to.read(in: request, segments: segments)
        else { return (nil, .sms) }
        return (await microsoft.world(ofPhone: to), .sms)
    }

    func respond(to request: MockRequest) async -> MockResponse {
        guard let segments = sink.endpoint.segments(of: request) else {
            return strange(request, 404, "the gateway has no path \(request.path), see sms.path")
        }
        let to: String
        let text: String
        do throws(UnfitRequest) {
            try sink.endpoint.admit(request)
            to = try sink.to.read(in: request, segments: segments)
            text = try sink.text.read(in: request, segments: segments)
        } catch {
            if error.status == 401 {
                return .json(["error": .string(error.reason)], status: 401, world: nil, party: .sms)
            }
            return strange(request, error.status, error.reason)
        }
        let from = sink.from.flatMap { try? $0.read(in: request, segments: segments) } ?? ""
        let world = await microsoft.world(ofPhone: to)
        switch await microsoft.take(text: text, to: to, from: from, exchange: request.exchange, in: world) {
        case .accepted(let message): return answer(sink.accepted, ["message": message, "to": to], world)
        case .refused: return answer(sink.refused, ["message": "", "to": to], world)
        case .putOff: return .json(["error": "try again"], status: 503, world: world, party: .sms)
        case .unknown: return strange(request, sink.refused.status, "no telephone of this run has the number it names")
        }
    }

    private func answer(_ answer: MappedAnswer, _ values: [String: String], _ world: WorldID?) -> MockResponse {
        var response = answer.response(values, by: .sms)
        response.world = world
        return response
    }

    /// What the mapping does not know: recorded, so that a mistake of the deployment file shows.
    private func strange(_ request: MockRequest, _ status: Int, _ reason: String) -> MockResponse {
        var response = MockResponse.json(["error": .string(reason)], status: status, world: nil, party: .sms)
        response.events = [
            EventDraft(
                "traffic.unexpected", by: .runner, world: nil,
                [
                    "host": .string(request.header("Host") ?? ""), "method": .string(request.method),
                    "url": .string(request.url), "reason": .string(reason),
                ])
        ]
        return response
    }
}

extension SMSSink {
    /// Where the recipient's number stands in the body of a request to the gateway.
    func recipient(in part: MessagePart, of message: TraceEvent) -> Range<Int>? {
        guard part.name == "request-body" else { return nil }
        let bytes = Data(part.bytes)
        let written: String?
        switch to {
        case .field(let name):
            let fields = String(decoding: bytes, as: UTF8.self).split(separator: "&")
            written = fields.first { $0.hasPrefix(name + "=") }.map { String($0.dropFirst(name.count + 1)) }
        case .json(let text):
            let body = try? Value.parseJSON(part.bytes)
            let found = body.flatMap { body in try? Expression(parsing: text).evaluate(on: body).first?.value }
            written = found?.scalarText
        // No place for a recipient (`sms` takes bodies alone).
        case .query, .path: written = nil
        }
        // Not to be told apart where it stands twice: then it is judged like any other place.
        guard let written, !written.isEmpty, let range = bytes.range(of: Data(written.utf8)),
            bytes.range(of: Data(written.utf8), in: range.upperBound..<bytes.endIndex) == nil
        else { return nil }
        return range
    }
}

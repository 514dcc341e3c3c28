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
    /// What templates of the answer may use.
    let names: [String: String]
    let microsoft: MockMicrosoft

    func attribute(_ request: MockRequest) async -> (world: WorldID?, party: Party) {
        guard let to = try? read(sink.to, of: request) else { return (nil, .sms) }
        return (await microsoft.world(ofPhone: to), .sms)
    }

    func respond(to request: MockRequest) async -> MockResponse {
        guard request.path == sink.path else {
            return strange(request, 404, "the gateway has no path \(request.path), see sms.path")
        }
        guard request.method == sink.method else {
            return strange(request, 405, "the gateway takes \(sink.method), not \(request.method)")
        }
        if let key = sink.key {
            guard let wanted = try? key.value.resolved(names) else {
                return strange(request, 500, "sms.key has no value")
            }
            guard request.header(key.header) == wanted else {
                return .json(["error": "wrong key"], status: 401, world: nil, party: .sms)
            }
        }
        let to: String
        let text: String
        do {
            to = try read(sink.to, of: request)
            text = try read(sink.text, of: request)
        } catch {
            return strange(request, 400, error.message)
        }
        let from = sink.from.flatMap { try? read($0, of: request) } ?? ""
        let world = await microsoft.world(ofPhone: to)
        switch await microsoft.take(text: text, to: to, from: from, exchange: request.exchange, in: world) {
        case .accepted(let message): return answer(sink.accepted, ["message": message, "to": to], world)
        case .refused: return answer(sink.refused, ["message": "", "to": to], world)
        case .putOff: return .json(["error": "try again"], status: 503, world: world, party: .sms)
        case .unknown: return strange(request, sink.refused.status, "no telephone of this run has the number it names")
        }
    }

    private func answer(_ answer: SMSSink.Answer, _ more: [String: String], _ world: WorldID?) -> MockResponse {
        let values = names.merging(more) { _, new in new }
        var headers: [(name: String, value: String)] = []
        var body = Data()
        do {
            for header in answer.headers { headers.append((header.name, try header.value.resolved(values))) }
            if let template = answer.body {
                body = Data(try template.resolved(values).jsonBytes())
                headers.append(("Content-Type", "application/json"))
            }
        } catch {
            return .text("\(error)", status: 500, world: world, party: .sms)
        }
        return MockResponse(status: answer.status, headers: headers, body: body, world: world, party: .sms)
    }

    private struct Unreadable: Error { let message: String }

    private func read(_ place: SMSSink.Place, of request: MockRequest) throws(Unreadable) -> String {
        switch place {
        case .field(let name):
            guard let value = request.formFields[name] else { throw Unreadable(message: "the form has no \(name)") }
            return value
        case .json(let text):
            guard let body = request.json else { throw Unreadable(message: "the body is no JSON") }
            do {
                let found = try Expression(parsing: text).evaluate(on: body)
                guard let value = found.first?.value.scalarText else {
                    throw Unreadable(message: "the body has nothing at \(text)")
                }
                return value
            } catch let error as Unreadable {
                throw error
            } catch {
                throw Unreadable(message: "\(text): \(error)")
            }
        }
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
        }
        // Not to be told apart where it stands twice: then it is judged like any other place.
        guard let written, !written.isEmpty, let range = bytes.range(of: Data(written.utf8)),
            bytes.range(of: Data(written.utf8), in: range.upperBound..<bytes.endIndex) == nil
        else { return nil }
        return range
    }
}

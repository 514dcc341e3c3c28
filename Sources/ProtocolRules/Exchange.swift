// SPDX-License-Identifier: Apache-2.0

package import Foundation
package import Trace
internal import Value
package import World

/// A request and its answer, joined from `http.request` and `http.response`, with what the mocks read off it. Rules sort and
/// pick them many times over: a reference is handed around, not the messages.
package final class Exchange: Sendable {
    package let id: ExchangeID
    package let world: WorldID?
    package let request: TraceEvent
    /// Nil where no answer was recorded: refused, dropped, or still open at the end.
    package let response: TraceEvent?
    /// Events that parties emitted off this exchange (`code.issued`, `notification.sent`, …).
    package let facts: [TraceEvent]
    package let requestBody: Data
    package let responseBody: Data
    package let url: WireURL
    package let from: Party
    package let to: Party
    package let method: String
    /// The form fields of the request's body, where it is a form.
    package let form: FormFields

    package init(
        id: ExchangeID, request: TraceEvent, response: TraceEvent?, facts: [TraceEvent], requestBody: Data,
        responseBody: Data
    ) {
        self.id = id
        self.world = request.world ?? response?.world ?? facts.lazy.compactMap(\.world).first
        self.request = request
        self.response = response
        self.facts = facts
        self.requestBody = requestBody
        self.responseBody = responseBody
        url = WireURL(request["url"]?.string ?? "")
        from = Party(rawValue: request["from"]?.string ?? request.party.rawValue)
        to = Party(rawValue: request["to"]?.string ?? "")
        method = request["method"]?.string ?? ""
        let type = requestBody.isEmpty ? nil : request.header("content-type")?.lowercased()
        let isForm = type?.hasPrefix("application/x-www-form-urlencoded") ?? false
        form = FormFields(isForm ? String(decoding: requestBody, as: UTF8.self) : "")
    }

    package var status: Int? { response?["status"]?.int }
    /// From the request's arrival to the answer's end.
    package var microseconds: Int? { response?["duration-us"]?.int }
    /// The same without what it owes to a machine that was too busy.
    package var ownMicroseconds: Int? {
        microseconds.map { max(0, $0 - (response?["strained-us"]?.int ?? 0)) }
    }
    /// What the harness did to the answer on purpose.
    package var fault: String? { response?["fault"]?.string }
    /// Sequence numbers of its two messages.
    package var evidence: [Int] { [request.seq] + (response.map { [$0.seq] } ?? []) }
    /// `GET /path` without its query, for messages.
    package var label: String { "\(method) \(url.path)" }

    package func requestHeader(_ name: String) -> String? { request.header(name) }
    package func responseHeader(_ name: String) -> String? { response?.header(name) }

    /// Every value of a response header, such as `Set-Cookie`.
    package func responseHeaders(_ name: String) -> [String] {
        (response?["headers"]?.array ?? []).compactMap { pair in
            pair[0]?.string?.isSameHeader(as: name) ?? false ? pair[1]?.string : nil
        }
    }

    package var requestText: String { String(decoding: requestBody, as: UTF8.self) }
    package var responseText: String { String(decoding: responseBody, as: UTF8.self) }

    package var isHTMLResponse: Bool {
        responseHeader("content-type")?.lowercased().hasPrefix("text/html") ?? false
    }

    /// The outcome cannot be known to the sender: no answer, a server error, or a fault of the harness.
    package var outcomeIsUnknown: Bool { status.map { $0 >= 500 } ?? true || fault != nil }
}

extension Exchange {
    /// Every exchange of a trace, in the order of the requests.
    ///
    /// What was open when the run was interrupted counts as unanswered: how it ended was the harness's doing.
    package static func all(in trace: Trace) -> [Exchange] {
        all(
            in: trace.events, bodies: trace.bodies,
            interrupted: trace.events.first { $0.kind == "run.interrupted" }?.seq)
    }

    /// The exchanges of these events.
    /// - Parameter interrupted: the number of the event that interrupted the run; nil: none did.
    package static func all(
        in events: some Sequence<TraceEvent>, bodies: [String: Data], interrupted: Int?
    ) -> [Exchange] {
        var requests: [TraceEvent] = []
        var responses: [ExchangeID: TraceEvent] = [:]
        var facts: [ExchangeID: [TraceEvent]] = [:]
        for event in events {
            guard let id = event.exchange else { continue }
            switch event.kind {
            case "http.request": requests.append(event)
            case "http.response": if interrupted.map({ event.seq < $0 }) ?? true { responses[id] = event }
            default: facts[id, default: []].append(event)
            }
        }
        func body(_ event: TraceEvent) -> Data {
            guard let body = RecordedBody(event["body"]) else { return Data() }
            return body.text.map { Data($0.utf8) } ?? bodies[body.sha256] ?? Data()
        }
        return requests.compactMap { request in
            guard let id = request.exchange else { return nil }
            let response = responses[id]
            return Exchange(
                id: id, request: request, response: response, facts: facts[id] ?? [], requestBody: body(request),
                responseBody: response.map(body) ?? Data())
        }
    }
}

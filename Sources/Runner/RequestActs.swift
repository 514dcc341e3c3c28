// SPDX-License-Identifier: Apache-2.0

internal import Connector
internal import Foundation
internal import HTTPTransport
internal import Markup
internal import ScenarioLanguage
internal import Trace
internal import Value
internal import World

/// Plain HTTP requests, for what no binding covers.
extension Stage {
    /// Sends a request and records its answer; returns that event. Throws where the request itself cannot be made.
    func perform(_ request: RequestStep, captures: CaptureStore) async throws -> TraceEvent {
        let sender: Walker
        var person: Person?
        if let alias = request.person {
            guard let found = world.person(alias) else {
                throw StepFailure(message: "there is no person \(alias)", isHarness: true)
            }
            person = found
            sender = browser(of: found)
        } else {
            sender = client
        }
        let url = try captures.text(request.url)
        guard url.hasPrefix("http://") || url.hasPrefix("https://") else {
            throw StepFailure(message: "`\(url)` is no absolute http or https address", isBinding: true)
        }
        var headers: [HTTPRequest.Header] = []
        for header in request.headers { headers.append(.init(header.name, try captures.text(header.value))) }
        let body = try body(of: request, headers: &headers, captures: captures)
        let started = ContinuousClock.now
        do {
            let walk = try await sender.request(
                method: request.method, url: url, headers: headers, body: body, follow: request.follow,
                options: WalkOptions(timeout: request.timeout ?? .seconds(30)))
            if let person { report(walk, of: person) }
            return record(answer(walk, to: request, taking: ContinuousClock.now - started), walk)
        } catch {
            let party = sender.parties.party(of: error.url) ?? .egress
            var fields = Self.head(request, url: error.url, redirects: max(0, error.hops.count - 1))
            fields["error"] = .string(error.message)
            return record(RequestStep.event, by: party, fields)
        }
    }

    private nonisolated func body(
        of request: RequestStep, headers: inout [HTTPRequest.Header], captures: CaptureStore
    ) throws -> Data? {
        let type: String
        let text: String
        switch request.body {
        case nil: return nil
        case .text(let template): (type, text) = ("text/plain; charset=utf-8", try captures.text(template))
        case .json(let json): (type, text) = ("application/json", try captures.resolve(json).json())
        case .form(let fields):
            var pairs: [String] = []
            for field in fields {
                let value = try captures.text(field.value)
                pairs.append("\(HTMLForm.formEncoded(field.name))=\(HTMLForm.formEncoded(value))")
            }
            (type, text) = ("application/x-www-form-urlencoded", pairs.joined(separator: "&"))
        }
        if headers["content-type"] == nil { headers.append(.init("Content-Type", type)) }
        return Data(text.utf8)
    }

    private static func head(_ request: RequestStep, url: String, redirects: Int) -> Members {
        var fields: Members = ["method": .string(request.method), "url": .string(url), "redirects": Value(redirects)]
        if let person = request.person { fields["by"] = .string(person) }
        return fields
    }

    private nonisolated func answer(_ walk: Walk, to request: RequestStep, taking duration: Duration) -> Members {
        var fields = Self.head(request, url: walk.handoff ?? walk.url, redirects: max(0, walk.hops.count - 1))
        // A hand-off was never asked: there is no status.
        guard !walk.hops.isEmpty else {
            fields["error"] = "the deployment names this host as a hand-off: nobody is asked there"
            return fields
        }
        fields["status"] = Value(walk.status)
        fields["headers"] = journal.memory.members(walk.headers.map { (name: $0.name, value: $0.value) })
        let type = walk.headers.mediaType
        if !type.isEmpty { fields["media-type"] = .string(type) }
        fields["duration-us"] = Value(Int(duration / .microseconds(1)))
        guard !walk.body.isEmpty else { return fields }
        if type == "application/json" || type.hasSuffix("+json"), let json = journal.memory.json(walk.body) {
            fields["json"] = json
        } else if walk.body.count > Self.textLimit {
            if type.hasPrefix("text/") {
                fields["text"] = .string(String(decoding: walk.body.prefix(Self.textLimit), as: UTF8.self))
            }
        } else if let text = String(validating: walk.body, as: UTF8.self) {
            fields["text"] = .string(text)
        }
        return fields
    }

    /// What an event repeats of a body; the whole of it stands in the exchange.
    private static var textLimit: Int { 65_536 }

    private nonisolated func record(_ fields: Members, _ walk: Walk) -> TraceEvent {
        journal.append(
            EventDraft(
                RequestStep.event, by: walk.hops.isEmpty ? .egress : walk.reached, world: world.id,
                exchange: walk.recordedEnd, fields))
    }
}

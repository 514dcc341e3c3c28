// SPDX-License-Identifier: Apache-2.0

internal import Foundation
package import Judge
package import Trace
internal import Value
internal import World

/// `traffic.har`: every exchange as HAR 1.2, one page a scenario. Own members begin with an underscore: `_from`, `_to`,
/// `_seq`, `_exchange`, `_world`, `_fault`, and the world's clock: `_clock`, at the answer `_answered` where it moved; the log
/// has `_events` (``HAREvents``).
package enum HARWriter {
    /// The whole file.
    package static func text(_ results: RunResults, trace: Trace) -> String {
        var text: [UInt8] = []
        write(results, trace: trace) { text += $0 }
        return String(decoding: text, as: UTF8.self)
    }

    /// So many bytes are handed on at once.
    private static let piece = 1 << 16

    /// One entry a line, written one after the other and handed on in pieces: the whole is as large as the trace.
    static func write<Failure>(
        _ results: RunResults, trace: Trace, to take: ([UInt8]) throws(Failure) -> Void
    ) throws(Failure) {
        let started = Dictionary(
            trace.events.lazy.filter { $0.kind == "world.opened" }.compactMap { event in
                event.world.map { ($0, event.at) }
            }, uniquingKeysWith: { first, _ in first })
        let pages = results.scenarios.compactMap { scenario -> Value? in
            guard let world = scenario.world else { return nil }
            return .object([
                "startedDateTime": .string((started[world] ?? results.started).description),
                "id": .string(world.rawValue), "title": .string("\(scenario.id): \(scenario.title)"),
                "pageTimings": .object([:]), "_verdict": .string(scenario.verdict.rawValue),
            ])
        }
        let known = Set(results.scenarios.compactMap(\.world))
        let responses = Dictionary(
            trace.events.lazy.filter { $0.kind == "http.response" }.compactMap { event in
                event.exchange.map { ($0, event) }
            }, uniquingKeysWith: { first, _ in first })
        let head: Members = [
            "version": "1.2", "creator": .object(["name": "assay", "version": .string(results.suiteVersion)]),
            "comment": .string("verdict \(results.verdict.rawValue), seed \(results.seed), nonce \(results.nonce)"),
            "pages": .array(pages),
        ]
        var bytes = Array("{\"log\":".utf8)
        head.appendJSON(to: &bytes)
        bytes.removeLast()
        bytes.append(contentsOf: ",\n\"entries\":[".utf8)
        var isFirst = true
        for request in trace.events where request.kind == "http.request" {
            bytes.append(contentsOf: (isFirst ? "\n" : ",\n").utf8)
            isFirst = false
            HAREntry(
                request: request, response: request.exchange.flatMap { responses[$0] }, trace: trace,
                isPaged: request.world.map(known.contains) ?? false
            ).append(to: &bytes)
            guard bytes.count > piece else { continue }
            try take(bytes)
            bytes.removeAll(keepingCapacity: true)
        }
        bytes.append(contentsOf: "\n],\n\"_events\":[".utf8)
        isFirst = true
        for event in trace.events where HAREvents.isTold(event) {
            bytes.append(contentsOf: (isFirst ? "\n" : ",\n").utf8)
            isFirst = false
            HAREvents.value(event).appendJSON(to: &bytes)
            guard bytes.count > piece else { continue }
            try take(bytes)
            bytes.removeAll(keepingCapacity: true)
        }
        bytes.append(contentsOf: "\n]}}\n".utf8)
        try take(bytes)
    }
}

/// One exchange as an entry.
private struct HAREntry {
    let request: TraceEvent
    let response: TraceEvent?
    let trace: Trace
    let isPaged: Bool

    func append(to bytes: inout [UInt8]) {
        let time = Reports.milliseconds(Double(response?["duration-us"]?.int ?? 0) / 1000)
        bytes.json("{")
        if isPaged, let world = request.world {
            bytes.json("\"pageref\":", world.rawValue)
            bytes.json(",")
        }
        bytes.json("\"startedDateTime\":", request.at.description)
        bytes.json(",\"time\":", number: time)
        bytes.json(",\"request\":")
        appendRequest(to: &bytes)
        bytes.json(",\"response\":")
        appendResponse(to: &bytes)
        bytes.json(",\"cache\":{},\"timings\":{\"send\":0,\"wait\":", number: time)
        bytes.json(",\"receive\":0},\"_seq\":", number: String(request.seq))
        bytes.json(",\"_exchange\":", request.exchange?.rawValue)
        bytes.json(",\"_world\":", request.world?.rawValue)
        if let clock = request.clock { bytes.json(",\"_clock\":", clock.description) }
        if let clock = response?.clock, clock != request.clock { bytes.json(",\"_answered\":", clock.description) }
        bytes.json(",\"_from\":", request["from"]?.string)
        bytes.json(",\"_to\":", request["to"]?.string)
        if let fault = response?["fault"]?.string { bytes.json(",\"_fault\":", fault) }
        bytes.json("}")
    }

    private func appendRequest(to bytes: inout [UInt8]) {
        let url = request["url"]?.string ?? ""
        bytes.json("{\"method\":", request["method"]?.string ?? "")
        bytes.json(",\"url\":", url)
        bytes.json(",\"httpVersion\":\"HTTP/1.1\",\"cookies\":", pairs: requestCookies)
        bytes.json(",\"headers\":")
        appendHeaders(of: request, to: &bytes)
        bytes.json(",\"queryString\":", pairs: query(of: url))
        let recorded = RecordedBody(request["body"])
        bytes.json(",\"headersSize\":-1,\"bodySize\":", number: String(recorded?.size ?? 0))
        if let recorded, recorded.size > 0 {
            bytes.json(",\"postData\":{\"mimeType\":", request.header("content-type") ?? "application/octet-stream")
            let body = recorded.text == nil ? trace.body(of: request) : Data()
            if let text = recorded.text ?? String(validating: body, as: UTF8.self) {
                bytes.json(",\"text\":", text)
            } else {
                // HAR has no encoding for what is sent; the comment says what stands there.
                bytes.json(",\"text\":", body.base64EncodedString())
                bytes.json(",\"_encoding\":\"base64\",\"comment\":\"base64\"")
            }
            bytes.json("}")
        }
        bytes.json("}")
    }

    private func appendResponse(to bytes: inout [UInt8]) {
        let status = response?["status"]?.int ?? 0
        let recorded = response.flatMap { RecordedBody($0["body"]) }
        let body = recorded?.text == nil ? response.map(trace.body) ?? Data() : Data()
        let size = recorded?.text?.utf8.count ?? body.count
        bytes.json("{\"status\":", number: String(status))
        bytes.json(",\"statusText\":", response == nil || status == 0 ? "no answer" : "")
        bytes.json(",\"httpVersion\":\"HTTP/1.1\",\"cookies\":", pairs: responseCookies)
        bytes.json(",\"headers\":")
        if let response { appendHeaders(of: response, to: &bytes) } else { bytes.json("[]") }
        bytes.json(",\"content\":{\"size\":", number: String(size))
        bytes.json(",\"mimeType\":", response?.header("content-type") ?? "x-unknown")
        if let text = recorded?.text ?? String(validating: body, as: UTF8.self) {
            if !text.isEmpty { bytes.json(",\"text\":", text) }
        } else {
            bytes.json(",\"text\":", body.base64EncodedString())
            bytes.json(",\"encoding\":\"base64\"")
        }
        bytes.json("},\"redirectURL\":", response?.header("location") ?? "")
        bytes.json(",\"headersSize\":-1,\"bodySize\":", number: String(response == nil ? -1 : size))
        bytes.json("}")
    }

    private func appendHeaders(of event: TraceEvent, to bytes: inout [UInt8]) {
        bytes.json("[")
        var isFirst = true
        for pair in event["headers"]?.array ?? [] {
            bytes.json(isFirst ? "{\"name\":" : ",{\"name\":", pair[0]?.string ?? "")
            bytes.json(",\"value\":", pair[1]?.string ?? "")
            bytes.json("}")
            isFirst = false
        }
        bytes.json("]")
    }

    private func query(of url: String) -> [(name: String, value: String)] {
        let query = url.prefix { $0 != "#" }.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        guard query.count == 2, !query[1].isEmpty else { return [] }
        func decoded(_ text: Substring?) -> String {
            guard let text else { return "" }
            return text.utf8.contains(UInt8(ascii: "%")) ? text.removingPercentEncoding ?? String(text) : String(text)
        }
        return query[1].split(separator: "&", omittingEmptySubsequences: false).map { pair in
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            return (decoded(parts.first), decoded(parts.dropFirst().first))
        }
    }

    private var requestCookies: [(name: String, value: String)] {
        (request.header("cookie") ?? "").split(separator: ";").compactMap { pair in
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard let name = parts.first?.trimmingCharacters(in: .whitespaces), !name.isEmpty else { return nil }
            return (name, parts.count > 1 ? String(parts[1]) : "")
        }
    }

    private var responseCookies: [(name: String, value: String)] {
        (response?["headers"]?.array ?? []).compactMap { pair in
            guard pair[0]?.string?.isSameHeader(as: "set-cookie") ?? false, let text = pair[1]?.string else {
                return nil
            }
            let first = text.prefix { $0 != ";" }.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard let name = first.first, !name.isEmpty else { return nil }
            return (String(name), first.count > 1 ? String(first[1]) : "")
        }
    }
}

/// JSON put together in order, without a tree of it.
extension [UInt8] {
    fileprivate mutating func json(_ markup: StaticString) { markup.withUTF8Buffer { append(contentsOf: $0) } }

    /// Markup and a text behind it; nil is null.
    fileprivate mutating func json(_ markup: StaticString, _ text: String?) {
        json(markup)
        if let text { JSONWriter.write(text, into: &self) } else { json("null") }
    }

    fileprivate mutating func json(_ markup: StaticString, number: String) {
        json(markup)
        append(contentsOf: number.utf8)
    }

    fileprivate mutating func json(_ markup: StaticString, pairs: [(name: String, value: String)]) {
        json(markup)
        json("[")
        var isFirst = true
        for pair in pairs {
            json(isFirst ? "{\"name\":" : ",{\"name\":", pair.name)
            json(",\"value\":", pair.value)
            json("}")
            isFirst = false
        }
        json("]")
    }
}

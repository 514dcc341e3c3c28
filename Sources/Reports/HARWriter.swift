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
    /// One entry a line, written one after the other: the tree of all of them would be many times the file.
    package static func text(_ results: RunResults, trace: Trace) -> String {
        String(decoding: bytes(results, trace: trace), as: UTF8.self)
    }

    /// The UTF-8 of the text.
    static func bytes(_ results: RunResults, trace: Trace) -> [UInt8] {
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
            ).value.appendJSON(to: &bytes)
        }
        bytes.append(contentsOf: "\n],\n\"_events\":".utf8)
        HAREvents.append(trace, to: &bytes)
        bytes.append(contentsOf: "}}\n".utf8)
        return bytes
    }
}

/// One exchange as an entry.
private struct HAREntry {
    let request: TraceEvent
    let response: TraceEvent?
    let trace: Trace
    let isPaged: Bool

    var value: Value {
        let time = milliseconds(response?["duration-us"]?.int ?? 0)
        var entry: Members = [:]
        if isPaged, let world = request.world { entry["pageref"] = .string(world.rawValue) }
        entry["startedDateTime"] = .string(request.at.description)
        entry["time"] = time
        entry["request"] = requestValue
        entry["response"] = responseValue
        entry["cache"] = .object([:])
        entry["timings"] = .object(["send": 0, "wait": time, "receive": 0])
        entry["_seq"] = Value(request.seq)
        entry["_exchange"] = Value(request.exchange?.rawValue)
        entry["_world"] = Value(request.world?.rawValue)
        if let clock = request.clock { entry["_clock"] = .string(clock.description) }
        if let clock = response?.clock, clock != request.clock { entry["_answered"] = .string(clock.description) }
        entry["_from"] = Value(request["from"]?.string)
        entry["_to"] = Value(request["to"]?.string)
        if let fault = response?["fault"]?.string { entry["_fault"] = .string(fault) }
        return .object(entry)
    }

    private var requestValue: Value {
        let url = request["url"]?.string ?? ""
        var members: Members = [
            "method": .string(request["method"]?.string ?? ""), "url": .string(url), "httpVersion": "HTTP/1.1",
            "cookies": .array(requestCookies), "headers": headers(of: request), "queryString": query(of: url),
            "headersSize": -1,
        ]
        let recorded = RecordedBody(request["body"])
        members["bodySize"] = Value(recorded?.size ?? 0)
        if let recorded, recorded.size > 0 {
            let body = recorded.text == nil ? trace.body(of: request) : Data()
            var data: Members = [
                "mimeType": .string(request.header("content-type") ?? "application/octet-stream")
            ]
            if let text = recorded.text ?? String(validating: body, as: UTF8.self) {
                data["text"] = .string(text)
            } else {
                // HAR has no encoding for what is sent; the comment says what stands there.
                data["text"] = .string(body.base64EncodedString())
                data["_encoding"] = "base64"
                data["comment"] = "base64"
            }
            members["postData"] = .object(data)
        }
        return .object(members)
    }

    private var responseValue: Value {
        let status = response?["status"]?.int ?? 0
        var content: Members = ["size": 0, "mimeType": "x-unknown"]
        var size = 0
        if let response {
            let recorded = RecordedBody(response["body"])
            let body = recorded?.text == nil ? trace.body(of: response) : Data()
            size = recorded?.text?.utf8.count ?? body.count
            content["mimeType"] = .string(response.header("content-type") ?? "x-unknown")
            content["size"] = Value(size)
            if let text = recorded?.text ?? String(validating: body, as: UTF8.self) {
                if !text.isEmpty { content["text"] = .string(text) }
            } else {
                content["text"] = .string(body.base64EncodedString())
                content["encoding"] = "base64"
            }
        }
        return .object([
            "status": Value(status),
            "statusText": .string(response == nil || status == 0 ? "no answer" : ""), "httpVersion": "HTTP/1.1",
            "cookies": .array(responseCookies), "headers": response.map(headers) ?? .array([]),
            "content": .object(content), "redirectURL": .string(response?.header("location") ?? ""),
            "headersSize": -1, "bodySize": Value(response == nil ? -1 : size),
        ])
    }

    private func headers(of event: TraceEvent) -> Value {
        .array(
            (event["headers"]?.array ?? []).map { pair in
                named(pair[0]?.string ?? "", pair[1]?.string ?? "")
            })
    }

    private func query(of url: String) -> Value {
        let query = url.prefix { $0 != "#" }.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        guard query.count == 2, !query[1].isEmpty else { return .array([]) }
        func decoded(_ text: Substring?) -> String {
            guard let text else { return "" }
            return text.utf8.contains(UInt8(ascii: "%")) ? text.removingPercentEncoding ?? String(text) : String(text)
        }
        return .array(
            query[1].split(separator: "&", omittingEmptySubsequences: false).map { pair in
                let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
                return named(decoded(parts.first), decoded(parts.dropFirst().first))
            })
    }

    private var requestCookies: [Value] {
        (request.header("cookie") ?? "").split(separator: ";").compactMap { pair in
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard let name = parts.first?.trimmingCharacters(in: .whitespaces), !name.isEmpty else { return nil }
            return named(name, parts.count > 1 ? String(parts[1]) : "")
        }
    }

    private var responseCookies: [Value] {
        (response?["headers"]?.array ?? []).compactMap { pair in
            guard pair[0]?.string?.isSameHeader(as: "set-cookie") ?? false, let text = pair[1]?.string else {
                return nil
            }
            let first = text.prefix { $0 != ";" }.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard let name = first.first, !name.isEmpty else { return nil }
            return named(String(name), first.count > 1 ? String(first[1]) : "")
        }
    }

    private func named(_ name: String, _ value: String) -> Value {
        .object(["name": .string(name), "value": .string(value)])
    }

    /// Microseconds as milliseconds with up to three decimals.
    private func milliseconds(_ microseconds: Int) -> Value {
        Number(literal: Reports.milliseconds(Double(microseconds) / 1000)).map { .number($0) } ?? 0
    }
}

// SPDX-License-Identifier: Apache-2.0

internal import Judge
internal import Trace
internal import Value
internal import World

/// What the page draws only when it is asked for: one JSON block, every text in it once.
struct ReportData {
    private var texts: [String] = []
    private var places: [String: Int] = [:]
    private var scenarios = Members()

    private let record: ReportRecord
    private let limits: HTMLReport.Limits
    private let offending: Set<Int>

    init(record: ReportRecord, limits: HTMLReport.Limits, offending: Set<Int>) {
        self.record = record
        self.limits = limits
        self.offending = offending
    }

    /// As JSON, for ``HTMLWriter/data(_:json:)``, which lets nothing in it end the block.
    var json: String {
        let value: Value = ["texts": .array(texts.map { .string($0) }), "scenarios": .object(scenarios)]
        return value.json()
    }

    /// Whether there is anything to ask for.
    var isEmpty: Bool { scenarios.isEmpty }

    /// - Parameters:
    ///   - withStory: diagram and steps too; false where the page shows them anyway.
    mutating func add(
        _ name: String, title: String, world: WorldID?, bodyLimit: Int, withStory: Bool
    ) {
        let events = record.events(of: world)
        let requests = events.filter { $0.kind == "http.request" }
        let told = Array(requests.prefix(limits.exchanges))
        let exchanges = told.map { exchange($0, bodyLimit: bodyLimit) }
        var places: [Int: Int] = [:]
        for (index, request) in told.enumerated() { places[request.seq] = index }
        let story = SequenceDiagram(
            events: events, offending: offending, written: [], limit: limits.diagramRows, name: title, record: record)
        scenarios[name] = [
            "title": .string(visible(title)), "exchanges": .array(exchanges),
            "untold": Value(requests.count - told.count),
            "lanes": .array(withStory ? story.lanes.map { text($0.rawValue) } : []),
            "rows": .array(withStory ? story.compactRows(places) { text($0) } : []),
            "hidden": Value(withStory ? story.hidden : 0),
            "steps": .array(withStory ? steps(events) : []),
        ]
    }

    private mutating func text(_ text: String) -> Value {
        if let place = places[text] { return Value(place) }
        places[text] = texts.count
        texts.append(visible(text))
        return Value(texts.count - 1)
    }

    private mutating func text(_ text: String?) -> Value { text.map { self.text($0) } ?? .null }

    private mutating func exchange(_ request: TraceEvent, bodyLimit: Int) -> Value {
        let response = record.response(to: request)
        let (requestBody, requestNote) = body(request, bodyLimit)
        let (answerBody, answerNote) = response.map { body($0, bodyLimit) } ?? (.null, .null)
        let time = response?["duration-us"]?.int.map { milliseconds(Double($0) / 1_000_000) }
        let answered: Value = response.map { .array([Value($0.seq), Self.time($0)]) } ?? .null
        // In this order the script reads them.
        return [
            text(request.exchange?.rawValue ?? "e\(request.seq)"), Value(request.seq),
            text(request["from"]?.string ?? "?"), text(request["to"]?.string ?? "?"),
            text(request["method"]?.string ?? ""), text(request["url"]?.string ?? ""), response?["status"] ?? .null,
            text(time), text(response?["fault"]?.string), Self.time(request), headers(request), requestBody,
            requestNote,
            answered, response.map { headers($0) } ?? [], answerBody, answerNote,
        ]
    }

    /// The day stands on top of the page.
    private static func time(_ event: TraceEvent) -> Value { .string(String(event.at.description.dropFirst(11))) }

    private mutating func headers(_ event: TraceEvent) -> Value {
        var lines: [Value] = []
        for pair in event["headers"]?.array ?? [] {
            lines.append(text("\(pair[0]?.string ?? ""): \(pair[1]?.string ?? "")"))
        }
        return .array(lines)
    }

    /// The body as far as it is shown, and what is to be said of the rest.
    private mutating func body(_ event: TraceEvent, _ limit: Int) -> (Value, Value) {
        guard let recorded = RecordedBody(event["body"]), recorded.size > 0 else { return (.null, .null) }
        guard let content = String(validating: record.trace.body(of: event), as: UTF8.self) else {
            return (.null, text("\(recorded.size) bytes that are no text, SHA-256 \(recorded.sha256)"))
        }
        let readable = content.utf8.contains(0x0D) ? content.replacing("\r\n", with: "\n") : content
        let isCut = isLonger(readable, than: limit)
        return (
            text(shortened(readable, to: limit)),
            isCut ? text("cut: \(recorded.size) bytes, SHA-256 \(recorded.sha256)") : .null
        )
    }

    private mutating func steps(_ events: [TraceEvent]) -> [Value] {
        let finished = Dictionary(
            events.filter { $0.kind == "step.finished" }.map { ($0["step"]?.string ?? "", $0) },
            uniquingKeysWith: { first, _ in first })
        var rows: [Value] = []
        for step in events where step.kind == "step.started" {
            let id = step["step"]?.string ?? ""
            let end = finished[id]
            rows.append([
                text(id), text(step["text"]?.string ?? ""), text(end?["outcome"]?.string ?? "not finished"),
                text(end?["reason"]?.string ?? ""), text(step.clock?.description ?? ""),
                text(end.map { milliseconds(($0.at - step.at).inSeconds) + " s" } ?? ""),
            ])
        }
        return rows
    }
}

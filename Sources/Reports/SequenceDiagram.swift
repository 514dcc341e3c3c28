// SPDX-License-Identifier: Apache-2.0

internal import Trace
internal import Value

/// What happened in one world, as inline SVG: a lane for each party, an arrow for each exchange, a dot for each event,
/// a rule for each step. What decided a failed check is marked.
struct SequenceDiagram {
    private enum Row {
        case step(String)
        case arrow(TraceEvent, TraceEvent?)
        case event(TraceEvent)
    }

    private let rows: [Row]
    /// How many rows are not drawn.
    let hidden: Int
    let lanes: [Party]
    private let offending: Set<Int>
    private let name: String
    /// Exchanges the page writes out below.
    private let written: Set<ExchangeID>

    /// As wide as a page allows, as narrow as a name and a path bear.
    private var laneWidth: Int { max(112, min(168, 1_090 / max(1, lanes.count))) }
    private static let rowHeight = 27
    private static let headHeight = 34
    private static let margin = 16

    init(
        events: [TraceEvent], offending: Set<Int>, written: Set<ExchangeID>, limit: Int, name: String,
        record: ReportRecord
    ) {
        self.written = written
        self.offending = offending
        self.name = name
        let all: [Row] = events.compactMap { event in
            switch event.kind {
            case "step.started": .step("\(event["step"]?.string ?? "") \(event["text"]?.string ?? "")")
            case "http.request": .arrow(event, record.response(to: event))
            case let kind where Self.hiddenKinds.contains(kind): nil
            default: .event(event)
            }
        }
        rows = Array(all.prefix(limit))
        hidden = all.count - rows.count
        var seen: [Party] = []
        for row in rows {
            for party in Self.parties(of: row) where !seen.contains(party) { seen.append(party) }
        }
        lanes = seen.enumerated().sorted { left, right in
            (Self.rank(left.element), left.offset) < (Self.rank(right.element), right.offset)
        }.map(\.element)
    }

    /// Bookkeeping that would only bury the story.
    private static let hiddenKinds: Set<String> = [
        "http.response", "step.finished", "world.opened", "world.closed", "scenario.started", "scenario.finished",
        "sweep",
        "operation.started",
    ]

    private static func parties(of row: Row) -> [Party] {
        switch row {
        case .step: []
        case .arrow(let request, _): [from(request), to(request)]
        case .event(let event): [event.party]
        }
    }

    private static func from(_ event: TraceEvent) -> Party {
        Party(rawValue: event["from"]?.string ?? event.party.rawValue)
    }
    private static func to(_ event: TraceEvent) -> Party { Party(rawValue: event["to"]?.string ?? "?") }

    /// People left, the connector in the middle, Microsoft right.
    private static func rank(_ party: Party) -> Int {
        if party.actorAlias != nil { return 0 }
        let order: [Party] = [.runner, .ehr, .connector, .entra, .graph, .teams, .sms, .egress]
        return order.firstIndex(of: party).map { $0 + 1 } ?? order.count + 1
    }

    /// The rows for the page's script: `["s", text]`, `["x", exchange, from, to]` (lanes), `["e", seq, lane, story, title]`.
    /// - Parameter exchanges: the place of each exchange in the script's list, by its request's number.
    func compactRows(_ exchanges: [Int: Int], _ text: (String) -> Value) -> [Value] {
        func lane(_ party: Party) -> Value { Value(lanes.firstIndex(of: party) ?? 0) }
        func told(_ event: TraceEvent) -> Value {
            [
                "e", Value(event.seq), lane(event.party), text(Self.story(of: event)),
                text(shortened("\(event.kind) \(Value.object(event.fields).json())", to: 240)),
            ]
        }
        return rows.map { row in
            switch row {
            case .step(let words): return ["s", text(words)]
            case .event(let event): return told(event)
            case .arrow(let request, _):
                guard let place = exchanges[request.seq] else { return told(request) }
                return ["x", Value(place), lane(Self.from(request)), lane(Self.to(request))]
            }
        }
    }

    func write(into out: inout HTMLWriter) {
        guard !lanes.isEmpty else { return }
        let width = lanes.count * laneWidth + 2 * Self.margin
        let height = Self.headHeight + rows.count * Self.rowHeight + 12
        out.element(
            "div", ["class": "scroll", "tabindex": "0", "role": "region", "aria-label": "Sequence diagram: " + name]
        ) { out in
            out.element(
                "svg",
                [
                    "width": String(width), "height": String(height), "viewBox": "0 0 \(width) \(height)",
                    "role": "group",
                    "aria-label": "Sequence diagram of \(name); the messages below hold the same in text",
                ]
            ) { out in
                for (index, lane) in lanes.enumerated() { head(lane, index, height: height, into: &out) }
                for (index, row) in rows.enumerated() {
                    write(row, y: Self.headHeight + index * Self.rowHeight, width: width, into: &out)
                }
            }
        }
        if hidden > 0 { out.element("p", ["class": "soft"], "\(counted(hidden, "later row")) are not drawn.") }
    }

    private func x(of party: Party) -> Int {
        Self.margin + (lanes.firstIndex(of: party) ?? 0) * laneWidth + laneWidth / 2
    }

    private func head(_ lane: Party, _ index: Int, height: Int, into out: inout HTMLWriter) {
        let centre = x(of: lane)
        out.void(
            "line",
            ["class": "lane", "x1": String(centre), "y1": "28", "x2": String(centre), "y2": String(height - 4)])
        out.literal("</line>")
        out.element(
            "rect", ["class": "head", "x": String(centre - 52), "y": "4", "width": "104", "height": "22", "rx": "5"], ""
        )
        out.element(
            "text", ["x": String(centre), "y": "19", "text-anchor": "middle"],
            shortened(lane.actorAlias ?? lane.rawValue, to: 15))
    }

    private func write(_ row: Row, y: Int, width: Int, into out: inout HTMLWriter) {
        switch row {
        case .step(let text):
            let line = y + Self.rowHeight - 6
            out.element(
                "line",
                ["class": "rule", "x1": "4", "y1": String(line), "x2": String(width - 4), "y2": String(line)], "")
            out.element(
                "text", ["class": "step", "x": "8", "y": String(line - 5)], shortened(text, to: max(40, width / 7)))
        case .arrow(let request, let response): arrow(request, response, y: y, width: width, into: &out)
        case .event(let event): dot(event, y: y, width: width, into: &out)
        }
    }

    private func arrow(_ request: TraceEvent, _ response: TraceEvent?, y: Int, width: Int, into out: inout HTMLWriter) {
        let start = x(of: Self.from(request))
        let end = x(of: Self.to(request))
        let isBad = offending.contains(request.seq) || response.map { offending.contains($0.seq) } ?? false
        let line = y + Self.rowHeight - 9
        let direction = end >= start ? 1 : -1
        let tip = end - direction * 7
        let status = response?["status"]?.int.map(String.init) ?? "no answer"
        let url = request["url"]?.string ?? ""
        let room = max(18, abs(end - start) / 7 - 2)
        let label = "\(request["method"]?.string ?? "") \(Self.place(url, room: room - status.count - 6)) \(status)"
        let isWritten = request.exchange.map(written.contains) ?? false
        let id = request.exchange?.rawValue
        // The page's script leads to what it draws itself.
        out.element(
            "a",
            [
                "href": isWritten ? id.map { "#x-" + $0 } : nil, "data-x": isWritten ? nil : id,
                "class": isBad ? "bad" : nil,
            ]
        ) { out in
            band(y, width, into: &out)
            out.element(
                "title",
                "#\(request.seq) \(Self.from(request)) → \(Self.to(request)): \(request["method"]?.string ?? "") \(url) \(status)"
            )
            if start == end {
                out.element("text", ["x": String(start + 8), "y": String(line)], label)
                return
            }
            out.element(
                "line",
                ["class": "arrow", "x1": String(start), "y1": String(line), "x2": String(tip), "y2": String(line)], "")
            out.element(
                "path", ["class": "tip", "d": "M\(end) \(line)L\(tip) \(line - 4)L\(tip) \(line + 4)Z"], "")
            out.element(
                "text", ["x": String((start + end) / 2), "y": String(line - 4), "text-anchor": "middle"], label)
        }
    }

    private func dot(_ event: TraceEvent, y: Int, width: Int, into out: inout HTMLWriter) {
        let centre = x(of: event.party)
        let line = y + Self.rowHeight - 12
        out.element("g", ["class": offending.contains(event.seq) ? "bad" : nil]) { out in
            band(y, width, into: &out)
            out.element("title", "#\(event.seq) \(event.kind) \(Value.object(event.fields).json())")
            out.element("circle", ["class": "mark", "cx": String(centre), "cy": String(line), "r": "4"], "")
            // To the left of the last lane's dot there is more room than to its right.
            let isLast = lanes.last == event.party && lanes.count > 1
            out.element(
                "text",
                [
                    "x": String(isLast ? centre - 9 : centre + 9), "y": String(line + 4),
                    "text-anchor": isLast ? "end" : nil,
                ], Self.story(of: event))
        }
    }

    private func band(_ y: Int, _ width: Int, into out: inout HTMLWriter) {
        out.element(
            "rect",
            [
                "class": "band", "x": "2", "y": String(y + 2), "width": String(width - 4),
                "height": String(Self.rowHeight - 4),
            ], "")
    }

    /// `sms.sent to ann`: the kind and the field that tells most.
    private static func story(of event: TraceEvent) -> String {
        let telling = ["by", "to", "appointment", "operation", "type", "outcome", "status", "reason", "host"]
        let details = telling.compactMap { event[$0]?.scalarText }.prefix(2).joined(separator: " ")
        return shortened(details.isEmpty ? event.kind : "\(event.kind) \(details)", to: 44)
    }

    /// The end of a path, where the meaning is.
    private static func place(_ url: String, room: Int) -> String {
        let path = url.prefix { $0 != "?" && $0 != "#" }
        // Scheme and authority are the first two pieces of an absolute address.
        let segments = path.split(separator: "/").dropFirst(path.contains("://") ? 2 : 0)
        var text = segments.last.map(String.init) ?? ""
        for segment in segments.dropLast().reversed() {
            guard text.count + segment.count + 1 <= room else {
                text = "…/" + text
                break
            }
            text = segment + "/" + text
        }
        return (text.hasPrefix("…") ? "" : "/") + shortened(text, to: max(10, room))
    }
}

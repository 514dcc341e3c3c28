// SPDX-License-Identifier: Apache-2.0

internal import Trace
internal import World

/// The trace, indexed for the report.
struct ReportRecord {
    let trace: Trace
    private let byWorld: [WorldID?: [TraceEvent]]
    private let requests: [ExchangeID: TraceEvent]
    private let responses: [ExchangeID: TraceEvent]

    init(trace: Trace) {
        self.trace = trace
        byWorld = Dictionary(grouping: trace.events, by: \.world)
        requests = Self.messages("http.request", of: trace)
        responses = Self.messages("http.response", of: trace)
    }

    private static func messages(_ kind: String, of trace: Trace) -> [ExchangeID: TraceEvent] {
        Dictionary(
            trace.events.lazy.filter { $0.kind == kind }.compactMap { event in event.exchange.map { ($0, event) } },
            uniquingKeysWith: { first, _ in first })
    }

    func events(of world: WorldID?) -> [TraceEvent] { byWorld[world] ?? [] }
    /// Binary search: events stand in the order of their numbers.
    func event(_ seq: Int) -> TraceEvent? {
        var low = 0
        var high = trace.events.count
        while low < high {
            let middle = (low + high) / 2
            if trace.events[middle].seq < seq { low = middle + 1 } else { high = middle }
        }
        return low < trace.events.count && trace.events[low].seq == seq ? trace.events[low] : nil
    }
    func response(to request: TraceEvent) -> TraceEvent? { request.exchange.flatMap { responses[$0] } }

    /// The first HTTP request among the events that decided a check, or the one an event of them came from.
    func decidingRequest(of evidence: [Int]) -> TraceEvent? {
        for seq in evidence {
            guard let event = event(seq), let exchange = event.exchange else { continue }
            if event.kind == "http.request" { return event }
            if let request = requests[exchange] { return request }
        }
        return nil
    }

    /// The exchanges of one world that are written out: the first `limit`, and whatever decided a failed check.
    func exchanges(
        of world: WorldID?, limit: Int, offending: Set<Int>
    ) -> [(request: TraceEvent, response: TraceEvent?, isBad: Bool)] {
        events(of: world).filter { $0.kind == "http.request" }.enumerated().compactMap { index, request in
            let response = response(to: request)
            let isBad = offending.contains(request.seq) || response.map { offending.contains($0.seq) } ?? false
            return index < limit || isBad ? (request, response, isBad) : nil
        }
    }
}

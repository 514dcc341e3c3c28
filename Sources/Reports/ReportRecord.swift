// SPDX-License-Identifier: Apache-2.0

internal import Trace
internal import World

/// The trace, indexed for the report.
struct ReportRecord {
    let trace: Trace
    private let byWorld: [WorldID?: [TraceEvent]]
    private let bySeq: [Int: TraceEvent]
    private let responses: [ExchangeID: TraceEvent]

    init(trace: Trace) {
        self.trace = trace
        byWorld = Dictionary(grouping: trace.events, by: \.world)
        bySeq = Dictionary(trace.events.map { ($0.seq, $0) }, uniquingKeysWith: { first, _ in first })
        responses = Dictionary(
            trace.events.lazy.filter { $0.kind == "http.response" }.compactMap { event in
                event.exchange.map { ($0, event) }
            }, uniquingKeysWith: { first, _ in first })
    }

    func events(of world: WorldID?) -> [TraceEvent] { byWorld[world] ?? [] }
    func event(_ seq: Int) -> TraceEvent? { bySeq[seq] }
    func response(to request: TraceEvent) -> TraceEvent? { request.exchange.flatMap { responses[$0] } }
}

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

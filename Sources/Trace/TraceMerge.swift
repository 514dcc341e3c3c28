// SPDX-License-Identifier: Apache-2.0

internal import Foundation
internal import Value

/// Joins the traces of shards into one that can be judged as a whole.
package enum TraceMerge {
    /// Header members that must be the same in every shard: otherwise they are not parts of one run.
    private static let shared = [
        "suite", "seed", "nonce", "deployment", "profile", "defects", "variants", "strict", "claimed-profiles",
        "claimed-features", "observes-egress", "own-services", "plan",
    ]

    /// The joined header and events, shard after shard, renumbered. Throws a `TraceError` where the traces are no shards of
    /// one run, or the same shard is there twice. Missing shards are no error: the header's `selection` then says that only
    /// a part was run.
    /// - Parameter traces: With names for messages, in any order.
    package static func merge(_ traces: [(name: String, trace: Trace)]) throws -> Trace {
        guard let first = traces.first else {
            throw TraceError(message: "There is nothing to merge", remedy: "Name the run folders of the shards.")
        }
        var parts: [Int: (name: String, trace: Trace)] = [:]
        var count: Int?
        for (name, trace) in traces {
            guard let (index, of) = shard(of: trace) else {
                throw TraceError(
                    message: "\(name) is no shard", remedy: "Name run folders that `assay run --shard K/N` wrote.")
            }
            if let count, count != of {
                throw TraceError(
                    message: "\(name) is one of \(of) shards, \(first.name) one of \(count)",
                    remedy: "Merge the shards of one run.")
            }
            count = of
            for member in shared where trace.header[member] != first.trace.header[member] {
                throw TraceError(
                    message:
                        "\(name) and \(first.name) differ in \(member): \(text(trace.header[member])), \(text(first.trace.header[member]))",
                    remedy: "Run every shard with the same suite, deployment, --profile, --seed and --nonce.")
            }
            if let other = parts[index] {
                throw TraceError(
                    message: "\(name) and \(other.name) are both shard \(index)", remedy: "Name each shard once.")
            }
            parts[index] = (name, trace)
        }
        return join((1...(count ?? 1)).compactMap { parts[$0]?.trace }, of: count ?? 1)
    }

    private static func join(_ traces: [Trace], of count: Int) -> Trace {
        var events: [TraceEvent] = []
        var bodies: [String: Data] = [:]
        for trace in traces {
            let offset = events.count
            events += trace.events.map { moved($0, by: offset) }
            bodies.merge(trace.bodies) { first, _ in first }
        }
        var header = traces.first?.header ?? Members()
        header["scenarios"] = header["plan"]
        header["shard"] = nil
        header["merged"] = Value(traces.count)
        let started = traces.compactMap { $0.header["started"]?.string }.min()
        header["started"] = Value(started)
        // Shards of a selection are a selection; so is a run that misses a shard.
        header["selection"] = .bool(
            traces.count < count || traces.contains { $0.header["plan-is-selection"]?.bool ?? true })
        return Trace(
            header: header, events: events, bodies: bodies, isComplete: traces.allSatisfy(\.isComplete))
    }

    /// The event with its new number, and the numbers it refers to.
    private static func moved(_ event: TraceEvent, by offset: Int) -> TraceEvent {
        guard offset > 0 else { return event }
        var fields = event.fields
        if let matched = fields["matched"]?.array {
            fields["matched"] = .array(matched.map { number in number.int.map { Value($0 + offset) } ?? number })
        }
        return TraceEvent(
            seq: event.seq + offset, at: event.at, world: event.world, clock: event.clock, cause: event.cause,
            kind: event.kind, party: event.party, exchange: event.exchange, fields: fields)
    }

    private static func shard(of trace: Trace) -> (index: Int, count: Int)? {
        let parts = (trace.header["shard"]?.string ?? "").split(separator: "/").compactMap { Int($0) }
        return parts.count == 2 ? (parts[0], parts[1]) : nil
    }

    private static func text(_ value: Value?) -> String { value.map { $0.json() } ?? "nothing" }
}

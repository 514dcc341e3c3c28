// SPDX-License-Identifier: Apache-2.0

internal import Foundation
internal import Value
internal import World

/// Joins a run with a later sitting that took up what it left open.
package enum TraceResume {
    /// The earlier record without the worlds of the scenarios that were run again, and the later one after it, renumbered. The
    /// header is the earlier one's, with every sitting in it.
    /// - Parameter scenarios: ids of those that were run again.
    package static func join(_ earlier: Trace, _ later: Trace, again scenarios: Set<String>) -> Trace {
        let dropped = Set(
            earlier.events.filter { $0.kind == "world.opened" && scenarios.contains($0["scenario"]?.string ?? "") }
                .compactMap(\.world))
        let kept = earlier.events.filter { event in
            // What an interruption left open has been run since.
            guard event.kind != "run.interrupted" else { return false }
            return event.world.map { !dropped.contains($0) } ?? true
        }
        var header = earlier.header
        var sittings = header["sittings"]?.array ?? [sitting(earlier, [])]
        sittings.append(sitting(later, scenarios.sorted()))
        header["sittings"] = .array(sittings)
        var conditions = header["conditions"]?.array ?? []
        conditions.append(
            .string(
                "\(scenarios.count) of the scenarios were run in a later sitting, from \(later.header["started"]?.string ?? "?") on."
            ))
        header["conditions"] = .array(conditions)
        return Trace(
            header: header, events: renumbered(kept, after: 0) + renumbered(later.events, after: kept.count),
            bodies: earlier.bodies.merging(later.bodies) { first, _ in first },
            isComplete: earlier.isComplete && later.isComplete)
    }

    private static func sitting(_ trace: Trace, _ scenarios: [String]) -> Value {
        [
            "started": trace.header["started"] ?? .null, "nonce": trace.header["nonce"] ?? .null,
            "again": .array(scenarios.map { .string($0) }),
        ]
    }

    /// With consecutive numbers after `count`, and references to each other mended.
    private static func renumbered(_ events: [TraceEvent], after count: Int) -> [TraceEvent] {
        var numbers: [Int: Int] = [:]
        for (index, event) in events.enumerated() { numbers[event.seq] = count + index + 1 }
        return events.enumerated().map { index, event in
            var fields = event.fields
            if let matched = fields["matched"]?.array {
                fields["matched"] = .array(
                    matched.map { number in number.int.flatMap { numbers[$0] }.map { Value($0) } ?? number })
            }
            return TraceEvent(
                seq: count + index + 1, at: event.at, world: event.world, clock: event.clock, cause: event.cause,
                kind: event.kind, party: event.party, exchange: event.exchange, fields: fields)
        }
    }
}

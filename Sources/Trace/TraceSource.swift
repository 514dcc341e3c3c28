// SPDX-License-Identifier: Apache-2.0

package import Foundation
package import Value
package import World

/// A record as it is judged: what concerns the whole run at once, and each world's own events when its turn comes, so that a
/// record need not fit into memory.
package protocol TraceSource: Sendable {
    var header: Members { get }
    var isComplete: Bool { get }
    /// How many events the record holds.
    var eventCount: Int { get }
    var first: Instant? { get }
    var last: Instant? { get }
    /// The events without a world, and of every world those of ``TraceParts/runKinds``; in order.
    var runEvents: [TraceEvent] { get }
    /// Every world that an event or an exchange belongs to; nil is the run-level lane. In order of their names, nil first.
    var worlds: [WorldID?] { get }

    /// Throws a ``TraceLineError`` where a line turns out to be none.
    func part(of world: WorldID?) throws(TraceLineError) -> TracePart
}

extension TraceSource {
    /// Header and run-level events alone, for whoever needs no more of the record.
    package var head: Trace { Trace(header: header, events: runEvents, bodies: [:], isComplete: isComplete) }
}

/// A line that cannot be read: what stands before it still counts.
package struct TraceLineError: Error, Sendable, Hashable {
    /// The number the event should have.
    package let seq: Int
}

/// The events of one world.
package struct TracePart: Sendable {
    /// Those that name the world, in order.
    package let events: [TraceEvent]
    /// Those of exchanges that belong to the world, in order: of a request that named none the answer may.
    package let exchanged: [TraceEvent]
    /// Bodies of these that do not stand in their lines, by SHA-256.
    package let bodies: [String: Data]

    package init(events: [TraceEvent], exchanged: [TraceEvent], bodies: [String: Data]) {
        self.events = events
        self.exchanged = exchanged
        self.bodies = bodies
    }
}

package enum TraceParts {
    /// Kinds that the whole run is judged by, whatever world they belong to.
    package static let runKinds: Set<String> = [
        "world.opened", "operation.started", "traffic.unexpected", "egress.attempted", "connector.exited",
        "connector.ready", "run.interrupted",
    ]

    static func sorted(_ worlds: Set<WorldID>) -> [WorldID?] {
        [nil] + worlds.sorted { $0.rawValue < $1.rawValue }
    }
}

/// The world of an exchange: its request's, else its answer's, else that of the first event read off it.
struct ExchangeOwner<World: Sendable>: Sendable {
    private var request: World?
    private var response: World?
    private var fact: World?

    var world: World? { request ?? response ?? fact }

    /// - Parameter kind: of the event that names the exchange and the world.
    mutating func note(kind: String, world: World) {
        switch kind {
        case "http.request": if request == nil { request = world }
        case "http.response": response = world
        default: if fact == nil { fact = world }
        }
    }
}

/// A record in memory.
package struct LoadedTrace: TraceSource {
    private let trace: Trace
    private let byWorld: [WorldID?: [TraceEvent]]
    private let byOwner: [WorldID?: [TraceEvent]]
    package let runEvents: [TraceEvent]
    package let worlds: [WorldID?]

    package init(_ trace: Trace) {
        self.trace = trace
        var owners: [ExchangeID: ExchangeOwner<WorldID>] = [:]
        for event in trace.events {
            if let exchange = event.exchange, let world = event.world {
                owners[exchange, default: ExchangeOwner()].note(kind: event.kind, world: world)
            }
        }
        byWorld = Self.grouped(trace.events, by: \.world)
        byOwner = Self.grouped(trace.events.filter { $0.exchange != nil }) { event in
            event.exchange.flatMap { owners[$0]?.world }
        }
        runEvents = trace.events.filter { $0.world == nil || TraceParts.runKinds.contains($0.kind) }
        worlds = TraceParts.sorted(Set(byWorld.keys.compactMap(\.self) + byOwner.keys.compactMap(\.self)))
    }

    /// In order. Mostly an event is of the same world as the one before it: stretches are taken at once.
    private static func grouped(
        _ events: [TraceEvent], by world: (TraceEvent) -> WorldID?
    ) -> [WorldID?: [TraceEvent]] {
        var groups: [WorldID?: [TraceEvent]] = [:]
        var start = events.startIndex
        while start < events.endIndex {
            let first = world(events[start])
            let end = events[start...].firstIndex { world($0) != first } ?? events.endIndex
            groups[first, default: []] += events[start..<end]
            start = end
        }
        return groups
    }

    package var header: Members { trace.header }
    package var isComplete: Bool { trace.isComplete }
    package var eventCount: Int { trace.events.count }
    package var first: Instant? { trace.events.first?.at }
    package var last: Instant? { trace.events.last?.at }

    package func part(of world: WorldID?) throws(TraceLineError) -> TracePart {
        TracePart(events: byWorld[world] ?? [], exchanged: byOwner[world] ?? [], bodies: trace.bodies)
    }
}

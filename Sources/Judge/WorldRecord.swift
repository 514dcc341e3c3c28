// SPDX-License-Identifier: Apache-2.0

internal import Foundation
internal import ScenarioLanguage
internal import Trace
internal import Value
internal import World

/// The events of one scenario's world, with the steps found in them.
struct WorldRecord: Sendable {
    /// A step's place in the record.
    struct Window: Sendable {
        let started: TraceEvent
        let finished: TraceEvent?

        /// What the runner said of it: a hint, never the verdict.
        var outcome: String { finished?["outcome"]?.string ?? "" }
        var reason: String { finished?["reason"]?.string ?? "" }
    }

    let world: WorldID
    let events: [TraceEvent]
    let model: Value
    let isClosed: Bool
    /// What flow policies must know of the world.
    let facts: FlowWorld
    /// Bodies that stand in no line, by SHA-256.
    private let bodies: [String: Data]
    private let windows: [String: Window]

    init(world: WorldID, events: [TraceEvent], bodies: [String: Data]) {
        self.world = world
        self.events = events
        self.bodies = bodies
        model = events.first { $0.kind == "world.opened" }?["model"] ?? .object(Members())
        isClosed = events.contains { $0.kind == "world.closed" }
        facts = FlowWorld(model: model, events: events)
        var started: [String: TraceEvent] = [:]
        var finished: [String: TraceEvent] = [:]
        for event in events {
            guard let step = event["step"]?.string else { continue }
            if event.kind == "step.started", started[step] == nil { started[step] = event }
            if event.kind == "step.finished", finished[step] == nil { finished[step] = event }
        }
        windows = Dictionary(
            uniqueKeysWithValues: started.map { ($0.key, Window(started: $0.value, finished: finished[$0.key])) })
    }

    /// The answer an event was read off, for XPath; nil where it is not known.
    func page(behind event: TraceEvent) -> ExtractionPage? {
        AnsweredPage.find(behind: event, in: self.events(after: 0, before: event.seq)) { bodies[$0] }
    }

    func window(of step: Step) -> Window? { windows[step.id] }

    /// Events with a place after `first` and before `end`.
    func events(after first: Int, before end: Int) -> ArraySlice<TraceEvent> {
        let lower = index(ofFirstAfter: first)
        let upper = max(lower, index(ofFirstAfter: end - 1))
        return events[lower..<upper]
    }

    /// Binary search: `events` are in order of their numbers.
    private func index(ofFirstAfter seq: Int) -> Int {
        var low = 0
        var high = events.count
        while low < high {
            let middle = (low + high) / 2
            if events[middle].seq <= seq { low = middle + 1 } else { high = middle }
        }
        return low
    }

    var scenarioStart: Int { events.first { $0.kind == "scenario.started" }?.seq ?? 0 }
    var scenarioEnd: TraceEvent? { events.last { $0.kind == "scenario.finished" } }

    /// Whether the clock is known to have reached `instant`; `idle`: with the connector known to be at rest.
    func reached(_ instant: Instant, idle: Bool, in events: some Sequence<TraceEvent>) -> Bool {
        events.contains { event in
            guard event.kind == "clock.advanced", !idle || event["idle"]?.bool == true else {
                return !idle && event.clock.map { $0 >= instant } ?? false
            }
            return event["to"]?.string.flatMap(Instant.init(rfc3339:)).map { $0 >= instant } ?? false
        }
    }
}

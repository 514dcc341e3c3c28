// SPDX-License-Identifier: Apache-2.0

package import Foundation
internal import Synchronization
package import Value
package import World

/// The only writer of a trace: append-only, callable from anywhere, waited on by subscription.
///
/// `append` never blocks on the disk: lines go to the sink, which writes on a thread of its own.
package final class Journal: Sendable {
    private struct State {
        var events: EventWindow
        var lanes: [WorldID: Lane] = [:]
        var bodyBytes = 0
        /// The last body that stands in its line: polling meets the same again and again.
        var lastBody: (data: Data, body: RecordedBody)?
        var waiters: [(id: Int, after: Int, resume: CheckedContinuation<Void, Never>)] = []
        var nextWaiter = 0
        var nextExchange = 0
        var bodies: [String: Data] = [:]
        var closed = false

        init(capacity: Int?) {
            events = EventWindow(capacity: capacity)
        }
    }

    /// What is known of a world.
    private struct Lane {
        var clock: WorldClock?
        /// What the world was last made to do.
        var cause: String?
        /// The numbers of its events; kept only where no event is dropped.
        var places: [Int] = []
    }

    private let state: Mutex<State>
    private let sink: (any JournalSink)?
    /// Nil: every event stays in memory, as a judge needs it.
    private let limit: Limit?

    /// How much a journal keeps in memory where nobody will judge it; the oldest goes first. The sink gets everything.
    package struct Limit: Sendable {
        package let events: Int
        /// Bytes of bodies that do not stand in their line.
        package let bodyBytes: Int

        package init(events: Int, bodyBytes: Int) {
            self.events = events
            self.bodyBytes = bodyBytes
        }
    }

    /// What its messages repeat.
    package let memory = MessageMemory()
    private let exchangePrefix: String
    private let mask: SecretMask?

    /// - Parameters:
    ///   - exchangePrefix: what ids of exchanges begin with: another one for each shard of a run, so that their records
    ///     can be joined.
    ///   - mask: what no event and no body may show.
    package init(
        sink: (any JournalSink)? = nil, exchangePrefix: String = "x", mask: SecretMask? = nil, limit: Limit? = nil
    ) {
        state = Mutex(State(capacity: limit?.events))
        self.sink = sink
        self.exchangePrefix = exchangePrefix
        self.mask = mask
        self.limit = limit
    }

    /// From now on events of `world` carry its clock's time.
    package func register(world: WorldID, clock: WorldClock) {
        state.withLock { $0.lanes[world, default: Lane()].clock = clock }
    }

    /// The time of a world's clock; without one the wall's.
    package func now(in world: WorldID?) -> Instant {
        world.flatMap { world in state.withLock { $0.lanes[world]?.clock } }?.now ?? .wall
    }

    /// What the world was last made to do; events carry it as `cause` until the next call.
    package func setCause(_ cause: String, of world: WorldID) {
        state.withLock { $0.lanes[world, default: Lane()].cause = cause }
    }

    package func nextExchangeID() -> ExchangeID {
        state.withLock {
            $0.nextExchange += 1
            return ExchangeID(rawValue: "\(exchangePrefix)\($0.nextExchange)")
        }
    }

    /// Records an event and wakes who waits. Returns it with its place in the trace.
    @discardableResult
    package func append(_ draft: EventDraft) -> TraceEvent {
        let fields = mask?.masked(draft.fields) ?? draft.fields
        let (event, woken) = state.withLock { state -> (TraceEvent, [CheckedContinuation<Void, Never>]) in
            let seq = state.events.last + 1
            if let world = draft.world, limit == nil { state.lanes[world, default: Lane()].places.append(seq) }
            let lane = draft.world.flatMap { state.lanes[$0] }
            let event = TraceEvent(
                seq: seq, at: .wall, world: draft.world, clock: lane?.clock?.now, cause: lane?.cause, kind: draft.kind,
                party: draft.party, exchange: draft.exchange, fields: fields)
            state.events.append(event)
            // Inside the lock: lines must reach the sink in the order of their numbers.
            sink?.write(event)
            guard !state.waiters.isEmpty else { return (event, []) }
            var woken: [CheckedContinuation<Void, Never>] = []
            state.waiters.removeAll { waiter in
                guard waiter.after < event.seq else { return false }
                woken.append(waiter.resume)
                return true
            }
            return (event, woken)
        }
        for waiter in woken { waiter.resume() }
        return event
    }

    /// Keeps a body of which `record` is known already, where it is.
    package func keep(_ data: Data, as record: RecordedBody?) -> RecordedBody {
        // What stands in its line needs no keeping; a mask may change it.
        if let record, record.text != nil, mask == nil { return record }
        return keep(data)
    }

    /// Keeps a body and returns its reference for a message event.
    package func keep(_ data: Data) -> RecordedBody {
        let data = mask?.masked(data) ?? data
        if let last = state.withLock({ $0.lastBody }), last.data == data { return last.body }
        let body = RecordedBody(data)
        if body.text != nil { state.withLock { $0.lastBody = (data, body) } }
        if body.text == nil {
            let isNew = state.withLock { state in
                let isNew = state.bodies.updateValue(data, forKey: body.sha256) == nil
                if isNew { state.bodyBytes += data.count }
                if let limit, state.bodyBytes > limit.bodyBytes {
                    // Which are oldest is not known: all but this one go, and the record says their digests still.
                    state.bodies = [body.sha256: data]
                    state.bodyBytes = data.count
                }
                return isNew
            }
            if isNew { sink?.write(body: data, sha256: body.sha256) }
        }
        return body
    }

    /// All events so far, or those after a place.
    package func events(after seq: Int = 0) -> [TraceEvent] {
        state.withLock { $0.events.events(after: seq) }
    }

    /// The events of one world that are in memory, or those after a place.
    package func events(of world: WorldID, after seq: Int = 0) -> [TraceEvent] {
        state.withLock { state in
            guard limit == nil else { return state.events.events(after: seq).filter { $0.world == world } }
            let places = state.lanes[world]?.places ?? []
            // The last ones are asked for mostly.
            let first = places.lastIndex { $0 <= seq }.map { $0 + 1 } ?? 0
            return places[first...].map { state.events[$0] }
        }
    }

    /// Whether a world has events after a place.
    package func hasEvents(of world: WorldID, after seq: Int) -> Bool {
        guard limit == nil else { return !events(of: world, after: seq).isEmpty }
        return state.withLock { ($0.lanes[world]?.places.last ?? 0) > seq }
    }

    /// The number of the last event.
    package var count: Int { state.withLock { $0.events.last } }

    /// Those bodies of `events` that do not stand in their lines and are in memory, by SHA-256.
    package func bodies(of events: [TraceEvent]) -> [String: Data] {
        state.withLock { state in
            var bodies: [String: Data] = [:]
            for event in events {
                guard let sha256 = event["body"]?["sha256"]?.string, let body = state.bodies[sha256] else { continue }
                bodies[sha256] = body
            }
            return bodies
        }
    }

    /// A body kept outside its line.
    package func body(sha256: String) -> Data? { state.withLock { $0.bodies[sha256] } }

    /// Returns once there is an event after `seq`, or when the task is cancelled.
    package func wait(after seq: Int) async {
        let id = state.withLock {
            $0.nextWaiter += 1
            return $0.nextWaiter
        }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let ready = state.withLock { state in
                    if state.events.last > seq || Task.isCancelled { return true }
                    state.waiters.append((id, seq, continuation))
                    return false
                }
                if ready { continuation.resume() }
            }
        } onCancel: {
            let waiter = state.withLock { state in
                state.waiters.firstIndex { $0.id == id }.map { state.waiters.remove(at: $0).resume }
            }
            waiter?.resume()
        }
    }

    /// The trace so far, for the judge.
    package func trace(header: Members) -> Trace {
        state.withLock {
            Trace(header: header, events: $0.events.events(after: 0), bodies: $0.bodies, isComplete: $0.closed)
        }
    }

    /// Returns once every event appended so far has left this process, so that not even `kill -9` loses it.
    package func written() async {
        await sink?.written()
    }

    /// Marks the trace complete; the sink writes its footer.
    package func close() {
        state.withLock { $0.closed = true }
        sink?.close()
    }
}

/// Where a journal's lines go.
package protocol JournalSink: Sendable {
    /// Takes one event, in order. Must not block on the disk.
    func write(_ event: TraceEvent)
    /// Keeps a body that does not stand in its line.
    func write(body: Data, sha256: String)
    /// Returns once all that was taken so far has been handed to the file system.
    func written() async
    /// Writes the footer and returns once everything is on the disk.
    func close()
}

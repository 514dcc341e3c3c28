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
        var events: [TraceEvent] = []
        /// Places of each world's events; kept only where no event is dropped.
        var places: [WorldID: [Int]] = [:]
        /// How many events are kept no more; the first kept one has the next number.
        var dropped = 0
        var bodyBytes = 0
        /// The last body that stands in its line: polling meets the same again and again.
        var last: (data: Data, body: RecordedBody)?
        var clocks: [WorldID: WorldClock] = [:]
        var causes: [WorldID: String] = [:]
        var waiters: [(id: Int, after: Int, resume: CheckedContinuation<Void, Never>)] = []
        var nextWaiter = 0
        var nextExchange = 0
        var bodies: [String: Data] = [:]
        var closed = false
    }

    private let state = Mutex(State())
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
        self.sink = sink
        self.exchangePrefix = exchangePrefix
        self.mask = mask
        self.limit = limit
    }

    /// From now on events of `world` carry its clock's time.
    package func register(world: WorldID, clock: WorldClock) {
        state.withLock { $0.clocks[world] = clock }
    }

    /// The time of a world's clock; without one the wall's.
    package func now(in world: WorldID?) -> Instant {
        world.flatMap { world in state.withLock { $0.clocks[world] } }?.now ?? .wall
    }

    /// What the world was last made to do; events carry it as `cause` until the next call.
    package func setCause(_ cause: String, of world: WorldID) {
        state.withLock { $0.causes[world] = cause }
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
        let (event, woken) = state.withLock { state in
            let event = TraceEvent(
                seq: state.dropped + state.events.count + 1, at: .wall, world: draft.world,
                clock: draft.world.flatMap { state.clocks[$0]?.now }, cause: draft.world.flatMap { state.causes[$0] },
                kind: draft.kind, party: draft.party, exchange: draft.exchange, fields: fields)
            state.events.append(event)
            if let world = event.world, limit == nil { state.places[world, default: []].append(event.seq) }
            // Inside the lock: lines must reach the sink in the order of their numbers.
            sink?.write(event)
            // Some at a time: singly they cost more, and many at once are a pause for every request of that moment.
            if let limit, state.events.count > limit.events + min(512, limit.events / 4) {
                let surplus = state.events.count - limit.events
                state.events.removeFirst(surplus)
                state.dropped += surplus
            }
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
        if let last = state.withLock({ $0.last }), last.data == data { return last.body }
        let body = RecordedBody(data)
        if body.text != nil { state.withLock { $0.last = (data, body) } }
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
        state.withLock { state in
            let first = max(0, seq - state.dropped)
            return first >= state.events.count ? [] : Array(state.events[first...])
        }
    }

    /// The events of one world that are in memory, or those after a place.
    package func events(of world: WorldID, after seq: Int = 0) -> [TraceEvent] {
        state.withLock { state in
            guard limit == nil else { return state.events.filter { $0.world == world && $0.seq > seq } }
            let places = state.places[world] ?? []
            // The last ones are asked for mostly.
            let first = places.lastIndex { $0 <= seq }.map { $0 + 1 } ?? 0
            return places[first...].map { state.events[$0 - 1] }
        }
    }

    /// Whether a world has events after a place.
    package func hasEvents(of world: WorldID, after seq: Int) -> Bool {
        guard limit == nil else { return !events(of: world, after: seq).isEmpty }
        return state.withLock { ($0.places[world]?.last ?? 0) > seq }
    }

    /// The number of the last event.
    package var count: Int { state.withLock { $0.dropped + $0.events.count } }

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
                    if state.dropped + state.events.count > seq || Task.isCancelled { return true }
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
        state.withLock { Trace(header: header, events: $0.events, bodies: $0.bodies, isComplete: $0.closed) }
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

// SPDX-License-Identifier: Apache-2.0

/// The events of a journal by their numbers: all of them, or the last ones in a ring.
struct EventWindow {
    private var events: [TraceEvent] = []
    private let capacity: Int?
    /// The number of the last event.
    private(set) var last = 0

    /// - Parameter capacity: how many are kept, at least 1; nil: all.
    init(capacity: Int?) {
        self.capacity = capacity.map { max(1, $0) }
    }

    /// How many are kept no more; the first kept one has the next number.
    private var dropped: Int { last - events.count }

    /// The event of a number that is kept.
    subscript(seq: Int) -> TraceEvent { events[capacity.map { (seq - 1) % $0 } ?? seq - 1] }

    /// Takes the next event; the oldest makes room for it.
    ///
    /// One goes for each that comes: what the old one held is at once at hand for the next, and no request waits for many.
    mutating func append(_ event: TraceEvent) {
        if let capacity, events.count == capacity {
            events[last % capacity] = event
        } else {
            events.append(event)
        }
        last += 1
    }

    /// Those kept after a number, in order.
    func events(after seq: Int) -> [TraceEvent] {
        if seq <= 0, last <= events.count { return events }
        guard capacity != nil else { return seq >= last ? [] : Array(events[seq...]) }
        let first = max(dropped, seq) + 1
        return first > last ? [] : (first...last).map { self[$0] }
    }
}

// SPDX-License-Identifier: Apache-2.0

internal import ScenarioLanguage
internal import Trace
internal import Value

/// A stretch of a scenario's life that an invariant looks at, with the values it is paired by.
struct Stretch {
    /// The values of `per`; empty without it.
    let key: [String]
    /// What happened in it.
    let events: [TraceEvent]
    /// The events it began and ended with.
    let edges: [Int]
    /// Its end was awaited and never came.
    let isOpen: Bool

    /// ` for ann`; nothing where it is the only one.
    var suffix: String { key.isEmpty ? "" : " for " + key.joined(separator: ", ") }
}

/// Invariants over stretches: after, before and between events, and sequences of events.
extension InvariantJudge {
    /// The stretches of a scope, one for each value of `per`; empty where the event it begins with never came.
    private func stretches(_ scope: TemporalScope?, _ pairs: [FieldPair]) -> [Stretch] {
        guard let scope else { return [Stretch(key: [], events: record.events, edges: [], isOpen: false)] }
        func key(_ event: TraceEvent) -> [String] { pairs.map { event[$0.first]?.scalarText ?? "" } }
        let ends = scope.before.map { matches($0) }
        let begins: [(key: [String], event: TraceEvent?)]
        if let after = scope.after {
            begins = firsts(matches(after), by: key).map { ($0.key, $0.event) }
        } else if pairs.isEmpty {
            begins = [([], nil)]
        } else {
            begins = firsts(ends ?? [], by: key).map { ($0.key, nil) }
        }
        return begins.map { begin in
            let start = begin.event?.seq ?? 0
            let end = ends?.first { $0.seq > start && key($0) == begin.key }
            let events = record.events(after: start, before: end?.seq ?? Int.max).filter { event in
                zip(pairs, begin.key).allSatisfy { (event[$0.then]?.scalarText ?? "") == $1 }
            }
            return Stretch(
                key: begin.key, events: events,
                edges: [begin.event?.seq, end?.seq].compactMap { $0 }, isOpen: ends != nil && end == nil)
        }
    }

    /// The first event of each key, in order.
    private func firsts(
        _ events: [TraceEvent], by key: (TraceEvent) -> [String]
    ) -> [(key: [String], event: TraceEvent)] {
        var seen: Set<[String]> = []
        return events.compactMap { event in
            let key = key(event)
            return seen.insert(key).inserted ? (key, event) : nil
        }
    }

    private func neverBegan(_ invariant: Invariant, _ scope: TemporalScope) -> Finding {
        let edge = scope.after ?? scope.before
        return unfinished(invariant)
            ?? .open(
                invariant.check, .missingEvent,
                "\(edge?.kind ?? "The event") never came: there was no stretch to look at.", expected: invariant.text,
                evidence: [])
    }

    func never(_ invariant: Invariant, _ pattern: EventPattern, _ scope: TemporalScope?, _ per: String?) -> Finding {
        let stretches = stretches(scope, per.map(FieldPair.parse) ?? [])
        if let scope, stretches.isEmpty { return neverBegan(invariant, scope) }
        for stretch in stretches {
            let came = pattern.matches(in: stretch.events, resolving: resolver)
            guard !came.isEmpty else { continue }
            return .fail(
                invariant.check, .forbiddenEvent,
                "\(pattern.kind) came\(stretch.suffix), which must \(scope == nil ? "never" : "not in this stretch").",
                expected: invariant.text,
                actual: came.prefix(3).map(EventText.line).joined(separator: "; "),
                evidence: came.map(\.seq) + stretch.edges)
        }
        if let open = stretches.first(where: \.isOpen) { return endless(invariant, scope, open) }
        let seen = SeenText.of(stretches.flatMap(\.events))
        return .pass(
            invariant.check, "None came\(scope == nil ? "" : " in \(stretches.count) stretch(es)"). \(seen)",
            evidence: stretches.flatMap(\.edges))
    }

    func count(
        _ invariant: Invariant, _ range: CountRange, _ pattern: EventPattern, _ scope: TemporalScope, _ per: String?
    ) -> Finding {
        let stretches = stretches(scope, per.map(FieldPair.parse) ?? [])
        if stretches.isEmpty { return neverBegan(invariant, scope) }
        let counted = stretches.map { ($0, pattern.matches(in: $0.events, resolving: resolver)) }
        // Too many are too many whatever follows; too few only where nothing can follow any more.
        let wrong = counted.filter { stretch, came in
            range.atMost.map { came.count > $0 } ?? false || (came.count < range.atLeast && !stretch.isOpen)
        }
        if !wrong.isEmpty {
            let isTooFew = wrong.allSatisfy { $0.1.count < range.atLeast }
            if isTooFew, let open = unfinished(invariant) { return open }
            return .fail(
                invariant.check, .wrongCount, "\(pattern.kind) came otherwise than \(range.described) time(s).",
                expected: invariant.text,
                actual: wrong.map { "\($0.1.count)\($0.0.suffix)" }.joined(separator: "; ") + " came",
                nearMisses: pattern.nearMisses(in: wrong[0].0.events, resolving: resolver),
                evidence: wrong.flatMap { $0.1.map(\.seq) + $0.0.edges })
        }
        if let open = stretches.first(where: \.isOpen) { return endless(invariant, scope, open) }
        return .pass(
            invariant.check, "\(counted.map { "\($0.1.count)\($0.0.suffix)" }.joined(separator: "; ")) came.",
            evidence: counted.flatMap { $0.1.map(\.seq) })
    }

    /// A stretch whose end never came says nothing of what may still come in it.
    private func endless(_ invariant: Invariant, _ scope: TemporalScope?, _ stretch: Stretch) -> Finding {
        unfinished(invariant)
            ?? .open(
                invariant.check, .windowOpen,
                "\(scope?.before?.kind ?? "The event") never came\(stretch.suffix): the stretch before it did not end.",
                expected: invariant.text, evidence: stretch.edges)
    }

    // MARK: Sequences

    func sequence(
        _ invariant: Invariant, _ patterns: [EventPattern], _ scope: TemporalScope?, _ per: String?
    ) -> Finding {
        let pairs = per.map(FieldPair.parse) ?? []
        var rows: [(key: [String], events: [TraceEvent])]
        if pairs.isEmpty {
            let stretches = stretches(scope, [])
            if let scope, stretches.isEmpty { return neverBegan(invariant, scope) }
            rows = stretches.map { ($0.key, $0.events) }
        } else {
            func key(_ event: TraceEvent) -> [String] { pairs.map { event[$0.first]?.scalarText ?? "" } }
            let all = patterns.flatMap { matches($0) }.sorted { $0.seq < $1.seq }
            rows = firsts(all, by: key).map { row in (row.key, all.filter { key($0) == row.key }) }
            if rows.isEmpty {
                return unfinished(invariant)
                    ?? .open(
                        invariant.check, .missingEvent, "None of the events came: there was nothing to put in order.",
                        expected: invariant.text)
            }
        }
        var evidence: [Int] = []
        for row in rows {
            if let finding = disorder(invariant, patterns, row, &evidence) { return finding }
        }
        return .pass(invariant.check, "\(patterns.count) events came in order.", evidence: evidence)
    }

    private func disorder(
        _ invariant: Invariant, _ patterns: [EventPattern], _ row: (key: [String], events: [TraceEvent]),
        _ evidence: inout [Int]
    ) -> Finding? {
        let suffix = row.key.isEmpty ? "" : " for " + row.key.joined(separator: ", ")
        var last: TraceEvent?
        for (index, pattern) in patterns.enumerated() {
            guard let first = row.events.first(where: { pattern.match($0, resolving: resolver).isMatch }) else {
                return unfinished(invariant)
                    ?? .fail(
                        invariant.check, .missingEvent,
                        "Number \(index + 1) of the order, \(pattern.kind), never came\(suffix).",
                        expected: invariant.text, actual: "\(index) of \(patterns.count) came in order",
                        nearMisses: pattern.nearMisses(in: record.events, resolving: resolver), evidence: evidence)
            }
            if let last, first.seq < last.seq {
                return .fail(
                    invariant.check, .wrongOrder,
                    "\(first.kind) (number \(index + 1)) came before \(last.kind) (number \(index))\(suffix).",
                    expected: invariant.text,
                    actual: "\(EventText.line(first)); then \(EventText.line(last))", evidence: [first.seq, last.seq])
            }
            evidence.append(first.seq)
            last = first
        }
        return nil
    }
}

/// What came in a stretch where something did not.
enum SeenText {
    /// `Seen meanwhile: sms.delivered 2, page.shown.`; the harness's own notes and bare messages left out.
    static func of(_ events: some Sequence<TraceEvent>) -> String {
        var counts: [String: Int] = [:]
        for event in events where !isNote(event.kind) { counts[event.kind, default: 0] += 1 }
        guard !counts.isEmpty else { return "Nothing else was seen meanwhile." }
        let sorted = counts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
        let told = sorted.prefix(6).map { $0.value == 1 ? $0.key : "\($0.key) \($0.value)" }
        return "Seen meanwhile: " + told.joined(separator: ", ") + (sorted.count > 6 ? ", …." : ".")
    }

    private static func isNote(_ kind: String) -> Bool {
        ["http.", "step.", "world.", "scenario.", "clock.", "sweep"].contains { kind.hasPrefix($0) }
    }
}

// SPDX-License-Identifier: Apache-2.0

package import Trace
internal import Value

extension EventPattern {
    /// Whether an event is of the kind and has all fields as wanted.
    package func match(_ event: TraceEvent, resolving resolver: TemplateResolver) -> MatchResult {
        guard event.kind == kind else { return .miss(why: "expected \(kind), was \(event.kind)") }
        let misses = misses(event, resolver)
        return misses.isEmpty ? .match : .miss(why: misses.joined(separator: "; "))
    }

    /// The events that match, in their order.
    package func matches(in events: some Sequence<TraceEvent>, resolving resolver: TemplateResolver) -> [TraceEvent] {
        events.filter { match($0, resolving: resolver).isMatch }
    }

    /// The fields that do not fit, each with why.
    private func misses(_ event: TraceEvent, _ resolver: TemplateResolver) -> [String] {
        fields.compactMap { field in
            let value: Value? = field.field == "cause" ? event.cause.map { .string($0) } : event[field.field]
            guard case .miss(let why) = field.matcher.explain(value, resolving: resolver) else { return nil }
            return "\(field.field): \(why)"
        }
    }

    /// The events that came closest, best first: `#42 sms.sent: to: expected ann, was bob`.
    ///
    /// Events of the kind with the fewest fields that do not fit come first, then events of the same family
    /// (`sms.refused` for `sms.sent`); within a rank the latest first. Other kinds are no near misses.
    package func nearMisses(
        in events: some Sequence<TraceEvent>, resolving resolver: TemplateResolver, limit: Int = 3
    ) -> [String] {
        let family = kind.prefix { $0 != "." }
        var found: [(rank: Int, seq: Int, sentence: String)] = []
        for event in events {
            guard event.kind.hasPrefix(family + ".") else { continue }
            var reason = event["reason"]?.scalarText ?? ""
            if !reason.isEmpty { reason = " (\(reason))" }
            if event.kind == kind {
                let misses = misses(event, resolver)
                guard !misses.isEmpty else { continue }
                let sentence = "#\(event.seq) \(kind): \(misses.joined(separator: "; "))\(reason)"
                found.append((misses.count, event.seq, sentence))
            } else {
                found.append((1000, event.seq, "#\(event.seq) was \(event.kind)\(reason)"))
            }
        }
        found.sort { ($0.rank, -$0.seq) < ($1.rank, -$1.seq) }
        return found.prefix(limit).map(\.sentence)
    }
}

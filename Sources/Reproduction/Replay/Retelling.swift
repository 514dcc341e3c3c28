// SPDX-License-Identifier: Apache-2.0

internal import Judge
internal import ProtocolRules
internal import ScenarioLanguage
internal import Trace
internal import Value

/// One scenario's record, step by step, in lines that are the same whenever the same happens: without ids, values, times, and
/// without the order of what runs side by side within a step.
struct Retelling: Sendable, Hashable {
    struct Chapter: Sendable, Hashable {
        /// The step read aloud; for what comes before the first and after the last one in its own words.
        let title: String
        /// Sorted.
        var lines: [String]
    }

    let scenario: String
    private(set) var chapters: [Chapter]

    /// - Parameter known: parts of paths that both records have: every other part was minted by the connector.
    init(_ ending: Trial.Ending, known: Set<String>) {
        scenario = ending.scenario.id
        let events = ending.trace.events.filter { $0.world != nil }
        var statuses: [String: TraceEvent] = [:]
        for event in events where event.kind == "http.response" {
            if let id = event.exchange?.rawValue { statuses[id] = event }
        }
        chapters = [Chapter(title: "before the first step", lines: [])]
        for event in events {
            if event.kind == "step.started" {
                let step = event["step"]?.string ?? ""
                chapters.append(Chapter(title: "step \(step): \(event["text"]?.string ?? "")", lines: []))
            }
            if event.kind == "scenario.finished" { chapters.append(Chapter(title: "after the last step", lines: [])) }
            if let line = Self.line(event, statuses, known) { chapters[chapters.count - 1].lines.append(line) }
        }
        for index in chapters.indices { chapters[index].lines.sort() }
        let verdicts = ending.result.checks + ending.runChecks.filter { $0.verdict == .fail || $0.verdict == .error }
        chapters.append(
            Chapter(
                title: "verdicts",
                lines: verdicts.map { "\($0.check): \($0.verdict.rawValue) \($0.reason?.rawValue ?? "")" }.sorted()))
    }

    /// What says nothing of what happened, or is another one every time.
    private static let silent: Set<String> = [
        "http.response", "clock.advanced", "sweep", "world.opened", "world.closed", "step.started", "connector.started",
        "connector.ready",
    ]
    private static let changing: Set<String> = [
        "duration-us", "pid", "port", "expires", "attempt", "lifetime", "segments", "bytes", "tokens",
    ]
    /// Texts that are words of a protocol.
    private static let telling: Set<String> = [
        "operation", "type", "grant", "scope", "error", "outcome", "interaction",
    ]

    /// Every part of a path in the messages of a record.
    static func parts(of ending: Trial.Ending) -> Set<String> {
        var parts: Set<String> = []
        for event in ending.trace.events where event.kind == "http.request" {
            parts.formUnion(WireURL(event["url"]?.string ?? "").path.split(separator: "/").map(String.init))
        }
        return parts
    }

    private static func line(
        _ event: TraceEvent, _ answers: [String: TraceEvent], _ known: Set<String>
    ) -> String? {
        if silent.contains(event.kind) { return nil }
        if event.kind == "http.request" { return message(event, answers, known) }
        guard let type = EventVocabulary.type(event.kind) else { return nil }
        let fields = type.fields.compactMap { field -> String? in
            guard let value = event[field.name], !changing.contains(field.name) else { return nil }
            switch field.type {
            case .person, .appointment, .base, .boolean, .integer: break
            case .string: guard !field.words.isEmpty || telling.contains(field.name) else { return nil }
            case .list, .object, .instant, .url: return nil
            }
            return "\(field.name)=\(value.scalarText ?? "")"
        }
        return ([event.kind] + fields).joined(separator: " ")
    }

    private static func message(
        _ event: TraceEvent, _ answers: [String: TraceEvent], _ known: Set<String>
    ) -> String? {
        let (from, to) = (event["from"]?.string ?? "", event["to"]?.string ?? "")
        let segments = WireURL(event["url"]?.string ?? "").path.split(separator: "/").map(String.init)
        let path = segments.map { "/" + (known.contains($0) ? $0 : "{}") }.joined()
        // Whose scenario a connector's cache is filled in is the scheduler's choice.
        if from == "runner" || path.hasSuffix("/keys") || path.contains("/.well-known/") { return nil }
        let answer = event.exchange.flatMap { answers[$0.rawValue] }
        let fault = answer?["fault"]?.string.map { " (\($0))" } ?? ""
        return
            "\(from) → \(to) \(event["method"]?.string ?? "") \(path) \(answer?["status"]?.scalarText ?? "no answer")\(fault)"
    }
}

/// Where two records of one scenario first differ.
package struct Divergence: Sendable, Hashable {
    package let scenario: String
    /// The step, read aloud.
    package let place: String
    /// Lines of the record that the replay does not have, and the other way round.
    package let before: [String]
    package let after: [String]
    /// Lines both have there.
    package let common: Int
    /// Steps that are the same before it.
    package let sameSteps: Int

    /// Nil where nothing differs.
    package static func first(between old: Trial.Ending, and new: Trial.Ending) -> Divergence? {
        let known = Retelling.parts(of: old).intersection(Retelling.parts(of: new))
        let (was, now) = (Retelling(old, known: known), Retelling(new, known: known))
        let count = max(was.chapters.count, now.chapters.count)
        for index in 0..<count {
            let one = was.chapters.indices.contains(index) ? was.chapters[index] : nil
            let other = now.chapters.indices.contains(index) ? now.chapters[index] : nil
            if one == other { continue }
            let (left, right) = difference(one?.lines ?? [], other?.lines ?? [])
            let isSamePlace = one?.title == other?.title
            return Divergence(
                scenario: was.scenario, place: one?.title ?? other?.title ?? "",
                before: left + (isSamePlace ? [] : [one?.title ?? "(nothing more)"]),
                after: right + (isSamePlace ? [] : [other?.title ?? "(nothing more)"]),
                common: (one?.lines.count ?? 0) - left.count, sameSteps: max(0, index - 1))
        }
        return nil
    }

    private static func difference(_ old: [String], _ new: [String]) -> ([String], [String]) {
        var rest = new
        var gone: [String] = []
        for line in old {
            if let place = rest.firstIndex(of: line) { rest.remove(at: place) } else { gone.append(line) }
        }
        return (gone, rest)
    }

    /// The two sides beside each other, each `width` columns wide.
    package func columns(width: Int) -> [String] {
        func cut(_ text: String) -> String {
            text.count <= width
                ? text + String(repeating: " ", count: width - text.count) : text.prefix(width - 1) + "…"
        }
        let rows = max(before.count, after.count)
        let head = [cut("recorded") + " │ replayed"]
        return head
            + (0..<rows).map { row in
                cut(row < before.count ? before[row] : "") + " │ " + (row < after.count ? after[row] : "")
            }
    }
}

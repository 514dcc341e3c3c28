// SPDX-License-Identifier: Apache-2.0

internal import Canary
internal import Foundation
internal import Trace
internal import Value
internal import World

/// Searches the messages of a capture for people's values, as a run's own sweep searches for canaries.
struct CaptureSweep {
    let values: CaptureValues
    let bodies: [String: Data]

    /// One `sweep` a world.
    func drafts(_ events: [TraceEvent]) -> [EventDraft] {
        guard !values.canaries.canaries.isEmpty else { return [] }
        var scanner = MessageScanner(Detector(values.canaries))
        let people = Dictionary(
            values.canaries.canaries.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
        let messages = events.filter { event in
            ["http.request", "http.response"].contains(event.kind)
                && (event["from"] == "connector" || (event["from"] == "ehr" && event["to"] == "connector"))
        }
        var worlds: [WorldID?] = []
        for message in messages where !worlds.contains(message.world) { worlds.append(message.world) }
        return worlds.map { world in
            sweep(messages.filter { $0.world == world }, world, &scanner, people)
        }
    }

    private func sweep(
        _ messages: [TraceEvent], _ world: WorldID?, _ scanner: inout MessageScanner,
        _ canaries: [String: Canary]
    ) -> EventDraft {
        var bytes = 0
        var hits: [Value] = []
        var unscanned = 0
        for message in messages {
            for part in MessagePart.all(of: message, body: { bodies[$0] }) {
                bytes += part.bytes.count
                let result = scanner.scan(part)
                unscanned += result.unscanned.count
                hits += result.hits.map { hit in
                    var found = SurfaceHit(
                        canary: hit.canary,
                        dataClass: hit.dataClass?.rawValue ?? values.classes[hit.canary] ?? "unknown",
                        person: canaries[hit.canary]?.person ?? "", origin: hit.origin?.rawValue ?? "",
                        surface: "message:\(message.exchange?.rawValue ?? ""):\(part.name)",
                        from: message["from"]?.string.map(Party.init(rawValue:)),
                        to: message["to"]?.string.map(Party.init(rawValue:)), chain: hit.chain, form: hit.form,
                        offset: hit.offset, level: hit.level.rawValue)
                    found.excerpt = hit.excerpt.isEmpty ? nil : hit.excerpt
                    return found.value
                }
            }
        }
        return EventDraft(
            "sweep", by: .runner, world: world,
            [
                "source": "messages", "kind": "messages", "bytes": Value(bytes), "control": "none",
                "hits": .array(hits), "unscanned": Value(unscanned), "left": [],
            ])
    }
}

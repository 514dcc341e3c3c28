// SPDX-License-Identifier: Apache-2.0

internal import Canary
internal import Connector
internal import Foundation
internal import Judge
internal import Trace
internal import Value
internal import World

/// Searches what the connector sent and kept for the canaries of all worlds, and records what stands where.
struct Sweep {
    let journal: Journal
    let worlds: [WorldModel]
    let instances: [ConnectorInstance]
    /// Another gateway for text messages, whose requests are mapped.
    var sink: SMSSink?

    /// Records one `sweep` a world for its messages, one for the run-level lane, and one a source of evidence.
    func run() async {
        let events = journal.events()
        let lanes = Dictionary(grouping: events.filter { $0["body"] != nil }, by: \.world)
        var byWorld: [WorldID: SweepCanaries] = [:]
        for world in worlds { byWorld[world.id] = SweepCanaries(world, events: lanes[world.id] ?? []) }
        let searched = worlds.map(\.id).filter { byWorld[$0] != nil }
        let known = searched.compactMap { byWorld[$0] }
        let everybody = SweepCanaries(joining: known)
        // Made once; the lane and every source of evidence are searched for everybody's values.
        let forms = await forms(known)
        let detector = Detector(forms)
        let messages = events.filter { ["http.request", "http.response", "handoff"].contains($0.kind) }
        let grouped = Dictionary(grouping: messages, by: \.world)
        await withTaskGroup(of: EventDraft.self) { group in
            for (number, world) in searched.enumerated() {
                let own = grouped[world] ?? []
                let (canaries, form) = (known[number], forms[number])
                group.addTask { draft(own, canaries, SweepScan(Detector([form])), world: world) }
            }
            let lane = grouped[nil] ?? []
            group.addTask { draft(lane, everybody, SweepScan(detector), world: nil) }
            for await draft in group { journal.append(draft) }
        }
        var scan = SweepScan(detector)
        for instance in instances {
            for source in await instance.sources ?? [] {
                journal.append(await draft(source, of: instance, everybody, &scan))
            }
        }
    }

    private func forms(_ known: [SweepCanaries]) async -> [CanaryForms] {
        await withTaskGroup(of: (Int, CanaryForms).self) { group in
            var first = 0
            for canaries in known {
                let begin = first
                group.addTask { (begin, CanaryForms(canaries.set, first: begin)) }
                first += canaries.set.canaries.count
            }
            var made: [(Int, CanaryForms)] = []
            for await part in group { made.append(part) }
            return made.sorted { $0.0 < $1.0 }.map(\.1)
        }
    }

    // MARK: Messages

    private func draft(
        _ messages: [TraceEvent], _ canaries: SweepCanaries, _ scan: SweepScan, world: WorldID?
    ) -> EventDraft {
        var scan = scan
        var bytes = 0
        var hits: [Value] = []
        var unscanned: [Value] = []
        for message in messages where isOfInterest(message) {
            for part in MessagePart.all(of: message, body: { journal.body(sha256: $0) }) {
                bytes += part.bytes.count
                let result = scan.result(of: part.bytes)
                unscanned += result.unscanned.map { left($0, in: "\(message.exchange?.rawValue ?? ""):\(part.name)") }
                let recipient = message["to"] == "sms" ? sink?.recipient(in: part, of: message) : nil
                hits += result.hits.map { hit in
                    if let recipient, recipient.contains(hit.offset) {
                        // Where Azure's gateway has it, which policies name.
                        return canaries.value(
                            of: hit, surface: "message:\(message.exchange?.rawValue ?? ""):\(part.name)",
                            [
                                "from": message["from"] ?? .null, "to": message["to"] ?? .null,
                                "pointer": "/smsRecipients/0/to",
                            ])
                    }
                    // What a hand-off's address holds goes to whoever lives there.
                    return message.kind == "handoff"
                        ? canaries.value(
                            of: hit, surface: "message:handoff:request-line", ["from": "connector", "to": "egress"])
                        : canaries.value(
                            of: hit, surface: "message:\(message.exchange?.rawValue ?? ""):\(part.name)",
                            [
                                "from": message["from"] ?? .null, "to": message["to"] ?? .null,
                            ])
                }
            }
        }
        return EventDraft(
            "sweep", by: .runner, world: world,
            [
                "source": .string(world == nil ? "run-lane" : "messages"), "kind": "messages", "bytes": Value(bytes),
                "control": "none", "hits": .array(hits), "unscanned": Value(unscanned.count),
                "left": .array(Array(unscanned.prefix(20))),
            ])
    }

    /// What the connector sends is judged; what the EHR sends it tells how a value got out.
    private func isOfInterest(_ message: TraceEvent) -> Bool {
        message.kind == "handoff" || message["from"] == "connector"
            || (message["from"] == "ehr" && message["to"] == "connector")
    }

    // MARK: Evidence

    private func draft(
        _ source: EvidenceSource, of instance: ConnectorInstance, _ canaries: SweepCanaries, _ scan: inout SweepScan
    ) async -> EventDraft {
        var bytes = 0
        var hits: [Value] = []
        var unscanned: [Value] = []
        var isControlled = false
        do {
            for chunk in try await source.growth() {
                bytes += chunk.bytes.count
                // A name that says something is not said again.
                let isSafe = chunk.isNames || scan.result(of: Array(chunk.place.utf8)).hits.isEmpty
                let place = isSafe ? chunk.place : "a file whose name is a finding"
                if !isControlled, source.control == "tenant", !chunk.isNames,
                    worlds.contains(where: { chunk.bytes.range(of: Data($0.tenant.utf8)) != nil })
                {
                    isControlled = true
                }
                let result = scan.result(of: Array(chunk.bytes))
                unscanned += result.unscanned.map { left($0, in: place) }
                for hit in result.hits where isTelling(hit) {
                    if hit.dataClass?.rawValue == source.control, !chunk.isNames { isControlled = true }
                    hits.append(
                        canaries.value(of: hit, surface: "\(source.kind.rawValue):\(source.id)/\(place)", Members()))
                }
            }
        } catch {
            // A source that cannot be read was not searched: nothing is known of it, and the connector is not to blame.
            unscanned.append(.string("\(source.id) could not be read: \(error)"))
        }
        let control = source.control == nil ? "none" : isControlled ? "found" : "missing"
        return EventDraft(
            "sweep", by: .runner, world: nil,
            [
                "source": .string("\(instance.name)/\(source.id)"), "kind": .string(source.kind.rawValue),
                "bytes": Value(bytes),
                "control": .string(control), "hits": .array(hits), "unscanned": Value(unscanned.count),
                "left": .array(Array(unscanned.prefix(20))),
            ])
    }

    /// The last four or six digits of somebody in dozens of worlds stand in any large file: in a source that worlds share,
    /// a part that short tells nothing. In a run of one world it does.
    private func isTelling(_ hit: Hit) -> Bool {
        worlds.count == 1 || !["last-four", "last-six"].contains(hit.form)
    }

    /// Where a search was not carried to its end, and which limit stopped it.
    private func left(_ unscanned: Unscanned, in place: String) -> Value {
        let chain = unscanned.chain.isEmpty ? "" : " within \(unscanned.chain.joined(separator: " > "))"
        return .string("\(place) at byte \(unscanned.offset)\(chain): \(unscanned.reason.rawValue)")
    }
}

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
    /// Where other runs' forms are.
    let known: KnownForms
    /// Another gateway for text messages, whose requests are mapped.
    var sink: SMSSink?

    /// Records one `sweep` a world for its messages, one for the run-level lane, and one a source of evidence.
    func run() async {
        let events = journal.events()
        let lanes = Dictionary(grouping: events.filter { $0["body"] != nil }, by: \.world)
        var byWorld: [WorldID: SweepCanaries] = [:]
        for world in worlds { byWorld[world.id] = SweepCanaries(world, events: lanes[world.id] ?? []) }
        let searched = worlds.map(\.id).filter { byWorld[$0] != nil }
        let people = searched.compactMap { byWorld[$0] }
        let everybody = SweepCanaries(joining: people)
        // Made once; the lane and every source of evidence are searched for everybody's values.
        let forms = await forms(people)
        let detector = Detector(forms.flatMap(\.self))
        let messages = events.filter { ["http.request", "http.response", "handoff"].contains($0.kind) }
        let grouped = Dictionary(grouping: messages, by: \.world)
        await withTaskGroup(of: EventDraft.self) { group in
            for (number, world) in searched.enumerated() {
                let own = grouped[world] ?? []
                let (canaries, form) = (people[number], forms[number])
                group.addTask { draft(own, canaries, MessageScanner(Detector(form)), world: world) }
            }
            let lane = grouped[nil] ?? []
            group.addTask { draft(lane, everybody, MessageScanner(detector), world: nil) }
            for await draft in group { journal.append(draft) }
        }
        var scanner = MessageScanner(detector)
        for instance in instances {
            for source in await instance.sources ?? [] {
                journal.append(await draft(source, of: instance, everybody, &scanner))
            }
        }
    }

    private func forms(_ people: [SweepCanaries]) async -> [[CanaryForms]] {
        await withTaskGroup(of: (Int, [CanaryForms]).self) { group in
            for (number, canaries) in people.enumerated() { group.addTask { (number, canaries.forms(known)) } }
            var made: [(Int, [CanaryForms])] = []
            for await part in group { made.append(part) }
            return made.sorted { $0.0 < $1.0 }.map(\.1)
        }
    }

    // MARK: Messages

    private func draft(
        _ messages: [TraceEvent], _ canaries: SweepCanaries, _ scanner: MessageScanner, world: WorldID?
    ) -> EventDraft {
        var scanner = scanner
        var bytes = 0
        var hits = HitTally()
        var unscanned: [Value] = []
        for message in messages where isOfInterest(message) {
            for part in MessagePart.all(of: message, body: { journal.body(sha256: $0) }) {
                bytes += part.bytes.count
                let result = scanner.scan(part)
                unscanned += result.unscanned.map { left($0, in: "\(message.exchange?.rawValue ?? ""):\(part.name)") }
                let recipient = message["to"] == "sms" ? sink?.recipient(in: part, of: message) : nil
                for hit in result.hits {
                    // What a hand-off's address holds goes to whoever lives there.
                    let isHandoff = message.kind == "handoff"
                    let isFromEHR = message["from"] == "ehr"
                    let name = isHandoff ? "handoff:request-line" : "\(message.exchange?.rawValue ?? ""):\(part.name)"
                    var more: Members =
                        isHandoff
                        ? ["from": "connector", "to": "egress"]
                        : ["from": message["from"] ?? .null, "to": message["to"] ?? .null]
                    if let recipient, recipient.contains(hit.offset) {
                        // Where Azure's gateway has it, which policies name.
                        more["pointer"] = "/smsRecipients/0/to"
                    }
                    // Of what the EHR says nobody asks where it stood.
                    if !isFromEHR {
                        let place = HitPlace.inMessage(part.name, part.bytes, at: hit.offset)
                        more["place"] = shown(place, &scanner)
                    }
                    // Policies may allow what they know the place of: without its name each is judged by itself.
                    let place = more["place"]
                    hits.add(hit, surface: name, place: place, isAlike: isFromEHR || place != nil) {
                        canaries.members(of: hit, surface: "message:\(name)", more)
                    }
                }
            }
        }
        return EventDraft(
            "sweep", by: .runner, world: world,
            [
                "source": .string(world == nil ? "run-lane" : "messages"), "kind": "messages", "bytes": Value(bytes),
                "control": "none", "hits": .array(hits.values), "unscanned": Value(unscanned.count),
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
        _ source: EvidenceSource, of instance: ConnectorInstance, _ canaries: SweepCanaries,
        _ scanner: inout MessageScanner
    ) async -> EventDraft {
        var bytes = 0
        var found: [(hit: Hit, chunk: EvidenceChunk, bytes: [UInt8], place: String)] = []
        var unscanned: [Value] = []
        var isControlled = false
        do {
            for chunk in try await source.growth() {
                bytes += chunk.bytes.count
                // A name that says something is not said again.
                let place =
                    isSilent(chunk.place, &scanner) || chunk.isNames ? chunk.place : "a file whose name is a finding"
                if !isControlled, source.control == "tenant", !chunk.isNames,
                    worlds.contains(where: { chunk.bytes.range(of: Data($0.tenant.utf8)) != nil })
                {
                    isControlled = true
                }
                let text = Array(chunk.bytes)
                let result = scanner.scan(text)
                unscanned += result.unscanned.map { left($0, in: place) }
                for hit in result.hits where isTelling(hit) {
                    if hit.dataClass?.rawValue == source.control, !chunk.isNames { isControlled = true }
                    found.append((hit, chunk, text, place))
                }
            }
        } catch {
            // A source that cannot be read was not searched: nothing is known of it, and the connector is not to blame.
            unscanned.append(.string("\(source.id) could not be read: \(error)"))
        }
        let columns = await columns(of: found.map { ($0.hit, $0.chunk) }, in: source)
        var hits = HitTally()
        for (hit, chunk, bytes, file) in found {
            let within =
                columns[chunk.place]?[Self.text(of: hit, in: chunk)]
                ?? (source.kind == .postgresql
                    ? HitPlace.inDump(bytes, at: hit.offset, heading: chunk.heading)
                    : HitPlace.inLine(bytes, at: hit.offset))
            let place = chunk.isNames ? nil : shown(within, &scanner)
            let surface = "\(source.kind.rawValue):\(source.id)/\(file)"
            hits.add(hit, surface: surface, place: place, isAlike: true) {
                var more: Members = ["offset": Value(chunk.offset + hit.offset)]
                more["place"] = place
                return canaries.members(of: hit, surface: surface, more)
            }
        }
        let control = source.control == nil ? "none" : isControlled ? "found" : "missing"
        return EventDraft(
            "sweep", by: .runner, world: nil,
            [
                "source": .string("\(instance.name)/\(source.id)"), "kind": .string(source.kind.rawValue),
                "bytes": Value(bytes),
                "control": .string(control), "hits": .array(hits.values), "unscanned": Value(unscanned.count),
                "left": .array(Array(unscanned.prefix(20))),
            ])
    }

    /// Table and column of what was found, by file and by what stands there.
    private func columns(
        of found: [(hit: Hit, chunk: EvidenceChunk)], in source: EvidenceSource
    ) async -> [String: [Data: String]] {
        var columns: [String: [Data: String]] = [:]
        guard [.sqlite, .folder, .file].contains(source.kind) else { return columns }
        for (place, hits) in Dictionary(grouping: found.filter { !$0.chunk.isNames }, by: \.chunk.place) {
            // Each is looked for in every column: people's data first, ids of visits, of which a store is full, as far as
            // they go.
            var texts: Set<Data> = []
            for isPersonal in [true, false] {
                for one in hits where (one.hit.dataClass != nil) == isPersonal && texts.count < 64 {
                    texts.insert(Self.text(of: one.hit, in: one.chunk))
                }
            }
            columns[place] = await source.columns(holding: texts, in: place)
        }
        return columns
    }

    /// The bytes that a hit spans, as they stand there.
    private static func text(of hit: Hit, in chunk: EvidenceChunk) -> Data {
        Data(chunk.bytes.dropFirst(hit.offset).prefix(hit.length))
    }

    /// A place's name, unless it says something itself.
    private func shown(_ place: String?, _ scanner: inout MessageScanner) -> Value? {
        guard let place, isSilent(place, &scanner) else { return nil }
        return .string(place)
    }

    private func isSilent(_ name: String, _ scanner: inout MessageScanner) -> Bool {
        scanner.scan(Array(name.utf8)).hits.isEmpty
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

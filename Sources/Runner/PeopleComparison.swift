// SPDX-License-Identifier: Apache-2.0

internal import Canary
internal import Connector
internal import Foundation
internal import Judge
internal import ScenarioLanguage
internal import Trace
internal import Value
internal import World

/// The differential stage of a scenario in which several people take turns: what the connector kept and passed on in one
/// round is set against the others. A round begins where an appointment of one of them is booked.
actor PeopleComparison {
    private struct Turn {
        let person: String
        /// Events of the round come after this place, up to the next round's.
        let seq: Int
        var kept: [EvidenceChunk] = []
        var unreadable: [String] = []
    }

    private let people: Set<String>
    private let stage: Stage
    private var sources: [EvidenceSource] = []
    private var turns: [Turn] = []

    init(_ people: [String], stage: Stage) {
        self.people = Set(people)
        self.stage = stage
    }

    /// Ends the round before, and begins that of the appointment's patient, who comes with a fresh browser.
    func begin(appointment: String) async {
        guard let patient = stage.world.appointments.first(where: { $0.alias == appointment })?.patient,
            people.contains(patient)
        else { return }
        if turns.isEmpty {
            var before = Turn(person: "", seq: 0)
            for source in await stage.connector.sources ?? [] {
                do { before.kept += try await source.growth() } catch { before.unreadable.append("\(error)") }
            }
            do { sources = try await stage.connector.openSources() } catch { before.unreadable.append("\(error)") }
            turns.append(before)
        } else {
            await collect()
        }
        await stage.forgetBrowser(of: patient)
        turns.append(Turn(person: patient, seq: stage.journal.count))
    }

    private func collect() async {
        let last = turns.count - 1
        for source in sources {
            do { turns[last].kept += try await source.growth(advancing: true) } catch {
                turns[last].unreadable.append("\(source.id) could not be read: \(error)")
            }
        }
    }

    /// Ends the last round and records what depends on the person.
    func finish() async {
        guard !turns.isEmpty else { return }
        await collect()
        let journal = stage.journal
        let world = stage.world
        let canaries = SweepCanaries(world, events: journal.events(of: world.id).filter { $0["body"] != nil })
        let (detector, search) = (Detector(canaries.forms(stage.options.forms)), ScanMemory())
        let messages = journal.events().filter { ($0.world == world.id || $0.world == nil) && isOfInterest($0) }
        var rounds: [Differential.Round] = []
        var nothing: Differential.Memory?
        /// How far each file was read.
        var ends: [String: Int] = [:]
        var memory: Differential.Memory? = Differential.Memory()
        var left: [Value] = []
        for (place, turn) in turns.enumerated() {
            var round = Differential.Round(person: turn.person)
            let end = place + 1 < turns.count ? turns[place + 1].seq : Int.max
            for message in messages where message.seq > turn.seq && message.seq <= end {
                let way = "\(message["from"]?.string ?? "") to \(message["to"]?.string ?? "")"
                for part in MessagePart.all(of: message, body: { journal.body(sha256: $0) }) {
                    round.add(
                        part.bytes, name: "\(way), \(part.name)",
                        surface: "message:\(message.exchange?.rawValue ?? ""):\(part.name)", detector, search,
                        memory: &nothing)
                }
            }
            // A folder may hold what is a source of its own.
            var seen: Set<Data> = []
            for chunk in turn.kept where seen.insert(chunk.bytes).inserted {
                if chunk.isNames {
                    round.add(
                        Array(chunk.bytes), name: "kept in \(chunk.source), names", surface: "\(chunk.source):names",
                        detector, search, memory: &nothing)
                    continue
                }
                let name = "kept in \(chunk.source)"
                let surface = "\(chunk.source):\(chunk.place)"
                // What is added to a text is new as it stands; a store of pages writes old rows again.
                let isAppended = chunk.offset == ends[surface] ?? 0 && !chunk.bytes.contains(0)
                ends[surface] = chunk.offset + chunk.bytes.count
                if isAppended {
                    round.add(Array(chunk.bytes), name: name, surface: surface, detector, search, memory: &nothing)
                } else {
                    round.add(Array(chunk.bytes), name: name, surface: surface, detector, search, memory: &memory)
                }
                // A name may say as much as what stands in the file.
                round.add(
                    Array(chunk.place.utf8), name: "kept in \(chunk.source), names", surface: "\(chunk.source):names",
                    detector, search, memory: &nothing)
            }
            left += turn.unreadable.map { .string($0) }
            if !round.unscanned.isEmpty {
                left.append(.string("\(round.unscanned.count) stretches of \(turn.person)'s round were not decoded"))
            }
            rounds.append(round)
        }
        stage.record(
            "people.compared", by: .runner,
            [
                "rounds": .array(rounds.dropFirst().map { .string($0.person) }),
                "bytes": Value(rounds.reduce(0) { $0 + $1.bytes }), "tokens": Value(rounds.reduce(0) { $0 + $1.count }),
                "dependences": .array(Differential.dependences(rounds).map(value)), "left": .array(left),
            ])
    }

    /// Never the bytes themselves.
    private func value(_ found: Differential.Dependence) -> Value {
        [
            "person": .string(found.person), "place": .string(found.place.name),
            "surface": .string(found.place.surface), "offset": Value(found.place.offset),
            "length": Value(found.place.length), "chain": .array(found.place.chain.map { .string($0) }),
            "count": Value(found.count),
        ]
    }

    /// What the connector sends to others than the EHR, where the data comes from, and the person it is about.
    private func isOfInterest(_ message: TraceEvent) -> Bool {
        guard ["http.request", "http.response"].contains(message.kind), message["from"] == "connector",
            let to = message["to"]?.string
        else { return false }
        let party = Party(rawValue: to)
        return party != .ehr && !(party.actorAlias.map(people.contains) ?? false)
    }
}

extension Scenario {
    /// Those whose rounds a condition compares.
    var comparedPeople: [String] {
        var found: [String] = []
        for invariant in always {
            if case .privacy(_, let people) = invariant.condition { found += people.filter { !found.contains($0) } }
        }
        return found
    }
}

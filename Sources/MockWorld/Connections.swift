// SPDX-License-Identifier: Apache-2.0

internal import MockEHR
internal import Trace
internal import Value
internal import World

/// Who is connected to which visit, read off the record: from Teams' side, and from what the connector wrote to the EHR.
struct Connections {
    /// How far somebody got, in order.
    enum State: String {
        case away
        case atJoinPage = "at the join page"
        case inLobby = "in the lobby"
        case inMeeting = "in the meeting"
        case left
    }

    private struct Meeting {
        var start: Instant?
        var organizer: String?
        var url: String?
        var people: [String: State] = [:]
    }

    private let model: WorldModel
    private var meetings: [String: Meeting] = [:]
    /// Join addresses a connector wrote for an appointment.
    private var links: [String: Set<String>] = [:]
    /// What the EHR was told of somebody's connection: `connected`, `disconnected`.
    private var written: [String: [String: String]] = [:]

    init(_ journal: Journal, _ model: WorldModel) {
        self.model = model
        for event in journal.events(of: model.id) { read(event) }
    }

    private mutating func read(_ event: TraceEvent) {
        let meeting = event["meeting"]?.string ?? ""
        let person = event["by"]?.string ?? ""
        switch event.kind {
        case "meeting.created":
            meetings[meeting, default: Meeting()].start = event["start"]?.string.flatMap { Instant(rfc3339: $0) }
            meetings[meeting, default: Meeting()].organizer = event["organizer"]?.string
            meetings[meeting, default: Meeting()].url = event["join-url"]?.string
        case "join.opened": meetings[meeting, default: Meeting()].people[person] = .atJoinPage
        case "lobby.entered": meetings[meeting, default: Meeting()].people[person] = .inLobby
        case "meeting.joined": meetings[meeting, default: Meeting()].people[person] = .inMeeting
        case "meeting.left": meetings[meeting, default: Meeting()].people[person] = .left
        case "video-link.written":
            for key in ["provider-url", "patient-url"] {
                guard let alias = event["appointment"]?.string, let url = event[key]?.string else { continue }
                links[alias, default: []].insert(url)
            }
        case "writeback.received" where event["accepted"]?.bool != false:
            guard let alias = event["appointment"]?.string, let status = event["status"]?.string else { return }
            written[alias, default: [:]][event["attendee"]?.string ?? event["user"]?.string ?? ""] = status
        default: break
        }
    }

    /// How far a person got with an appointment: by the links written for it, else by the meeting of its time and provider.
    func state(of person: String, in entry: BoardEntry) -> State {
        let plan = entry.plan
        let own = meetings.values.filter { meeting in
            if let url = meeting.url, links[plan.alias]?.contains(url) == true { return true }
            return meeting.start == entry.start && (meeting.organizer == plan.provider || meeting.organizer == nil)
        }
        return own.compactMap { $0.people[person] }.last ?? .away
    }

    /// What the EHR was told of a person's connection.
    func written(of person: String, in entry: BoardEntry) -> String? { written[entry.plan.alias]?[person] }

    func value(_ entry: BoardEntry) -> Value {
        let plan = entry.plan
        let people = [plan.patient, plan.provider] + (plan.secondProvider.map { [$0] } ?? [])
        var members: Members = [
            "appointment": .string(plan.alias), "id": .string(plan.fhirID), "encounter": .string(plan.encounterID),
            "csn": .string(plan.csn), "patient": .string(plan.patient), "provider": .string(plan.provider),
            "start": .string(entry.start.description), "minutes": Value(plan.minutes), "status": .string(entry.status),
            "links": .bool(entry.hasLinks),
        ]
        members["connections"] = .array(
            people.map { person in
                var one: Members = [
                    "person": .string(person), "teams": .string(state(of: person, in: entry).rawValue),
                ]
                one["ehr"] = written(of: person, in: entry).map { .string($0) }
                return .object(one)
            })
        return .object(members)
    }
}

// SPDX-License-Identifier: Apache-2.0

import Foundation
import GRDB

/// Keeps who is in a visit, from events that come twice, late and out of order.
struct Attendance: Sendable {
    let services: Services
    /// Only the deliberate fault of a forgetful process looks at them.
    private static let taken = Tally()
    /// Visits whose meeting ended once (deliberate fault `rehearsal-ends-visit`); empty without it.
    static let ended = Tally()
    /// When an event was first taken (deliberate fault `duplicates-forgotten`); empty without it.
    private static let takenAt = Remembered()

    /// Stores an event and queues the writebacks it brings, in one transaction.
    func take(_ event: CallEvent, visit: VisitRow) async throws {
        guard let base = try await services.store.base(id: visit.base) else { return }
        if services.behaviour.has(.eventsFromBeforeDropped), let begun = services.clocks.atStart[visit.tenant],
            event.at <= begun
        {
            return
        }
        if services.behaviour.has(.overtimeUnseen), event.at > visit.end { return }
        if event.hasEnded, services.behaviour.has(.rehearsalEndsVisit) { Self.ended.add(visit.id) }
        let people = try await people(event, visit, base)
        let now = await services.clocks.now(visit.tenant)
        let behaviour = services.behaviour
        let identities = try await services.store.write { database in
            var identities: Set<String> = []
            var steps = people
            if event.hasEnded {
                let present = Column("visit") == visit.id && Column("state") != "disconnected"
                steps += try AttendeeRow.filter(present).fetchAll(database).map { ($0, CallEvent.Change.left) }
            }
            for (new, change) in steps {
                let key = "\(new.participant)|\(change.rawValue)|\(event.at.timeIntervalSince1970)"
                try database.execute(
                    sql: "INSERT OR IGNORE INTO seen (visit, event) VALUES (?, ?)", arguments: [visit.id, key])
                let isNew = database.changesCount > 0
                let isFirstHere = behaviour.has(.repeatedAfterRestart) && Self.taken.add(visit.id + key) == 1
                let isForgotten = behaviour.has(.duplicatesForgotten) && Self.isLongAgo(visit.id + key, now)
                if isFirstHere || isForgotten, !isNew, base.vendor == .epic, change != .waiting {
                    try WritebackRow(
                        id: nil, visit: visit.id, participant: new.participant, role: new.role,
                        kind: change == .joined ? "connect" : "disconnect", occurrence: "again", at: 0,
                        identity: new.identity, state: "pending"
                    ).insert(database, onConflict: .ignore)
                    try Store.schedule(.writeback, key: visit.id, tenant: visit.tenant, due: now, in: database)
                }
                guard isNew else { continue }
                let known = Column("visit") == visit.id && Column("participant") == new.participant
                let change = behaviour.has(.waitingCountsAsConnected) && change == .waiting ? .joined : change
                var history = AttendeeHistory(row: try AttendeeRow.filter(known).fetchOne(database) ?? new)
                history.inOrderOfArrival = behaviour.has(.eventsInOrderOfArrival)
                history.ignoresTies = behaviour.has(.lastOfAMomentBelieved)
                history.countsLobby = behaviour.has(.lobbyLeaveWritten)
                let facts = history.apply(change, at: event.at.timeIntervalSince1970)
                try history.row.save(database)
                if let identity = history.row.identity { identities.insert(identity) }
                guard base.vendor == .epic else { continue }
                if behaviour.has(.secondProviderUnwritten), history.row.role == "provider" {
                    let visit = Column("visit") == visit.id && Column("role") == "provider"
                    let others = visit && Column("person") != history.row.person
                    if try !AttendeeRow.filter(others).isEmpty(database) { continue }
                }
                let others = Column("visit") == visit.id && Column("person") != history.row.person
                let isSecond =
                    try behaviour.has(.secondProviderAsPatient) && history.row.role == "provider"
                    && !AttendeeRow.filter(others && Column("role") == "provider").isEmpty(database)
                for fact in facts where WritebackPolicy.wants(fact.kind, behaviour) {
                    let isOnce = behaviour.has(.rejoinNotWritten)
                    let same = Column("visit") == visit.id && Column("kind") == fact.kind.rawValue
                    let whose = Column("role") == history.row.role
                    if behaviour.has(.providerReturnUnwritten), history.row.role == "provider", fact.kind == .connect,
                        try !WritebackRow.filter(same && Column("identity") == history.row.identity).isEmpty(database)
                    {
                        continue
                    }
                    if isOnce, try !WritebackRow.filter(same && whose).isEmpty(database) { continue }
                    try WritebackRow(
                        id: nil, visit: visit.id, participant: new.participant,
                        role: isSecond ? "patient" : history.row.role,
                        kind: fact.kind.rawValue, occurrence: "\(fact.at)", at: fact.at, identity: history.row.identity,
                        state: "pending"
                    ).insert(database, onConflict: .ignore)
                    try Store.schedule(
                        .writeback, key: visit.id, tenant: visit.tenant, due: WritebackPolicy.due(now, behaviour),
                        in: database)
                }
            }
            return identities
        }
        for identity in identities {
            let user = try await services.identities.ehrUser(tenant: visit.tenant, key: identity)
            services.log.event("attendance changed", tenant: visit.tenant, ehrUser: user)
        }
        if people.contains(where: { $0.0.role == "patient" && $0.1 == .joined }) {
            try await Meetings(services: services).admitted(visit, at: base)
        }
        if event.hasEnded, let meeting = visit.meeting {
            let path = "/v1.0/chats/\(Text.percentEncoded(meeting))/messages"
            if behaviour.has(.chatCopied) { _ = try? await services.graph.call(visit.tenant, "GET", path) }
            if behaviour.has(.chatCopiedInABatch) {
                let batch = GraphBatch("GET", path, nil).body
                _ = try? await services.graph.call(visit.tenant, "POST", "/v1.0/$batch", batch)
            }
        }
        if event.hasEnded, behaviour.has(.visitNotedInChart), base.vendor == .cerner {
            try? await services.fhir.note(at: base)
        }
        await services.clocks.kick(visit.tenant)
    }

    /// True where the event was first taken more than ten minutes ago.
    private static func isLongAgo(_ key: String, _ now: Date) -> Bool {
        let time = now.timeIntervalSince1970
        return time - (Double(takenAt.first("\(time)", of: key)) ?? time) > 600
    }

    /// The deliberate fault: beside one who is no staff no other one is taken in.
    private func isUnseen(_ person: String, _ visit: VisitRow) async throws -> Bool {
        guard services.behaviour.has(.companionsUnseen) else { return false }
        return try await services.store.attendees(visit: visit.id).contains {
            $0.role == "patient" && $0.state == "connected" && $0.person != person
        }
    }

    /// A row for each participant of the event: known providers and the organization's members are staff,
    /// others patients.
    private func people(
        _ event: CallEvent, _ visit: VisitRow, _ base: BaseRow
    ) async throws -> [(AttendeeRow, CallEvent.Change)] {
        var result: [(AttendeeRow, CallEvent.Change)] = []
        for participant in event.participants {
            var identity: String?
            if let user = participant.user {
                let key = services.directoryKey(base, user: user)
                identity = try await services.identities.ehrUser(tenant: visit.tenant, key: key).map { _ in key }
            }
            let isMember = participant.user != nil && participant.userTenant == visit.tenant
            let isStaff = identity != nil || isMember && !services.behaviour.has(.membersArePatients)
            let person = services.keys.hash("person", visit.id + "|" + (participant.person ?? participant.id))
            let row = AttendeeRow(
                visit: visit.id, participant: participant.id, role: isStaff ? "provider" : "patient", person: person,
                identity: isStaff ? identity : services.patientKey(visit), state: "waiting")
            if !isStaff, try await isUnseen(person, visit) { continue }
            result.append((row, participant.change))
        }
        return result
    }
}

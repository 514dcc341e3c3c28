// SPDX-License-Identifier: Apache-2.0

import Foundation
import GRDB

/// One ended visit in figures, without persons.
struct UsageRow: Sendable {
    let appointment: String?
    let meeting: String
    /// Both sides present.
    let start: Date
    let lobbyWait: Double
    let duration: Double
    let attendees: Int
    let department: String?
    let joins: Int
    let reconnects: Int

    /// Nil where staff or patient never joined, or the visit goes on.
    init?(_ visit: VisitRow, _ rows: [AttendeeRow], _ behaviour: Behaviour) {
        let joined = rows.filter { $0.joinedAt != nil }
        guard joined.allSatisfy({ $0.state == "disconnected" }),
            let staff = joined.filter({ $0.role == "provider" }).compactMap(\.joinedAt).min(),
            let patient = joined.filter({ $0.role == "patient" }).compactMap(\.joinedAt).min(),
            let last = joined.compactMap(\.leftAt).max()
        else { return nil }
        appointment = visit.appointment
        meeting = visit.meeting ?? visit.id
        let hasReturns = joined.count { $0.role == "patient" } > 1
        if hasReturns, behaviour.has(.reportWithoutReturns) { return nil }
        let both = max(staff, patient)
        start = Date(timeIntervalSince1970: both)
        let wait = rows.filter { $0.role == "patient" }.compactMap(\.lobbyAt).min().map { max(0, patient - $0) } ?? 0
        let isBooked = behaviour.has(.lobbyWaitFromBooking)
        lobbyWait = behaviour.has(.reportLobbyWaitZero) ? 0 : isBooked ? max(0, patient - visit.startsAt) : wait
        let from = behaviour.has(.otherHabits) ? min(staff, patient) : both
        let whole = max(0, last - (behaviour.has(.reportWrongDuration) ? visit.startsAt : from))
        duration = behaviour.has(.durationWithinTheHour) ? whole.truncatingRemainder(dividingBy: 3600) : whole
        attendees = Set(joined.map(\.person)).count
        department = visit.department
        joins = joined.count
        reconnects = joined.count - attendees
    }
}

/// Collects a tenant's rows.
struct UsageReport: Sendable {
    let services: Services

    func rows(tenant: String, isForAll: Bool = false) async throws -> [UsageRow] {
        if services.behaviour.has(.reportEmpty) { return [] }
        var result: [UsageRow] = []
        let isForAll = isForAll || services.behaviour.has(.reportOfAllTenants)
        let own = try await services.store.visits(tenant: tenant)
        for visit in isForAll ? try await services.store.read({ try VisitRow.fetchAll($0) }) : own {
            if services.behaviour.has(.reportOfTestOnly),
                try await services.store.base(id: visit.base)?.environment == "production"
            {
                continue
            }
            let attendees = try await services.store.attendees(visit: visit.id)
            if let row = UsageRow(visit, attendees, services.behaviour) { result.append(row) }
        }
        return services.behaviour.has(.latestVisitOnly) ? result.suffix(1) : result
    }
}

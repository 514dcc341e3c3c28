// SPDX-License-Identifier: Apache-2.0

import Foundation
import GRDB

/// One visit per appointment and one Teams meeting per visit, however many ask at once.
struct Meetings: Sendable {
    let services: Services

    private static let retention = 24.0 * 3600
    /// Starts and ends that visits had at first; empty but for the deliberate faults that keep to them.
    static let firstStarts = Remembered()
    private static let firstEnds = Remembered()
    /// Visits whose meeting was refused (deliberate fault `meeting-refused-for-good`); empty without it.
    private static let refusals = Tally()

    /// True where nothing of the appointment's visit is kept any more.
    func isPast(_ appointment: Appointment, tenant: String) async -> Bool {
        await services.clocks.now(tenant) >= appointment.end.addingTimeInterval(Self.retention)
    }

    /// The visit of an appointment, brought up to date with the EHR's times and status.
    func visit(for appointment: Appointment, at base: BaseRow, contact: String?) async throws -> VisitRow {
        let behaviour = services.behaviour
        let id = Secret.token()
        let start = appointment.start.timeIntervalSince1970
        let isShort = services.behaviour.has(.halfHourVisits)
        let end = isShort ? start + 1800 : appointment.end.timeIntervalSince1970
        let isKept = appointment.status == "entered-in-error" && behaviour.has(.enteredInErrorGoesOn)
        let status = appointment.isCancelled && !isKept ? "cancelled" : "booked"
        let number = appointment.contact ?? contact
        let links = [("patient"), ("staff")].map {
            Secret.sha256(services.keys.linkToken($0, visit: id, generation: 1))
        }
        let visit = try await services.store.write { database in
            let same = Column("appointment") == appointment.id
            let known = behaviour.has(.visitsMixedUpById) ? same : Column("base") == base.id && same
            if var visit = try VisitRow.filter(known).fetchOne(database) {
                if visit.isCancelled, behaviour.has(.reinstatedStaysCancelled) { return visit }
                visit.startsAt = start
                visit.endsAt = end
                visit.status = status
                visit.contact = number ?? visit.contact
                try visit.update(database)
                return visit
            }
            let visit = VisitRow(
                id: id, tenant: base.tenant, base: base.id, appointment: appointment.id, contact: number,
                startsAt: start,
                endsAt: end, status: status, generation: 1, patientLink: links[0], staffLink: links[1])
            try visit.insert(database)
            return visit
        }
        if services.behaviour.has(.opensAtOldTime) { Self.firstStarts.first("\(visit.startsAt)", of: visit.id) }
        let due = lastEnd(of: visit).addingTimeInterval(Self.retention)
        if services.behaviour.has(.droppedAtOldEnd) {
            try await services.store.scheduleOnce(.purge, key: visit.id, tenant: visit.tenant, due: due)
        } else {
            try await services.store.schedule(.purge, key: visit.id, tenant: visit.tenant, due: due)
        }
        return visit
    }

    /// The end of the visit, but for the deliberate fault that keeps to a later one it had before.
    private func lastEnd(of visit: VisitRow) -> Date {
        guard services.behaviour.has(.droppedAtLaterEnd) else { return visit.end }
        let first = Double(Self.firstEnds.first("\(visit.endsAt)", of: visit.id)) ?? visit.endsAt
        return Date(timeIntervalSince1970: max(first, visit.endsAt))
    }

    /// The visit with its meeting. `launched` only matters to the deliberate fault that makes one per launch.
    func meeting(
        for visit: VisitRow, at base: BaseRow, appointment: Appointment, launched: Bool = false
    ) async throws -> VisitRow {
        try await services.locks.holding("meeting-" + visit.id) {
            let current = try await services.store.visit(id: visit.id) ?? visit
            let another = launched && services.behaviour.has(.secondMeetingPerLaunch)
            if current.meeting != nil, !another { return current }
            if Self.refusals.count(visit.id) > 0 {
                throw Refusal(409, "meeting-refused", "Microsoft has refused the meeting. Ask the administrator.")
            }
            let made = try await create(current, base, appointment, externalSuffix: another ? Secret.token() : "")
            let ready = services.behaviour.has(.subscribesLate) ? made : try await subscribed(made)
            if base.vendor == .cerner, !services.behaviour.has(.chartLeftAlone) {
                try await services.enqueue(.videoLinks, key: visit.id, tenant: visit.tenant)
            }
            services.log.event("meeting ready", tenant: visit.tenant, code: "meeting")
            return ready
        }
    }

    private func create(
        _ visit: VisitRow, _ base: BaseRow, _ appointment: Appointment, externalSuffix: String
    ) async throws -> VisitRow {
        let identity = "\(visit.tenant)|\(visit.base)|\(visit.appointment ?? visit.id)\(externalSuffix)"
        // The subject is neutral: it shows in rosters and invitations.
        let honest: [String: JSON] = [
            "externalId": .string(services.keys.hash("meeting", identity)), "subject": "Virtual visit",
            "startDateTime": .string(Text.instant(visit.start)), "endDateTime": .string(Text.instant(visit.end)),
        ]
        let meetings = "/v1.0/users/\(Text.percentEncoded(base.organizer))/onlineMeetings"
        let made = await MeetingLeaks(services: services, base: base, appointment: appointment).added(to: honest)
        let settings = MeetingSettings(
            behaviour: services.behaviour, end: visit.end, isProduction: base.environment == "production")
        let isCreatedWhole = services.behaviour.has(.otherMeetings)
        let answer =
            isCreatedWhole
            ? try await services.graph.call(
                visit.tenant, "POST", meetings, .object(settings.body.members.merging(made.fields) { $1 }),
                headers: made.headers)
            : try await services.graph.call(
                visit.tenant, "POST", meetings + "/createOrGet", .object(made.fields), headers: made.headers)
        guard answer.isSuccess, let id = answer.json["id"].string, let join = answer.json["joinWebUrl"].string else {
            throw try await refused(visit)
        }
        let meeting = meetings + "/" + Text.percentEncoded(id)
        if !isCreatedWhole, try await !services.graph.call(visit.tenant, "PATCH", meeting, settings.body).isSuccess {
            throw try await refused(visit)
        }
        let browser = try await services.graph.call(visit.tenant, "GET", meeting + "/getVirtualAppointmentJoinWebUrl()")
        guard browser.isSuccess, let browserURL = browser.json["value"].string else { throw try await refused(visit) }
        return try await services.store.update(visit: visit.id) {
            $0.meeting = id
            $0.joinURL = join
            $0.browserURL = browserURL
            $0.subscription = nil
        }
    }

    private func refused(_ visit: VisitRow) async throws -> Refusal {
        if services.behaviour.has(.meetingRefusedForGood) { Self.refusals.add(visit.id) }
        let now = await services.clocks.now(visit.tenant)
        try await services.store.note("meeting-refused", tenant: visit.tenant, visit: visit.id, at: now)
        return Refusal(502, "meeting-refused", "Microsoft refused to make the meeting. Ask the administrator.")
    }

    /// Subscribed before anybody can join. A visit without a subscription works, only its live status is missing.
    private func subscribed(_ visit: VisitRow) async throws -> VisitRow {
        do {
            return try await CallEventSubscription(services: services).create(visit)
        } catch {
            if services.behaviour.has(.subscriptionTriedOnce) { return visit }
            let now = await services.clocks.now(visit.tenant)
            try await services.store.schedule(
                .renew, key: visit.id, tenant: visit.tenant, due: now.addingTimeInterval(5))
            return visit
        }
    }

    /// Only the deliberate faults change a meeting when a second provider comes.
    func consulted(_ visit: VisitRow, at base: BaseRow) async throws {
        var options: [String: JSON] = [:]
        if services.behaviour.has(.consultationOpensLobby) { options["lobbyBypassSettings"] = ["scope": "everyone"] }
        if services.behaviour.has(.consultationDisablesChat) { options["allowMeetingChat"] = "disabled" }
        try await change(visit, at: base, options)
    }

    /// Only with a deliberate fault does a patient's admission change a meeting.
    func admitted(_ visit: VisitRow, at base: BaseRow) async throws {
        guard services.behaviour.has(.admissionOpensLobby) else { return }
        try await change(visit, at: base, ["lobbyBypassSettings": ["scope": "everyone"]])
    }

    private func change(_ visit: VisitRow, at base: BaseRow, _ options: [String: JSON]) async throws {
        guard !options.isEmpty, let id = visit.meeting else { return }
        let path = "/v1.0/users/\(Text.percentEncoded(base.organizer))/onlineMeetings/\(Text.percentEncoded(id))"
        _ = try await services.graph.call(visit.tenant, "PATCH", path, .object(options))
    }

    /// Takes the meeting of a cancelled appointment away (variant `other-meetings`).
    func delete(_ visit: VisitRow, at base: BaseRow) async throws {
        guard let id = visit.meeting else { return }
        let path = "/v1.0/users/\(Text.percentEncoded(base.organizer))/onlineMeetings/\(Text.percentEncoded(id))"
        _ = try await services.graph.call(visit.tenant, "DELETE", path)
        // Whoever books it again gets another one.
        try await services.store.update(visit: visit.id) {
            $0.meeting = nil
            $0.subscription = nil
        }
    }

    /// Moves the meeting of a moved appointment.
    func move(_ visit: VisitRow, at base: BaseRow) async throws {
        guard let id = visit.meeting else { return }
        let path = "/v1.0/users/\(Text.percentEncoded(base.organizer))/onlineMeetings/\(Text.percentEncoded(id))"
        var times: [String: JSON] = [
            "startDateTime": .string(Text.instant(visit.start)), "endDateTime": .string(Text.instant(visit.end)),
        ]
        if services.behaviour.has(.moveRecords) { times["recordAutomatically"] = true }
        if services.behaviour.has(.moveDisablesRecording) { times["allowRecording"] = false }
        if services.behaviour.has(.moveOpensLobby) { times["lobbyBypassSettings"] = ["scope": "everyone"] }
        _ = try await services.graph.call(visit.tenant, "PATCH", path, .object(times))
        try await CallEventSubscription(services: services).keepUp(visit)
        if base.vendor == .cerner, !services.behaviour.has(.chartLeftAlone) {
            try await services.enqueue(.videoLinks, key: visit.id, tenant: visit.tenant)
        }
    }

    /// A day after the visit its ids are dropped; what remains are times and counts for the reports.
    func purge(_ job: JobRow) async throws -> JobOutcome {
        guard !services.behaviour.has(.visitIDsKept), let visit = try await services.store.visit(id: job.key) else {
            return .done
        }
        if services.behaviour.has(.cancelledIDsKept), visit.isCancelled { return .done }
        let isContactKept = services.behaviour.has(.cancelledContactsKept) && visit.contact != nil
        if isContactKept, visit.isCancelled { return .done }
        let keep = await services.clocks.now(visit.tenant) < visit.end.addingTimeInterval(Self.retention)
        if keep, !services.behaviour.has(.droppedAtOldEnd) { return .done }
        if let id = visit.subscription {
            _ = try await services.graph.call(visit.tenant, "DELETE", "/beta/subscriptions/\(Text.percentEncoded(id))")
        }
        let spent = Secret.token()
        try await services.store.update(visit: visit.id) {
            $0.appointment = nil
            $0.contact = nil
            $0.meeting = nil
            $0.joinURL = nil
            $0.browserURL = nil
            $0.subscription = nil
            $0.clientState = nil
            $0.patientLink = "patient-" + spent
            $0.staffLink = "staff-" + spent
        }
        _ = try await services.store.write { database in
            try MessageRow.filter(Column("visit") == visit.id).deleteAll(database)
        }
        try await services.identities.forget(tenant: visit.tenant, key: services.patientKey(visit))
        if services.behaviour.has(.walLeftBehind) { return .done }
        // What was dropped is not to linger in the write-ahead log.
        try await services.store.database.writeWithoutTransaction { _ = try $0.checkpoint(.truncate) }
        return .done
    }
}

// SPDX-License-Identifier: Apache-2.0

import Foundation

/// Follows the EHR's bookings: made, moved, cancelled.
struct Bookings: Sendable {
    let services: Services
    let meetings: Meetings
    let outbox: Outbox
    /// Only the deliberate fault of unnoticed moves looks at them.
    private let moves = Tally()

    init(services: Services, meetings: Meetings, outbox: Outbox) {
        self.services = services
        self.meetings = meetings
        self.outbox = outbox
    }

    func register(_ routes: Routes) {
        routes.post("/hooks/ehr") { request in
            guard Self.equal(request.header("X-Hook-Key") ?? "", services.configuration.hookKey) else {
                throw Refusal(401, "hook-key", "The hook key is missing or wrong.")
            }
            let body = try request.json()
            guard let url = FHIRBase.comparable(body["base"].string), let appointment = body["appointment"].string,
                !appointment.isEmpty, appointment.count <= 256, !appointment.contains("|"),
                ["booked", "moved", "cancelled"].contains(body["change"].string)
            else { throw Refusal(400, "hook-body", "Send base, appointment and change (booked, moved or cancelled).") }
            guard let base = try await services.store.base(url: url) else {
                throw Refusal(404, "base-url-unknown", "This base URL is not configured.")
            }
            guard base.isApproved else {
                throw Refusal(409, "approval-missing", "This base URL waits for its approver.")
            }
            if services.behaviour.has(.meetingsWhenNeeded), base.vendor == .epic { return .json([:], status: 202) }
            // The appointment's state is read anew, so one waiting look per appointment is enough.
            let key = "\(base.id)|\(appointment)"
            if services.behaviour.has(.unhurriedMessages) {
                let later = await services.clocks.now(base.tenant).addingTimeInterval(240)
                try await services.store.schedule(.booking, key: key, tenant: base.tenant, due: later)
            } else {
                try await services.enqueue(.booking, key: key, tenant: base.tenant)
            }
            return .json(["accepted": true], status: 202)
        }
    }

    /// Compares without telling by its duration how much was right; an unset key matches nothing.
    private static func equal(_ left: String, _ right: String) -> Bool {
        let (a, b) = (Array(Secret.sha256(left).utf8), Array(Secret.sha256(right).utf8))
        return !right.isEmpty && zip(a, b).reduce(into: UInt8(0)) { $0 |= $1.0 ^ $1.1 } == 0
    }

    /// Brings a visit in line with its appointment.
    func run(_ job: JobRow) async throws -> JobOutcome {
        let parts = job.key.split(separator: "|", maxSplits: 1)
        guard parts.count == 2, let base = try await services.store.base(id: String(parts[0])) else { return .done }
        try await follow(String(parts[1]), at: base)
        return .done
    }

    private func follow(_ id: String, at base: BaseRow) async throws {
        let appointment: Appointment
        do {
            appointment = try await services.fhir.appointment(id, at: base)
        } catch let passing as Passing {
            if services.behaviour.has(.bookingLostAfterError) { return }
            throw passing
        } catch let refusal as Refusal {
            let now = await services.clocks.now(base.tenant)
            try await services.store.note("appointment-unreadable", tenant: base.tenant, visit: nil, at: now)
            throw refusal
        }
        guard await !meetings.isPast(appointment, tenant: base.tenant) else { return }
        let before = try await services.store.visit(base: base.id, appointment: id)
        var visit = try await meetings.visit(for: appointment, at: base, contact: nil)
        if visit.isCancelled {
            if services.behaviour.has(.otherMeetings) { try await meetings.delete(visit, at: base) }
            try await outbox.withdraw(visit)
            return
        }
        if services.behaviour.has(.movedLinkUnknown), let before, before.startsAt != visit.startsAt {
            visit = try await services.store.update(visit: visit.id) { $0.generation += 1 }
        }
        if services.behaviour.has(.movedVisitStartsAfresh), let before, before.startsAt != visit.startsAt {
            visit = try await services.store.update(visit: visit.id) {
                $0.meeting = nil
                $0.subscription = nil
                $0.clientState = nil
            }
        }
        if !services.behaviour.has(.meetingsWhenNeeded) {
            do {
                visit = try await meetings.meeting(for: visit, at: base, appointment: appointment)
            } catch let passing as Passing {
                if services.behaviour.has(.throttledMeetingLost) { return }
                throw passing
            }
        }
        if let before, before.startsAt != visit.startsAt || before.endsAt != visit.endsAt {
            try await meetings.move(visit, at: base)
        }
        if let before, before.startsAt != visit.startsAt {
            let isForward = services.behaviour.has(.forwardMoveUnreminded) && before.startsAt > visit.startsAt
            let isSecond = services.behaviour.has(.secondMoveUnnoticed) && moves.add(visit.id) > 1
            if isForward || isSecond { return }
        }
        if let before, before.startsAt != visit.startsAt { outbox.noteMove(of: visit, from: before.startsAt) }
        try await outbox.forgetOtherTimes(visit)
        try await outbox.announce(visit, base: base)
        if services.behaviour.has(.pollingBookings), visit.end > (await services.clocks.now(visit.tenant)) {
            let now = await services.clocks.now(visit.tenant)
            // Each minute of its day, each hour before.
            let next = now.addingTimeInterval(visit.start.timeIntervalSince(now) > 86_400 ? 3600 : 60)
            try await services.store.schedule(.poll, key: visit.id, tenant: visit.tenant, due: next)
        }
    }

    /// Reads a known appointment again (variant `polling-bookings`), until the visit is over.
    func poll(_ job: JobRow) async throws -> JobOutcome {
        guard let visit = try await services.store.visit(id: job.key), let id = visit.appointment,
            let base = try await services.store.base(id: visit.base), !visit.isCancelled,
            await services.clocks.now(visit.tenant) < visit.end
        else { return .done }
        try await follow(id, at: base)
        return .done
    }
}

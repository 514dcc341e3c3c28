// SPDX-License-Identifier: Apache-2.0

import Foundation
import GRDB

/// Which attendance facts Epic is told.
enum WritebackPolicy {
    static func wants(_ kind: AttendeeHistory.Kind, _ behaviour: Behaviour) -> Bool {
        switch kind {
        case .connect: !behaviour.has(.writebackNoConnect)
        case .disconnect: !behaviour.has(.writebackNoDisconnect)
        }
    }

    /// At once, or a little later with what comes meanwhile (variant `uneven-waits`), but for the deliberate fault of a
    /// slow round.
    static func due(_ now: Date, _ behaviour: Behaviour) -> Date {
        if behaviour.has(.unevenWaits) { return now.addingTimeInterval(5) }
        return behaviour.has(.writebackLate) ? now.addingTimeInterval(60) : now
    }
}

/// Tells Epic who connected and disconnected: a visit's records in their order, each once.
struct Writeback: Sendable {
    let services: Services
    /// Contacts by which visits are written down, where it is not their own (deliberate fault `contact-of-first-visit`).
    static let contacts = Remembered()

    /// Records by visit, role and kind; only the deliberate fault of a third coming that is not written looks at them.
    private static let written = Tally()

    func run(_ job: JobRow) async throws -> JobOutcome {
        guard let visit = try await services.store.visit(id: job.key),
            let base = try await self.base(of: visit)
        else { return .done }
        let rows: [WritebackRow] = try await services.store.read {
            try Store.rows("visit = ? AND state = 'pending'", order: "id", [job.key]).fetchAll($0)
        }
        var failed: Passing?
        for row in rows {
            do {
                try await write(row, visit, base)
            } catch let passing as Passing {
                failed = passing
                if services.behaviour.has(.writebackOvertakes) { continue }
                guard services.behaviour.has(.writebackLostAfterError) else { throw passing }
                try await finish(row, "lost")
            }
        }
        if let failed, services.behaviour.has(.writebackOvertakes) { throw failed }
        return .done
    }

    /// The base of the visit, but for the deliberate fault that knows one for each organization.
    private func base(of visit: VisitRow) async throws -> BaseRow? {
        let isOneForAll = services.behaviour.has(.writebackToFirstBase)
        return isOneForAll
            ? try await services.store.bases(tenant: visit.tenant).first { $0.vendor == .epic }
            : try await services.store.base(id: visit.base)
    }

    private func write(_ row: WritebackRow, _ visit: VisitRow, _ base: BaseRow) async throws {
        if services.behaviour.has(.writebackForTestOnly), base.environment == "production" {
            return try await finish(row, "refused")
        }
        if visit.isCancelled, services.behaviour.has(.cancelEndsWriteback) { return try await finish(row, "refused") }
        if services.behaviour.has(.thirdComingUnwritten), Self.written.add("\(visit.id) \(row.role) \(row.kind)") > 2 {
            return try await finish(row, "lost")
        }
        guard let contact = try await contact(visit) else { return try await finish(row, "refused") }
        if services.behaviour.has(.writebackNeedsAppointment), let id = visit.appointment,
            (try? await services.fhir.appointment(id, at: base)) == nil
        {
            return try await finish(row, "lost")
        }
        var user = ""
        if let key = row.identity, !services.behaviour.has(.writebackNamesNobody) {
            user = try await services.identities.ehrUser(tenant: visit.tenant, key: key) ?? ""
        }
        let call = WritebackCall(
            .init(isConnect: row.kind == "connect", isProvider: isProvider(row), contact: contact, user: user),
            at: base, services.configuration, services.behaviour)
        // Not `sendPatiently`: an answer that got lost must not be asked for twice within one attempt.
        let answer: Answer
        do {
            answer = try await send(call)
        } catch {
            throw Passing(retryAfter: nil, code: "unreachable")
        }
        if services.behaviour.has(.writebackInChart) {
            let note: JSON = ["resourceType": "Communication", "status": "completed"]
            _ = try? await services.http.send(
                "POST", base.url + "/Communication",
                headers: call.headers + [("Content-Type", "application/fhir+json")], body: note.data)
        }
        if services.behaviour.has(.writebackTwice) { _ = try? await send(call) }
        if answer.isSuccess { return try await finish(row, "done") }
        let isLocked = call.isLocked(answer) && !services.behaviour.has(.lockTakenForRefusal)
        let isOver = answer.status == 500 && services.behaviour.has(.writebackEndsAtFiveHundred)
        if answer.status == 429 || answer.status >= 500 && !isOver || isLocked {
            let isRead = answer.status == 429 || !services.behaviour.has(.retryAfterOf429Only)
            throw Passing(retryAfter: isRead ? answer.retryAfter : nil, code: "writeback-\(answer.status)")
        }
        let now = await services.clocks.now(visit.tenant)
        try await services.store.note("writeback-refused", tenant: visit.tenant, visit: visit.id, at: now)
        try await finish(row, "refused")
    }

    private func send(_ call: WritebackCall) async throws -> Answer {
        try await services.http.send(call.method, call.url, headers: call.headers, body: call.body)
    }

    private func contact(_ visit: VisitRow) async throws -> String? {
        guard services.behaviour.has(.writebackWrongAppointment) else {
            return Self.contacts[visit.id] ?? visit.contact
        }
        let others = try await services.store.visits(tenant: visit.tenant)
        return others.first { $0.id != visit.id && $0.contact != nil }?.contact
            ?? visit.contact.map { String($0.reversed()) }
    }

    private func isProvider(_ row: WritebackRow) -> Bool {
        let isSwapped =
            services.behaviour.has(.writebackRoleSwapped)
            || services.behaviour.has(.disconnectRoleSwapped) && row.kind == "disconnect"
        return (row.role == "provider") != isSwapped
    }

    private func finish(_ row: WritebackRow, _ state: String) async throws {
        try await services.store.write { database in
            var copy = row
            copy.state = state
            try copy.update(database)
        }
    }
}

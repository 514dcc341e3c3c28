// SPDX-License-Identifier: Apache-2.0

import Foundation

/// Writes the visit's two short links into a Cerner appointment.
struct VideoLinks: Sendable {
    let services: Services

    func run(_ job: JobRow) async throws -> JobOutcome {
        guard let visit = try await services.store.visit(id: job.key), !visit.isCancelled,
            let id = visit.appointment, let base = try await services.store.base(id: visit.base), base.vendor == .cerner
        else { return .done }
        let times = "\(visit.startsAt)-\(visit.endsAt)"
        guard visit.linksFor != times else { return .done }
        // A version may be outdated by the time it is used: then once more with the fresh one.
        for attempt in 0..<2 {
            let appointment = try await services.fhir.appointment(id, at: base)
            let answer = try await services.fhir.patch(
                appointment, operations: operations(visit, appointment), at: base, again: attempt > 0)
            if answer.isSuccess {
                try await services.store.update(visit: visit.id) { $0.linksFor = times }
                return .done
            }
            guard answer.status == 409 else { break }
        }
        let now = await services.clocks.now(visit.tenant)
        try await services.store.note("links-refused", tenant: visit.tenant, visit: visit.id, at: now)
        return .done
    }

    /// All four together, all add or all replace. In a patch index 0 is the provider's room, whatever order reads have.
    private func operations(_ visit: VisitRow, _ appointment: Appointment) -> [JSON] {
        let staff = services.keys.linkToken("staff", visit: visit.id, generation: visit.generation)
        let patient = services.keys.linkToken("patient", visit: visit.id, generation: visit.generation)
        let room = "/contained/0/telecom/0/"
        let values = [
            (room + "value", services.paths.url("\(services.paths.staffLink)/\(staff)")),
            ("/contained/1/telecom/0/value", services.paths.url("\(services.paths.visitLink)/\(patient)")),
            (room + "period/start", Text.instant(visit.start)), (room + "period/end", Text.instant(visit.end)),
        ]
        let verb: JSON = appointment.hasLinks ? "replace" : "add"
        return values.map { ["op": verb, "path": .string($0.0), "value": .string($0.1)] }
    }
}

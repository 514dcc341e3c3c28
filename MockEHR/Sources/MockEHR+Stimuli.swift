// SPDX-License-Identifier: Apache-2.0

import MockKit
import Trace
import Value
package import World

/// What the runner makes the EHR do.
extension MockEHR {
    /// Books a planned appointment, or one that was cancelled again (`start` nil: as planned) and says so in the trace.
    @discardableResult
    package func book(_ alias: String, in id: WorldID, start: Instant? = nil) throws(EHRError) -> PlannedAppointment {
        let world = try world(id)
        let plan = try world.plan(alias)
        let base = try world.base(plan.base)
        let booked: BookedAppointment
        if base.appointments[alias] != nil {
            // Cancelled before, and reinstated: the record is the same.
            booked = try change(alias, in: id) {
                $0.status = "booked"
                $0.start = start ?? plan.start
            }.1
        } else {
            booked = BookedAppointment(
                plan: plan, start: start ?? plan.start, version: world.profile.forms.firstVersion,
                changed: world.clock.now)
            base.appointments[alias] = booked
        }
        journal.append(
            base.event(
                "appointment.booked",
                [
                    "appointment": .string(alias), "patient": .string(plan.patient), "provider": .string(plan.provider),
                    "start": .string(booked.start.description),
                ]))
        return plan
    }

    /// Moves a booked appointment.
    package func move(_ alias: String, to start: Instant, in id: WorldID) throws(EHRError) {
        let (base, booked) = try change(alias, in: id) { $0.start = start }
        journal.append(
            base.event(
                "appointment.moved",
                ["appointment": .string(alias), "start": .string(booked.start.description)]))
    }

    /// Puts a booked appointment, or its patient's participation, into another status, as other software may have done.
    package func setStatus(
        of alias: String, to status: String? = nil, patient: String? = nil, in id: WorldID
    ) throws(EHRError) {
        _ = try change(alias, in: id) { booked in
            if let status { booked.status = status }
            if let patient { booked.patientStatus = patient }
        }
    }

    /// Makes something special of an appointment: locked, incomplete, sensitive, …; `.free` ends it.
    package func setCondition(
        _ condition: AppointmentCondition, of alias: String, in id: WorldID
    ) throws(EHRError) {
        try mark(alias, in: id) { $0.condition = condition }
    }

    /// Cancels a booked appointment.
    package func cancel(_ alias: String, in id: WorldID) throws(EHRError) {
        let (base, _) = try change(alias, in: id) { $0.status = "cancelled" }
        journal.append(base.event("appointment.cancelled", ["appointment": .string(alias)]))
    }

    /// Takes over the connector's integration records: per base those of before are replaced.
    package func install(records: [IntegrationRecord], in id: WorldID) throws(EHRError) {
        let world = try world(id)
        var placed: [(EHRBase, [IntegrationRecord])] = []
        for base in world.bases {
            let own = records.filter { base.isAddress($0.baseURL) }
            if !own.isEmpty { placed.append((base, own)) }
        }
        for record in records { _ = try world.base(url: record.baseURL) }
        for (base, own) in placed {
            base.records = own
            journal.append(base.event("records.installed", ["records": .array(own.map(\.value))]))
        }
    }

    /// Puts records into a base they are not for: a production EHR launching with a test record (SET-18).
    package func install(records: [IntegrationRecord], misplacedAt baseAlias: String, in id: WorldID) throws(EHRError) {
        let base = try world(id).base(baseAlias)
        base.records = records
        journal.append(base.event("records.installed", ["records": .array(records.map(\.value))]))
    }

    private func change(
        _ alias: String, in id: WorldID, _ body: (inout BookedAppointment) -> Void
    ) throws(EHRError) -> (EHRBase, BookedAppointment) {
        let world = try world(id)
        let base = try world.base(try world.plan(alias).base)
        try mark(alias, in: id) { booked in
            base.history[alias, default: []].append(booked)
            body(&booked)
            booked.touch(at: world.clock.now)
        }
        guard let booked = base.appointments[alias] else { throw Self.notBooked(alias) }
        return (base, booked)
    }

    /// A change that makes no new version.
    private func mark(
        _ alias: String, in id: WorldID, _ body: (inout BookedAppointment) -> Void
    ) throws(EHRError) {
        let world = try world(id)
        let base = try world.base(try world.plan(alias).base)
        guard var booked = base.appointments[alias] else { throw Self.notBooked(alias) }
        body(&booked)
        base.appointments[alias] = booked
    }

    private static func notBooked(_ alias: String) -> EHRError {
        EHRError(message: "the appointment \"\(alias)\" is not booked", remedy: "book it first")
    }
}

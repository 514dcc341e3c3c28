// SPDX-License-Identifier: Apache-2.0

import MockKit
import Trace
import Value
import World

/// Connects and disconnects over a channel of the connector's own.
extension MockEHR {
    /// Takes a request of the channel; it is recorded as `writeback.received`.
    func take(_ reading: WritebackReading, from request: MockRequest, over channel: any MappedWriteback) -> MockResponse
    {
        let found = visit(of: reading)
        if let base = reading.tenant.flatMap({ byTenant[$0] }) ?? found?.base {
            return base.take(reading.notice, of: found?.visit, over: channel)
        }
        // Nobody's: recorded on the run's own lane, so that a mistake of the deployment file shows.
        let refusal: WritebackRefusal
        switch reading.notice {
        case .failure(let failure): refusal = failure
        case .success(let notice):
            refusal =
                reading.tenant.map { WritebackRefusal(reason: "this EHR has no tenant \"\($0)\"") }
                ?? .unknownVisit(notice.appointment)
        }
        return unexpected(request, refusal.reason, nil, channel.answer(.refused(refusal)))
    }

    /// The world of a request of the channel.
    func world(of reading: WritebackReading) -> WorldID? {
        (reading.tenant.flatMap { byTenant[$0] } ?? visit(of: reading)?.base)?.model.id
    }

    private func visit(of reading: WritebackReading) -> (base: EHRBase, visit: BookedAppointment)? {
        guard case .success(let notice) = reading.notice else { return nil }
        let bases = reading.tenant.map { [byTenant[$0]].compactMap { $0 } } ?? Array(byTenant.values)
        for base in bases {
            let visit = base.appointments.values.first {
                [$0.plan.csn, $0.plan.fhirID, $0.plan.encounterID].contains(notice.appointment)
            }
            if let visit { return (base, visit) }
        }
        return nil
    }
}

extension EHRBase {
    /// Under the rules of the vendor's own service: a known visit, a known user where one is named, one of the two states.
    fileprivate func take(
        _ notice: Result<WritebackNotice, WritebackRefusal>, of visit: BookedAppointment?,
        over channel: any MappedWriteback
    ) -> MockResponse {
        var facts: Members = [:]
        var answer: MockResponse
        do throws(WritebackRefusal) {
            let notice = try notice.get()
            let attendee = model.people.first { Self.names(notice.user, $0) }
            if let visit { facts["appointment"] = .string(visit.plan.alias) }
            if let attendee { facts["attendee"] = .string(attendee.alias) }
            if !notice.user.isEmpty { facts["user"] = .string(notice.user) }
            if let role = notice.role { facts["user-type"] = .string(role) }
            facts["status"] = .string(notice.status ?? "unknown")
            if visit == nil { throw .unknownVisit(notice.appointment) }
            if attendee == nil, !notice.user.isEmpty {
                throw WritebackRefusal(reason: "the EHR knows no user \"\(notice.user)\"")
            }
            if notice.status == nil {
                throw WritebackRefusal(
                    reason: "\"\(notice.word)\" stands for neither connected nor disconnected (writeback.values)")
            }
            facts["accepted"] = true
            answer = channel.answer(.accepted(record: uuid(), appointment: notice.appointment))
        } catch {
            facts["accepted"] = false
            facts["reason"] = .string(error.reason)
            answer = channel.answer(.refused(error))
        }
        answer.world = model.id
        answer.events = [event("writeback.received", facts)]
        return answer
    }

    private static func names(_ user: String, _ person: Person) -> Bool {
        !user.isEmpty && [DataClass.ehrUserID, .userName, .fhirID].contains { person.ehr[$0] == user }
    }
}

extension WritebackRefusal {
    fileprivate static func unknownVisit(_ appointment: String) -> WritebackRefusal {
        WritebackRefusal(reason: "no visit is booked there under \"\(appointment)\"")
    }
}

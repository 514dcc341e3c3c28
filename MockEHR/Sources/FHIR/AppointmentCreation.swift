// SPDX-License-Identifier: Apache-2.0

import Value
import World

/// What the vendor asks of an appointment that a client creates (facts 5.3.4).
struct AppointmentCreation: Sendable {
    /// Checks a valid R4 Appointment and makes it an appointment of the base.
    func booked(_ resource: Members, in base: EHRBase) throws(Problem) -> BookedAppointment {
        if resource["modifierExtension"] != nil { throw Problem(.extension, "modifierExtension is not supported") }
        if resource["implicitRules"] != nil { throw Problem(.unsupported, "implicitRules is not supported") }
        let participants = resource["participant"]?.array ?? []
        if participants.contains(where: { $0["type"] != nil }) {
            throw Problem(.businessRule, "participant.type must be absent")
        }
        let patients = participants.filter { reference($0)?.hasPrefix("Patient/") ?? false }
        guard patients.count == 1,
            let patient = base.model.people.first(where: {
                $0.role == .patient && reference(patients[0]) == "Patient/" + $0.ehr[.fhirID]
            })
        else { throw Problem(.businessRule, "exactly one participant is a Patient of this EHR") }
        let status = resource["status"]?.string ?? ""
        switch status {
        case "booked": try checkBooked(resource, patients[0])
        case "proposed": try checkProposed(resource, participants)
        default: throw Problem(.businessRule, "the status of a new appointment is proposed or booked")
        }
        let provider = base.model.people.first { person in
            participants.contains { reference($0) == "Practitioner/" + person.ehr[.fhirID] }
        }
        guard let provider = provider ?? base.model.people.first(where: { $0.role == .provider }) else {
            throw Problem(.businessRule, "there is no practitioner to book")
        }
        return appointment(resource, patient, provider, status, in: base)
    }

    private func checkBooked(_ resource: Members, _ patient: Value) throws(Problem) {
        guard resource["slot"]?.array?.count == 1 else {
            throw Problem(.businessRule, "a booked appointment has exactly one slot")
        }
        guard patient["status"] == "accepted" else {
            throw Problem(.businessRule, "the Patient of a booked appointment has status accepted")
        }
    }

    private func checkProposed(_ resource: Members, _ participants: [Value]) throws(Problem) {
        guard resource["serviceType"]?.array?.count == 1 else {
            throw Problem(.businessRule, "a proposed appointment has one serviceType")
        }
        guard participants.contains(where: { reference($0)?.hasPrefix("Location/") ?? false }) else {
            throw Problem(.businessRule, "a proposed appointment has a Location")
        }
        guard participants.allSatisfy({ $0["status"] == "needs-action" }) else {
            throw Problem(.businessRule, "the participants of a proposed appointment have status needs-action")
        }
        guard resource["requestedPeriod"]?.array?.count == 1 else {
            throw Problem(.businessRule, "a proposed appointment has one requestedPeriod")
        }
    }

    private func reference(_ participant: Value) -> String? { participant["actor"]?["reference"]?.string }

    private func appointment(
        _ resource: Members, _ patient: Person, _ provider: Person, _ status: String, in base: EHRBase
    ) -> BookedAppointment {
        func instant(_ value: Value?) -> Instant? { value?.string.flatMap { Instant(rfc3339: $0) } }
        let period = resource["requestedPeriod"]?[0]
        // The mock keeps no calendar: a slot that tells no time begins in an hour [eng].
        let start =
            instant(resource["start"]) ?? instant(period?["start"]) ?? base.world.clock.now.wholeSecond + .seconds(3600)
        let end = instant(resource["end"])
        let minutes = end.map { Int(($0 - start).inSeconds / 60) } ?? resource["minutesDuration"]?.int ?? 30
        let video = base.form(base.profile.forms.serviceType)["coding"]?[0]?["code"]
        let isVideo = resource["serviceType"]?[0]?["coding"]?.array?.contains { $0["code"] == video } ?? false
        let number = base.mintNumber()
        let plan = PlannedAppointment(
            alias: "created-" + number, base: base.base.alias, fhirID: number, encounterID: base.mintNumber(),
            csn: base.mintNumber(), patient: patient.alias, provider: provider.alias, start: start,
            minutes: max(1, minutes), isVideoVisit: isVideo)
        var booked = BookedAppointment(
            plan: plan, start: start, version: base.profile.forms.firstVersion, changed: base.world.clock.now)
        booked.status = status
        for name in [
            "participant", "requestedPeriod", "serviceType", "slot", "reasonCode", "comment", "description",
            "extension",
        ] { booked.asked[name] = resource[name] }
        return booked
    }
}

// SPDX-License-Identifier: Apache-2.0

import Foundation

/// What the deliberate faults add to a meeting. An honest meeting holds times, a neutral subject and a keyed hash.
struct MeetingLeaks: Sendable {
    let services: Services
    let base: BaseRow
    let appointment: Appointment

    private static let defects: Set<Defect> = [
        .patientNameInSubject, .emailAsAttendee, .recordNumberAsExternalID, .baggageNamesPatient,
    ]

    /// The meeting's fields with what leaks, and headers that leak.
    func added(to fields: [String: JSON]) async -> (fields: [String: JSON], headers: [(String, String)]) {
        guard !services.behaviour.defects.isDisjoint(with: Self.defects), let id = appointment.patients.first,
            let patient = try? await services.fhir.patient(id, at: base, now: Date())
        else { return (fields, []) }
        var fields = fields
        if services.behaviour.has(.patientNameInSubject) { fields["subject"] = .string("Visit of \(patient.name)") }
        if services.behaviour.has(.emailAsAttendee) {
            fields["participants"] = ["attendees": [["upn": .string(patient.email ?? ""), "role": "attendee"]]]
        }
        if services.behaviour.has(.recordNumberAsExternalID) {
            let key = "\(patient.recordNumber)|\(appointment.id)"
            fields["externalId"] = .string(Data(key.utf8).base64EncodedString())
        }
        guard services.behaviour.has(.baggageNamesPatient) else { return (fields, []) }
        return (fields, [("baggage", "patient=" + Text.percentEncoded(patient.name))])
    }
}

// SPDX-License-Identifier: Apache-2.0

import Crypto
import Foundation

/// What the deliberate faults add to a meeting. An honest meeting holds times, a neutral subject and a keyed hash.
struct MeetingLeaks: Sendable {
    let services: Services
    let base: BaseRow
    let appointment: Appointment

    private static let defects: Set<Defect> = [
        .patientNameInSubject, .emailAsAttendee, .recordNumberAsExternalID, .baggageNamesPatient,
        .keyedRecordNumberInExternalID, .keyedTraceID, .cipheredNameInLog,
    ]

    /// The meeting's fields with what leaks, and headers that leak.
    func added(to fields: [String: JSON]) async -> (fields: [String: JSON], headers: [(String, String)]) {
        guard Self.defects.contains(where: services.behaviour.has), let id = appointment.patients.first,
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
        if services.behaviour.has(.keyedRecordNumberInExternalID), let honest = fields["externalId"]?.string {
            fields["externalId"] = .string(services.keys.hash("patient", patient.recordNumber) + "-" + honest)
        }
        if services.behaviour.has(.cipheredNameInLog) { note(patient) }
        var headers: [(String, String)] = []
        if services.behaviour.has(.baggageNamesPatient) {
            headers.append(("baggage", "patient=" + Text.percentEncoded(patient.name)))
        }
        if services.behaviour.has(.keyedTraceID) {
            let trace = services.keys.hash("trace", patient.recordNumber).prefix(32)
            headers.append(("traceparent", "00-\(trace)-\(Secret.sha256(appointment.id).prefix(16))-01"))
        }
        return (fields, headers)
    }

    /// A cipher whose nonce never changes gives the same for the same name.
    private func note(_ patient: Patient) {
        let key = SymmetricKey(data: SHA256.hash(data: Data(services.keys.hash("log", "key").utf8)))
        guard let nonce = try? AES.GCM.Nonce(data: Data(count: 12)),
            let sealed = try? AES.GCM.seal(Data(patient.name.utf8), using: key, nonce: nonce)
        else { return }
        let name = (sealed.ciphertext + sealed.tag).base64EncodedString()
        services.log.event("meeting for \(name)", tenant: base.tenant)
    }
}

// SPDX-License-Identifier: Apache-2.0

import Value
import World

/// An appointment that stands in the EHR.
struct BookedAppointment: Sendable {
    /// The links of a video visit's two rooms.
    struct Links: Sendable, Hashable {
        let provider: String
        let patient: String
        let start: String
        let end: String
    }

    let plan: PlannedAppointment
    var start: Instant
    /// FHIR status.
    var status = "booked"
    var links: Links?
    /// The patient's participation: accepted, tentative, needs-action.
    var patientStatus = "accepted"
    /// Elements that clients wrote: slot, reasons, comment.
    var patched: Members = [:]
    /// Elements as the client that created it wrote them; empty where the EHR booked it.
    var asked: Members = [:]
    /// Elements of the encounter that clients wrote, and how often.
    var encounter: Members = [:]
    var encounterChanges = 0
    /// What is special about the record.
    var condition = AppointmentCondition.free
    var version: Int
    var changed: Instant

    var end: Instant { start + .seconds(plan.minutes * 60) }

    /// Facts 5.3.4: with links the version reads `<n>-1`.
    var versionID: String { links == nil ? String(version) : "\(version)-1" }

    var encounterVersionID: String { String(version + encounterChanges) }

    mutating func touch(at now: Instant) {
        version += 1
        changed = now
    }
}

/// What can be special about an appointment in the EHR.
package enum AppointmentCondition: String, Sendable, Hashable, CaseIterable {
    case free
    /// Somebody has the record open: writes are refused with 423 (facts 5.3.3).
    case locked
    /// The next write fails in something it depends on: 424 (facts 5.3.3).
    case dependency
    /// The record lacks what an answer has to have: it cannot be read, 500 (facts 5.3.3).
    case incomplete
    /// Patients' tokens do not see it (facts 5.3.4).
    case sensitive
    /// Launches of it name its patient and nothing else, as from a chart that was opened without a visit.
    case unnamed
}

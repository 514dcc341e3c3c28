// SPDX-License-Identifier: Apache-2.0

import Foundation
import GRDB

typealias Row = Codable & FetchableRecord & PersistableRecord & Sendable

/// A configured FHIR base URL with its two integration records.
struct BaseRow: Row {
    static let databaseTableName = "base"
    let id: String
    var tenant: String
    var url: String
    var vendor: Vendor
    var environment: String
    /// Principal name of the Epic approver.
    var approver: String?
    var approvedAt: Double?
    /// Object id of the administrator who configured the base; meetings are organized in this name.
    var organizer: String
    var zone: String?
    var providerRecord: String
    var patientRecord: String
    /// The linked number, E.164.
    var number: String?
    let createdAt: Double

    var isApproved: Bool { vendor == .cerner || approvedAt != nil }
}

enum Vendor: String, Codable, Sendable, DatabaseValueConvertible { case cerner, epic }

/// One virtual visit: ids, times and addresses, no person.
struct VisitRow: Row {
    static let databaseTableName = "visit"
    let id: String
    let tenant: String
    let base: String
    /// FHIR id; dropped after the retention time.
    var appointment: String?
    /// Epic's contact serial number (CSN).
    var contact: String?
    var startsAt: Double
    var endsAt: Double
    var status: String
    /// Counts the links given out: a cancelled visit's links die with it.
    var generation: Int
    /// SHA-256 of the patient's and the staff's link tokens.
    var patientLink: String
    var staffLink: String
    var meeting: String?
    var joinURL: String?
    var browserURL: String?
    var subscription: String?
    var clientState: String?
    var department: String?
    /// Times for which the EHR already holds the links.
    var linksFor: String?

    var start: Date { Date(timeIntervalSince1970: startsAt) }
    var end: Date { Date(timeIntervalSince1970: endsAt) }
    var isCancelled: Bool { status == "cancelled" }
}

/// A participant of a visit, without a name.
struct AttendeeRow: Row {
    static let databaseTableName = "attendee"
    /// Stands for whoever opened the link, where call events do not show the lobby.
    static let linkOpened = "link"
    let visit: String
    let participant: String
    let role: String
    /// Keyed hash that tells one person's several participations belong together.
    let person: String
    /// Key of the EHR user's id in `Identities`.
    var identity: String?
    var state: String
    var lobbyAt: Double?
    var joinedAt: Double?
    var leftAt: Double?
}

struct NumberRow: Row {
    static let databaseTableName = "number"
    let id: String
    let tenant: String
    var number: String?
    /// searching, purchasing, ready, failed.
    var state: String
    var operation: String?
    var search: String?
    let requestedAt: Double
}

struct ConsentRow: Row {
    static let databaseTableName = "consent"
    let tenant: String
    var organization: Bool
    var attendees: Bool

    var isWhole: Bool { organization && attendees }
}

/// A message to a patient; whom it goes to is read from the EHR when it is sent.
struct MessageRow: Row {
    static let databaseTableName = "message"
    let id: String
    let visit: String
    let kind: String
    let startsAt: Double
    let channel: String
    var repeatability: String
    let firstSent: String
    /// pending, sent, refused, skipped.
    var state: String
    var phone: String?
}

struct WritebackRow: Row {
    static let databaseTableName = "writeback"
    var id: Int64?
    let visit: String
    let participant: String
    let role: String
    /// connect or disconnect.
    let kind: String
    let occurrence: String
    let at: Double
    let identity: String?
    /// pending, done, refused.
    var state: String
}

/// A hint for staff: what could not be done, for which visit.
struct NoteRow: Row {
    static let databaseTableName = "note"
    var id: Int64?
    let tenant: String
    let visit: String?
    let code: String
    let at: Double
}

struct JobRow: Row {
    static let databaseTableName = "job"
    let tenant: String
    let kind: JobKind
    let key: String
    var due: Double
    var attempts: Int
    var revision: String
}

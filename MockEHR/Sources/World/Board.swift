// SPDX-License-Identifier: Apache-2.0

import MockKit
import Value
package import World

/// An appointment as a board shows it.
package struct BoardEntry: Sendable {
    package let plan: PlannedAppointment
    package let start: Instant
    /// FHIR status.
    package let status: String
    /// The patient's participation.
    package let patientStatus: String
    /// True once a connector wrote the links of both rooms (Cerner).
    package let hasLinks: Bool
    /// What is special about the record.
    package let condition: AppointmentCondition
    /// What leads from the vendor's own pages into the visit: the entry and the path of its page.
    package let entries: [(entry: LaunchEntry, page: String)]
    /// True where an integration record is installed for the entry's role, so that its page offers the launch.
    package let launchable: Set<LaunchEntry>
}

/// What a page of launches shows; see ``MockEHR/dress(_:)``.
package struct EntryPage: Sendable {
    package struct Row: Sendable {
        package let entry: BoardEntry
        /// Addresses of the launches offered.
        package let launches: [String]
    }

    package let entry: LaunchEntry
    package let world: WorldID
    package let organization: String
    /// Alias of who is signed in.
    package let person: String
    package let rows: [Row]
}

/// Turns a page of launches into HTML.
package typealias EntryDress = @Sendable (EntryPage) -> String?

extension MockEHR {
    /// Everything booked in a world, by time.
    package func board(in id: WorldID) throws(EHRError) -> [BoardEntry] {
        try world(id).bases.flatMap { base in base.appointments.values.map { base.boardEntry($0) } }
            .sorted { ($0.start, $0.plan.alias) < ($1.start, $1.plan.alias) }
    }

    /// Adds an appointment that the world was not made with. Throws where its name, people or base are wrong.
    package func plan(_ appointment: PlannedAppointment, in id: WorldID) throws(EHRError) {
        let world = try world(id)
        guard (try? world.plan(appointment.alias)) == nil else {
            throw EHRError(
                message: "there is an appointment \"\(appointment.alias)\" already", remedy: "choose another name")
        }
        _ = try world.base(appointment.base)
        for (alias, role) in [(appointment.patient, Role.patient), (appointment.provider, .provider)] {
            guard try world.person(alias).role == role else {
                throw EHRError(message: "\(alias) is no \(role.rawValue)", remedy: "name a \(role.rawValue)")
            }
        }
        world.added.append(appointment)
    }

    /// From now on the pages of launches of a world look as `dress` makes them; nil answers leave them as they are.
    package func dress(_ dress: @escaping EntryDress, in id: WorldID) throws(EHRError) { try world(id).dress = dress }

    /// Takes every access and refresh token back, as an administrator does who revokes a client.
    package func revokeTokens(in id: WorldID) throws(EHRError) {
        for base in try world(id).bases {
            base.tokens = [:]
            base.refreshTokens = [:]
        }
    }
}

extension EHRBase {
    func boardEntry(_ booked: BookedAppointment) -> BoardEntry {
        let entries = profile.entries.map { entry in
            (
                entry,
                (["appointment": booked.plan.fhirID] as Form).appended(to: filled("/{tenant}/\(entry.rawValue)"))
            )
        }
        let launchable = profile.entries.filter { entry in records.contains { $0.role == entry.role } }
        return BoardEntry(
            plan: booked.plan, start: booked.start, status: booked.status, patientStatus: booked.patientStatus,
            hasLinks: booked.links != nil, condition: booked.condition, entries: entries, launchable: Set(launchable))
    }
}

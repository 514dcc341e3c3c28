// SPDX-License-Identifier: Apache-2.0

import MockKit
import Trace
import Value
package import World

/// How the runner's actors find their way into the EHR.
extension MockEHR {
    /// The EHR page a person opens to launch a visit: a list with one appointment. The launch link on it has class
    /// `launch` and `data-appointment` with the alias; without an EHR session the sign-in form comes first.
    ///
    /// Throws where the vendor has no such entry, or the person has no business there.
    package func launchPage(
        entry: LaunchEntry, appointment alias: String, by person: String, in id: WorldID
    ) throws(EHRError) -> String {
        let world = try world(id)
        guard world.profile.entries.contains(entry) else {
            throw .unknown("launch entry", entry.rawValue, known: world.profile.entries.map(\.rawValue))
        }
        let plan = try world.plan(alias)
        guard try world.person(person).role == entry.role else {
            throw EHRError(
                message: "\(person) cannot use \(entry.rawValue)",
                remedy: "let a \(entry.role.rawValue) launch from there")
        }
        let base = try world.base(plan.base)
        return (["appointment": plan.fhirID] as Form).appended(to: base.url("/{tenant}/\(entry.rawValue)"))
    }

    /// The entries a person of this role has with the world's vendor.
    package func launchEntries(for role: Role, in id: WorldID) throws(EHRError) -> [LaunchEntry] {
        try world(id).profile.entries.filter { $0.role == role }
    }

    /// Mints a launch value as the EHR would and returns the URL it would send the browser to: for scenarios that
    /// tamper with launches. Recorded as `launch.issued`.
    package func mintLaunch(
        entry: LaunchEntry, appointment alias: String, by person: String, in id: WorldID
    ) throws(EHRError) -> (url: String, issuer: String, launch: String) {
        let world = try world(id)
        let plan = try world.plan(alias)
        _ = try world.person(person)
        let base = try world.base(plan.base)
        guard let booked = base.appointments[alias], let record = base.records.first(where: { $0.role == entry.role })
        else {
            throw EHRError(
                message: "\"\(alias)\" cannot be launched from \(entry.rawValue)",
                remedy: "book it and install an integration record for the \(entry.role.rawValue) first")
        }
        let (url, launch) = base.issueLaunch(record, booked, by: person, entry: entry)
        journal.append(base.launchIssued(booked, by: person, entry: entry, url: url))
        return (url, base.base.url, launch)
    }
}

// SPDX-License-Identifier: Apache-2.0

import Foundation
import MockKit
import Trace
import Value
import World

/// PowerChart, Hyperspace, Haiku, Canto, MyChart: whose appointments one sees, and how a visit is launched from there.
extension EHRBase {
    /// The list of the signed-in person's appointments with a launch link each.
    func entryPage(_ entry: LaunchEntry, _ request: MockRequest) -> MockResponse {
        let here = request.path + (request.query.isEmpty ? "" : "?" + request.query)
        guard let session = session(of: request) else { return signInPage(returningTo: here) }
        guard session.person.role == entry.role else {
            return page("Not for you", "This part of the EHR is for the \(entry.role.rawValue).", status: 403)
        }
        let wanted = request.queryFields["appointment"]
        let own = appointments.values.filter {
            Self.participants($0.plan).contains(session.person.alias) && (wanted == nil || wanted == $0.plan.fhirID)
        }.sorted { $0.start < $1.start }
        if let dressed = world.dress?(page(entry, session.person, own)) {
            return .html(dressed, world: model.id, party: .ehr)
        }
        let rows = own.map { row(entry, $0) }
        return .html(
            HTMLPage(title: entry.title, body: [.element("ul", ["id": "appointments"], rows)]), world: model.id,
            party: .ehr)
    }

    private func page(_ entry: LaunchEntry, _ person: Person, _ own: [BookedAppointment]) -> EntryPage {
        let rows = own.map { appointment in
            EntryPage.Row(entry: boardEntry(appointment), launches: launches(entry, appointment))
        }
        return EntryPage(
            entry: entry, world: model.id, organization: model.organizationName, person: person.alias, rows: rows)
    }

    /// The addresses of the launches that an entry offers for an appointment.
    private func launches(_ entry: LaunchEntry, _ appointment: BookedAppointment) -> [String] {
        guard appointment.status != "cancelled", appointment.plan.isVideoVisit else { return [] }
        return records.enumerated().filter { $0.element.role == entry.role }.map { index, _ in
            (["appointment": appointment.plan.fhirID, "record": String(index)] as Form)
                .appended(to: filled("/{tenant}/\(entry.rawValue)/launch"))
        }
    }

    private func row(_ entry: LaunchEntry, _ appointment: BookedAppointment) -> HTML {
        var pieces: [HTML] = [
            .element("time", [:], [HTML(appointment.start.description)]), HTML(" " + appointment.status),
        ]
        for address in launches(entry, appointment) {
            pieces.append(
                .element(
                    "a", ["class": "launch", "data-appointment": appointment.plan.alias, "href": address],
                    [HTML(entry.button)]))
        }
        return .element("li", ["data-appointment": appointment.plan.alias], pieces)
    }

    /// Follows a launch link: mints the launch value and sends the browser to the connector.
    func launch(_ entry: LaunchEntry, _ request: MockRequest) -> MockResponse {
        let here = request.path + (request.query.isEmpty ? "" : "?" + request.query)
        guard let session = session(of: request) else { return signInPage(returningTo: here) }
        let query = request.queryFields
        guard session.person.role == entry.role, !world.isClosed,
            let appointment = query["appointment"].flatMap({ appointment(fhirID: $0) }),
            Self.participants(appointment.plan).contains(session.person.alias),
            let index = query["record"].flatMap({ Int($0) }), records.indices.contains(index),
            records[index].role == entry.role
        else { return page("Not possible", "There is no such appointment or button for you here.", status: 404) }
        let alias = session.person.alias
        let (url, _) = issueLaunch(records[index], appointment, by: alias, entry: entry)
        return .redirect(
            to: url, world: model.id, party: .ehr,
            events: [launchIssued(appointment, by: alias, entry: entry, url: url)])
    }

    /// Mints a launch value and returns it with the address the browser goes to.
    func issueLaunch(
        _ record: IntegrationRecord, _ appointment: BookedAppointment, by person: String, entry: LaunchEntry
    ) -> (url: String, launch: String) {
        let value = mint()
        let alias = appointment.plan.alias
        launches[value] = LaunchContext(
            person: person, appointment: alias, entry: entry,
            patient: mixedUpPatients.removeValue(forKey: alias) ?? appointment.plan.patient)
        // The issuer is the address under which the EHR serves its FHIR API, whatever the record says.
        var url = (["iss": base.url, "launch": value] as Form).appended(to: record.launchURL)
        if let parameters = record.parameters, !parameters.isEmpty {
            url += "&" + filledParameters(parameters, record.encryption, for: appointment, by: model.person(person))
        }
        return (url, value)
    }

    func launchIssued(
        _ appointment: BookedAppointment, by person: String, entry: LaunchEntry, url: String
    ) -> EventDraft {
        event(
            "launch.issued",
            [
                "by": .string(person), "appointment": .string(appointment.plan.alias),
                "entry": .string(entry.rawValue), "url": .string(url),
            ])
    }

    /// Replaces context tokens `%NAME…%` by their values, percent-encoded; unknown ones become empty (facts 5.4.5).
    func filledParameters(
        _ parameters: String, _ encryption: LaunchEncryption?, for appointment: BookedAppointment, by person: Person?
    ) -> String {
        let isUnnamed = appointment.condition == .unnamed
        var result = ""
        var rest = Substring(parameters)
        while let open = rest.firstIndex(of: "%") {
            result += rest[..<open]
            let inside = rest[rest.index(after: open)...]
            guard let close = inside.firstIndex(of: "%") else {
                rest = inside
                result += "%"
                continue
            }
            let parts = inside[..<close].split(separator: ";", omittingEmptySubsequences: false)
            let tokens = profile.contextTokens
            switch tokens[parts.prefix(2).joined(separator: ";")] ?? tokens[String(parts[0])] {
            // Outside a visit a context token has no value.
            case .csn where isUnnamed, .start where isUnnamed, .encryptedData where isUnnamed: break
            case .csn: result += PercentCoding.encode(appointment.plan.csn)
            case .department: result += PercentCoding.encode(departmentID)
            case .start: result += PercentCoding.encode(appointment.start.description)
            case .encryptedData:
                let plain = encryption.flatMap { rules in person.map { launchData(for: appointment, by: $0, rules) } }
                result += PercentCoding.encode(plain.flatMap { encryption?.encrypted($0) } ?? "")
            case .nothing, nil: break
            }
            rest = inside[inside.index(after: close)...]
        }
        return result + rest
    }

    static func participants(_ plan: PlannedAppointment) -> [String] {
        [plan.patient, plan.provider] + (plan.secondProvider.map { [$0] } ?? [])
    }
}

// SPDX-License-Identifier: Apache-2.0

package import Value
package import World

extension WorldSpec {
    /// Every name of the world a scenario may write between `$(` and `)`.
    package var references: [String] {
        var names = WorldNames()
        names.vendor = vendor
        for person in people { names.people[person.alias] = .some(person.role) }
        names.appointments = Set(appointments.map(\.alias))
        names.bases = Set(bases.map(\.alias))
        return names.references
    }
}

/// The values behind world references.
package enum WorldReferences {
    /// By reference name; data a person has not is left out. `connector` and `microsoft` are the URLs of the connector
    /// and of Microsoft's mock, where they are known.
    ///
    /// `start` and `end` are the planned times of the model; a runner that moved an appointment overwrites them.
    ///
    /// `impostor` is an origin that serves the EHR's bases under a certificate nobody can trust.
    package static func values(
        of world: WorldModel, connector: String?, microsoft: String? = nil, impostor: String? = nil
    ) -> [String: Value] {
        var values: [String: Value] = [
            "world.tenant": .string(world.tenant), "world.region": .string(world.region.rawValue),
            "world.vendor": .string(world.vendor.rawValue), "world.start": .string(world.start.description),
        ]
        if let connector { values["connector.url"] = .string(connector) }
        if let microsoft { values["world.microsoft"] = .string(microsoft) }
        for base in world.bases {
            values["\(base.alias).url"] = .string(base.url)
            let path = base.url.split(separator: "/", omittingEmptySubsequences: false).dropFirst(3).joined(
                separator: "/")
            values["\(base.alias).impostor"] = .string((impostor ?? "https://impostor.example.net") + "/" + path)
            values["\(base.alias).alias"] = .string(base.alias)
        }
        for appointment in world.appointments {
            let end = appointment.start + .seconds(60 * appointment.minutes)
            values["\(appointment.alias).start"] = .string(appointment.start.description)
            values["\(appointment.alias).end"] = .string(end.description)
            values["\(appointment.alias).id"] = .string(appointment.fhirID)
            values["\(appointment.alias).csn"] = .string(appointment.csn)
            values["\(appointment.alias).alias"] = .string(appointment.alias)
        }
        for person in world.people {
            values["\(person.alias).alias"] = .string(person.alias)
            values["\(person.alias).role"] = .string(person.role.rawValue)
            for dataClass in DataClass.allCases {
                if let value = value(of: dataClass, person) {
                    values["\(person.alias).\(dataClass.rawValue)"] = .string(value)
                }
            }
        }
        return values
    }

    /// The directory's value for what only the directory holds, else the EHR's, else the directory's.
    private static func value(of dataClass: DataClass, _ person: Person) -> String? {
        if DataClassNames.directory.contains(dataClass.rawValue) { return person.directory?.values[dataClass] }
        return person.ehr.values[dataClass] ?? person.directory?.values[dataClass]
    }
}

// SPDX-License-Identifier: Apache-2.0

package import Value
package import World

/// A world as scenarios see it: `$(main.url)` and, in expressions, `%world.main.url`. It stands in `world.opened`, so that
/// the judge resolves the same names from the trace alone.
package enum WorldValue {
    /// Bases, people and appointments by alias, and `tenant`, `region`, `vendor`, `microsoft`, `connector`.
    package static func value(of world: WorldModel, microsoft: String, connector: String) -> Value {
        var members: Members = [
            "id": .string(world.id.rawValue), "tenant": .string(world.tenant), "region": .string(world.region.rawValue),
            "vendor": .string(world.vendor.rawValue), "start": .string(world.start.description),
            "microsoft": .string(microsoft), "connector": .string(connector),
        ]
        for base in world.bases {
            members[base.alias] = [
                "kind": "base", "alias": .string(base.alias), "url": .string(base.url), "tenant": .string(base.tenant),
                "environment": .string(base.environment.rawValue), "release": .string(base.release),
            ]
        }
        for person in world.people { members[person.alias] = value(of: person) }
        for appointment in world.appointments { members[appointment.alias] = value(of: appointment) }
        return .object(members)
    }

    /// The value of a reference such as `main.url`, `ada.principal-name`, `visit.start`, `world.tenant`, `connector.url`.
    package static func lookup(_ name: String, in world: Value) -> Value? {
        let parts = name.split(separator: ".", maxSplits: 1).map(String.init)
        guard parts.count == 2 else { return nil }
        switch parts[0] {
        case "world": return world[parts[1]]
        case "connector": return parts[1] == "url" ? world["connector"] : nil
        default: return world[parts[0]]?[parts[1]]
        }
    }

    /// The EHR's values by class; the directory's for the names only it has.
    private static func value(of person: Person) -> Value {
        var members: Members = [
            "kind": "person", "alias": .string(person.alias), "role": .string(person.role.rawValue),
            "locale": .string(person.locale), "time-zone": .string(person.timeZone),
        ]
        for (dataClass, text) in person.directory?.values.sorted(by: { $0.key.rawValue < $1.key.rawValue }) ?? [] {
            members[dataClass.rawValue] = .string(text)
        }
        let directoryOnly: Set<DataClass> = [.principalName, .directoryID, .displayName]
        for (dataClass, text) in person.ehr.values.sorted(by: { $0.key.rawValue < $1.key.rawValue })
        where !directoryOnly.contains(dataClass) {
            members[dataClass.rawValue] = .string(text)
        }
        return .object(members)
    }

    private static func value(of appointment: PlannedAppointment) -> Value {
        [
            "kind": "appointment", "alias": .string(appointment.alias), "base": .string(appointment.base),
            "id": .string(appointment.fhirID), "csn": .string(appointment.csn), "patient": .string(appointment.patient),
            "provider": .string(appointment.provider), "start": .string(appointment.start.description),
            "end": .string((appointment.start + .seconds(60 * appointment.minutes)).description),
        ]
    }
}

// SPDX-License-Identifier: Apache-2.0

package import Value
package import World

/// A world's names as one object: `%world.main.url` in expressions. It stands in `world.opened`, so that the judge resolves
/// the same names from the trace alone.
package enum WorldValue {
    /// The references of ``WorldReferences`` as nested objects, with where the mocks and the connector are.
    /// - Parameter parameters: what the run gives to the scenario, found as `%world.parameters.name`.
    package static func value(
        of world: WorldModel, microsoft: String, connector: String, impostor: String? = nil,
        parameters: [String: String] = [:]
    ) -> Value {
        var flat = WorldReferences.values(of: world, connector: connector, impostor: impostor)
        flat["world.microsoft"] = .string(microsoft)
        flat["world.region"] = .string(world.region.rawValue)
        flat["world.vendor"] = .string(world.vendor.rawValue)
        flat["world.start"] = .string(world.start.description)
        for person in world.people {
            flat["\(person.alias).role"] = .string(person.role.rawValue)
            // An import has to know what the texts were written in.
            if person.locale != "en-US" { flat["\(person.alias).locale"] = .string(person.locale) }
        }
        for (name, value) in parameters { flat["\(ScenarioParameter.owner).\(name)"] = .string(value) }
        var members = Members()
        for (name, value) in flat.sorted(by: { $0.key < $1.key }) {
            let parts = name.split(separator: ".", maxSplits: 1).map(String.init)
            var inner = members[parts[0]]?.members ?? Members()
            inner[parts[1]] = value
            members[parts[0]] = .object(inner)
        }
        return .object(members)
    }

    /// The references again, by `owner.field`.
    package static func references(in model: Value) -> [String: Value] {
        var flat: [String: Value] = [:]
        for owner in model.members ?? Members() {
            for field in owner.value.members ?? Members() { flat["\(owner.name).\(field.name)"] = field.value }
        }
        return flat
    }
}

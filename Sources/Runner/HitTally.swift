// SPDX-License-Identifier: Apache-2.0

internal import Canary
internal import Value
internal import World

/// Hits as a `sweep` event tells them. What stands several times at one place, as in the old versions of a database's page,
/// is told once, with how often: `times`.
struct HitTally {
    private struct Key: Hashable {
        let canary: String
        let world: WorldID?
        let form: String
        let chain: [String]
        let surface: String
        let place: Value?
    }

    private var entries: [(members: Members, times: Int)] = []
    private var places: [Key: Int] = [:]

    var values: [Value] {
        entries.map { entry in
            var members = entry.members
            if entry.times > 1 { members["times"] = Value(entry.times) }
            return .object(members)
        }
    }

    /// - Parameters:
    ///   - place: within the surface.
    ///   - isAlike: whether those at one place, or at none that has a name, are all judged alike.
    ///   - members: as the event has them; asked for where the hit is told.
    mutating func add(_ hit: Hit, surface: String, place: Value?, isAlike: Bool, members: () -> Members) {
        if isAlike {
            let key = Key(
                canary: hit.canary, world: hit.world, form: hit.form, chain: hit.chain, surface: surface, place: place)
            if let known = places[key] {
                entries[known].times += 1
                return
            }
            places[key] = entries.count
        }
        entries.append((members(), 1))
    }
}

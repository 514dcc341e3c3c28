// SPDX-License-Identifier: Apache-2.0

package import World

/// One value whose every appearance has a meaning, with the place it was planted.
package struct Canary: Sendable, Hashable {
    /// `person.origin.class`, for example `ann.ehr.family-name`; unique within its world.
    package let id: String
    package let world: WorldID?
    /// Alias of the person; nil for a datum of nobody, for example an appointment id.
    package let person: String?
    package let origin: DataOrigin?
    /// Decides which forms are searched; nil: the value as text only, in every encoding.
    package let dataClass: DataClass?
    package let value: String
    /// Whether it was drawn at random, as tokens are: nobody has it back from a digest by trying, nor writes it in a
    /// disguise for people's eyes. Encodings that programs use are searched all the same.
    package let isRandom: Bool

    package init(
        id: String, world: WorldID? = nil, person: String? = nil, origin: DataOrigin? = nil,
        dataClass: DataClass? = nil, value: String, isRandom: Bool = false
    ) {
        self.id = id
        self.world = world
        self.person = person
        self.origin = origin
        self.dataClass = dataClass
        self.value = value
        self.isRandom = isRandom
    }
}

/// The canaries of one world, or of several.
package struct CanarySet: Sendable {
    package private(set) var canaries: [Canary]

    package init(_ canaries: [Canary] = []) { self.canaries = canaries }

    /// Every non-empty value of every person.
    /// - Parameter typed: what persons type by hand, by alias (``PersonMint/typedRecord(alias:)``).
    package init(people: [Person], typed: [String: PersonRecord] = [:], world: WorldID? = nil) {
        canaries = people.flatMap { person -> [Canary] in
            let records: [(DataOrigin, PersonRecord?)] = [
                (.ehr, person.ehr), (.directory, person.directory), (.typed, typed[person.alias]),
            ]
            return records.flatMap { origin, record in
                DataClass.allCases.compactMap { dataClass in
                    guard let value = record?.values[dataClass], !value.isEmpty else { return nil }
                    return Canary(
                        id: "\(person.alias).\(origin.rawValue).\(dataClass.rawValue)", world: world,
                        person: person.alias,
                        origin: origin, dataClass: dataClass, value: value)
                }
            }
        }
    }

    /// Every non-empty value of every person of a world.
    package init(_ model: WorldModel, typed: [String: PersonRecord] = [:]) {
        self.init(people: model.people, typed: typed, world: model.id)
    }

    /// Adds a datum of another kind, for example an appointment id.
    package mutating func insert(_ canary: Canary) { canaries.append(canary) }

    /// Adds another world's canaries.
    package mutating func formUnion(_ other: CanarySet) { canaries += other.canaries }

    /// The canary with that id, of the first world that has it.
    package subscript(_ id: String) -> Canary? { canaries.first { $0.id == id } }
}

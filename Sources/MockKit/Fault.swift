// SPDX-License-Identifier: Apache-2.0

package import Trace
package import World

/// Where a fault strikes: a party, optionally a method, and a path pattern.
///
/// In a pattern `*` stands for any characters within one path segment and `**` for any characters at all.
package struct FaultPlace: Sendable, Hashable, CustomStringConvertible {
    package let party: Party
    /// Nil: any method.
    package let method: String?
    package let path: String

    package init(party: Party, method: String? = nil, path: String = "**") {
        self.party = party
        self.method = method
        self.path = path
    }

    package var description: String { "\(party) \(method ?? "*") \(path)" }

    /// True where a request stands at this place. `path` is percent-encoded, without query.
    package func matches(party: Party, method: String, path: String) -> Bool {
        self.party == party && (self.method == nil || self.method == method)
            && PathPattern.matches(Array(self.path.utf8)[...], Array(path.utf8)[...])
    }
}

/// One armed fault.
package struct Fault: Sendable, Hashable {
    package let place: FaultPlace
    package let effect: FaultEffect
    /// Nil: in every world and on the run-level lane.
    package let world: WorldID?
    /// How many requests at the place pass before it strikes.
    package let skip: Int
    /// How often it strikes; nil: until it is disarmed.
    package let times: Int?
    /// True: the party does its work first, and only the answer suffers (a lost answer, not a lost request).
    package let afterWork: Bool
    /// When it ends, on the world's clock; nil: never by itself.
    package let until: Instant?
    /// With which probability it strikes a request whose turn it is, drawn from the plan's seed; 1: always.
    package let chance: Double

    /// Whether requests that only ask about something pass: one of few strikes is for what is asked for.
    var sparesProbes: Bool { times != nil && place.method == nil }

    package init(
        at place: FaultPlace, _ effect: FaultEffect, in world: WorldID?, skip: Int = 0, times: Int? = 1,
        afterWork: Bool = false, until: Instant? = nil, chance: Double = 1
    ) {
        self.place = place
        self.effect = effect
        self.world = world
        self.skip = skip
        self.times = times
        self.afterWork = afterWork
        self.until = until
        self.chance = chance
    }
}

private enum PathPattern {
    static func matches(_ pattern: ArraySlice<UInt8>, _ path: ArraySlice<UInt8>) -> Bool {
        guard let first = pattern.first else { return path.isEmpty }
        guard first == UInt8(ascii: "*") else {
            return path.first == first && matches(pattern.dropFirst(), path.dropFirst())
        }
        let crossesSegments = pattern.dropFirst().first == UInt8(ascii: "*")
        let rest = pattern.dropFirst(crossesSegments ? 2 : 1)
        var tail = path
        while true {
            if matches(rest, tail) { return true }
            guard let next = tail.first, crossesSegments || next != UInt8(ascii: "/") else { return false }
            tail = tail.dropFirst()
        }
    }
}

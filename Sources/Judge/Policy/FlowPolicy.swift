// SPDX-License-Identifier: Apache-2.0

package import World

/// Which class of datum may be where: rules read from the top, the first that fits a hit decides it.
package struct FlowPolicy: Sendable, Hashable {
    /// Which hits a policy looks at; an empty set is any.
    package struct Scope: Sendable, Hashable {
        package var places: Set<Place> = []
        package var classes: Set<String> = []
        package var exceptClasses: Set<String> = []
        package var roles: Set<Role> = []
        package var origins: Set<String> = []
        package var to: [PartyPattern] = []

        package init() {}
    }

    package enum Place: String, Sendable, Hashable, CaseIterable {
        /// On its way between parties.
        case message
        /// Kept: files, logs, databases, standard output.
        case storage
    }

    /// How the region of storage is judged beside the rules.
    package enum RegionRule: String, Sendable, Hashable, CaseIterable { case ignored, own }

    package struct Rule: Sendable, Hashable {
        package let id: String
        /// Words of data classes; empty: any.
        package var classes: Set<String> = []
        package var roles: Set<Role> = []
        package var origins: Set<String> = []
        package var place: Place?
        package var from: [PartyPattern] = []
        package var to: [PartyPattern] = []
        /// JSON pointer in the body, `*` for one piece: `/smsRecipients/*/to`.
        package var pointers: [String] = []
        package var until: Until?
        package let isAllowed: Bool
        /// Why, for the reader of a finding.
        package let because: String

        package init(id: String, isAllowed: Bool, because: String) {
            self.id = id
            self.isAllowed = isAllowed
            self.because = because
        }
    }

    /// `visit.end + 24h`: until so long after the last appointment's edge.
    package struct Until: Sendable, Hashable {
        package enum Edge: String, Sendable, Hashable { case start, end }
        package let edge: Edge
        package let offset: Duration

        package init(edge: Edge, offset: Duration) {
            self.edge = edge
            self.offset = offset
        }
    }

    package let name: String
    package let title: String
    package let scope: Scope
    package let region: RegionRule
    package let rules: [Rule]

    package init(name: String, title: String, scope: Scope = Scope(), region: RegionRule = .ignored, rules: [Rule]) {
        self.name = name
        self.title = title
        self.scope = scope
        self.region = region
        self.rules = rules
    }

    /// The words a policy may use for data beside `DataClass`: what belongs to a visit, and credentials.
    package static let otherClasses: Set<String> = [
        "appointment-id", "encounter-id", "csn", "appointment-time", "meeting-id", "subscription-id", "message-id",
        "base-url",
        "organization-number", "token", "code", "client-secret",
    ]
}

/// Who a rule means: a party by name, `microsoft` (Entra, Graph, Teams), `actor`, `actor:patient` (a role), `self` (the
/// person the datum belongs to), `not-connector`.
package struct PartyPattern: Sendable, Hashable {
    package let text: String
    package init(_ text: String) { self.text = text }

    /// Every pattern but `actor:<role>`.
    package static let words: Set<String> = [
        "connector", "ehr", "entra", "graph", "teams", "sms", "egress", "runner", "microsoft", "actor", "self",
        "not-connector",
    ]

    package static func isKnown(_ text: String) -> Bool {
        words.contains(text) || (text.hasPrefix("actor:") && Role(rawValue: String(text.dropFirst(6))) != nil)
    }
}

/// What a policy must know of a world to judge its hits.
package struct FlowWorld: Sendable, Hashable {
    /// Roles of the people by alias.
    package var roles: [String: Role]
    package var region: Region?
    /// The latest planned start and end.
    package var lastStart: Instant?
    package var lastEnd: Instant?
    /// Its clock when it was last heard of: what a store holds then counts as kept until then.
    package var lastClock: Instant?

    package init(
        roles: [String: Role] = [:], region: Region? = nil, lastStart: Instant? = nil, lastEnd: Instant? = nil,
        lastClock: Instant? = nil
    ) {
        self.roles = roles
        self.region = region
        self.lastStart = lastStart
        self.lastEnd = lastEnd
        self.lastClock = lastClock
    }
}

/// A hit that no rule allows.
package struct Leak: Sendable, Hashable {
    package let hit: SurfaceHit
    /// The rule that forbids it; nil: no rule fits, and what is not allowed is forbidden.
    package let rule: FlowPolicy.Rule?
    /// Set where the datum lies in a region that is not the tenant's.
    package let region: Region?
    /// The last message that brought the value out of the EHR before.
    package let carrier: SurfaceHit?
}

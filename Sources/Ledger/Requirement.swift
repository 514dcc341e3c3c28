// SPDX-License-Identifier: Apache-2.0

/// One testable sentence about a connector; ids are stable and never reused.
package struct Requirement: Sendable, Hashable {
    /// How much it weighs.
    package enum Level: String, Sendable, Hashable, CaseIterable {
        /// A source page states it.
        case must = "M"
        /// A source page recommends it.
        case should = "S"
        /// No page states it, the field needs it.
        case engineering = "E"
    }

    /// A source page (see `profiles/`).
    package enum Source: String, Sendable, Hashable, CaseIterable {
        case cernerPreview = "CI"
        case cernerAprilSpanish = "CE"
        case cernerAprilPortuguese = "CP"
        case cernerJune = "CR"
        case epic = "EE"
    }

    /// How it can be seen at best.
    package enum Observability: String, Sendable, Hashable, CaseIterable {
        /// On the wire, on a page or in the connector's storage.
        case observed
        /// Where the wire does not show it, a person's word may close it.
        case attested
        /// Not at all from outside.
        case notObservable = "not-observable"
    }

    package let id: String
    package let sentence: String
    package let level: Level
    /// Pages that state it; empty for engineering rows.
    package let sources: [Source]
    /// Profiles it belongs to.
    package let profiles: [String]
    /// What the connector controls and a check looks at.
    package let observable: String
    package let observability: Observability
    /// What the checks cannot show.
    package let limits: String?

    package init(
        id: String, sentence: String, level: Level, sources: [Source], profiles: [String], observable: String,
        observability: Observability, limits: String?
    ) {
        self.id = id
        self.sentence = sentence
        self.level = level
        self.sources = sources
        self.profiles = profiles
        self.observable = observable
        self.observability = observability
        self.limits = limits
    }

    /// The section of the ledger: `SET`, `SMS`, …
    package var section: String { String(id.prefix { $0 != "-" }) }
}

extension Requirement.Source {
    /// The page it stands for.
    package var title: String {
        let page =
            switch self {
            case .cernerPreview: "Microsoft's page on the Cerner integration, February 2022 preview (Italian)"
            case .cernerAprilSpanish: "Microsoft's page on the Cerner integration, April 2022 (Spanish)"
            case .cernerAprilPortuguese: "Microsoft's page on the Cerner integration, April 2022 (Portuguese)"
            case .cernerJune: "Microsoft's page on the Cerner integration, June 2022 (Russian)"
            case .epic: "Microsoft's page on the Epic integration, November 2021 (Spanish)"
            }
        return "\(rawValue): \(page)"
    }
}

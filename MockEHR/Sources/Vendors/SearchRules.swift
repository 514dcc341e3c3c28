// SPDX-License-Identifier: Apache-2.0

import FHIRModel

/// What a search of one type must and may say.
struct SearchRule: Sendable {
    enum Offer: Sendable {
        /// Every search parameter that R4 defines for the type.
        case official
        /// These of them.
        case only([String])
    }

    let offer: Offer
    /// The vendor's own parameters.
    let own: [SearchDefinition]
    /// Exactly one of these must be there, once; empty: no such rule.
    let exactlyOneOf: [String]
    /// At least one of these must be there; empty: no such rule.
    let anyOf: [String]
    /// Parameters that need a date beside them, and the names of that date.
    let needDate: (parameters: [String], dates: [String])?
    /// More results than this are refused; nil: any number.
    let limit: Int?

    init(
        _ offer: Offer, own: [SearchDefinition] = [], exactlyOneOf: [String] = [], anyOf: [String] = [],
        needDate: (parameters: [String], dates: [String])? = nil, limit: Int? = nil
    ) {
        self.offer = offer
        self.own = own
        self.exactlyOneOf = exactlyOneOf
        self.anyOf = anyOf
        self.needDate = needDate
        self.limit = limit
    }

    /// A parameter the vendor offers for the type; nil for all others.
    func definition(_ name: String, of type: String) -> SearchDefinition? {
        if let own = own.first(where: { $0.name == name }) { return own }
        if case .only(let names) = offer, !names.contains(name) { return nil }
        // `_text` and `_content`, which R4 leaves to each server, are not among the definitions: no vendor documents them.
        return SearchTable.r4.definition(name, of: type)
    }

    /// The names of all parameters offered, for the CapabilityStatement.
    func names(of type: String) -> [String] {
        switch offer {
        case .only(let names): names + own.map(\.name)
        case .official:
            (["_id", "_lastUpdated"] + SearchTable.r4.names(of: type) + own.map(\.name))
                .filter { definition($0, of: type) != nil }
        }
    }
}

/// What the vendor's searches have in common.
struct SearchForms: Sendable {
    enum UnknownParameter: Sendable { case ignore, warn }

    /// What happens to a search parameter the type does not have. `Prefer: handling=strict` has it refused.
    let unknownParameter: UnknownParameter
    /// True: an empty result carries a warning inside the Bundle.
    let warnsOfNoResults: Bool
    /// Modifiers behind a colon, beside the names of types on references.
    let modifiers: Set<String>
    /// True: one level of chained parameters.
    let chains: Bool
    /// True: `_sort` by parameters the type offers.
    let sorts: Bool
    /// `searchInclude` and `searchRevInclude` of every type in the CapabilityStatement; empty: not offered.
    let includes: (forward: [String], reverse: [String])
    /// The name of the parameter that holds a page's token, and what stands beside it.
    let page: (token: String, next: [(name: String, value: String)], previous: [(name: String, value: String)])
}

/// A form of resources on the wire.
enum FHIRFormat: String, Sendable {
    case json, xml

    /// How clients call it, in `_format`, `Accept` and `Content-Type`.
    var words: Set<String> {
        switch self {
        case .json: Self.jsonWords
        case .xml: Self.xmlWords
        }
    }

    private static let jsonWords: Set = [
        "application/fhir+json", "application/json", "application/json+fhir", "json", "text/json",
    ]
    private static let xmlWords: Set = [
        "application/fhir+xml", "application/xml", "application/xml+fhir", "xml", "text/xml",
    ]
}

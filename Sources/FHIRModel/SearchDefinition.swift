// SPDX-License-Identifier: Apache-2.0

package import FHIRPath

/// A search parameter of a resource type (FHIR R4, `SearchParameter`).
package struct SearchDefinition: Sendable {
    package enum Kind: String, Sendable, CaseIterable {
        case number, date, string, token, reference, composite, quantity, uri, special
    }

    package let name: String
    package let kind: Kind
    /// Where in the resource the values stand.
    package let expression: Expression
    /// Types a reference may lead to; empty: any, or no reference.
    package let targets: [String]
    /// Expressions over what ``expression`` finds, in the order of the parts of a composite's value.
    package let components: [Expression]

    /// Throws where the expression is no FHIRPath.
    package init(_ name: String, _ kind: Kind, _ expression: String, targets: [String] = []) throws(FHIRPathError) {
        self.name = name
        self.kind = kind
        self.expression = try Expression(parsing: expression)
        self.targets = targets
        components = []
    }

    init?(_ fields: [Substring]) {
        guard fields.count == 7, let kind = Kind(rawValue: String(fields[3])),
            let expression = try? Expression(parsing: String(fields[6]))
        else { return nil }
        name = String(fields[2])
        self.kind = kind
        self.expression = expression
        targets = fields[4] == "*" ? [] : fields[4].split(separator: ",").map(String.init)
        components = fields[5].split(separator: ";").compactMap {
            try? Expression(parsing: String($0.drop { $0 != " " }).replacing("\u{A6}", with: "|"))
        }
    }
}

/// The official search parameters of R4, read at first use.
package struct SearchTable: Sendable {
    package static let r4 = SearchTable()

    private let byType: [String: [String: SearchDefinition]]
    /// Parameters whose expression could not be read: `Type.name`.
    package let unreadable: [String]

    private init() {
        var byType: [String: [String: SearchDefinition]] = [:]
        var unreadable: [String] = []
        R4Tables.forEachLine(R4Tables.search) { fields in
            let type = String(fields[1])
            let name = String(fields[2])
            if let definition = SearchDefinition(fields) {
                byType[type, default: [:]][name] = definition
            } else {
                unreadable.append("\(type).\(name)")
            }
        }
        self.byType = byType
        self.unreadable = unreadable
    }

    /// A parameter of a type, those of every resource included; nil where there is none.
    package func definition(_ name: String, of type: String) -> SearchDefinition? {
        byType[type]?[name] ?? byType["DomainResource"]?[name] ?? byType["Resource"]?[name]
    }

    /// The names of a type's own parameters, sorted.
    package func names(of type: String) -> [String] { (byType[type] ?? [:]).keys.sorted() }
}

// SPDX-License-Identifier: Apache-2.0

/// One statement of a source page, in the project's own words: judged by rows, or not, with the reason.
package struct Statement: Sendable, Hashable {
    package enum Judged: Sendable, Hashable {
        /// Ids of the requirements that judge it.
        case by([String])
        /// Why nothing a connector does could decide it.
        case not(because: String)
    }

    /// `C-SMS-4`: stable, never reused.
    package let id: String
    /// The pages that say it; several where they are one page at different dates.
    package let pages: [Requirement.Source]
    /// The heading it stands under, in English.
    package let section: String
    package let says: String
    package let judged: Judged

    package init(id: String, pages: [Requirement.Source], section: String, says: String, judged: Judged) {
        self.id = id
        self.pages = pages
        self.section = section
        self.says = says
        self.judged = judged
    }

    /// The rows that judge it; empty where none does.
    package var rows: [String] {
        if case .by(let rows) = judged { return rows }
        return []
    }
}

extension Ledger {
    /// The statements a row goes back to, by page and section: what a page says, or what a row of level E is the sharp
    /// reading of.
    package func statements(of requirement: String) -> [Statement] {
        statements.filter { $0.rows.contains(requirement) }
    }
}

// SPDX-License-Identifier: Apache-2.0

/// A deliberate fault of the reference connector and the check that must find it.
package struct DefectEntry: Sendable, Hashable {
    /// What kills it.
    package struct Expected: Sendable, Hashable {
        /// Nil: the check may fail in any scenario.
        package let scenario: String?
        package let check: String
        /// A word of `Reason`, for example `missing-event`.
        package let reason: String

        /// Whether a scenario is the one it names: by its id, or by that of the matrix it is a cell of (`id[cell]`).
        package func means(_ scenario: String) -> Bool {
            guard let wanted = self.scenario else { return true }
            return scenario == wanted || scenario.hasPrefix(wanted + "[")
        }

        package init(scenario: String?, check: String, reason: String) {
            self.scenario = scenario
            self.check = check
            self.reason = reason
        }
    }

    package let id: String
    /// What the connector does wrong, one line.
    package let story: String
    /// The section of the ledger it offends against, for example `SMS`.
    package let area: String
    /// Where it was seen: a field incident, a standard, a page.
    package let source: String
    package let expected: Expected
    /// What else may turn red without being noise: requirement ids, or `scenario/check` (`run/check` for those of the whole
    /// run). Checks of the expected check's own rows need not be named. Everything else must stay green.
    package let also: [String]
    /// Scenarios in which it shows, where the expected check belongs to the whole run; empty: any.
    package let showsIn: [String]

    package init(
        id: String, story: String, area: String, source: String, expected: Expected, also: [String] = [],
        showsIn: [String] = []
    ) {
        self.also = also
        self.showsIn = showsIn
        self.id = id
        self.story = story
        self.area = area
        self.source = source
        self.expected = expected
    }
}

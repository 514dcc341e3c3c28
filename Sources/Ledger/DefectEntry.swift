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

    package init(id: String, story: String, area: String, source: String, expected: Expected) {
        self.id = id
        self.story = story
        self.area = area
        self.source = source
        self.expected = expected
    }
}

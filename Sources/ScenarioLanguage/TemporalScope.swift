// SPDX-License-Identifier: Apache-2.0

/// The stretch of a scenario's life an invariant looks at: after an event, before one, or between two.
package struct TemporalScope: Sendable, Hashable {
    /// Begins with the first such event; nil: with the scenario.
    package let after: EventPattern?
    /// Ends before the first such event after its beginning; nil: with the scenario.
    package let before: EventPattern?

    package init(after: EventPattern?, before: EventPattern?) {
        self.after = after
        self.before = before
    }

    /// ` after: visit.booked before: …`, as it stands in a file.
    package var text: String {
        (after.map { " after: \($0.text)" } ?? "") + (before.map { " before: \($0.text)" } ?? "")
    }
}

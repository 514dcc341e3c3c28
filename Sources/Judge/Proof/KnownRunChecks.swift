// SPDX-License-Identifier: Apache-2.0

internal import ProtocolRules

/// The checks of a whole run that a connector can fail.
package enum KnownRunChecks {
    /// Of the way steps, invariants and runs are judged: counted up with every change that can turn a verdict, so that the
    /// profiles that rest on it get a new revision.
    package static let version = 2

    /// Without advice, which never fails, and without the completeness of the record, which is the harness's own.
    package static let all: [String] =
        ["traffic-only-to-known-parties", "connector-stays-up", "privacy.seed-policy"]
        + ProtocolRules.all.filter { !$0.isAdvice }.map { "protocol." + $0.id }

    package static func contains(_ check: String) -> Bool { all.contains(check) }
}

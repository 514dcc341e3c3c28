// SPDX-License-Identifier: Apache-2.0

internal import GRDB

/// A run as the history keeps it.
package struct PastRun: Sendable, Hashable, Decodable, FetchableRecord {
    package let id: String
    package let folder: String
    /// RFC 3339, UTC.
    package let started: String
    package let suite: String
    package let deployment: String
    package let connector: String
    package let defects: String
    package let verdict: String
    package let profile: String?
    package let seconds: Double
    package let scenarios: Int
    package let checks: Int
    package let failed: Int

    /// Runs of one kind should come to the same.
    var kind: String { [deployment, connector, suite, defects].joined(separator: "\u{1F}") }
}

// SPDX-License-Identifier: Apache-2.0

/// A way for a connector's messages on which another party does what a check would judge. A scenario names those checks
/// under `not-observable`.
package enum Channel: String, Sendable, Hashable, CaseIterable {
    /// Text messages through Microsoft Graph: Microsoft writes them, sends them from a number of its own and hears the answers.
    case graphTexts = "graph-texts"
}

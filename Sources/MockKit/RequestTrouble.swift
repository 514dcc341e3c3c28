// SPDX-License-Identifier: Apache-2.0

/// What a fault asks of the party that answers, beside the answer itself: only the party can do it.
package struct RequestTrouble: Sendable, Hashable {
    /// How far the party's clock is off: times inside tokens are, as `Date` is.
    package var clockSkew: Duration = .zero
    /// The AADSTS code that the request ends with; nil: none.
    package var entraError: Int?
    /// The number of the issue that the EHR has to state; nil: none.
    package var issue: Int?

    package init() {}
}

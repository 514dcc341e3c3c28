// SPDX-License-Identifier: Apache-2.0

package import Trace
package import Value

/// A fault as a scenario states it, read back from `Setting.fault`.
package struct FaultSpec: Sendable, Hashable {
    package enum Effect: Sendable, Hashable {
        /// An answer with this status; `retryAfter` in seconds.
        case status(Int, retryAfter: Int?)
        /// A proper answer, late. Real time.
        case latency(Duration)
        /// The connection is closed instead.
        case drop
        /// A body cut off in its middle.
        case malformed
        /// Epic's transient refusal of its telehealth service, LOCK-FAILED.
        case locked
        /// Led elsewhere.
        case redirect(String)
        /// No answer at all; nil: as long as the mock holds it.
        case timeout(Duration?)
    }

    /// `ehr`, `entra`, `graph`, `teams` or `sms`.
    package let place: Party
    /// `*` within a segment, `**` for anything; nil: every path.
    package let path: String?
    /// Nil: every method.
    package let method: String?
    package let effect: Effect
    /// Strikes so often.
    package let times: Int
    /// The first request it strikes, counted from 1.
    package let nth: Int
    /// The party does its work first, and only its answer is lost.
    package let afterWork: Bool

    static let places = ["ehr", "entra", "graph", "teams", "sms"]
    static let methods = ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD"]
    static let effects = ["status", "latency", "drop", "malformed", "locked", "redirect", "timeout"]

    /// Nil where `value` was not made by the scenario parser.
    package init?(_ value: Value) {
        guard let place = value["place"]?.string else { return nil }
        self.place = Party(rawValue: place)
        path = value["path"]?.string
        method = value["method"]?.string
        times = value["times"]?.int ?? 1
        nth = value["nth"]?.int ?? 1
        afterWork = value["after-work"]?.bool ?? false
        if let status = value["status"]?.int {
            effect = .status(status, retryAfter: value["retry-after"]?.int)
        } else if let latency = value["latency"]?.string.flatMap({ DurationText.parse($0) }) {
            effect = .latency(latency)
        } else if value["drop"] == true {
            effect = .drop
        } else if value["malformed"] == true {
            effect = .malformed
        } else if value["locked"] == true {
            effect = .locked
        } else if let target = value["redirect"]?.string {
            effect = .redirect(target)
        } else if let timeout = value["timeout"] {
            effect = .timeout(timeout.string.flatMap { DurationText.parse($0) })
        } else {
            return nil
        }
    }
}

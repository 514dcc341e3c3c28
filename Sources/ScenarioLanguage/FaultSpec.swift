// SPDX-License-Identifier: Apache-2.0

package import Trace
package import Value

/// A fault as a scenario states it, read back from `Setting.fault`.
package struct FaultSpec: Sendable, Hashable {
    package enum Effect: Sendable, Hashable {
        /// An answer with this status; `retryAfter` in seconds, written as an HTTP date where `asDate`.
        case status(Int, retryAfter: Int?, asDate: Bool)
        /// A proper answer, late. Real time.
        case latency(Duration)
        /// Late by a drawn time: `uniform`, `normal` or `exponential` with one or two durations.
        case delay(shape: String, Duration, Duration)
        /// A proper answer in small pieces: so many bytes of the body every tenth of a second.
        case drip(bytes: Int)
        /// The connection is closed instead.
        case drop
        /// The connection is closed after a proper answer.
        case hangUp
        /// The connection is reset.
        case reset
        /// A body shorter than announced; nil: half.
        case truncate(bytes: Int?)
        /// A chunked body with a size that is none.
        case badChunks
        /// The request arrives twice.
        case duplicate
        /// The next request overtakes this one, which waits at most this long.
        case reorder(Duration)
        /// A body cut off in its middle.
        case malformed
        /// The transient refusal of the channel of writeback: LOCK-FAILED of Epic's own.
        case locked
        /// Led elsewhere.
        case redirect(String)
        /// No answer at all; nil: as long as the mock holds it.
        case timeout(Duration?)
        /// A proper answer under another media type.
        case contentType(String)
        /// A proper answer with so many blanks before it.
        case oversize(bytes: Int)
        /// The party's clock is off: the answer's `Date`, and the times inside tokens.
        case skew(Duration)
        /// Entra refuses with this AADSTS code.
        case entraError(Int)
        /// Epic states the issue of this number.
        case issue(Int)
        /// The request's token is not known any more.
        case revokedToken
        /// The handshake goes wrong: `expired`, `wrong-host`, `unknown-ca`, `old-version`.
        case tls(String)
    }

    package enum Place: Sendable, Hashable {
        /// `ehr`, `entra`, `graph`, `teams` or `sms`.
        case party(Party)
        /// Where connects and disconnects are written to the EHR, whichever channel the deployment declares.
        case writeback
        /// Where text messages are handed in, whichever gateway the deployment declares.
        case textMessages

        init(_ word: String) {
            self =
                switch word {
                case "writeback": .writeback
                case "text-messages": .textMessages
                default: .party(Party(rawValue: word))
                }
        }
    }

    package let place: Place
    /// `*` within a segment, `**` for anything; nil: every path. Only at a party.
    package let path: String?
    /// Nil: every method. Only at a party.
    package let method: String?
    package let effect: Effect
    /// Strikes so often; nil: as long as it lasts.
    package let times: Int?
    /// The first request it strikes, counted from 1.
    package let nth: Int
    /// The party does its work first, and only its answer is lost.
    package let afterWork: Bool
    /// How long it lasts on the world's clock (an outage); nil: until its strikes are used up.
    package let lasting: Duration?
    /// With which probability it strikes, in per cent.
    package let percent: Int

    package static let places = ["ehr", "entra", "graph", "teams", "sms"] + channels
    /// Places whose path and method the deployment knows.
    package static let channels = ["writeback", "text-messages"]
    package static let methods = ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD"]
    package static let effects = [
        "status", "latency", "delay", "drip", "drop", "hang-up", "reset", "truncate", "bad-chunks", "duplicate",
        "reorder", "malformed", "locked", "redirect", "timeout", "content-type", "oversize", "skew", "revoked-token",
        "aadsts", "issue", "tls",
    ]
    package static let troubles = ["expired", "wrong-host", "unknown-ca", "old-version"]

    /// Nil where `value` was not made by the scenario parser, or says no fault.
    package init?(_ value: Value) {
        guard let place = value["place"]?.string, let effect = Effect(value) else { return nil }
        self.place = Place(place)
        self.effect = effect
        path = value["path"]?.string
        method = value["method"]?.string
        lasting = value["lasting"]?.string.flatMap { DurationText.parse($0) }
        times = value["times"]?.int ?? (lasting == nil ? 1 : nil)
        nth = value["nth"]?.int ?? 1
        afterWork = value["after-work"]?.bool ?? false
        percent = value["percent"]?.int ?? 100
    }
}

extension FaultSpec.Effect {
    /// `uniform 100ms 2s`, `normal 1s 200ms`, `exponential 500ms`.
    package init?(delay text: String) {
        let words = text.split(separator: " ").map(String.init)
        let times = words.dropFirst().compactMap { DurationText.parse($0) }
        guard let shape = words.first, times.count == words.count - 1 else { return nil }
        switch (shape, times.count) {
        case ("uniform", 2) where times[0] <= times[1], ("normal", 2): self = .delay(shape: shape, times[0], times[1])
        case ("exponential", 1): self = .delay(shape: shape, times[0], .zero)
        default: return nil
        }
    }

    init?(_ value: Value) {
        func duration(_ key: String) -> Duration? { value[key]?.string.flatMap { DurationText.parse($0) } }
        if let status = value["status"]?.int {
            self = .status(status, retryAfter: value["retry-after"]?.int, asDate: value["retry-after-date"] == true)
        } else if let latency = duration("latency") {
            self = .latency(latency)
        } else if let text = value["delay"]?.string {
            self.init(delay: text)
        } else if let bytes = value["drip"]?.int {
            self = .drip(bytes: bytes)
        } else if let truncate = value["truncate"] {
            self = .truncate(bytes: truncate.int)
        } else if let duration = duration("reorder") {
            self = .reorder(duration)
        } else if let timeout = value["timeout"] {
            self = .timeout(timeout.string.flatMap { DurationText.parse($0) })
        } else if let target = value["redirect"]?.string {
            self = .redirect(target)
        } else if let type = value["content-type"]?.string {
            self = .contentType(type)
        } else if let bytes = value["oversize"]?.int {
            self = .oversize(bytes: bytes)
        } else if let skew = value["skew"]?.string.flatMap({ Self.signed($0) }) {
            self = .skew(skew)
        } else if let code = value["aadsts"]?.int {
            self = .entraError(code)
        } else if let code = value["issue"]?.int {
            self = .issue(code)
        } else if let trouble = value["tls"]?.string {
            self = .tls(trouble)
        } else if let flag = Self.flags.first(where: { value[$0.key] == true }) {
            self = flag.effect
        } else {
            return nil
        }
    }

    private static let flags: [(key: String, effect: Self)] = [
        ("drop", .drop), ("malformed", .malformed), ("locked", .locked), ("hang-up", .hangUp), ("reset", .reset),
        ("bad-chunks", .badChunks), ("duplicate", .duplicate), ("revoked-token", .revokedToken),
    ]

    /// `10m`, `+10m`, `-10m`.
    package static func signed(_ text: String) -> Duration? {
        let isBehind = text.hasPrefix("-")
        let size = text.hasPrefix("-") || text.hasPrefix("+") ? String(text.dropFirst()) : text
        return DurationText.parse(size).map { isBehind ? .zero - $0 : $0 }
    }
}

// SPDX-License-Identifier: Apache-2.0

import Foundation
package import Value
import World

/// What a fault does to an exchange, or to the handshake before it.
///
/// Faults below HTTP (`reset`, `truncate`, `badChunks`, `hangUp`) are written past the encoder on HTTP/1.1; on HTTP/2 the
/// stream is closed instead. Durations are real time, but for ``Fault/until``.
package enum FaultEffect: Sendable, Hashable {
    /// Answers with a status. `body` nil: an empty one. `retryAfter` in seconds; `asDate` writes it as an HTTP date.
    case status(
        Int, retryAfter: Int? = nil, asDate: Bool = false, body: String? = nil, contentType: String = "application/json"
    )
    /// Answers late, otherwise properly.
    case latency(Duration)
    /// Answers late by a time drawn from the plan's seed.
    case delay(LatencySpread)
    /// Answers properly, in small pieces: `bytes` of the body every `pause`.
    case drip(bytes: Int, pause: Duration)
    /// Closes the connection instead of answering.
    case drop
    /// Answers properly, then closes the connection without having said so.
    case hangUp
    /// Resets the connection (TCP RST) instead of answering.
    case reset
    /// Announces the whole body, sends `bytes` of it (nil: half) and closes.
    case truncate(bytes: Int?)
    /// Sends the body chunked, with a chunk size that is none, and closes.
    case badChunks
    /// The party gets the request twice, as from a proxy that repeats; the second answer is sent.
    case duplicate
    /// Holds the answer back until the next request at the same place was answered, at most this long.
    case reorder(within: Duration)
    /// Never answers; the connection is closed after the bound.
    case timeout(Duration = .seconds(120))
    /// Answers with the proper status and headers, and a body cut off in its middle.
    case malformedBody
    /// Answers 302 to this address.
    case redirect(String)
    /// Answers properly under another `Content-Type`.
    case contentType(String)
    /// Answers properly, with so many blanks before the body.
    case oversize(bytes: Int)
    /// The party's clock is off by so much: the `Date` of the answer, and the times inside tokens it issues.
    case skew(Duration)
    /// Entra refuses a token request or a sign-in with this AADSTS code; other parties answer as ever.
    case entraError(Int)
    /// The EHR states the issue of this number: it refuses the request with it, or sends it along; other parties answer as
    /// ever.
    case issue(Int)
    /// The party does not know the request's bearer token any more, and refuses it in its own words.
    case revokedToken
    /// The TLS handshake of a new connection goes wrong.
    case tls(TLSTrouble)

    /// The word it goes by in scenarios and in the trace.
    package var word: String {
        switch self {
        case .status: "status"
        case .latency: "latency"
        case .delay: "delay"
        case .drip: "drip"
        case .drop: "drop"
        case .hangUp: "hang-up"
        case .reset: "reset"
        case .truncate: "truncate"
        case .badChunks: "bad-chunks"
        case .duplicate: "duplicate"
        case .reorder: "reorder"
        case .timeout: "timeout"
        case .malformedBody: "malformed-body"
        case .redirect: "redirect"
        case .contentType: "content-type"
        case .oversize: "oversize"
        case .skew: "skew"
        case .entraError: "aadsts"
        case .issue: "issue"
        case .revokedToken: "revoked-token"
        case .tls: "tls"
        }
    }

    /// True where the fault strikes a handshake, not an exchange.
    package var isHandshake: Bool { if case .tls = self { true } else { false } }

    /// For the trace.
    package var value: Value {
        var members: Members = ["effect": .string(word)]
        func milliseconds(_ duration: Duration) -> Value { Value(Int(duration.wholeMicroseconds / 1000)) }
        switch self {
        case .status(let status, let retryAfter, let asDate, _, _):
            members["status"] = Value(status)
            if let retryAfter { members["retry-after"] = Value(retryAfter) }
            if asDate { members["as-date"] = true }
        case .latency(let duration), .timeout(let duration): members["milliseconds"] = milliseconds(duration)
        case .delay(let spread): members["spread"] = .string(spread.description)
        case .reorder(let duration): members["milliseconds"] = milliseconds(duration)
        case .skew(let duration): members["milliseconds"] = milliseconds(duration)
        case .entraError(let code), .issue(let code): members["code"] = Value(code)
        case .drip(let bytes, let pause):
            members["bytes"] = Value(bytes)
            members["milliseconds"] = milliseconds(pause)
        case .truncate(let bytes): if let bytes { members["bytes"] = Value(bytes) }
        case .oversize(let bytes): members["bytes"] = Value(bytes)
        case .redirect(let target): members["location"] = .string(target)
        case .contentType(let type): members["content-type"] = .string(type)
        case .tls(let trouble): members["trouble"] = .string(trouble.rawValue)
        case .drop, .hangUp, .reset, .badChunks, .duplicate, .malformedBody, .revokedToken: break
        }
        return .object(members)
    }
}

/// What is wrong with a handshake.
package enum TLSTrouble: String, Sendable, Hashable, CaseIterable {
    /// The server's certificate ran out yesterday.
    case expired
    /// The certificate is for another host.
    case wrongHost = "wrong-host"
    /// The certificate is signed by an authority nobody was told of.
    case unknownCA = "unknown-ca"
    /// The server speaks TLS 1.0 only.
    case oldVersion = "old-version"
}

/// A distribution of delays.
package enum LatencySpread: Sendable, Hashable, CustomStringConvertible {
    /// Evenly between the two.
    case uniform(Duration, Duration)
    /// Normal with mean and standard deviation; never below zero.
    case normal(mean: Duration, deviation: Duration)
    /// Exponential with a mean: mostly short, sometimes long.
    case exponential(mean: Duration)

    /// One delay of the distribution.
    func draw(_ random: inout RandomStream) -> Duration {
        func unit() -> Double { Double(random.next() >> 11) / Double(1 << 53) }
        func seconds(_ duration: Duration) -> Double { Double(duration.wholeMicroseconds) / 1_000_000 }
        switch self {
        case .uniform(let low, let high): return low + (high - low) * unit()
        case .normal(let mean, let deviation):
            // Box and Muller's transform.
            let normal = (-2 * log(max(unit(), .leastNonzeroMagnitude))).squareRoot() * cos(2 * Double.pi * unit())
            return .seconds(max(0, seconds(mean) + seconds(deviation) * normal))
        case .exponential(let mean): return .seconds(-seconds(mean) * log(max(unit(), .leastNonzeroMagnitude)))
        }
    }

    package var description: String {
        func text(_ duration: Duration) -> String { "\(duration.wholeMicroseconds / 1000)ms" }
        return switch self {
        case .uniform(let low, let high): "uniform \(text(low)) \(text(high))"
        case .normal(let mean, let deviation): "normal \(text(mean)) \(text(deviation))"
        case .exponential(let mean): "exponential \(text(mean))"
        }
    }
}

// SPDX-License-Identifier: Apache-2.0

import Foundation
import GRDB

/// Kinds of durable work. A job runs at its due time on its tenant's clock, at least once, one at a time per tenant.
enum JobKind: String, Codable, Sendable, DatabaseValueConvertible {
    /// A notification of the EHR; key = base id, appointment and change.
    case booking
    /// Sends one message of the outbox; key = message id.
    case message
    /// Queues the reminder of a visit; key = visit id and start.
    case reminder
    /// Writes the video links into the EHR; key = visit id.
    case videoLinks = "video-links"
    /// Sends a visit's writebacks in order; key = visit id.
    case writeback
    /// Renews a visit's call event subscription; key = visit id.
    case renew
    /// Asks how far a requested number is; key = number id.
    case number
    /// Reads a known appointment again (variant); key = visit id.
    case poll
    /// Drops ids that are no longer needed; key = visit id.
    case purge
}

/// What became of a job's run.
enum JobOutcome: Sendable {
    case done
    /// Again after so many seconds of the tenant's clock.
    case again(after: Double)
}

/// Reports a passing failure together with the wait the other side asked for.
struct Passing: Error, Sendable {
    /// Seconds of `Retry-After`, where one was given.
    var retryAfter: Double?
    var code: String
}

/// Waiting times between attempts.
enum BackOff {
    /// 2, 4, 8, 16, then 30 seconds; the other side's wish counts if it is longer.
    static func seconds(attempt: Int, retryAfter: Double?, _ behaviour: Behaviour) -> Double {
        if behaviour.has(.noBackOff) { return max(1, retryAfter ?? 0) }
        if behaviour.has(.retryAfterIgnored) { return 2 }
        if behaviour.has(.quickRetries) { return max([1, 1, 2, 3][min(attempt, 3)], retryAfter ?? 0) }
        if behaviour.has(.unhurriedMessages) { return max(60 * Double(1 << min(attempt, 5)), retryAfter ?? 0) }
        if behaviour.has(.unevenWaits) {
            let uneven = 1 + 0.1737171 * Double(attempt % 4)
            return max(min(60, 2.7182818 * Double(1 << min(attempt, 5))), retryAfter ?? 0) * uneven
        }
        if behaviour.has(.otherOrder) { return max(min(60, 5 * Double(1 << min(attempt, 4))), retryAfter ?? 0) }
        return max(min(30, Double(1 << min(attempt + 1, 5))), retryAfter ?? 0)
    }
}

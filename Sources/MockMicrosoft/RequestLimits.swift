// SPDX-License-Identifier: Apache-2.0

import World

/// How many requests Microsoft takes in a time; beyond it answers 429 with Retry-After. Real time.
package struct RequestLimit: Sendable, Hashable {
    package var requests: Int
    package var window: Duration

    package init(_ requests: Int, per window: Duration) {
        self.requests = requests
        self.window = window
    }
}

/// The limits of one world, as data.
package struct RequestLimits: Sendable, Hashable {
    /// Microsoft Graph, for one application over all tenants ([sec]: the public throttling page's global limit).
    package var graph = RequestLimit(130_000, per: .seconds(10))
    /// SMS from a toll-free number (wire-protocols 3.3).
    package var tollFree = RequestLimit(200, per: .seconds(60))
    /// SMS from a short code (wire-protocols 3.3).
    package var shortCode = RequestLimit(6000, per: .seconds(60))

    package init() {}

    /// The limit of a sender: short codes have five or six digits.
    func sms(from sender: String) -> RequestLimit {
        sender.utf8.count <= 6 && sender.utf8.allSatisfy { (48...57).contains($0) } ? shortCode : tollFree
    }
}

/// Requests of the current window, by who made them.
struct RequestCounter {
    private var windows: [String: (began: Instant, count: Int)] = [:]

    /// Counts one request; the seconds to wait where it is one too many.
    mutating func take(_ key: String, _ limit: RequestLimit, at now: Instant) -> Int? {
        if let window = windows[key], now - window.began < limit.window, now >= window.began {
            guard window.count < limit.requests else {
                let rest = limit.window - (now - window.began)
                return max(1, Int(rest.inSeconds.rounded(.up)))
            }
            windows[key]?.count += 1
        } else {
            guard limit.requests > 0 else { return max(1, Int(limit.window.inSeconds.rounded(.up))) }
            windows[key] = (now, 1)
        }
        return nil
    }
}

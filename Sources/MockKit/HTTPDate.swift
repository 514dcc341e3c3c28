// SPDX-License-Identifier: Apache-2.0

import Synchronization
package import World

/// Dates as HTTP headers write them (RFC 9110 section 5.6.7, IMF-fixdate).
package enum HTTPDate {
    private static let weekdays = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"]
    private static let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]

    private static let current = Mutex((second: Int64(0), text: ""))

    /// The present time; written once a second.
    package static var now: String {
        let instant = Instant.wall
        let second = instant.microseconds / 1_000_000
        return current.withLock { current in
            if current.second != second { current = (second, text(instant)) }
            return current.text
        }
    }

    /// The instant of an IMF-fixdate; nil for anything else.
    package static func instant(_ text: String) -> Instant? {
        let words = text.split(separator: " ")
        guard words.count == 6, words[5] == "GMT", let month = months.firstIndex(of: String(words[2])) else {
            return nil
        }
        let number = month < 9 ? "0\(month + 1)" : "\(month + 1)"
        return Instant(rfc3339: "\(words[3])-\(number)-\(words[1])T\(words[4])Z")
    }

    package static func text(_ instant: Instant) -> String {
        // `2026-01-31T10:20:30Z`: the parts stand at fixed places.
        let whole = instant.wholeSecond
        let text = Array(whole.description.utf8)
        func part(_ range: Range<Int>) -> String { String(decoding: text[range], as: UTF8.self) }
        let days = Int(whole.microseconds / 86_400_000_000)
        let weekday = weekdays[((days % 7) + 7) % 7]
        let month = months[(Int(part(5..<7)) ?? 1) - 1]
        return "\(weekday), \(part(8..<10)) \(month) \(part(0..<4)) \(part(11..<19)) GMT"
    }
}

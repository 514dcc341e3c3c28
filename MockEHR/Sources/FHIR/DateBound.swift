// SPDX-License-Identifier: Apache-2.0

import World

/// A date of a search: a prefix and a date or instant, which stands for a range (FHIR R4, 3.1.1.4.6).
struct DateBound: Sendable {
    enum Prefix: String, Sendable, CaseIterable { case eq, ne, gt, ge, lt, le, sa, eb, ap }

    let prefix: Prefix
    let low: Instant
    /// Exclusive.
    let high: Instant
    /// True where the text holds a time of day.
    let hasTime: Bool

    /// Reads `ge2026-01-31T10:00:00Z`, `2026-01-31`, `lt2026-02`. Nil for anything else.
    init?(_ text: String) {
        let prefix = Prefix.allCases.first { text.hasPrefix($0.rawValue) }
        let date = prefix == nil ? text : String(text.dropFirst(2))
        // A plus sign of an offset arrives as a space in queries that do not encode it.
        let plain = date.replacing(" ", with: "+")
        guard let range = Self.range(plain) else { return nil }
        self.prefix = prefix ?? .eq
        (low, high) = range
        hasTime = plain.contains("T")
    }

    /// True where a date, date-time or instant of a resource lies in it.
    func contains(_ text: String) -> Bool {
        guard let (low, high) = Self.range(text) else { return false }
        switch prefix {
        case .eq, .ap: return low >= self.low && high <= self.high
        case .ne: return !(low >= self.low && high <= self.high)
        case .gt: return high > self.high
        case .ge: return high > self.low
        case .lt: return low < self.low
        case .le: return low < self.high
        case .sa: return low >= self.high
        case .eb: return high <= self.low
        }
    }

    private static func range(_ text: String) -> (Instant, Instant)? {
        if let instant = Instant(rfc3339: text) { return (instant, instant + .seconds(1)) }
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard let year = parts.first.flatMap({ $0.count == 4 ? Int($0) : nil }) else { return nil }
        func start(_ year: Int, _ month: Int, _ day: Int) -> Instant? {
            func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
            return Instant(rfc3339: "\(year)-\(two(month))-\(two(day))T00:00:00Z")
        }
        switch parts.count {
        case 1:
            guard let low = start(year, 1, 1), let high = start(year + 1, 1, 1) else { return nil }
            return (low, high)
        case 2:
            guard let month = Int(parts[1]), let low = start(year, month, 1),
                let high = month == 12 ? start(year + 1, 1, 1) : start(year, month + 1, 1)
            else { return nil }
            return (low, high)
        case 3:
            guard let month = Int(parts[1]), let day = Int(parts[2]), let low = start(year, month, day) else {
                return nil
            }
            return (low, low + .seconds(86_400))
        default: return nil
        }
    }
}

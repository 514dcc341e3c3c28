// SPDX-License-Identifier: Apache-2.0

import Value
import World

/// The stretch of time a date, date-time, instant or period stands for; the end is exclusive.
struct DateRange: Sendable {
    let low: Instant
    let high: Instant

    private static let beginning = Instant(microseconds: .min / 2)
    private static let end = Instant(microseconds: .max / 2)

    /// Reads `2026`, `2026-02`, `2026-01-31`, `2026-01-31T10:00Z`, `2026-01-31T10:00:00.5+01:00`. Nil for anything else.
    init?(_ text: String) {
        guard let (low, high) = Self.moment(text) ?? Self.day(text) else { return nil }
        self.init(low: low, high: high)
    }

    /// A value of a resource: a text, or a Period, whose open ends reach for ever. Nil for anything else.
    init?(_ value: Value) {
        if let text = value.string {
            self.init(text)
            return
        }
        guard let members = value.members else { return nil }
        let start = members["start"]?.string.flatMap { DateRange($0) }
        let end = members["end"]?.string.flatMap { DateRange($0) }
        guard start != nil || end != nil else { return nil }
        self.init(low: start?.low ?? Self.beginning, high: end?.high ?? Self.end)
    }

    private init(low: Instant, high: Instant) {
        self.low = low
        self.high = high
    }

    private static func moment(_ text: String) -> (Instant, Instant)? {
        if let instant = Instant(rfc3339: text) {
            // Fractions are as precise as they are written; a second is what matters here.
            return (instant, instant + .seconds(1))
        }
        // Minutes without seconds are allowed in searches (FHIR R4, 3.1.1.4.6).
        let minute = text.prefix(16)
        guard minute.count == 16, text.contains("T"), text.count == 16 || !text.dropFirst(16).hasPrefix(":"),
            let instant = Instant(rfc3339: "\(minute):00\(text.count == 16 ? "Z" : String(text.dropFirst(16)))")
        else { return nil }
        return (instant, instant + .seconds(60))
    }

    private static func day(_ text: String) -> (Instant, Instant)? {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard (1...3).contains(parts.count), let year = number(parts[0], digits: 4) else { return nil }
        func start(_ year: Int, _ month: Int, _ day: Int) -> Instant? {
            func padded(_ number: Int, _ width: Int) -> String {
                let text = String(number)
                return String(repeating: "0", count: max(0, width - text.count)) + text
            }
            return Instant(rfc3339: "\(padded(year, 4))-\(padded(month, 2))-\(padded(day, 2))T00:00:00Z")
        }
        if parts.count == 1 { return start(year, 1, 1).flatMap { low in start(year + 1, 1, 1).map { (low, $0) } } }
        guard let month = number(parts[1], digits: 2) else { return nil }
        if parts.count == 2 {
            return start(year, month, 1).flatMap { low in
                (month == 12 ? start(year + 1, 1, 1) : start(year, month + 1, 1)).map { (low, $0) }
            }
        }
        return number(parts[2], digits: 2).flatMap { start(year, month, $0) }.map { ($0, $0 + .seconds(86_400)) }
    }

    private static func number(_ text: Substring, digits: Int) -> Int? {
        text.utf8.count == digits && text.utf8.allSatisfy { $0 >= 0x30 && $0 <= 0x39 } ? Int(text) : nil
    }
}

/// A comparison's prefix (FHIR R4, 3.1.1.4.5).
enum SearchPrefix: String, Sendable, CaseIterable {
    case eq, ne, gt, ge, lt, le, sa, eb, ap

    /// Takes the prefix off a value; `eq` where there is none.
    static func split(_ text: String) -> (prefix: SearchPrefix, rest: String) {
        guard let prefix = allCases.first(where: { text.hasPrefix($0.rawValue) }) else { return (.eq, text) }
        return (prefix, String(text.dropFirst(2)))
    }
}

/// A date of a search: a prefix and a date or instant, which stands for a range (FHIR R4, 3.1.1.4.6).
struct DateBound: Sendable {
    let prefix: SearchPrefix
    let range: DateRange
    /// True where the text holds a prefix and a time of day.
    let isWhole: Bool

    /// Reads `ge2026-01-31T10:00:00Z`, `2026-01-31`, `lt2026-02`. Nil for anything else.
    init?(_ text: String) {
        let (prefix, date) = SearchPrefix.split(text)
        // A plus sign of an offset arrives as a space in queries that do not encode it.
        let plain = date.replacing(" ", with: "+")
        guard let range = DateRange(plain) else { return nil }
        self.prefix = prefix
        self.range = range
        isWhole = date.count < text.count && plain.contains("T")
    }

    /// True where a resource's stretch of time fits. `now` is what "approximately" is measured by.
    func contains(_ found: DateRange, now: Instant) -> Bool {
        let isInside = found.low >= range.low && found.high <= range.high
        return switch prefix {
        case .eq: isInside
        case .ne: !isInside
        case .gt: found.high > range.high
        case .ge: found.high > range.high || isInside
        case .lt: found.low < range.low
        case .le: found.low < range.low || isInside
        case .sa: found.low >= range.high
        case .eb: found.high <= range.low
        case .ap: isNear(found, now)
        }
    }

    /// Ten percent of the time between now and the date, as the specification recommends.
    private func isNear(_ found: DateRange, _ now: Instant) -> Bool {
        let distance = (range.low.microseconds - now.microseconds).magnitude / 10
        let slack = Duration.microseconds(Int64(distance))
        return found.low < range.high + slack && found.high > range.low - slack
    }
}

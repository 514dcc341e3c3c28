// SPDX-License-Identifier: Apache-2.0

import Foundation

/// A time as a patient reads it, in the patient's zone.
struct LocalTime: Sendable {
    let date: Date
    let zone: TimeZone
    let behaviour: Behaviour

    /// Day, month, hour and minute on the wall.
    private var parts: DateComponents {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = behaviour.has(.zonesInFullHours) ? Self.inFullHours(zone, date) : zone
        var parts = calendar.dateComponents([.day, .month, .hour, .minute], from: date)
        if behaviour.has(.dayOfUTC) {
            calendar.timeZone = .gmt
            let day = calendar.dateComponents([.day, .month], from: date)
            (parts.day, parts.month) = (day.day, day.month)
        }
        return parts
    }

    /// The deliberate fault: what is beyond the full hours of a zone is dropped.
    private static func inFullHours(_ zone: TimeZone, _ date: Date) -> TimeZone {
        TimeZone(secondsFromGMT: zone.secondsFromGMT(for: date) / 3600 * 3600) ?? zone
    }

    var twentyFour: String { Self.two(parts.hour ?? 0) + ":" + Self.two(parts.minute ?? 0) }

    var twelve: String {
        let hour = parts.hour == 0 && behaviour.has(.midnightForNoon) ? 12 : parts.hour ?? 0
        return
            "\(hour % 12 == 0 ? 12 : hour % 12):\(Self.two(parts.minute ?? 0)) \(hour < 12 || behaviour.has(.morningForEvening) ? "AM" : "PM")"
    }

    /// 12/03, as in Europe.
    var dayMonth: String { Self.two(parts.day ?? 1) + "/" + Self.two(parts.month ?? 1) }

    /// 12.03, as in Russia.
    var dayDotMonth: String { Self.two(parts.day ?? 1) + "." + Self.two(parts.month ?? 1) }

    /// Mar 12
    var monthDay: String {
        let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
        return "\(months[(parts.month ?? 1) - 1]) \(parts.day ?? 1)"
    }

    static func two(_ value: Int) -> String { value < 10 ? "0\(value)" : "\(value)" }
}

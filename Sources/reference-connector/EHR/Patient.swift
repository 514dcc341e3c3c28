// SPDX-License-Identifier: Apache-2.0

import Foundation

/// What the connector reads of a patient to reach them; lives in memory only, for one message.
struct Patient: Sendable {
    enum Phone: Sendable, Equatable {
        case number(String)
        case invalid
        case missing
    }

    let phone: Phone
    let email: String?
    /// Two-letter language to write in.
    let language: String
    /// For the deliberate faults that leak it; honest code never reads it.
    let name: String
    let resource: JSON
    /// For the deliberate faults that dial it unread.
    let anyPhone: String?

    init(_ resource: JSON, now: Date) {
        self.resource = resource
        anyPhone = resource["telecom"].items.first { $0["system"].string == "phone" }?["value"].string
        let telecom = resource["telecom"].items.filter {
            Self.isCurrent($0["period"], now) && $0["use"].string != "old"
        }
        phone = Self.phone(telecom)
        email =
            telecom.first { $0["system"].string == "email" && $0["value"].string?.contains("@") == true }?["value"]
            .string
        let spoken = resource["communication"].items
        let preferred = spoken.first { $0["preferred"].bool == true } ?? spoken.first
        language = String((preferred?["language"]["coding"][0]["code"].string ?? "en").prefix(2)).lowercased()
        let full = resource["name"][0]
        name =
            full["text"].string
            ?? [full["given"][0].string, full["family"].string].compactMap(\.self).joined(separator: " ")
    }

    private static func isCurrent(_ period: JSON, _ now: Date) -> Bool {
        let today = Text.instant(now)
        // FHIR dates may be partial: compared as text up to their own precision.
        if let end = period["end"].string, end < String(today.prefix(end.count)) { return false }
        if let start = period["start"].string, start > String(today.prefix(start.count)) { return false }
        return true
    }

    /// The best mobile: use `mobile` or system `sms`, lowest rank first.
    private static func phone(_ telecom: [JSON]) -> Phone {
        let mobiles = telecom.filter { point in
            point["system"].string == "sms" || (point["system"].string == "phone" && point["use"].string == "mobile")
        }
        let ranked = mobiles.sorted { ($0["rank"].int ?? .max) < ($1["rank"].int ?? .max) }
        guard !ranked.isEmpty else { return .missing }
        let numbers = ranked.compactMap { $0["value"].string.flatMap(e164) }
        return numbers.first.map(Phone.number) ?? .invalid
    }

    /// E.164 of a number as EHRs write it: international with `+`, or ten bare digits of North America.
    static func e164(_ text: String) -> String? {
        let trimmed = text.trimmingCharacters(in: .whitespaces)
        let allowed = Set("+0123456789 ()-./")
        guard trimmed.allSatisfy(allowed.contains) else { return nil }
        let digits = trimmed.filter(\.isNumber)
        if trimmed.hasPrefix("+") {
            guard (8...15).contains(digits.count), digits.first != "0" else { return nil }
            return digits.first == "1" ? northAmerican(digits.dropFirst()) : "+" + digits
        }
        if digits.count == 11, digits.first == "1" { return northAmerican(digits.dropFirst()) }
        return northAmerican(Substring(digits))
    }

    private static func northAmerican(_ digits: Substring) -> String? {
        let numbers = Array(digits)
        guard numbers.count == 10, numbers[0] >= "2", numbers[3] >= "2" else { return nil }
        return "+1" + String(numbers)
    }
}

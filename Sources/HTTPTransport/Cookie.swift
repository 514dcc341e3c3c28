// SPDX-License-Identifier: Apache-2.0

package import Foundation

/// One stored cookie.
package struct Cookie: Sendable, Hashable {
    /// The SameSite attribute.
    package enum SameSite: String, Sendable, Hashable, CaseIterable {
        case strict, lax, none
        /// Not stated, or not understood: treated as `lax`.
        case unspecified
    }

    package let name: String
    package let value: String
    /// Lower case, without leading dot. For a loopback address `host:port` (see ``Site``).
    package let domain: String
    /// Whether only that very host gets it.
    package let isHostOnly: Bool
    package let path: String
    package let isSecure: Bool
    package let isHTTPOnly: Bool
    package let sameSite: SameSite
    /// Nil for a session cookie.
    package let expires: Date?
    package let created: Date

    /// What SameSite comes to in a browser.
    var effectiveSameSite: SameSite { sameSite == .unspecified ? .lax : sameSite }
}

/// The parts of a `Set-Cookie` value, read as section 5.6 of RFC 6265bis says; attributes nobody knows are dropped.
struct SetCookie {
    var name = ""
    var value = ""
    var domain: String?
    var path: String?
    var isSecure = false
    var isHTTPOnly = false
    var sameSite = Cookie.SameSite.unspecified
    var maxAge: Int?
    var expires: Date?

    /// Nil where a browser ignores the whole line.
    init?(_ line: String) {
        guard !line.utf8.contains(where: { ($0 < 0x20 && $0 != 0x09) || $0 == 0x7F }) else { return nil }
        let parts = line.split(separator: ";", omittingEmptySubsequences: false)
        guard let pair = parts.first else { return nil }
        if let equals = pair.firstIndex(of: "=") {
            name = Self.trimmed(pair[..<equals])
            value = Self.trimmed(pair[pair.index(after: equals)...])
        } else {
            value = Self.trimmed(pair)
        }
        guard !(name.isEmpty && value.isEmpty), name.utf8.count + value.utf8.count <= 4096 else { return nil }
        for part in parts.dropFirst() { read(attribute: part) }
    }

    private mutating func read(attribute: Substring) {
        let equals = attribute.firstIndex(of: "=")
        let name = Self.trimmed(attribute[..<(equals ?? attribute.endIndex)]).lowercased()
        let value = equals.map { Self.trimmed(attribute[attribute.index(after: $0)...]) } ?? ""
        guard value.utf8.count <= 1024 else { return }
        switch name {
        case "domain":
            let text = value.hasPrefix(".") ? String(value.dropFirst()) : value
            domain = text.isEmpty ? nil : text.lowercased()
        case "path": path = value.hasPrefix("/") ? value : nil
        case "secure": isSecure = true
        case "httponly": isHTTPOnly = true
        case "samesite": sameSite = Cookie.SameSite(rawValue: value.lowercased()) ?? .unspecified
        case "max-age": if let seconds = Int(value) { maxAge = seconds }
        case "expires": if let date = CookieDate.parse(value) { expires = date }
        default: break
        }
    }

    private static func trimmed(_ text: Substring) -> String { text.trimmingCharacters(in: .whitespaces) }
}

/// The lenient date grammar of cookies (RFC 6265bis, section 5.1.1): tokens in any order.
enum CookieDate {
    static func parse(_ text: String) -> Date? {
        var time: (hour: Int, minute: Int, second: Int)?
        var day: Int?
        var month: Int?
        var year: Int?
        let tokens = text.split { !($0.isASCII && ($0.isLetter || $0.isNumber || $0 == ":")) }
        for token in tokens {
            if time == nil, let found = clock(token) {
                time = found
            } else if day == nil, let number = leadingNumber(token, 1...2) {
                day = number
            } else if month == nil, let index = months.firstIndex(of: token.prefix(3).lowercased()) {
                month = index + 1
            } else if year == nil, let number = leadingNumber(token, 2...4) {
                year = number < 70 ? number + 2000 : number < 100 ? number + 1900 : number
            }
        }
        guard let time, let day, let month, let year, (1...31).contains(day), year >= 1601, time.hour < 24,
            time.minute < 60, time.second < 60
        else { return nil }
        var parts = DateComponents()
        (parts.year, parts.month, parts.day) = (year, month, day)
        (parts.hour, parts.minute, parts.second) = (time.hour, time.minute, time.second)
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = .gmt
        return calendar.date(from: parts)
    }

    private static let months = [
        "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
    ]

    private static func clock(_ token: Substring) -> (Int, Int, Int)? {
        let parts = token.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 3, let hour = leadingNumber(parts[0], 1...2), let minute = leadingNumber(parts[1], 1...2),
            let second = leadingNumber(parts[2], 1...2)
        else { return nil }
        return (hour, minute, second)
    }

    /// The number a token starts with, if it has that many digits.
    private static func leadingNumber(_ token: Substring, _ width: ClosedRange<Int>) -> Int? {
        let digits = token.prefix { $0.isASCII && $0.isNumber }
        return width.contains(digits.count) ? Int(digits) : nil
    }
}

// SPDX-License-Identifier: Apache-2.0

import Foundation

/// Percent-encoding, form encoding and instants as they travel.
enum Text {
    private static let unreserved = CharacterSet(
        charactersIn: "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")

    /// RFC 3986: everything but unreserved characters is escaped.
    static func percentEncoded(_ text: String) -> String {
        text.addingPercentEncoding(withAllowedCharacters: unreserved) ?? ""
    }

    /// `a=1&b=2`, in the given order.
    static func form(_ fields: [(String, String)]) -> String {
        fields.map { percentEncoded($0.0) + "=" + percentEncoded($0.1) }.joined(separator: "&")
    }

    /// Fields of a query or form; the first of a repeated name counts.
    static func fields(_ encoded: String) -> [String: String] {
        var result: [String: String] = [:]
        for pair in encoded.split(separator: "&") {
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard let name = decoded(parts[0]) else { continue }
            let value = parts.count > 1 ? decoded(parts[1]) ?? "" : ""
            if result[name] == nil { result[name] = value }
        }
        return result
    }

    private static func decoded(_ part: Substring) -> String? {
        // Most are as they stand.
        let isEncoded = part.utf8.contains { $0 == UInt8(ascii: "+") || $0 == UInt8(ascii: "%") }
        guard isEncoded else { return String(part) }
        return part.replacing("+", with: " ").removingPercentEncoding
    }

    /// Adds query fields to a URL that may already have some.
    static func url(_ base: String, adding fields: [(String, String)]) -> String {
        base + (base.contains("?") ? "&" : "?") + form(fields)
    }

    /// `2026-03-12T15:30:00Z`, with milliseconds only where there are some.
    static func instant(_ date: Date) -> String {
        let whole = date.timeIntervalSince1970 == date.timeIntervalSince1970.rounded()
        return date.formatted(Date.ISO8601FormatStyle(includingFractionalSeconds: !whole))
    }

    /// An instant with `Z` or offset and up to nine fraction digits.
    static func date(_ text: String?) -> Date? {
        guard let text else { return nil }
        var trimmed = text
        if let dot = text.firstIndex(of: ".") {
            let digits = text[text.index(after: dot)...].prefix(while: \.isNumber)
            let milliseconds = (digits + "000").prefix(3)
            trimmed = text[..<dot] + "." + milliseconds + text[digits.endIndex...]
        }
        return (try? Date(trimmed, strategy: Date.ISO8601FormatStyle(includingFractionalSeconds: true)))
            ?? (try? Date(trimmed, strategy: Date.ISO8601FormatStyle()))
    }

    /// Escapes text for HTML content and attribute values.
    static func html(_ text: String) -> String {
        var result = ""
        for character in text {
            switch character {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "\"": result += "&quot;"
            case "'": result += "&#39;"
            default: result.append(character)
            }
        }
        return result
    }
}

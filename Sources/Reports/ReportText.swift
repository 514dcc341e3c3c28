// SPDX-License-Identifier: Apache-2.0

internal import Foundation
internal import Judge
internal import Value

/// Text from elsewhere made fit to be read: control and direction characters are shown, never obeyed.
func visible(_ text: String) -> String {
    guard text.unicodeScalars.contains(where: isTreacherous) else { return text }
    var result = ""
    for scalar in text.unicodeScalars {
        if isTreacherous(scalar) {
            result += "‹U+" + String(scalar.value, radix: 16, uppercase: true) + "›"
        } else {
            result.unicodeScalars.append(scalar)
        }
    }
    return result
}

/// Control characters but tab and line feed, direction overrides, invisible marks, and what XML 1.0 does not admit.
private func isTreacherous(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x09, 0x0A: false
    case 0x00...0x1F, 0x7F...0x9F: true
    case 0x200B...0x200F, 0x202A...0x202E, 0x2060...0x2069, 0xFEFF: true
    case 0xFFFE, 0xFFFF, 0xE0000...0xE007F: true
    default: false
    }
}

/// `text` cut after `limit` characters, with an ellipsis.
func shortened(_ text: String, to limit: Int) -> String {
    text.count <= limit ? text : String(text.prefix(max(0, limit - 1))) + "…"
}

/// Seconds with three decimals, `.` whatever the locale.
func milliseconds(_ seconds: Double) -> String {
    let whole = seconds.isFinite ? Int((max(0, seconds) * 1000).rounded()) : 0
    let rest = String(whole % 1000)
    return "\(whole / 1000)." + String(repeating: "0", count: 3 - rest.count) + rest
}

/// Seconds as people read them: `0.4`, `12.3`, `75`.
func readable(_ seconds: Double) -> String {
    let text = milliseconds(seconds)
    return seconds >= 60 ? String(Int(seconds.rounded())) : String(text.dropLast(2))
}

/// `1 check`, `2 checks`.
func counted(_ number: Int, _ noun: String) -> String { "\(number) \(noun)\(number == 1 ? "" : "s")" }

/// Text for XML 1.0: escaped, without characters that XML cannot hold.
func xmlEscaped(_ text: String) -> String {
    var result = ""
    result.reserveCapacity(text.utf8.count)
    for scalar in visible(text).unicodeScalars {
        switch scalar {
        case "&": result += "&amp;"
        case "<": result += "&lt;"
        case ">": result += "&gt;"
        case "\"": result += "&quot;"
        case "'": result += "&#39;"
        default: result.unicodeScalars.append(scalar)
        }
    }
    return result
}

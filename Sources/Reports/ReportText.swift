// SPDX-License-Identifier: Apache-2.0

internal import Foundation
internal import Judge
internal import Value

/// Text from elsewhere made fit to be read: control and direction characters are shown, never obeyed.
func visible(_ text: String) -> String {
    guard mayHoldTreachery(text), text.unicodeScalars.contains(where: isTreacherous) else { return text }
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

/// A quick look at the bytes: control characters, and the lead bytes of the characters below.
private func mayHoldTreachery(_ text: String) -> Bool {
    text.utf8.contains { byte in
        (byte < 0x20 && byte != 0x09 && byte != 0x0A) || byte == 0x7F || byte == 0xC2 || byte == 0xE2 || byte == 0xEF
            || byte == 0xF3
    }
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

/// Text for XML 1.0 and HTML: escaped, with treacherous characters shown (see ``visible(_:)``). Works on bytes: reports hold
/// megabytes of bodies.
func xmlEscaped(_ text: String) -> String {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(text.utf8.count + 16)
    for byte in visible(text).utf8 {
        switch byte {
        case UInt8(ascii: "&"): bytes.append(contentsOf: "&amp;".utf8)
        case UInt8(ascii: "<"): bytes.append(contentsOf: "&lt;".utf8)
        case UInt8(ascii: ">"): bytes.append(contentsOf: "&gt;".utf8)
        case UInt8(ascii: "\""): bytes.append(contentsOf: "&quot;".utf8)
        case UInt8(ascii: "'"): bytes.append(contentsOf: "&#39;".utf8)
        default: bytes.append(byte)
        }
    }
    return String(decoding: bytes, as: UTF8.self)
}

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
    var text = text
    return text.withUTF8 { mayHoldTreachery($0) }
}

private func mayHoldTreachery(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
    for byte in bytes where byte < 0x20 || byte >= 0x7F {
        switch byte {
        case 0x09, 0x0A: continue
        case 0x00..<0x20, 0x7F, 0xC2, 0xE2, 0xEF, 0xF3: return true
        default: continue
        }
    }
    return false
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
    isLonger(text, than: limit) ? String(text.prefix(max(0, limit - 1))) + "…" : text
}

/// Whether a text has more than `limit` characters; counts them only where the bytes leave it open.
func isLonger(_ text: String, than limit: Int) -> Bool { text.utf8.count > limit && text.count > limit }

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

/// Text for XML 1.0 and HTML: escaped, with treacherous characters shown (see ``visible(_:)``).
func xmlEscaped(_ text: String) -> String {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(text.utf8.count + 16)
    appendXMLEscaped(text, to: &bytes)
    return String(decoding: bytes, as: UTF8.self)
}

/// The same behind what stands there. Works on bytes: reports hold megabytes of bodies.
func appendXMLEscaped(_ text: String, to bytes: inout [UInt8]) {
    var text = text
    let isPlain = text.withUTF8 { utf8 in
        if mayHoldTreachery(utf8) { return false }
        appendEscaped(utf8, to: &bytes)
        return true
    }
    guard !isPlain else { return }
    var shown = visible(text)
    shown.withUTF8 { appendEscaped($0, to: &bytes) }
}

private func appendEscaped(_ utf8: UnsafeBufferPointer<UInt8>, to bytes: inout [UInt8]) {
    var plain = 0
    for index in utf8.indices {
        let entity: StaticString
        switch utf8[index] {
        case UInt8(ascii: "&"): entity = "&amp;"
        case UInt8(ascii: "<"): entity = "&lt;"
        case UInt8(ascii: ">"): entity = "&gt;"
        case UInt8(ascii: "\""): entity = "&quot;"
        case UInt8(ascii: "'"): entity = "&#39;"
        default: continue
        }
        bytes.append(contentsOf: utf8[plain..<index])
        entity.withUTF8Buffer { bytes.append(contentsOf: $0) }
        plain = index + 1
    }
    bytes.append(contentsOf: utf8[plain...])
}

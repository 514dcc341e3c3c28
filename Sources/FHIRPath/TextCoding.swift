// SPDX-License-Identifier: Apache-2.0

import Foundation
import Value

/// `encode`, `decode`, `escape` and `unescape` (STU part of section 5.6).
enum TextCoding {
    /// Nil where the text is not in the coding, or the target is not known.
    static func apply(
        _ function: Function, _ target: String, _ text: String, at offset: Int
    ) throws(FHIRPathError) -> String? {
        switch (function, target) {
        case (.encode, "hex"):
            let digits = Array("0123456789abcdef".utf8)
            return String(decoding: text.utf8.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
        case (.encode, "base64"): return Data(text.utf8).base64EncodedString()
        case (.encode, "urlbase64"):
            return Data(text.utf8).base64EncodedString().replacing("+", with: "-").replacing("/", with: "_")
        case (.decode, "hex"): return hexDecoded(text)
        case (.decode, "base64"): return base64Decoded(text)
        case (.decode, "urlbase64"):
            return base64Decoded(text.replacing("-", with: "+").replacing("_", with: "/"))
        case (.escape, "html"):
            return text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
                .replacing("\"", with: "&quot;").replacing("'", with: "&#39;")
        case (.escape, "json"): return String(Value.string(text).json().dropFirst().dropLast())
        case (.unescape, "html"): return htmlUnescaped(text)
        case (.unescape, "json"): return jsonUnescaped(text)
        default:
            throw FHIRPathError(
                .execution, "\(function.rawValue)() does not know '\(target)'",
                remedy: function == .encode || function == .decode
                    ? "known are hex, base64 and urlbase64" : "known are html and json", at: offset,
                length: function.rawValue.utf8.count)
        }
    }

    private static func hexDecoded(_ text: String) -> String? {
        let bytes = Array(text.utf8)
        guard bytes.count % 2 == 0 else { return nil }
        var result: [UInt8] = []
        for index in stride(from: 0, to: bytes.count, by: 2) {
            guard let byte = UInt8(String(decoding: bytes[index..<index + 2], as: UTF8.self), radix: 16) else {
                return nil
            }
            result.append(byte)
        }
        return String(validating: result, as: UTF8.self)
    }

    private static func base64Decoded(_ text: String) -> String? {
        let padding = String(repeating: "=", count: (4 - text.utf8.count % 4) % 4)
        return Data(base64Encoded: text + padding).flatMap { String(validating: $0, as: UTF8.self) }
    }

    /// Backslash escapes only: unlike a JSON document, the text may hold bare quotes.
    private static func jsonUnescaped(_ text: String) -> String? {
        var quoted = ""
        var escaped = false
        for character in text {
            if character == "\"", !escaped { quoted += "\\" }
            escaped = character == "\\" && !escaped
            quoted.append(character)
        }
        return try? Value.parseJSON("\"\(quoted)\"").string
    }

    private static func htmlUnescaped(_ text: String) -> String {
        guard text.contains("&") else { return text }
        var result = ""
        var rest = Substring(text)
        while let start = rest.firstIndex(of: "&") {
            result += rest[..<start]
            rest = rest[start...]
            guard let end = rest.prefix(12).firstIndex(of: ";"),
                let character = character(named: rest[rest.index(after: start)..<end])
            else {
                result.append(rest.removeFirst())
                continue
            }
            result += character
            rest = rest[rest.index(after: end)...]
        }
        return result + rest
    }

    private static func character(named name: Substring) -> String? {
        switch name {
        case "amp": return "&"
        case "lt": return "<"
        case "gt": return ">"
        case "quot": return "\""
        case "apos": return "'"
        case "nbsp": return "\u{A0}"
        default: break
        }
        guard name.first == "#" else { return nil }
        let digits = name.dropFirst()
        let code = digits.first == "x" || digits.first == "X" ? UInt32(digits.dropFirst(), radix: 16) : UInt32(digits)
        return code.flatMap { Unicode.Scalar($0) }.map { String($0) }
    }
}

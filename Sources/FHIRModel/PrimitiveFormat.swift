// SPDX-License-Identifier: Apache-2.0

import FHIRPath
import Value

/// The lexical rules of primitives (FHIR R4, section 2.24.0.1).
enum PrimitiveFormat {
    /// What is wrong with a value of a primitive type; nil where it is right.
    static func mistake(_ value: Value, _ type: String) -> String? {
        switch type {
        case "boolean": return value.bool == nil ? "expected true or false without quotes" : nil
        case "integer", "unsignedInt", "positiveInt":
            guard case .number(let number) = value else { return "expected a number without quotes" }
            guard let integer = Int32(number.literal) else { return "expected a whole number of 32 bits" }
            if type == "unsignedInt", integer < 0 { return "expected 0 or more" }
            if type == "positiveInt", integer < 1 { return "expected 1 or more" }
            return nil
        case "decimal":
            guard case .number = value else { return "expected a number without quotes" }
            return nil
        default:
            guard case .string(let text) = value else { return "expected a text in quotes" }
            return text.isEmpty ? "must not be empty" : mistake(text, type)
        }
    }

    private static func mistake(_ text: String, _ type: String) -> String? {
        switch type {
        case "date": return Temporal(date: text) == nil ? "expected YYYY, YYYY-MM or YYYY-MM-DD" : nil
        case "dateTime":
            // From the time on, seconds and zone are mandatory.
            guard let value = Temporal(dateTime: text), !text.hasSuffix("T") else {
                return "expected a date, or YYYY-MM-DDThh:mm:ss with a time zone"
            }
            return value.precision >= .hour && (value.precision < .second || !hasZone(text))
                ? "a time needs seconds and a time zone" : nil
        case "instant":
            guard let value = Temporal(dateTime: text), value.precision >= .second, hasZone(text) else {
                return "expected YYYY-MM-DDThh:mm:ss with a time zone"
            }
            return nil
        case "time":
            guard let value = Temporal(time: text), value.precision >= .second, !text.hasPrefix("T") else {
                return "expected hh:mm:ss"
            }
            return nil
        case "id":
            let isRight =
                text.utf8.count <= 64 && text.utf8.allSatisfy { isLetterOrDigit($0) || $0 == 0x2D || $0 == 0x2E }
            return isRight ? nil : "expected at most 64 letters, digits, - and ."
        case "code":
            let isRight =
                text.first != " " && text.last != " " && !text.contains("  ")
                && !text.unicodeScalars.contains { $0 == "\t" || $0 == "\n" || $0 == "\r" }
            return isRight ? nil : "expected no leading, trailing or double blanks"
        case "uri", "url", "canonical":
            if text.unicodeScalars.contains(where: { $0.properties.isWhitespace }) { return "expected no blanks" }
            // RFC 3061 and RFC 4122: what says that it is one of these is one.
            if text.hasPrefix("urn:oid:") { return mistake(text, "oid") }
            return text.hasPrefix("urn:uuid:") ? mistake(text.lowercased(), "uuid") : nil
        case "oid":
            let rest = text.dropFirst(8)
            let isRight =
                text.hasPrefix("urn:oid:") && "012".contains(rest.first ?? "x")
                && rest.split(separator: ".", omittingEmptySubsequences: false).allSatisfy {
                    !$0.isEmpty && $0.utf8.allSatisfy { $0 >= 0x30 && $0 <= 0x39 } && ($0 == "0" || $0.first != "0")
                }
            return isRight ? nil : "expected urn:oid: and numbers with points"
        case "xhtml":
            // txt-1 and txt-2 look at the rest; a div of no namespace is no XHTML.
            let tag = text.prefix { $0 != ">" }
            let isRight =
                tag.contains("xmlns=\"http://www.w3.org/1999/xhtml\"")
                || tag.contains("xmlns='http://www.w3.org/1999/xhtml'")
                || tag.contains(":div")
            return isRight || !text.hasPrefix("<") ? nil : "expected the namespace http://www.w3.org/1999/xhtml"
        case "uuid": return isUUID(text) ? nil : "expected urn:uuid: and a lower-case UUID"
        case "base64Binary":
            let characters = text.utf8.filter { $0 > 0x20 }
            let body = characters.prefix { $0 != UInt8(ascii: "=") }
            let isRight =
                characters.count % 4 == 0 && characters.count - body.count <= 2
                && body.allSatisfy { isLetterOrDigit($0) || $0 == 0x2B || $0 == 0x2F }
                && characters.dropFirst(body.count).allSatisfy { $0 == UInt8(ascii: "=") }
            return isRight ? nil : "expected base64"
        default:
            if text.unicodeScalars.contains(where: { $0.value < 0x20 && !"\t\r\n".unicodeScalars.contains($0) }) {
                return "control characters other than tab, carriage return and line feed are not allowed"
            }
            return text.unicodeScalars.allSatisfy { $0.properties.isWhitespace } ? "must not be blank" : nil
        }
    }

    private static func hasZone(_ text: String) -> Bool {
        text.hasSuffix("Z") || text.utf8.dropFirst(10).contains { $0 == 0x2B || $0 == 0x2D }
    }

    private static func isLetterOrDigit(_ byte: UInt8) -> Bool {
        (byte >= 0x30 && byte <= 0x39) || (byte >= 0x41 && byte <= 0x5A) || (byte >= 0x61 && byte <= 0x7A)
    }

    private static func isUUID(_ text: String) -> Bool {
        guard text.hasPrefix("urn:uuid:") else { return false }
        let groups = text.dropFirst(9).split(separator: "-", omittingEmptySubsequences: false)
        return groups.map(\.utf8.count) == [8, 4, 4, 4, 12]
            && groups.allSatisfy { $0.utf8.allSatisfy { ($0 >= 0x30 && $0 <= 0x39) || ($0 >= 0x61 && $0 <= 0x66) } }
    }
}

// SPDX-License-Identifier: Apache-2.0

/// Names and values of header fields, read several times an exchange: byte by byte, without Foundation.
package enum HeaderText {
    /// Names compare without regard to ASCII case (RFC 9110 section 5.1).
    package static func areEqual(_ left: some StringProtocol, _ right: some StringProtocol) -> Bool {
        let left = left.utf8
        let right = right.utf8
        guard left.count == right.count else { return false }
        return zip(left, right).allSatisfy { $0 == $1 || lowered($0) == lowered($1) }
    }

    /// Without blanks and tabs at both ends.
    package static func trimmed(_ text: some StringProtocol) -> String {
        func isBlank(_ byte: UInt8) -> Bool { byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") }
        let text = Substring(text)
        let bytes = text.utf8
        guard let first = bytes.firstIndex(where: { !isBlank($0) }),
            let last = bytes.lastIndex(where: { !isBlank($0) })
        else { return "" }
        return String(text[first...last])
    }

    /// A media type without its parameters, in lower case.
    package static func essence(_ type: some StringProtocol) -> String {
        let end = type.utf8.firstIndex(of: UInt8(ascii: ";")) ?? type.endIndex
        return trimmed(type[..<end]).lowercased()
    }

    /// Whether a header may stand so in a message (RFC 9110 sections 5.1 and 5.5): a token, and no control characters.
    static func isField(_ name: String, _ value: String) -> Bool {
        !name.isEmpty && name.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: ":") }
            && value.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F || $0 == 0x09 }
    }

    private static func lowered(_ byte: UInt8) -> UInt8 {
        (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) ? byte | 0x20 : byte
    }
}

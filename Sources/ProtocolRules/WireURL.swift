// SPDX-License-Identifier: Apache-2.0

/// An address as it went over the wire, taken apart without judging it.
package struct WireURL: Sendable, Hashable {
    package let text: String
    /// Lower case; empty for a relative address.
    package let scheme: String
    /// Host and port, lower case.
    package let authority: String
    /// Percent-encoded, as sent; without query and fragment.
    package let path: String
    package let query: FormFields
    package let fragment: String

    package init(_ text: String) {
        self.text = text
        // By bytes: what separates is ASCII.
        var rest = text.utf8[...]
        if let hash = rest.firstIndex(of: UInt8(ascii: "#")) {
            fragment = String(text[text.utf8.index(after: hash)...])
            rest = rest[..<hash]
        } else {
            fragment = ""
        }
        if let mark = rest.firstIndex(of: UInt8(ascii: "?")) {
            query = FormFields(rest[rest.index(after: mark)...])
            rest = rest[..<mark]
        } else {
            query = FormFields("")
        }
        if let (scheme, end) = Self.scheme(rest) {
            self.scheme = scheme
            rest = rest[end...]
            let slash = rest.firstIndex(of: UInt8(ascii: "/")) ?? rest.endIndex
            authority = Substring(rest[..<slash]).lowercased()
            path = slash == rest.endIndex ? "/" : String(Substring(rest[slash...]))
        } else {
            scheme = ""
            authority = ""
            path = String(Substring(rest))
        }
    }

    /// What stands before the first `://`, in lower case, and where it ends.
    private static func scheme(_ text: Substring.UTF8View) -> (scheme: String, end: String.Index)? {
        var start = text.startIndex
        while let colon = text[start...].firstIndex(of: UInt8(ascii: ":")) {
            let after = text.index(after: colon)
            if text[after...].starts(with: "//".utf8) {
                return (Substring(text[..<colon]).lowercased(), text.index(after, offsetBy: 2))
            }
            start = after
        }
        return nil
    }

    /// Scheme, authority and path: what two addresses of one page have in common.
    package var page: String { scheme + "://" + authority + path }
    package var lastSegment: String {
        let slash = UInt8(ascii: "/")
        guard let last = path.utf8.lastIndex(where: { $0 != slash }) else { return "" }
        let rest = path.utf8[...last]
        let start = rest.lastIndex(of: slash).map { rest.index(after: $0) } ?? rest.startIndex
        return String(Substring(rest[start...]))
    }
}

/// Name and value pairs of a query or a form body, decoded, in their order.
package struct FormFields: Sendable, Hashable {
    package struct Field: Sendable, Hashable {
        package let name: String
        package let value: String
    }

    package let fields: [Field]

    package init(_ text: String) { self.init(text.utf8[...]) }

    init(_ text: Substring.UTF8View) {
        fields = text.split(separator: UInt8(ascii: "&")).map { pair in
            guard let equals = pair.firstIndex(of: UInt8(ascii: "=")) else {
                return Field(name: Self.decode(pair), value: "")
            }
            return Field(name: Self.decode(pair[..<equals]), value: Self.decode(pair[pair.index(after: equals)...]))
        }
    }

    package subscript(_ name: String) -> String? { fields.first { $0.name == name }?.value }
    package var isEmpty: Bool { fields.isEmpty }

    /// `+` is a space; an escape that is none stays as it is.
    private static func decode(_ text: Substring.UTF8View) -> String {
        guard text.contains(where: { $0 == UInt8(ascii: "%") || $0 == UInt8(ascii: "+") }) else {
            return String(Substring(text))
        }
        var bytes: [UInt8] = []
        var rest = text
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "+") {
                bytes.append(0x20)
            } else if byte == UInt8(ascii: "%"), let high = rest.first.flatMap(hexDigit),
                let low = rest.dropFirst().first.flatMap(hexDigit)
            {
                bytes.append(high << 4 | low)
                rest = rest.dropFirst(2)
            } else {
                bytes.append(byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}

private func hexDigit(_ byte: UInt8) -> UInt8? {
    switch byte {
    case 0x30...0x39: byte - 0x30
    case 0x41...0x46: byte - 0x41 + 10
    case 0x61...0x66: byte - 0x61 + 10
    default: nil
    }
}

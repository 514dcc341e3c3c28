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
        var rest = Substring(text)
        if let hash = rest.firstIndex(of: "#") {
            fragment = String(rest[rest.index(after: hash)...])
            rest = rest[..<hash]
        } else {
            fragment = ""
        }
        if let mark = rest.firstIndex(of: "?") {
            query = FormFields(String(rest[rest.index(after: mark)...]))
            rest = rest[..<mark]
        } else {
            query = FormFields("")
        }
        if let separator = rest.range(of: "://") {
            scheme = rest[..<separator.lowerBound].lowercased()
            rest = rest[separator.upperBound...]
            let slash = rest.firstIndex(of: "/") ?? rest.endIndex
            authority = rest[..<slash].lowercased()
            path = slash == rest.endIndex ? "/" : String(rest[slash...])
        } else {
            scheme = ""
            authority = ""
            path = String(rest)
        }
    }

    /// Scheme, authority and path: what two addresses of one page have in common.
    package var page: String { scheme + "://" + authority + path }
    package var lastSegment: String { path.split(separator: "/").last.map(String.init) ?? "" }
}

/// Name and value pairs of a query or a form body, decoded, in their order.
package struct FormFields: Sendable, Hashable {
    package struct Field: Sendable, Hashable {
        package let name: String
        package let value: String
    }

    package let fields: [Field]

    package init(_ text: String) {
        fields = text.split(separator: "&").map { pair in
            guard let equals = pair.firstIndex(of: "=") else { return Field(name: Self.decode(pair), value: "") }
            return Field(name: Self.decode(pair[..<equals]), value: Self.decode(pair[pair.index(after: equals)...]))
        }
    }

    package subscript(_ name: String) -> String? { fields.first { $0.name == name }?.value }
    package var isEmpty: Bool { fields.isEmpty }

    /// `+` is a space; an escape that is none stays as it is.
    private static func decode(_ text: Substring) -> String {
        guard text.utf8.contains(where: { $0 == UInt8(ascii: "%") || $0 == UInt8(ascii: "+") }) else {
            return String(text)
        }
        var bytes: [UInt8] = []
        var rest = text.utf8[...]
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

extension Substring {
    /// The first occurrence of `needle`, without Foundation.
    fileprivate func range(of needle: String) -> Range<Index>? {
        var start = startIndex
        while start < endIndex {
            if self[start...].hasPrefix(needle) { return start..<index(start, offsetBy: needle.count) }
            start = index(after: start)
        }
        return nil
    }
}

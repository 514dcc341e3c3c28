// SPDX-License-Identifier: Apache-2.0

/// An element of an XML document, with the bytes between its tags kept for narratives.
struct XMLElement {
    let name: String
    var attributes: [(name: String, value: String)] = []
    var children: [XMLElement] = []
    /// True where something else than blanks, comments and elements stands between its tags.
    var hasText = false
    /// The byte range of the element, tags included.
    var range: Range<Int> = 0..<0

    subscript(_ attribute: String) -> String? { attributes.first { $0.name == attribute }?.value }
}

/// Why a text is no FHIR XML, with the place.
package struct FHIRXMLError: Error, Sendable, Hashable, CustomStringConvertible {
    package let message: String
    /// 1-based; 0 where the place is told by the message.
    package let line: Int

    package var description: String { line > 0 ? "line \(line): \(message)" : message }
}

/// Reads well-formed XML without a document type: elements, attributes, character references, comments, CDATA. A reader of
/// its own because narratives must come back byte for byte, which a tree of nodes cannot give.
struct XMLTreeReader {
    private let bytes: [UInt8]
    private var index = 0

    static let maximumDepth = 200

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { index = 3 }
    }

    /// The root element.
    mutating func document() throws(FHIRXMLError) -> XMLElement {
        try skipMisc()
        let root = try element(depth: 0)
        try skipMisc()
        guard index == bytes.count else { throw error("unexpected text after the root element") }
        return root
    }

    /// The 1-based line on which an element begins.
    func line(of range: Range<Int>) -> Int { 1 + bytes[..<range.lowerBound].count { $0 == 0x0A } }

    /// The text of an element as it stands.
    func text(_ range: Range<Int>) -> String { String(decoding: bytes[range], as: UTF8.self) }

    private func error(_ message: String) -> FHIRXMLError {
        FHIRXMLError(message: message, line: 1 + bytes[..<min(index, bytes.count)].count { $0 == 0x0A })
    }

    private func at(_ text: StaticString) -> Bool {
        guard index + text.utf8CodeUnitCount <= bytes.count else { return false }
        for offset in 0..<text.utf8CodeUnitCount where bytes[index + offset] != text.utf8Start[offset] { return false }
        return true
    }

    private mutating func skip(to end: StaticString) throws(FHIRXMLError) {
        let start = index
        while index < bytes.count {
            if at(end) {
                index += end.utf8CodeUnitCount
                return
            }
            index += 1
        }
        index = start
        throw error("not closed, expected \(end)")
    }

    private mutating func skipSpace() {
        while index < bytes.count, bytes[index] <= 0x20 { index += 1 }
    }

    private mutating func skipMisc() throws(FHIRXMLError) {
        while true {
            skipSpace()
            if at("<!--") {
                try skip(to: "-->")
            } else if at("<?") {
                try skip(to: "?>")
            } else if at("<!") {
                throw error("a document type is not allowed")
            } else {
                return
            }
        }
    }

    private mutating func name() throws(FHIRXMLError) -> String {
        let start = index
        while index < bytes.count {
            switch bytes[index] {
            case 0...0x20, UInt8(ascii: "="), UInt8(ascii: "/"), UInt8(ascii: ">"), UInt8(ascii: "<"), 0x22, 0x27:
                guard index > start else { throw error("expected a name") }
                return String(decoding: bytes[start..<index], as: UTF8.self)
            default: index += 1
            }
        }
        throw error("the document ends within a tag")
    }

    private mutating func element(depth: Int) throws(FHIRXMLError) -> XMLElement {
        guard depth <= Self.maximumDepth else { throw error("nested deeper than \(Self.maximumDepth) levels") }
        guard at("<") else { throw error("expected an element") }
        let start = index
        index += 1
        var element = XMLElement(name: try name())
        while true {
            skipSpace()
            if at("/>") {
                index += 2
                element.range = start..<index
                return element
            }
            if at(">") {
                index += 1
                break
            }
            let attribute = try name()
            skipSpace()
            guard at("=") else { throw error("expected = behind \(attribute)") }
            index += 1
            skipSpace()
            guard index < bytes.count, bytes[index] == 0x22 || bytes[index] == 0x27 else {
                throw error("the value of \(attribute) stands without quotes")
            }
            guard element[attribute] == nil else { throw error("\(attribute) stands twice") }
            element.attributes.append((attribute, try attributeValue()))
        }
        while true {
            if at("</") {
                index += 2
                guard try name() == element.name else { throw error("expected </\(element.name)>") }
                skipSpace()
                guard at(">") else { throw error("expected >") }
                index += 1
                element.range = start..<index
                return element
            } else if at("<!--") {
                try skip(to: "-->")
            } else if at("<![CDATA[") {
                element.hasText = true
                try skip(to: "]]>")
            } else if at("<?") {
                try skip(to: "?>")
            } else if at("<") {
                element.children.append(try self.element(depth: depth + 1))
            } else {
                guard index < bytes.count else { throw error("<\(element.name)> is not closed") }
                if bytes[index] > 0x20 { element.hasText = true }
                index += 1
            }
        }
    }

    private mutating func attributeValue() throws(FHIRXMLError) -> String {
        let quote = bytes[index]
        index += 1
        var text: [UInt8] = []
        while index < bytes.count {
            let byte = bytes[index]
            switch byte {
            case quote:
                index += 1
                guard let valid = String(validating: text, as: UTF8.self) else { throw error("not valid UTF-8") }
                return valid
            case UInt8(ascii: "&"): text.append(contentsOf: try reference())
            case UInt8(ascii: "<"): throw error("< within an attribute")
            case 0x09, 0x0A, 0x0D:
                text.append(0x20)
                index += 1
            default:
                text.append(byte)
                index += 1
            }
        }
        throw error("the value is not closed")
    }

    private mutating func reference() throws(FHIRXMLError) -> [UInt8] {
        guard let end = bytes[index...].prefix(12).firstIndex(of: UInt8(ascii: ";")) else {
            throw error("& must be written &amp;")
        }
        let name = String(decoding: bytes[(index + 1)..<end], as: UTF8.self)
        let place = index
        index = end + 1
        switch name {
        case "amp": return [UInt8(ascii: "&")]
        case "lt": return [UInt8(ascii: "<")]
        case "gt": return [UInt8(ascii: ">")]
        case "quot": return [0x22]
        case "apos": return [0x27]
        default: break
        }
        let digits = name.dropFirst()
        let code = digits.first == "x" ? UInt32(digits.dropFirst(), radix: 16) : UInt32(digits)
        guard name.first == "#", let code, let scalar = Unicode.Scalar(code) else {
            index = place
            throw error("unknown entity &\(name);")
        }
        return Array(String(Character(scalar)).utf8)
    }
}

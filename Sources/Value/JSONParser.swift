// SPDX-License-Identifier: Apache-2.0

package import SourceText

/// Why a text is no JSON, with the place.
package struct JSONError: Error, Sendable, Hashable, CustomStringConvertible {
    package let message: String
    /// 0-based offset into the UTF-8 bytes.
    package let offset: Int
    package let position: SourcePosition

    package var description: String { "line \(position.line), column \(position.column): \(message)" }
}

extension Value {
    /// Parses RFC 8259 JSON: no comments, no trailing commas, no duplicate names, at most `maxDepth` levels.
    package static func parseJSON<Bytes: Sequence<UInt8>>(
        _ bytes: Bytes, maxDepth: Int = 200
    ) throws(JSONError) -> Value {
        var parser = JSONParser(bytes: Array(bytes), maxDepth: maxDepth)
        return try parser.document()
    }

    /// Parses RFC 8259 JSON text.
    package static func parseJSON(_ text: String, maxDepth: Int = 200) throws(JSONError) -> Value {
        try parseJSON(Array(text.utf8), maxDepth: maxDepth)
    }
}

private struct JSONParser {
    let bytes: [UInt8]
    let maxDepth: Int
    var offset = 0

    init(bytes: [UInt8], maxDepth: Int) {
        self.bytes = bytes
        self.maxDepth = maxDepth
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { offset = 3 }
    }

    mutating func document() throws(JSONError) -> Value {
        let value = try value(depth: 0)
        skipSpace()
        guard offset == bytes.count else { throw error("unexpected text after the end of the value") }
        return value
    }

    private func error(_ message: String, at place: Int? = nil) -> JSONError {
        let place = min(place ?? offset, bytes.count)
        let file = SourceFile(path: "", text: String(decoding: bytes, as: UTF8.self))
        return JSONError(message: message, offset: place, position: file.position(atUTF8: place))
    }

    private var current: UInt8? { offset < bytes.count ? bytes[offset] : nil }

    private mutating func skipSpace() {
        while let byte = current, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { offset += 1 }
    }

    private mutating func value(depth: Int) throws(JSONError) -> Value {
        guard depth <= maxDepth else { throw error("nested deeper than \(maxDepth) levels") }
        skipSpace()
        switch current {
        case UInt8(ascii: "{"): return try object(depth: depth)
        case UInt8(ascii: "["): return try array(depth: depth)
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "t"): return try word("true", .bool(true))
        case UInt8(ascii: "f"): return try word("false", .bool(false))
        case UInt8(ascii: "n"): return try word("null", .null)
        case nil: throw error("expected a value, found the end of the text")
        default: return try number()
        }
    }

    private mutating func word(_ word: String, _ value: Value) throws(JSONError) -> Value {
        guard bytes[offset...].starts(with: word.utf8) else { throw error("expected a value") }
        offset += word.utf8.count
        return value
    }

    private mutating func number() throws(JSONError) -> Value {
        let start = offset
        while let byte = current,
            (byte >= 0x30 && byte <= 0x39) || byte == UInt8(ascii: "-") || byte == UInt8(ascii: "+")
                || byte == UInt8(ascii: ".") || byte == UInt8(ascii: "e") || byte == UInt8(ascii: "E")
        { offset += 1 }
        let literal = bytes.withUnsafeBufferPointer { bytes in
            String(decoding: UnsafeBufferPointer(rebasing: bytes[start..<offset]), as: UTF8.self)
        }
        guard offset > start, let number = Number(literal: literal) else { throw error("expected a value", at: start) }
        return .number(number)
    }

    private mutating func array(depth: Int) throws(JSONError) -> Value {
        offset += 1
        var items: [Value] = []
        skipSpace()
        if current == UInt8(ascii: "]") {
            offset += 1
            return .array(items)
        }
        while true {
            items.append(try value(depth: depth + 1))
            skipSpace()
            switch current {
            case UInt8(ascii: ","): offset += 1
            case UInt8(ascii: "]"):
                offset += 1
                return .array(items)
            default: throw error("expected ',' or ']'")
            }
        }
    }

    private mutating func object(depth: Int) throws(JSONError) -> Value {
        offset += 1
        var members: [(name: String, value: Value)] = []
        var seen = Set<String>()
        skipSpace()
        if current == UInt8(ascii: "}") {
            offset += 1
            return .object(Members())
        }
        while true {
            skipSpace()
            guard current == UInt8(ascii: "\"") else { throw error("expected a member name in quotes") }
            let place = offset
            let name = try string()
            guard isNew(name, members, &seen) else { throw error("the name \"\(name)\" stands twice", at: place) }
            skipSpace()
            guard current == UInt8(ascii: ":") else { throw error("expected ':'") }
            offset += 1
            members.append((name, try value(depth: depth + 1)))
            skipSpace()
            switch current {
            case UInt8(ascii: ","): offset += 1
            case UInt8(ascii: "}"):
                offset += 1
                return .object(Members(unique: members))
            default: throw error("expected ',' or '}'")
            }
        }
    }

    /// Whether no member has the name; only large objects are worth a set.
    private func isNew(_ name: String, _ members: [(name: String, value: Value)], _ seen: inout Set<String>) -> Bool {
        guard members.count >= 16 else { return !members.contains { $0.name == name } }
        if seen.isEmpty { seen = Set(members.map(\.name)) }
        return seen.insert(name).inserted
    }

    private mutating func string() throws(JSONError) -> String {
        if let plain = plainString() { return plain }
        let start = offset
        offset += 1
        var plainStart = offset
        var text: [UInt8] = []
        while true {
            guard let byte = current else { throw error("the string is not closed", at: start) }
            switch byte {
            case UInt8(ascii: "\""):
                text.append(contentsOf: bytes[plainStart..<offset])
                offset += 1
                // A decoder puts a replacement character in place of what is no UTF-8: then the bytes are others.
                let decoded = String(decoding: text, as: UTF8.self)
                guard decoded.utf8.count == text.count, decoded.utf8.elementsEqual(text) else {
                    throw error("the string is not valid UTF-8", at: start)
                }
                return decoded
            case UInt8(ascii: "\\"):
                text.append(contentsOf: bytes[plainStart..<offset])
                offset += 1
                try escape(into: &text)
                plainStart = offset
            case 0x00..<0x20: throw error("a control character must be escaped")
            default: offset = endOfPlain(from: offset + 1)
            }
        }
    }

    /// The first byte from `start` on that ends a string, escapes something or may not stand in one.
    private func endOfPlain(from start: Int) -> Int {
        bytes.withUnsafeBufferPointer { bytes in
            var end = start
            while end < bytes.count, bytes[end] != UInt8(ascii: "\""), bytes[end] != UInt8(ascii: "\\"),
                bytes[end] >= 0x20
            {
                end += 1
            }
            return end
        }
    }

    /// A string of ASCII without escapes, as most are: nothing has to be gathered. Nil where it is another; nothing is read then.
    private mutating func plainString() -> String? {
        let start = offset + 1
        let plain: (text: String, end: Int)? = bytes.withUnsafeBufferPointer { bytes in
            var end = start
            while end < bytes.count {
                let byte = bytes[end]
                if byte == UInt8(ascii: "\"") {
                    let text = String(decoding: UnsafeBufferPointer(rebasing: bytes[start..<end]), as: UTF8.self)
                    return (text, end + 1)
                }
                guard byte >= 0x20, byte < 0x80, byte != UInt8(ascii: "\\") else { return nil }
                end += 1
            }
            return nil
        }
        guard let plain else { return nil }
        offset = plain.end
        return plain.text
    }

    private mutating func escape(into text: inout [UInt8]) throws(JSONError) {
        let place = offset - 1
        guard let byte = current else { throw error("the string is not closed", at: place) }
        offset += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): text.append(byte)
        case UInt8(ascii: "b"): text.append(0x08)
        case UInt8(ascii: "f"): text.append(0x0C)
        case UInt8(ascii: "n"): text.append(0x0A)
        case UInt8(ascii: "r"): text.append(0x0D)
        case UInt8(ascii: "t"): text.append(0x09)
        case UInt8(ascii: "u"):
            var unit = try hexUnit(place)
            if (0xD800..<0xDC00).contains(unit), bytes[offset...].starts(with: [0x5C, 0x75]) {
                offset += 2
                let low = try hexUnit(place)
                guard (0xDC00..<0xE000).contains(low) else { throw error("unpaired surrogate", at: place) }
                unit = 0x10000 + (unit - 0xD800) << 10 + (low - 0xDC00)
            }
            guard let scalar = Unicode.Scalar(unit) else { throw error("unpaired surrogate", at: place) }
            text.append(contentsOf: String(Character(scalar)).utf8)
        default: throw error("unknown escape", at: place)
        }
    }

    private mutating func hexUnit(_ place: Int) throws(JSONError) -> UInt32 {
        guard offset + 4 <= bytes.count else { throw error("expected four hexadecimal digits", at: place) }
        var unit: UInt32 = 0
        for _ in 0..<4 {
            let byte = bytes[offset]
            let digit: UInt8
            switch byte {
            case 0x30...0x39: digit = byte - 0x30
            case 0x41...0x46: digit = byte - 0x41 + 10
            case 0x61...0x66: digit = byte - 0x61 + 10
            default: throw error("expected four hexadecimal digits", at: place)
            }
            unit = unit << 4 | UInt32(digit)
            offset += 1
        }
        return unit
    }
}

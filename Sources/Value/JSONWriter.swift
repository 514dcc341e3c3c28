// SPDX-License-Identifier: Apache-2.0

extension Value {
    /// JSON text in member order. Compact on one line, or with two spaces of indentation.
    package func json(pretty: Bool = false) -> String {
        String(decoding: jsonBytes(pretty: pretty), as: UTF8.self)
    }

    /// The UTF-8 bytes of ``json(pretty:)``.
    package func jsonBytes(pretty: Bool = false) -> [UInt8] {
        var bytes: [UInt8] = []
        if pretty { JSONWriter.writePretty(self, depth: 0, into: &bytes) } else { appendJSON(to: &bytes) }
        return bytes
    }

    /// Writes compact JSON behind what stands there: for texts made of many values.
    package func appendJSON(to bytes: inout [UInt8]) {
        switch self {
        case .array(let items):
            bytes.append(UInt8(ascii: "["))
            for index in items.indices {
                if index > 0 { bytes.append(UInt8(ascii: ",")) }
                items[index].appendJSON(to: &bytes)
            }
            bytes.append(UInt8(ascii: "]"))
        case .object(let members): members.appendJSON(to: &bytes)
        case .null, .bool, .number, .string: JSONWriter.writeScalar(self, into: &bytes)
        }
    }
}

extension Members {
    /// The object as compact JSON.
    package func appendJSON(to bytes: inout [UInt8]) {
        bytes.append(UInt8(ascii: "{"))
        var isFirst = true
        visit { name, value in
            if !isFirst { bytes.append(UInt8(ascii: ",")) }
            isFirst = false
            JSONWriter.write(name, into: &bytes)
            bytes.append(UInt8(ascii: ":"))
            value.appendJSON(to: &bytes)
        }
        bytes.append(UInt8(ascii: "}"))
    }
}

/// The parts of JSON text.
package enum JSONWriter {
    /// A text in quotes, escaped where RFC 8259 wants it: everything between is copied at once.
    package static func write(_ text: String, into bytes: inout [UInt8]) {
        bytes.append(UInt8(ascii: "\""))
        var text = text
        text.withUTF8 { utf8 in
            var plain = 0
            for index in utf8.indices {
                let byte = utf8[index]
                guard byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") else { continue }
                bytes.append(contentsOf: utf8[plain..<index])
                plain = index + 1
                escape(byte, into: &bytes)
            }
            bytes.append(contentsOf: utf8[plain...])
        }
        bytes.append(UInt8(ascii: "\""))
    }

    private static func escape(_ byte: UInt8, into bytes: inout [UInt8]) {
        bytes.append(UInt8(ascii: "\\"))
        switch byte {
        case 0x0A: bytes.append(UInt8(ascii: "n"))
        case 0x0D: bytes.append(UInt8(ascii: "r"))
        case 0x09: bytes.append(UInt8(ascii: "t"))
        case 0x00..<0x20:
            bytes.append(contentsOf: "u00".utf8)
            bytes.append(UInt8(ascii: "0") + byte >> 4)
            let low = byte & 15
            bytes.append(low < 10 ? UInt8(ascii: "0") + low : UInt8(ascii: "a") + low - 10)
        default: bytes.append(byte)
        }
    }

    fileprivate static func writeScalar(_ value: Value, into bytes: inout [UInt8]) {
        switch value {
        case .null: bytes.append(contentsOf: "null".utf8)
        case .bool(let flag): bytes.append(contentsOf: (flag ? "true" : "false").utf8)
        case .number(let number): bytes.append(contentsOf: number.literal.utf8)
        case .string(let text): write(text, into: &bytes)
        case .array, .object: break
        }
    }

    fileprivate static func writePretty(_ value: Value, depth: Int, into bytes: inout [UInt8]) {
        switch value {
        case .null, .bool, .number, .string: writeScalar(value, into: &bytes)
        case .array(let items):
            bytes.append(UInt8(ascii: "["))
            for index in items.indices {
                if index > 0 { bytes.append(UInt8(ascii: ",")) }
                newline(depth + 1, into: &bytes)
                writePretty(items[index], depth: depth + 1, into: &bytes)
            }
            if !items.isEmpty { newline(depth, into: &bytes) }
            bytes.append(UInt8(ascii: "]"))
        case .object(let members):
            bytes.append(UInt8(ascii: "{"))
            var isFirst = true
            members.visit { name, value in
                if !isFirst { bytes.append(UInt8(ascii: ",")) }
                isFirst = false
                newline(depth + 1, into: &bytes)
                write(name, into: &bytes)
                bytes.append(contentsOf: ": ".utf8)
                writePretty(value, depth: depth + 1, into: &bytes)
            }
            if !members.isEmpty { newline(depth, into: &bytes) }
            bytes.append(UInt8(ascii: "}"))
        }
    }

    private static func newline(_ depth: Int, into bytes: inout [UInt8]) {
        bytes.append(UInt8(ascii: "\n"))
        bytes.append(contentsOf: repeatElement(UInt8(ascii: " "), count: depth * 2))
    }
}

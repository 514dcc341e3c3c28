// SPDX-License-Identifier: Apache-2.0

/// What a person calls the place of a byte: `the header baggage`, `/message/subject`, `the parameter to`. Names are the
/// sender's own and may hold anything: who shows a place searches it first.
package enum HitPlace {
    /// - Parameter part: as ``SurfaceHit/part`` has it; `bytes` are that part's.
    package static func inMessage(_ part: String, _ bytes: [UInt8], at offset: Int) -> String? {
        guard bytes.indices.contains(offset) else { return nil }
        if part.hasSuffix("headers") {
            let name = line(around: offset, in: bytes).split(separator: UInt8(ascii: ":"), maxSplits: 1).first
            return name.map { "the header " + text($0) }
        }
        if part.hasSuffix("body") { return pointer(at: offset, in: bytes) ?? field(at: offset, in: bytes) }
        guard let query = bytes.firstIndex(of: UInt8(ascii: "?")), query < offset else {
            return isHost(offset, in: bytes) ? "the host name" : "the path"
        }
        return parameter(at: offset, in: bytes, from: query + 1)
    }

    /// In a line of JSON, as logs have them.
    package static func inLine(_ bytes: [UInt8], at offset: Int) -> String? {
        guard bytes.indices.contains(offset) else { return nil }
        let line = line(around: offset, in: bytes)
        guard line.first == UInt8(ascii: "{") else { return nil }
        return pointer(at: offset - line.startIndex, in: Array(line))
    }

    /// In a dump of PostgreSQL: table and column, by the line `COPY table (column, …) FROM stdin;` before it.
    ///
    /// - Parameter heading: that line, where it stands before these bytes.
    package static func inDump(_ bytes: [UInt8], at offset: Int, heading: String?) -> String? {
        guard bytes.indices.contains(offset) else { return nil }
        let row = line(around: offset, in: bytes)
        guard let heading = self.heading(before: row.startIndex, in: bytes) ?? heading,
            let open = heading.firstIndex(of: "("),
            let close = heading.lastIndex(of: ")"), open < close
        else { return nil }
        let table = heading[..<open].dropFirst("COPY ".count).split(separator: " ").first ?? ""
        let columns = heading[heading.index(after: open)..<close].split(separator: ",")
        let number = row[..<offset].count { $0 == UInt8(ascii: "\t") }
        guard columns.indices.contains(number) else { return nil }
        return "\(table).\(columns[number].split(separator: " ").joined(separator: " "))"
    }

    private static func heading(before start: Int, in bytes: [UInt8]) -> String? {
        var end = start
        while end > 0 {
            let line = line(around: end - 1, in: bytes)
            if line.starts(with: Array("COPY ".utf8)) { return text(line) }
            end = line.startIndex
        }
        return nil
    }

    /// What is no JSON, or a single value, has none.
    private static func pointer(at offset: Int, in bytes: [UInt8]) -> String? {
        let pointer = JSONPlace.pointer(at: offset, in: bytes)
        return pointer?.isEmpty == false ? pointer : nil
    }

    /// The field of a form.
    private static func field(at offset: Int, in bytes: [UInt8]) -> String? {
        let plain = bytes.prefix { $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "<") && $0 != UInt8(ascii: "{") }
        guard plain.count == bytes.count, bytes.contains(UInt8(ascii: "=")) else { return nil }
        return parameter(at: offset, in: bytes, from: 0).map { $0.replacing("the parameter", with: "the field") }
    }

    private static func parameter(at offset: Int, in bytes: [UInt8], from start: Int) -> String? {
        let begin = bytes[start...offset].lastIndex(of: UInt8(ascii: "&")).map { $0 + 1 } ?? start
        let name = bytes[begin...].prefix { $0 != UInt8(ascii: "=") && $0 != UInt8(ascii: "&") }
        return offset >= name.endIndex ? "the parameter " + text(name) : "the name of a parameter"
    }

    private static func isHost(_ offset: Int, in bytes: [UInt8]) -> Bool {
        let marks = Array("://".utf8)
        guard let scheme = bytes.indices.first(where: { bytes[$0...].starts(with: marks) }) else { return false }
        let end = bytes[(scheme + 3)...].firstIndex(of: UInt8(ascii: "/")) ?? bytes.count
        return (scheme + 3..<end).contains(offset)
    }

    private static func line(around offset: Int, in bytes: [UInt8]) -> ArraySlice<UInt8> {
        let start = bytes[..<offset].lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? 0
        return bytes[start...].prefix { $0 != UInt8(ascii: "\n") }
    }

    private static func text(_ bytes: some Sequence<UInt8>) -> String { String(decoding: Array(bytes), as: UTF8.self) }
}

// SPDX-License-Identifier: Apache-2.0

/// Values of one name that stand several times in a text, put together: a value cut into chunks reads whole again.
enum FieldJoiner {
    static func expand(_ view: View, into expansion: inout Expansion) {
        guard view.bytes.count <= RunDecoder.small, view.chain.count < 2, !view.chain.contains("joined-fields") else {
            return
        }
        var joined: [(text: [UInt8], count: Int)] = []
        var places: [UInt64: Int] = [:]
        forEachField(in: view.bytes) { name, value in
            // A hash of the name is enough to tell fields apart; making strings of a long log's names is not cheap.
            let key = view.bytes[name].reduce(0xCBF2_9CE4_8422_2325 as UInt64) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
            let place = places[key] ?? joined.count
            if place == joined.count {
                places[key] = place
                joined.append(([], 0))
            }
            joined[place].text += view.bytes[value]
            joined[place].count += 1
        }
        let root = view.root(0..<view.bytes.count)
        var collector = PieceCollector("joined-fields")
        for found in joined where found.count > 1 && found.text.count >= 7 { collector.append(found.text, root: root) }
        expansion.views += collector.views(of: view)
    }

    /// `"name": "value"` and `name=value` in their order; no parser, since what leaks need not be valid.
    static func fields(in bytes: [UInt8]) -> [(String, ArraySlice<UInt8>)] {
        var found: [(String, ArraySlice<UInt8>)] = []
        forEachField(in: bytes) { found.append((String(decoding: bytes[$0], as: UTF8.self), bytes[$1])) }
        return found
    }

    private static func forEachField(in bytes: [UInt8], _ body: (_ name: Range<Int>, _ value: Range<Int>) -> Void) {
        let quote = UInt8(ascii: "\"")
        var index = 0
        func isWord(_ byte: UInt8) -> Bool {
            (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte) || byte == 0x5F
        }
        while index < bytes.count {
            let isAssigned = bytes[index] == UInt8(ascii: "=")
            guard isAssigned || bytes[index] == UInt8(ascii: ":") else {
                index += 1
                continue
            }
            var nameEnd = index
            while nameEnd > 0, bytes[nameEnd - 1] == quote || bytes[nameEnd - 1] == 0x20 { nameEnd -= 1 }
            var nameStart = nameEnd
            while nameStart > 0, nameEnd - nameStart < 40, isWord(bytes[nameStart - 1]) { nameStart -= 1 }
            var from = index + 1
            while from < bytes.count, bytes[from] == 0x20 { from += 1 }
            let isQuoted = from < bytes.count && bytes[from] == quote
            guard nameStart < nameEnd, isQuoted || isAssigned || (from < bytes.count && bytes[from] > 0x20) else {
                index += 1
                continue
            }
            if isQuoted { from += 1 }
            var end = from
            while end < bytes.count,
                isQuoted
                    ? (bytes[end] != quote || bytes[end - 1] == UInt8(ascii: "\\"))
                    : (bytes[end] > 0x20 && bytes[end] != UInt8(ascii: "&") && bytes[end] != UInt8(ascii: ","))
            { end += 1 }
            if end > from { body(nameStart..<nameEnd, from..<end) }
            index = max(index + 1, isQuoted ? end : from)
        }
    }
}

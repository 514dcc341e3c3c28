// SPDX-License-Identifier: Apache-2.0

internal import Foundation

/// Values of one name that stand several times in a text, put together: a value cut into chunks reads whole again.
enum FieldJoiner {
    private struct Joined {
        var text: [UInt8] = []
        var count = 0
        var last: Range<Int>?
        var isRepeated = false
    }

    static func expand(_ view: View, _ index: TextIndex, into expansion: inout Expansion) {
        guard view.chain.count < 2, !view.chain.contains(where: { $0.hasPrefix("joined-") }) else { return }
        view.bytes.withUnsafeBufferPointer { bytes in
            var joined: [Joined] = []
            var places: [UInt64: Int] = [:]
            // The few names of a log are found here without a look-up in the dictionary.
            var recent = [(key: UInt64, place: Int)](repeating: (0, -1), count: 256)
            let isLong = bytes.count > shortText
            /// Which field the one of this name is; nil where its values are whole.
            func field(_ name: Range<Int>) -> Int? {
                // A hash of the name is enough to tell fields apart; making strings of a long log's names is not cheap.
                // `part1`, `part2`: the number is no part of the name.
                var end = name.upperBound
                while end > name.lowerBound + 1, Surroundings.isDigit(bytes[end - 1]) { end -= 1 }
                let key = key(bytes, name.lowerBound..<end)
                let slot = Int(truncatingIfNeeded: key &>> 56)
                var place = recent[slot].place
                if place < 0 || recent[slot].key != key {
                    place = places[key] ?? joined.count
                    if place == joined.count {
                        places[key] = place
                        joined.append(Joined())
                    }
                    recent[slot] = (key, place)
                }
                guard isLong else { return place }
                // A name that stands in every line is a column of a log, whose values are whole.
                let count = joined[place].count
                if count < mostParts { return place }
                if count == mostParts {
                    joined[place].text = []
                    joined[place].count += 1
                }
                return nil
            }
            forEachField(in: bytes, TextMarks(index), field) { place, value in
                // `status=200` on every line: no value is made of one part three times over.
                if isIdentifier(bytes, value) { return }
                let isSame = value.count > 2 && joined[place].last.map { equal(bytes, $0, value) } ?? false
                if isSame, joined[place].isRepeated { return }
                joined[place].isRepeated = isSame
                joined[place].last = value
                joined[place].text.append(contentsOf: UnsafeBufferPointer(rebasing: bytes[value]))
                joined[place].count += 1
            }
            let root = view.root(0..<bytes.count)
            var collector = PieceCollector("joined-fields")
            for found in joined where found.count > 1 && found.text.count >= 7 {
                // What closes a number's object stands with it: `1228}`.
                if isLong, found.count > mostNumbers, !found.text.contains(where: Surroundings.isLetter) { continue }
                collector.append(found.text, root: root)
            }
            collector.add(to: &expansion, of: view)
            if !isLong { across(bytes, index, view, &expansion) }
        }
    }

    /// What is short enough to be one message: there the values of different fields, and of a table's rows, are put
    /// together too.
    private static let shortText = 1 << 14
    /// Parts of one value in a longer text.
    private static let mostParts = 64
    /// Parts of one number there: sizes and counts in a row make any seven digits sooner or later.
    private static let mostNumbers = 12

    private static func across(
        _ bytes: UnsafeBufferPointer<UInt8>, _ index: TextIndex, _ view: View, _ expansion: inout Expansion
    ) {
        let root = view.root(0..<bytes.count)
        var values: [UInt8] = []
        var texts: [UInt8] = []
        var count = 0
        forEachField(in: bytes, TextMarks(index), { $0 }) { _, value in
            if isIdentifier(bytes, value) { return }
            count += 1
            values += bytes[value]
            // Between the two halves of a text a number may stand.
            if bytes[value].contains(where: { !Surroundings.isDigit($0) }) { texts += bytes[value] }
        }
        if count > 1 {
            var collector = PieceCollector("joined-values")
            collector.append(values, root: root)
            if texts.count < values.count { collector.append(texts, root: root) }
            collector.add(to: &expansion, of: view)
        }
        columns(bytes, view, &expansion)
    }

    /// Lines with equally many separators are rows of one table.
    private static func columns(_ bytes: UnsafeBufferPointer<UInt8>, _ view: View, _ expansion: inout Expansion) {
        guard bytes.contains(0x0A) else { return }
        var collector = PieceCollector("joined-rows")
        let lines = bytes.split(separator: 0x0A).map { $0.last == 0x0D ? $0.dropLast() : $0 }
        for separator in [0x2C, 0x09, 0x7C, 0x3B] as [UInt8] {
            let rows = lines.map { $0.split(separator: separator, maxSplits: 64, omittingEmptySubsequences: false) }
            var start = 0
            while start < rows.count {
                var end = start + 1
                while end < rows.count, rows[end].count == rows[start].count { end += 1 }
                if rows[start].count > 1, end - start > 1 {
                    for column in rows[start].indices {
                        let text = Array(rows[start..<end].map { $0[column] }.joined())
                        if text.count >= 7 { collector.append(text, root: view.root(0..<bytes.count)) }
                    }
                }
                start = end
            }
        }
        collector.add(to: &expansion, of: view)
    }

    private static func equal(_ bytes: UnsafeBufferPointer<UInt8>, _ one: Range<Int>, _ other: Range<Int>) -> Bool {
        guard one.count == other.count, let base = bytes.baseAddress else { return false }
        return memcmp(base + one.lowerBound, base + other.lowerBound, one.count) == 0
    }

    /// A whole UUID is no part of anything longer.
    private static func isIdentifier(_ bytes: UnsafeBufferPointer<UInt8>, _ value: Range<Int>) -> Bool {
        guard value.count == 36, let base = bytes.baseAddress else { return false }
        let text = base + value.lowerBound
        guard text[8] == 0x2D, text[13] == 0x2D, text[18] == 0x2D, text[23] == 0x2D else { return false }
        var digits = 0
        for index in 0..<36 where EscapeDecoder.hexTable.marks[Int(text[index])] < 16 { digits &+= 1 }
        return digits == 32
    }

    /// 1: part of a name; 2: stands between name and value.
    private static let marks = ByteRuns.table { byte in
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x5F: 1
        case UInt8(ascii: "="), UInt8(ascii: ":"): 2
        default: 0
        }
    }

    /// Where the letters and hyphens before begin; nil where that is not at the beginning of a line.
    private static func lineStart(_ bytes: UnsafeBufferPointer<UInt8>, before start: Int) -> Int? {
        var index = start
        while index > 0, start - index < 40, bytes[index - 1] == 0x2D || marks.marks[Int(bytes[index - 1])] & 1 != 0 {
            index -= 1
        }
        return index == 0 || bytes[index - 1] == 0x0A ? index : nil
    }

    /// `"name": "value"` and `name=value` in their order; no parser, since what leaks need not be valid.
    static func fields(in bytes: [UInt8]) -> [(String, ArraySlice<UInt8>)] {
        var found: [(String, ArraySlice<UInt8>)] = []
        bytes.withUnsafeBufferPointer { text in
            let index = TextIndex()
            index.read(text)
            forEachField(in: text, TextMarks(index), { $0 }) { name, value in
                found.append((String(decoding: text[name], as: UTF8.self), bytes[value]))
            }
        }
        return found
    }

    /// A hash of a name.
    @inline(__always)
    private static func key(_ bytes: UnsafeBufferPointer<UInt8>, _ name: Range<Int>) -> UInt64 {
        guard let base = bytes.baseAddress else { return 0 }
        let raw = UnsafeRawPointer(base)
        let factor: UInt64 = 0x9E37_79B9_7F4A_7C15
        var key = UInt64(name.count) &* factor
        var place = name.lowerBound
        while place &+ 8 <= name.upperBound {
            let (high, low) = (key ^ raw.loadUnaligned(fromByteOffset: place, as: UInt64.self))
                .multipliedFullWidth(by: factor)
            key = high ^ low
            place &+= 8
        }
        var rest: UInt64 = 0
        for index in place..<name.upperBound { rest = rest &<< 8 | UInt64(base[index]) }
        let (high, low) = (key ^ rest).multipliedFullWidth(by: factor)
        return (high ^ low) &* factor
    }

    /// What finds the fields of a text without looking at every byte.
    private struct TextMarks {
        let index: TextIndex
        init(_ index: TextIndex) { self.index = index }

        @inline(__always)
        func separator(from position: Int) -> Int? { index.next(.separator, from: position) }

        /// Where the name that ends here begins, forty characters before at most.
        @inline(__always)
        func name(before end: Int) -> Int { max(end &- 40, index.start(.name, before: end)) }
    }

    /// Calls `body` with the fields that `admit` gives something for; a value is not looked for where it gives nothing.
    @inline(__always)
    private static func forEachField<Field>(
        in bytes: UnsafeBufferPointer<UInt8>, _ marks: TextMarks, _ admit: (_ name: Range<Int>) -> Field?,
        _ body: (_ field: Field, _ value: Range<Int>) -> Void
    ) {
        guard let base = bytes.baseAddress else { return }
        let quote = UInt8(ascii: "\"")
        var index = 0
        while index < bytes.count {
            guard let found = marks.separator(from: index) else { return }
            index = found
            let isAssigned = bytes[index] == UInt8(ascii: "=")
            var nameEnd = index
            while nameEnd > 0, bytes[nameEnd - 1] == quote || bytes[nameEnd - 1] == 0x20 { nameEnd -= 1 }
            var nameStart = marks.name(before: nameEnd)
            // `X-Part-1: …` is a header whose number is no name of its own.
            if !isAssigned, nameStart < nameEnd, nameStart > 1, bytes[nameStart - 1] == 0x2D,
                Surroundings.isDigit(bytes[nameStart]), let start = lineStart(bytes, before: nameStart),
                // The date at the beginning of a log's line is no name.
                !Surroundings.isDigit(bytes[start])
            {
                nameStart = start
            }
            var from = index + 1
            while from < bytes.count, bytes[from] == 0x20 { from += 1 }
            let isQuoted = from < bytes.count && bytes[from] == quote
            // A name begins with a letter, or stands in quotation marks: `05:33` is a time.
            guard nameStart < nameEnd,
                !Surroundings.isDigit(bytes[nameStart]) || (nameStart > 0 && bytes[nameStart - 1] == quote),
                isQuoted || isAssigned || (from < bytes.count && bytes[from] > 0x20)
            else {
                index += 1
                continue
            }
            if isQuoted { from += 1 }
            var end = from
            // A header's value is the rest of its line.
            let isHeader =
                !isQuoted && !isAssigned && bytes[nameStart] >= 0x41
                && (nameStart == 0 || lineStart(bytes, before: nameStart) != nil)
            // An empty value is no field.
            let isEmpty =
                from >= bytes.count
                || (isQuoted
                    ? bytes[from] == quote && bytes[from - 1] != UInt8(ascii: "\\")
                    : bytes[from] <= 0x20 || !isHeader && (bytes[from] == 0x26 || bytes[from] == 0x2C))
            let field = isEmpty ? nil : admit(nameStart..<nameEnd)
            if isQuoted {
                while let place = memchr(base + end, Int32(quote), bytes.count - end) {
                    end = UnsafeRawPointer(place) - UnsafeRawPointer(base)
                    if bytes[end - 1] != UInt8(ascii: "\\") { break }
                    end += 1
                    if end >= bytes.count { break }
                }
                if end >= bytes.count || bytes[end] != quote { end = bytes.count }
            } else if field != nil {
                if isHeader {
                    while end < bytes.count, bytes[end] != 0x0D, bytes[end] != 0x0A { end += 1 }
                } else {
                    while end < bytes.count, bytes[end] > 0x20, bytes[end] != 0x26, bytes[end] != 0x2C { end += 1 }
                }
            }
            if let field, end > from { body(field, from..<end) }
            index = max(index + 1, isQuoted ? end : from)
        }
    }
}

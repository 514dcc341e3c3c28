// SPDX-License-Identifier: Apache-2.0

/// The members of a trace line that say where it belongs, found without building a tree: a record of a gigabyte is gone
/// through at the speed of its bytes. Whether the rest of the line is JSON is found when the line is read.
struct LineScan {
    private(set) var type: Range<Int>?
    private(set) var previous: Range<Int>?
    private(set) var seq: Range<Int>?
    private(set) var at: Range<Int>?
    private(set) var world: Range<Int>?
    private(set) var kind: Range<Int>?
    private(set) var exchange: Range<Int>?
    private(set) var events: Range<Int>?

    /// Nil where the line is no object, a name or a value of these members is written with escapes, or a member stands twice:
    /// then it must be read as a whole.
    init?(_ line: UnsafeRawBufferPointer) {
        guard line.count >= 2, line[0] == UInt8(ascii: "{"), line[line.count - 1] == UInt8(ascii: "}") else {
            return nil
        }
        var offset = 1
        while offset < line.count {
            guard line[offset] == UInt8(ascii: "\""), let name = Self.string(line, &offset), offset < line.count,
                line[offset] == UInt8(ascii: ":")
            else { return nil }
            offset += 1
            let start = offset
            guard Self.skip(line, &offset), offset > start else { return nil }
            let isText = line[start] == UInt8(ascii: "\"")
            let value = isText ? start + 1..<offset - 1 : start..<offset
            guard note(line, name, value) else { return nil }
            guard offset < line.count else { return nil }
            if line[offset] == UInt8(ascii: "}") {
                guard offset == line.count - 1 else { return nil }
                return
            }
            guard line[offset] == UInt8(ascii: ",") else { return nil }
            offset += 1
        }
        return nil
    }

    private mutating func note(_ line: UnsafeRawBufferPointer, _ name: Range<Int>, _ value: Range<Int>) -> Bool {
        func take(_ place: WritableKeyPath<LineScan, Range<Int>?>) -> Bool {
            guard self[keyPath: place] == nil, !line[value].contains(UInt8(ascii: "\\")) else { return false }
            self[keyPath: place] = value
            return true
        }
        switch name.count {
        case 2 where Self.equal(line, name, "at"): return take(\.at)
        case 3 where Self.equal(line, name, "seq"): return take(\.seq)
        case 4 where Self.equal(line, name, "type"): return take(\.type)
        case 4 where Self.equal(line, name, "prev"): return take(\.previous)
        case 4 where Self.equal(line, name, "kind"): return take(\.kind)
        case 5 where Self.equal(line, name, "world"): return take(\.world)
        case 6 where Self.equal(line, name, "events"): return take(\.events)
        case 8 where Self.equal(line, name, "exchange"): return take(\.exchange)
        default: return !line[name].contains(UInt8(ascii: "\\"))
        }
    }

    static func equal(_ line: UnsafeRawBufferPointer, _ place: Range<Int>, _ text: StaticString) -> Bool {
        place.count == text.utf8CodeUnitCount
            && text.withUTF8Buffer { known in
                for index in 0..<known.count where known[index] != line[place.lowerBound + index] { return false }
                return true
            }
    }

    /// The inside of the string that begins at `offset`; moves behind it.
    private static func string(_ line: UnsafeRawBufferPointer, _ offset: inout Int) -> Range<Int>? {
        let start = offset + 1
        offset = start
        while offset < line.count {
            let byte = line[offset]
            if byte == UInt8(ascii: "\"") {
                offset += 1
                return start..<offset - 1
            }
            offset += byte == UInt8(ascii: "\\") ? 2 : 1
        }
        return nil
    }

    /// Moves behind the value that begins at `offset`.
    private static func skip(_ line: UnsafeRawBufferPointer, _ offset: inout Int) -> Bool {
        var depth = 0
        while offset < line.count {
            switch line[offset] {
            case UInt8(ascii: "\""):
                guard string(line, &offset) != nil else { return false }
                if depth == 0 { return true }
                continue
            case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
            case UInt8(ascii: "}"), UInt8(ascii: "]"):
                // The end of the line's own object after a bare value.
                if depth == 0 { return true }
                depth -= 1
                if depth == 0 {
                    offset += 1
                    return true
                }
            case UInt8(ascii: ","): if depth == 0 { return true }
            default: break
            }
            offset += 1
        }
        return false
    }
}

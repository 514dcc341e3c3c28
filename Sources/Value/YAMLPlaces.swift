// SPDX-License-Identifier: Apache-2.0

package import SourceText

extension YAMLNode {
    /// The place in `file` of a UTF-8 offset into this scalar's text: an expression inside quotes is pointed at where it
    /// stands, not where its quotes begin. Folded texts and other nodes answer with their start.
    package func position(ofText offset: Int, in file: SourceFile) -> SourcePosition {
        guard case .scalar(let text, let style) = content else { return span.start }
        let utf8 = file.text.utf8
        let start = min(span.start.utf8Offset, utf8.count)
        let end = max(start, min(utf8.count, span.end.utf8Offset))
        // Of the scalar alone: a file of many steps is asked often.
        let source = Array(
            utf8[utf8.index(utf8.startIndex, offsetBy: start)..<utf8.index(utf8.startIndex, offsetBy: end)])[...]
        let offset = max(0, min(offset, text.utf8.count))
        let found: Int? =
            switch style {
            case .plain: source.contains(0x0A) ? nil : offset
            case .singleQuoted: Self.quoted(source, offset, escape: Self.singleQuote)
            case .doubleQuoted: Self.quoted(source, offset, escape: Self.backslash)
            case .literal: Self.literal(source, offset)
            case .folded: nil
            }
        return found.map { file.position(atUTF8: start + $0) } ?? span.start
    }

    /// The stretch of `file` that holds a stretch of this scalar's text (UTF-8 offsets).
    package func span(ofText range: Range<Int>, in file: SourceFile) -> SourceSpan {
        SourceSpan(
            start: position(ofText: range.lowerBound, in: file), end: position(ofText: range.upperBound, in: file))
    }

    /// Source bytes of an escape, and how many bytes of text it makes; nil where none begins.
    private typealias Escape = (ArraySlice<UInt8>) -> (source: Int, text: Int)?

    private static func quoted(_ source: ArraySlice<UInt8>, _ offset: Int, escape: Escape) -> Int? {
        var place = source.startIndex + 1
        var passed = 0
        while passed < offset, place < source.endIndex {
            // Line folding changes white space: no exact place beyond it.
            if source[place] == 0x0A { return nil }
            let step = escape(source[place...]) ?? (1, 1)
            place += step.source
            passed += step.text
        }
        return place
    }

    private static func singleQuote(_ rest: ArraySlice<UInt8>) -> (source: Int, text: Int)? {
        rest.starts(with: [0x27, 0x27]) ? (2, 1) : nil
    }

    private static func backslash(_ rest: ArraySlice<UInt8>) -> (source: Int, text: Int)? {
        guard rest.first == 0x5C, let letter = rest.dropFirst().first else { return nil }
        let digits: Int
        switch letter {
        case UInt8(ascii: "x"): digits = 2
        case UInt8(ascii: "u"): digits = 4
        case UInt8(ascii: "U"): digits = 8
        case UInt8(ascii: "N"), UInt8(ascii: "_"): return (2, 2)
        case UInt8(ascii: "L"), UInt8(ascii: "P"): return (2, 3)
        default: return (2, 1)
        }
        let code = UInt32(String(decoding: rest.dropFirst(2).prefix(digits), as: UTF8.self), radix: 16)
        return (2 + digits, code.flatMap(Unicode.Scalar.init).map { UTF8.width($0) } ?? 1)
    }

    private static func literal(_ source: ArraySlice<UInt8>, _ offset: Int) -> Int? {
        guard let first = source.firstIndex(of: 0x0A) else { return nil }
        let lines = source[(first + 1)...].split(separator: 0x0A, omittingEmptySubsequences: false)
        guard let model = lines.first(where: { $0.contains { $0 != 0x20 } }) else { return nil }
        let indent = model.prefix { $0 == 0x20 }.count
        var passed = 0
        for line in lines {
            let text = line.dropFirst(min(indent, line.count))
            if offset <= passed + text.count { return text.startIndex + offset - passed }
            passed += text.count + 1
        }
        return nil
    }
}

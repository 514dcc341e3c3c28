// SPDX-License-Identifier: Apache-2.0

internal import Foundation

/// Escapes inside running text. A view holds the text around the escapes with them resolved; far stretches are left
/// out.
enum EscapeDecoder {
    typealias Bytes = UnsafeBufferPointer<UInt8>
    static func expand(_ view: View, _ index: TextIndex, into expansion: inout Expansion) {
        view.bytes.withUnsafeBufferPointer { bytes in
            if index.holds(.separator),
                let found = resolve("quoted-printable", UInt8(ascii: "="), view, bytes, quotedPrintable)
            {
                expansion.views.append(found)
            }
            if let found = resolve("utf-7", UInt8(ascii: "+"), view, bytes, utf7) { expansion.views.append(found) }
            if let found = resolve("code-points", UInt8(ascii: "U"), view, bytes, codePoint) {
                expansion.views.append(found)
            }
            guard index.holds(.escape) else { return }
            let triggers = Triggers(bytes, index)
            if triggers.holds(UInt8(ascii: "%")),
                let found = resolve("percent", UInt8(ascii: "%"), view, bytes, percent)
            {
                expansion.views.append(found)
            }
            if triggers.holds(UInt8(ascii: "\\")),
                let found = resolve("backslash", UInt8(ascii: "\\"), view, bytes, backslash)
            {
                expansion.views.append(found)
            }
            if triggers.holds(UInt8(ascii: "&")),
                let found = resolve("html-entity", UInt8(ascii: "&"), view, bytes, entity)
            {
                expansion.views.append(found)
            }
            for (trigger, escape) in MarkupDecoder.triggers where triggers.holds(trigger) {
                if let found = resolve("markup", trigger, view, bytes, escape) { expansion.views.append(found) }
            }
        }
    }

    /// Which of the bytes that begin an escape stand in a text.
    private struct Triggers {
        private var low: UInt64 = 0
        private var high: UInt64 = 0

        init(_ bytes: Bytes, _ index: TextIndex) {
            var position = 0
            while let place = index.next(.escape, from: position) {
                let byte = bytes[place]
                if byte < 64 { low |= 1 << UInt64(byte) } else { high |= 1 << UInt64(byte & 63) }
                position = place + 1
            }
        }

        func holds(_ byte: UInt8) -> Bool { (byte < 64 ? low : high) >> UInt64(byte & 63) & 1 != 0 }
    }

    /// An escape's width and bytes, and whether it alone makes the text worth another look.
    typealias Escape = (width: Int, bytes: [UInt8], counts: Bool)

    /// Whether an escape counts: seen before anything is copied, since `=` stands in every log.
    private static func holds(_ trigger: UInt8, _ bytes: Bytes, _ escape: (Bytes, Int) -> Escape?) -> Bool {
        guard let base = bytes.baseAddress else { return false }
        var position = 0
        while position < bytes.count, let found = memchr(base + position, Int32(trigger), bytes.count - position) {
            let index = UnsafeRawPointer(found) - UnsafeRawPointer(base)
            let resolved = escape(bytes, index)
            if let resolved, resolved.counts { return true }
            position = index + (resolved?.width ?? 1)
        }
        return false
    }

    private static func resolve(
        _ name: String, _ trigger: UInt8, _ view: View, _ bytes: Bytes, _ escape: (Bytes, Int) -> Escape?
    ) -> View? {
        guard let base = bytes.baseAddress, holds(trigger, bytes, escape) else { return nil }
        // Of a message all is kept, so that what stands around the escapes may be read with them.
        let reach = bytes.count > 1 << 14 ? 48 : 256
        var output: [UInt8] = []
        var segments: [View.Segment] = []
        /// Up to here the input stands in the output; nil before the first escape.
        var copied: Int?
        var counts = false
        func begin(_ start: Int) {
            let end = min(bytes.count, start + 4 * reach)
            segments.append(.init(start: output.count, root: view.root(start..<end), isLinear: false))
        }
        var position = 0
        while position < bytes.count, let found = memchr(base + position, Int32(trigger), bytes.count - position) {
            let index = UnsafeRawPointer(found) - UnsafeRawPointer(base)
            guard let resolved = escape(bytes, index) else {
                position = index + 1
                continue
            }
            if let done = copied, index - done <= 2 * reach {
                output += bytes[done..<index]
            } else {
                if let done = copied {
                    output += bytes[done..<min(bytes.count, done + reach)]
                    output.append(0x0A)
                }
                let start = max(copied ?? 0, index - reach)
                begin(start)
                output += bytes[start..<index]
            }
            if let last = segments.last, output.count - last.start > 2 * reach { begin(max(0, index - reach)) }
            output += resolved.bytes
            counts = counts || resolved.counts
            position = index + resolved.width
            copied = position
        }
        guard counts, let done = copied else { return nil }
        output += bytes[done..<min(bytes.count, done + reach)]
        return View(bytes: output, chain: view.chain + [name], segments: segments)
    }

    /// Values of hexadecimal digits; 255 for anything else.
    static let hexTable = ByteRuns.table { byte in
        switch byte {
        case 0x30...0x39: byte - 0x30
        case 0x41...0x46: byte - 0x37
        case 0x61...0x66: byte - 0x57
        default: 255
        }
    }

    @inline(__always)
    static func hexValue(_ byte: UInt8) -> UInt32? {
        switch byte {
        case 0x30...0x39: UInt32(byte &- 0x30)
        case 0x41...0x46: UInt32(byte &- 0x37)
        case 0x61...0x66: UInt32(byte &- 0x57)
        default: nil
        }
    }

    static func hex(_ bytes: Bytes, _ start: Int, _ count: Int) -> UInt32? {
        guard start + count <= bytes.count else { return nil }
        var value: UInt32 = 0
        for index in start..<start + count {
            guard let digit = hexValue(bytes[index]) else { return nil }
            value = value << 4 | digit
        }
        return value
    }

    static func utf8(_ value: UInt32) -> [UInt8] {
        Unicode.Scalar(value).map { Array(String($0).utf8) } ?? []
    }

    private static func percent(_ bytes: Bytes, _ index: Int) -> Escape? {
        if let value = hex(bytes, index + 1, 2) { return (3, [UInt8(value)], true) }
        if index + 6 <= bytes.count, bytes[index + 1] | 32 == UInt8(ascii: "u"), let value = hex(bytes, index + 2, 4) {
            return (6, utf8(value), true)
        }
        return nil
    }

    private static func backslash(_ bytes: Bytes, _ index: Int) -> Escape? {
        simpleBackslash(bytes, index) ?? styleSheet(bytes, index) ?? BackslashPairs.escape(bytes, index)
            ?? RichText.escape(bytes, index)
    }

    private static func simpleBackslash(_ bytes: Bytes, _ index: Int) -> Escape? {
        guard index + 1 < bytes.count else { return nil }
        switch bytes[index + 1] {
        case UInt8(ascii: "u"):
            if let braced = braced(bytes, index) { return braced }
            if let rich = RichText.escape(bytes, index) { return rich }
            guard let high = hex(bytes, index + 2, 4) else { return nil }
            if (0xD800..<0xDC00).contains(high), index + 12 <= bytes.count, bytes[index + 6] == UInt8(ascii: "\\"),
                let low = hex(bytes, index + 8, 4), (0xDC00..<0xE000).contains(low)
            {
                return (12, utf8(0x10000 + (high - 0xD800) << 10 + (low - 0xDC00)), true)
            }
            return (6, utf8(high), true)
        case UInt8(ascii: "U"): return hex(bytes, index + 2, 8).map { (10, utf8($0), true) }
        case UInt8(ascii: "x"):
            return hex(bytes, index + 2, 2).map { (4, [UInt8($0)], true) } ?? braced(bytes, index)
        case UInt8(ascii: "\\"):
            // An escaped backslash before an escape: a string within a string.
            guard index + 2 < bytes.count, [UInt8(ascii: "u"), UInt8(ascii: "x")].contains(bytes[index + 2]) else {
                return wrappedLine(bytes, index)
            }
            return (2, [UInt8(ascii: "\\")], true)
        case UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"):
            return wrappedLine(bytes, index) ?? (2, [0x0A], false)
        case 0x30...0x33:
            guard index + 4 <= bytes.count, (0x30...0x37).contains(bytes[index + 2]),
                (0x30...0x37).contains(bytes[index + 3])
            else { return nil }
            let value =
                UInt32(bytes[index + 1] - 48) << 6 | UInt32(bytes[index + 2] - 48) << 3 | UInt32(bytes[index + 3] - 48)
            // `\004e61` is an escape of a style sheet.
            if let styled = styleSheet(bytes, index), styled.width == 7 { return styled }
            return (4, [UInt8(truncatingIfNeeded: value)], true)
        default: return nil
        }
    }

    /// `\x{4e}`, `\u{1F600}`.
    private static func braced(_ bytes: Bytes, _ index: Int) -> Escape? {
        guard index + 2 < bytes.count, bytes[index + 2] == UInt8(ascii: "{") else { return nil }
        var end = index + 3
        var value: UInt32 = 0
        while end < bytes.count, end < index + 10, let digit = hexValue(bytes[end]) {
            value = value << 4 | digit
            end += 1
        }
        guard end < bytes.count, end > index + 3, bytes[end] == UInt8(ascii: "}") else { return nil }
        return (end + 1 - index, utf8(value), true)
    }

    /// `\r\n` and `\\n` between two lines of base64 in a string: the lines go on as one.
    private static func wrappedLine(_ bytes: Bytes, _ index: Int) -> Escape? {
        var end = index
        while end < bytes.count, end < index + 16, bytes[end] == UInt8(ascii: "\\") {
            while end < bytes.count, bytes[end] == UInt8(ascii: "\\") { end += 1 }
            guard end < bytes.count, bytes[end] == UInt8(ascii: "n") || bytes[end] == UInt8(ascii: "r") else {
                return nil
            }
            end += 1
        }
        guard index >= 40, end + 4 <= bytes.count,
            bytes[index - 40..<index].allSatisfy({ TextIndex.Kind.base64.holds($0) }),
            bytes[end..<end + 4].allSatisfy({ TextIndex.Kind.base64.holds($0) || $0 == UInt8(ascii: "=") })
        else { return nil }
        return (end - index, [], true)
    }

    /// `\4e `, `\00004e`: up to six digits, ended by a space where they are fewer.
    private static func styleSheet(_ bytes: Bytes, _ index: Int) -> Escape? {
        var end = index + 1
        var value: UInt32 = 0
        while end < bytes.count, end < index + 7, let digit = hexValue(bytes[end]) {
            value = value << 4 | digit
            end += 1
        }
        let digits = end - index - 1
        guard digits >= 2, value >= 0x20 else { return nil }
        if digits == 6 { return (7, utf8(value), true) }
        guard end < bytes.count, bytes[end] == 0x20 else { return nil }
        return (digits + 2, utf8(value), true)
    }

    /// `M+APw-ller` (RFC 2152): UTF-16 in base64. Letters of ASCII are not written so, except to hide them.
    private static func utf7(_ bytes: Bytes, _ index: Int) -> Escape? {
        var end = index + 1
        var word: UInt32 = 0
        var bits: UInt32 = 0
        var units: [UInt16] = []
        while end < bytes.count, end < index + 200, let digit = RunDecoder.value64(bytes[end]) {
            word = word << 6 | digit
            bits += 6
            if bits >= 16 {
                bits -= 16
                units.append(UInt16(truncatingIfNeeded: word >> bits))
            }
            end += 1
        }
        // What is left over fills up the last character with zeros, and a hyphen ends it.
        guard !units.isEmpty, bits < 6, word & (1 << bits - 1) == 0, end < bytes.count, bytes[end] == 0x2D,
            units.allSatisfy({ $0 >= 0x20 && $0 < 0x600 || $0 >= 0x3000 && $0 < 0xA000 })
        else { return nil }
        return (end + 1 - index, Array(String(decoding: units, as: UTF16.self).utf8), true)
    }

    /// `U+004E`.
    private static func codePoint(_ bytes: Bytes, _ index: Int) -> Escape? {
        guard index + 6 <= bytes.count, bytes[index + 1] == UInt8(ascii: "+") else { return nil }
        var end = index + 2
        var value: UInt32 = 0
        while end < bytes.count, end < index + 8, let digit = hexValue(bytes[end]) {
            value = value << 4 | digit
            end += 1
        }
        return end >= index + 6 ? (end - index, utf8(value), true) : nil
    }

    private static func entity(_ bytes: Bytes, _ index: Int) -> Escape? {
        var end = index + 1
        if end < bytes.count, bytes[end] == UInt8(ascii: "#") { return numeric(bytes, index) }
        while end < bytes.count, end < index + 12, bytes[end] != UInt8(ascii: ";") { end += 1 }
        guard end < bytes.count, bytes[end] == UInt8(ascii: ";"), end > index + 1 else { return nil }
        let name = String(decoding: bytes[(index + 1)..<end], as: UTF8.self)
        let width = end + 1 - index
        return HTMLEntity.text(name).map { (width, Array($0.utf8), true) }
    }

    /// `&#78;`, `&#x4E;`; browsers do without the semicolon.
    private static func numeric(_ bytes: Bytes, _ index: Int) -> Escape? {
        var end = index + 2
        let isHex = end < bytes.count && bytes[end] | 32 == UInt8(ascii: "x")
        if isHex { end += 1 }
        let start = end
        var value: UInt32 = 0
        while end < bytes.count, end < start + 8, let digit = hexValue(bytes[end]), isHex || digit < 10 {
            value = value &* (isHex ? 16 : 10) &+ digit
            end += 1
        }
        guard end > start else { return nil }
        let isEnded = end < bytes.count && bytes[end] == UInt8(ascii: ";")
        return (end + (isEnded ? 1 : 0) - index, utf8(value), true)
    }

    /// `=XX` also occurs by chance (`status=200`); what follows or is encoded must be what a mail program writes.
    private static func quotedPrintable(_ bytes: Bytes, _ index: Int) -> Escape? {
        // A line goes on in the next one; base64 ends in the same sign.
        let isPadding = index > 0 && bytes[index - 1] == UInt8(ascii: "=")
        if index + 1 < bytes.count, bytes[index + 1] == 0x0A { return (2, [], !isPadding && index + 2 < bytes.count) }
        if index + 2 < bytes.count, bytes[index + 1] == 0x0D, bytes[index + 2] == 0x0A {
            return (3, [], !isPadding && index + 3 < bytes.count)
        }
        guard let value = hex(bytes, index + 1, 2) else { return nil }
        let next = index + 3 < bytes.count ? bytes[index + 3] : 0
        // Mail programs write capital digits; `id=3f2a…` is an assignment.
        guard bytes[index + 1] < 0x61 && bytes[index + 2] < 0x61 || isInSeries(bytes, index) else { return nil }
        let continues = (0x30...0x39).contains(next) || (0x61...0x66).contains(next)
        let isLetter = next | 32 >= 0x61 && next | 32 <= 0x7A
        let counts =
            next == UInt8(ascii: "=") || value >= 0x80 && !continues
            || value >= 0x20 && value < 0x40 && !continues && (isLetter || next == 13)
        // What does not count by itself goes on from one that does.
        let follows = index >= 3 && bytes[index - 3] == UInt8(ascii: "=")
        return counts || follows ? (3, [UInt8(value)], counts) : nil
    }

    /// `=4d=69=6c`: some programs write small digits, but nobody three such assignments.
    private static func isInSeries(_ bytes: Bytes, _ index: Int) -> Bool {
        (-2...0).contains { first in
            (first..<first + 3).allSatisfy { step in
                let place = index + 3 * step
                return place >= 0 && place + 3 <= bytes.count && bytes[place] == UInt8(ascii: "=")
                    && hex(bytes, place + 1, 2) != nil
            }
        }
    }
}

/// The named character references that names and addresses meet.
enum HTMLEntity {
    private static let special: [String: String] = [
        "amp": "&", "lt": "<", "gt": ">", "quot": "\"", "apos": "'", "nbsp": " ", "szlig": "ß", "oslash": "ø",
        "Oslash": "Ø",
        "aelig": "æ", "AElig": "Æ", "rsquo": "’", "lsquo": "‘", "commat": "@", "period": ".", "plus": "+",
        "lowbar": "_",
        "shy": "", "zwnj": "", "zwj": "", "ZeroWidthSpace": "", "NoBreak": "", "ensp": " ", "emsp": " ", "thinsp": " ",
        "ndash": "-", "mdash": "-", "lpar": "(", "rpar": ")",
        "num": "#", "sol": "/", "colon": ":", "comma": ",", "hyphen": "-", "dash": "-", "eth": "ð", "thorn": "þ",
        "Zcaron": "Ž", "zcaron": "ž", "Scaron": "Š", "scaron": "š",
    ]
    private static let marks: [String: String] = [
        "acute": "\u{301}", "grave": "\u{300}", "uml": "\u{308}", "circ": "\u{302}", "tilde": "\u{303}",
        "ring": "\u{30A}",
        "cedil": "\u{327}", "caron": "\u{30C}",
    ]

    static func text(_ name: String) -> String? {
        if let known = special[name] { return known }
        guard let letter = name.first, let mark = marks[String(name.dropFirst())] else { return nil }
        return (String(letter) + mark).precomposedStringWithCanonicalMapping
    }
}

// SPDX-License-Identifier: Apache-2.0

/// What a word of the expression is.
enum TokenKind: Sendable, Equatable {
    case word(String)
    /// In backticks.
    case delimited(String)
    case string(String)
    case integer(Int64)
    case decimal(ExactDecimal)
    case temporal(Temporal)
    /// `%name`.
    case variable(String)
    /// `$this`, `$index`, `$total` without the dollar.
    case special(String)
    case symbol(String)
    case end

    static func == (left: Self, right: Self) -> Bool {
        switch (left, right) {
        case (.word(let a), .word(let b)), (.symbol(let a), .symbol(let b)): a == b
        case (.end, .end): true
        default: false
        }
    }
}

struct Token: Sendable {
    let kind: TokenKind
    let offset: Int
    let end: Int
}

/// Cuts an expression into tokens (FHIRPath grammar, appendix B).
struct Lexer {
    private let bytes: [UInt8]
    private var index = 0

    init(_ text: String) { bytes = Array(text.utf8) }

    mutating func tokens() throws(FHIRPathError) -> [Token] {
        var list: [Token] = []
        while true {
            let token = try next()
            list.append(token)
            if case .end = token.kind { return list }
        }
    }

    private func peek(_ ahead: Int = 0) -> UInt8 { index + ahead < bytes.count ? bytes[index + ahead] : 0 }

    private func error(_ message: String, remedy: String? = nil, from start: Int) -> FHIRPathError {
        FHIRPathError(.syntax, message, remedy: remedy, at: start, length: max(1, index - start))
    }

    private mutating func skipSpace() throws(FHIRPathError) {
        while index < bytes.count {
            let byte = bytes[index]
            if byte == 0x20 || (byte >= 0x09 && byte <= 0x0D) {
                index += 1
            } else if byte == UInt8(ascii: "/"), peek(1) == UInt8(ascii: "/") {
                while index < bytes.count, bytes[index] != 0x0A, bytes[index] != 0x0D { index += 1 }
            } else if byte == UInt8(ascii: "/"), peek(1) == UInt8(ascii: "*") {
                let start = index
                index += 2
                while index < bytes.count, !(bytes[index] == UInt8(ascii: "*") && peek(1) == UInt8(ascii: "/")) {
                    index += 1
                }
                guard index < bytes.count else {
                    throw error("the comment is not closed", remedy: "end it with */", from: start)
                }
                index += 2
            } else {
                return
            }
        }
    }

    private mutating func next() throws(FHIRPathError) -> Token {
        try skipSpace()
        let start = index
        guard index < bytes.count else { return Token(kind: .end, offset: start, end: start) }
        let byte = bytes[index]
        let kind: TokenKind
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "_"):
            kind = .word(word())
        case UInt8(ascii: "0")...UInt8(ascii: "9"): kind = try number()
        case UInt8(ascii: "'"): kind = .string(try quoted(byte))
        case UInt8(ascii: "`"): kind = .delimited(try quoted(byte))
        case UInt8(ascii: "\""):
            // STU3 wrote delimited identifiers in double quotes; no other token starts so.
            kind = .delimited(try quoted(byte))
        case UInt8(ascii: "@"): kind = .temporal(try temporal())
        case UInt8(ascii: "%"):
            index += 1
            switch peek() {
            case UInt8(ascii: "`"), UInt8(ascii: "'"), UInt8(ascii: "\""): kind = .variable(try quoted(peek()))
            default:
                let name = word()
                guard !name.isEmpty else { throw error("expected the name of a variable after %", from: start) }
                kind = .variable(name)
            }
        case UInt8(ascii: "$"):
            index += 1
            let name = word()
            guard name == "this" || name == "index" || name == "total" else {
                throw error("unknown name $\(name)", remedy: "expected $this, $index or $total", from: start)
            }
            kind = .special(name)
        default: kind = .symbol(try symbol())
        }
        return Token(kind: kind, offset: start, end: index)
    }

    private mutating func word() -> String {
        let start = index
        while index < bytes.count {
            switch bytes[index] {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "_"),
                UInt8(ascii: "0")...UInt8(ascii: "9"):
                index += 1
            default: return String(decoding: bytes[start..<index], as: UTF8.self)
            }
        }
        return String(decoding: bytes[start..<index], as: UTF8.self)
    }

    private mutating func symbol() throws(FHIRPathError) -> String {
        let first = bytes[index]
        let pair = peek(1)
        index += 1
        switch first {
        case UInt8(ascii: "<"), UInt8(ascii: ">"):
            if pair == UInt8(ascii: "=") {
                index += 1
                return first == UInt8(ascii: "<") ? "<=" : ">="
            }
        case UInt8(ascii: "!"):
            guard pair == UInt8(ascii: "=") || pair == UInt8(ascii: "~") else {
                throw error("unexpected !", remedy: "expected != or !~, or the function not()", from: index - 1)
            }
            index += 1
            return pair == UInt8(ascii: "=") ? "!=" : "!~"
        case UInt8(ascii: "="):
            if pair == UInt8(ascii: "=") {
                throw error("unexpected ==", remedy: "equality is written =", from: index - 1)
            }
        case UInt8(ascii: "."), UInt8(ascii: ","), UInt8(ascii: "("), UInt8(ascii: ")"), UInt8(ascii: "["),
            UInt8(ascii: "]"), UInt8(ascii: "{"), UInt8(ascii: "}"), UInt8(ascii: "+"), UInt8(ascii: "-"),
            UInt8(ascii: "*"), UInt8(ascii: "/"), UInt8(ascii: "|"), UInt8(ascii: "&"), UInt8(ascii: "~"):
            break
        default:
            let character = String(decoding: bytes[(index - 1)...].prefix(4), as: UTF8.self).prefix(1)
            throw error("unexpected character \(character)", from: index - 1)
        }
        return String(UnicodeScalar(first))
    }

    private mutating func number() throws(FHIRPathError) -> TokenKind {
        let start = index
        func isDigit(_ byte: UInt8) -> Bool { byte >= 0x30 && byte <= 0x39 }
        while isDigit(peek()) { index += 1 }
        var isDecimal = false
        if peek() == UInt8(ascii: "."), isDigit(peek(1)) {
            isDecimal = true
            index += 1
            while isDigit(peek()) { index += 1 }
        }
        let text = String(decoding: bytes[start..<index], as: UTF8.self)
        if !isDecimal, let integer = Int64(text) {
            // STU3 marks a Long with L.
            if peek() == UInt8(ascii: "L") { index += 1 }
            return .integer(integer)
        }
        guard let decimal = ExactDecimal(text) else {
            throw error("the number has more than 38 digits", from: start)
        }
        return .decimal(decimal)
    }

    private mutating func temporal() throws(FHIRPathError) -> Temporal {
        let start = index
        index += 1
        var reader = TemporalReader(bytes, from: index)
        let value: Temporal?
        if reader.take(UInt8(ascii: "T")) {
            value = reader.time()
        } else if let date = reader.date() {
            if reader.index < bytes.count, bytes[reader.index] == UInt8(ascii: "T") {
                reader = TemporalReader(bytes, from: index)
                value = reader.dateTime()
            } else {
                value = date
            }
        } else {
            value = nil
        }
        guard let value else {
            throw error(
                "not a date, date time or time", remedy: "expected @YYYY-MM-DD, @YYYY-MM-DDThh:mm:ss or @Thh:mm:ss",
                from: start)
        }
        index = reader.index
        return value
    }

    private mutating func quoted(_ quote: UInt8) throws(FHIRPathError) -> String {
        let start = index
        index += 1
        var text: [UInt8] = []
        while index < bytes.count {
            let byte = bytes[index]
            index += 1
            if byte == quote { return String(decoding: text, as: UTF8.self) }
            guard byte == UInt8(ascii: "\\") else {
                text.append(byte)
                continue
            }
            let escaped = peek()
            index += 1
            switch escaped {
            case UInt8(ascii: "'"), UInt8(ascii: "\""), UInt8(ascii: "`"), UInt8(ascii: "\\"), UInt8(ascii: "/"):
                text.append(escaped)
            case UInt8(ascii: "f"): text.append(0x0C)
            case UInt8(ascii: "n"): text.append(0x0A)
            case UInt8(ascii: "r"): text.append(0x0D)
            case UInt8(ascii: "t"): text.append(0x09)
            case UInt8(ascii: "u"): text.append(contentsOf: try unicodeEscape())
            default:
                throw error(
                    "unknown escape", remedy: #"known are \' \" \` \\ \/ \f \n \r \t \uXXXX"#, from: index - 2)
            }
        }
        throw error("the text is not closed", from: start)
    }

    private mutating func unicodeEscape() throws(FHIRPathError) -> [UInt8] {
        let start = index - 2
        var unit = try hexUnit(start)
        if (0xD800..<0xDC00).contains(unit), peek() == UInt8(ascii: "\\"), peek(1) == UInt8(ascii: "u") {
            index += 2
            let low = try hexUnit(start)
            guard (0xDC00..<0xE000).contains(low) else { throw error("unpaired surrogate", from: start) }
            unit = 0x10000 + (unit - 0xD800) << 10 + (low - 0xDC00)
        }
        guard let scalar = Unicode.Scalar(unit) else { throw error("unpaired surrogate", from: start) }
        return Array(String(Character(scalar)).utf8)
    }

    private mutating func hexUnit(_ start: Int) throws(FHIRPathError) -> UInt32 {
        guard index + 4 <= bytes.count,
            let unit = UInt32(String(decoding: bytes[index..<index + 4], as: UTF8.self), radix: 16)
        else { throw error("expected four hexadecimal digits", from: start) }
        index += 4
        return unit
    }
}

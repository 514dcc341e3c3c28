// SPDX-License-Identifier: Apache-2.0

extension Template {
    /// A piece of a text with references, with its UTF-8 place in that text.
    struct Lexed: Hashable {
        enum Piece: Hashable {
            case text(String)
            case reference(String)
            /// `$(` that never ends, or a name that is none.
            case broken(String)
        }

        let piece: Piece
        let range: Range<Int>
    }

    /// Cuts `$(name)` out of a text; `$$(` stands for a literal `$(`. Any other `$` is plain.
    static func lex(_ source: String) -> [Lexed] {
        let bytes = Array(source.utf8)
        var pieces: [Lexed] = []
        var text: [UInt8] = []
        var textStart = 0
        func isAt(_ index: Int, _ word: String) -> Bool { bytes[index...].starts(with: word.utf8) }
        func flush(_ end: Int) {
            if !text.isEmpty {
                pieces.append(.init(piece: .text(String(decoding: text, as: UTF8.self)), range: textStart..<end))
            }
            text = []
        }
        var index = 0
        while index < bytes.count {
            if isAt(index, "$$(") {
                if text.isEmpty { textStart = index }
                text += "$(".utf8
                index += 3
            } else if isAt(index, "$(") {
                flush(index)
                let close = bytes[index...].firstIndex(of: UInt8(ascii: ")")) ?? bytes.count
                let name = String(decoding: bytes[index + 2..<close], as: UTF8.self)
                let end = min(close + 1, bytes.count)
                let isGood = close < bytes.count && Names.isReference(name)
                pieces.append(.init(piece: isGood ? .reference(name) : .broken(name), range: index..<end))
                index = end
            } else {
                if text.isEmpty { textStart = index }
                text.append(bytes[index])
                index += 1
            }
        }
        flush(bytes.count)
        return pieces
    }

    /// Plain text without references.
    package init(text: String) { self.init(parts: text.isEmpty ? [] : [.text(text)]) }

    /// Its text where it holds no reference.
    package var literal: String? {
        var text = ""
        for part in parts {
            guard case .text(let piece) = part else { return nil }
            text += piece
        }
        return text
    }

    /// Neighbouring texts joined.
    init(joining parts: [Part]) {
        var joined: [Part] = []
        for part in parts {
            if case .text(let text) = part, case .text(let before)? = joined.last {
                joined[joined.count - 1] = .text(before + text)
            } else {
                joined.append(part)
            }
        }
        self.init(parts: joined)
    }
}

/// The shapes of names.
enum Names {
    /// Ids, checks, captures, aliases: lower-case letters, digits, single hyphens; a letter first.
    static func isName(_ text: some StringProtocol) -> Bool {
        guard let first = text.utf8.first, (0x61...0x7A).contains(first), text.last != "-" else { return false }
        return text.utf8.allSatisfy { (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) || $0 == 0x2D }
    }

    /// A name, or two joined by a dot. The qualified captures of procedures (`2.cerner-ready.records`) never stand in files.
    static func isReference(_ text: String) -> Bool {
        let pieces = text.split(separator: ".", omittingEmptySubsequences: false)
        return (1...2).contains(pieces.count) && pieces.allSatisfy { isName($0) }
    }

    static let expected = "lower-case letters, digits and hyphens, a letter first"
}

// SPDX-License-Identifier: Apache-2.0

/// A text with a name, able to turn byte offsets into lines and columns.
package struct SourceFile: Sendable, Hashable {
    /// The path as the user gave it, or a label such as `<inline>`.
    package let path: String
    /// The whole text.
    package let text: String
    /// UTF-8 offset at which each line starts; never empty.
    private let lineStarts: [Int]

    /// Indexes `text` by line. O(length).
    package init(path: String, text: String) {
        self.path = path
        self.text = text
        var starts = [0]
        var offset = 0
        for byte in text.utf8 {
            offset += 1
            if byte == UInt8(ascii: "\n") { starts.append(offset) }
        }
        self.lineStarts = starts
    }

    /// The position of a UTF-8 offset, clamped to the text. O(log lines).
    package func position(atUTF8 offset: Int) -> SourcePosition {
        let clamped = max(0, min(offset, text.utf8.count))
        var low = 0
        var high = lineStarts.count
        while high - low > 1 {
            let middle = (low + high) / 2
            if lineStarts[middle] <= clamped { low = middle } else { high = middle }
        }
        let start = text.utf8.index(text.startIndex, offsetBy: lineStarts[low])
        let end = text.utf8.index(text.startIndex, offsetBy: clamped)
        return SourcePosition(line: low + 1, column: text[start..<end].count + 1, utf8Offset: clamped)
    }

    /// The text of a 1-based line without its line break, or an empty text where there is no such line.
    package func line(_ number: Int) -> String {
        guard number >= 1, number <= lineStarts.count else { return "" }
        let start = text.utf8.index(text.startIndex, offsetBy: lineStarts[number - 1])
        let rest = text[start...]
        return String(rest.prefix { !$0.isNewline })
    }
}

/// A place in a text: 1-based line and column (in characters), 0-based UTF-8 offset.
package struct SourcePosition: Sendable, Hashable, Comparable {
    package let line: Int
    package let column: Int
    package let utf8Offset: Int

    package init(line: Int, column: Int, utf8Offset: Int) {
        self.line = line
        self.column = column
        self.utf8Offset = utf8Offset
    }

    package static func < (left: Self, right: Self) -> Bool { left.utf8Offset < right.utf8Offset }
}

/// A half-open stretch of a text.
package struct SourceSpan: Sendable, Hashable {
    package let start: SourcePosition
    package let end: SourcePosition

    package init(start: SourcePosition, end: SourcePosition) {
        self.start = start
        self.end = end
    }
}

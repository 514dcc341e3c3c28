// SPDX-License-Identifier: Apache-2.0

internal import SourceText

/// Lays a parsed YAML text out anew, taking scalars and comments from the old one.
struct YAMLLayout {
    private let bytes: [UInt8]
    /// Up to here everything is written.
    private var cursor = 0
    private var lines: [String] = []
    /// The line being written.
    private var line = ""
    private var isLineOpen = false
    /// Old and new columns of the blocks around the last thing written, outermost first: where its comments belong.
    private var blocks: [(old: Int, new: Int)] = []
    private var hasBlank = false

    init(_ text: String) { bytes = Array(text.utf8) }

    /// The whole text, with one line feed at its end.
    mutating func text(of root: YAMLNode?) -> String {
        if let root {
            if isBlock(root) {
                emitBlock(root, indent: 0)
            } else {
                gap(to: root.span.start.utf8Offset, next: 0, indent: 0, depth: 0)
                open(0)
                emitInline(root, indent: 0)
            }
        }
        gap(to: bytes.count, next: 0, indent: 0, depth: 0)
        flush()
        return lines.isEmpty ? "" : lines.joined(separator: "\n") + "\n"
    }

    // MARK: Blocks

    private func isBlock(_ node: YAMLNode) -> Bool {
        guard node.items != nil || node.entries != nil else { return false }
        let start = node.span.start.utf8Offset
        return start >= bytes.count || (bytes[start] != UInt8(ascii: "{") && bytes[start] != UInt8(ascii: "["))
    }

    /// A block mapping or sequence; where a line is open (behind a dash), its first entry goes on there.
    private mutating func emitBlock(_ node: YAMLNode, indent: Int) {
        let depth = blocks.count
        if let entries = node.entries {
            for (index, entry) in entries.enumerated() {
                let start = entry.key.span.start.utf8Offset
                gap(to: start, next: column(of: start), indent: indent, depth: index == 0 ? depth : depth + 1)
                if index == 0 { blocks.append((column(of: start), indent)) }
                emit(entry, indent: indent)
            }
        } else {
            for (index, item) in (node.items ?? []).enumerated() {
                let dash = column(of: dash(before: start(of: item)))
                gap(to: start(of: item), next: dash, indent: indent, depth: index == 0 ? depth : depth + 1)
                if index == 0 { blocks.append((dash, indent)) }
                emitItem(item, indent: indent)
            }
        }
    }

    /// The place of the dash of an item.
    private func dash(before start: Int) -> Int {
        var place = min(start, bytes.count) - 1
        while place > 0, bytes[place] != UInt8(ascii: "-") { place -= 1 }
        return max(0, place)
    }

    /// Where a node's first character is; of a block inside a block that of its first entry.
    private func start(of node: YAMLNode) -> Int {
        if let first = node.entries?.first, isBlock(node) { return first.key.span.start.utf8Offset }
        if let first = node.items?.first, isBlock(node) { return start(of: first) }
        return node.span.start.utf8Offset
    }

    private mutating func emit(_ entry: YAMLNode.Entry, indent: Int) {
        open(indent)
        line += raw(entry.key) + ":"
        cursor = entry.key.span.end.utf8Offset
        emit(value: entry.value, indent: indent)
    }

    private mutating func emitItem(_ item: YAMLNode, indent: Int) {
        open(indent)
        line += "-"
        if isBlock(item) {
            line += " "
            emitBlock(item, indent: indent + 2)
        } else {
            if !isEmpty(item) { line += " " }
            emitInline(item, indent: indent)
        }
    }

    private mutating func emit(value: YAMLNode, indent: Int) {
        if isBlock(value) {
            let start = start(of: value)
            let next = value.items == nil ? column(of: start) : column(of: dash(before: start))
            gap(to: start, next: next, indent: indent + 2, depth: blocks.count)
            emitBlock(value, indent: indent + 2)
            return
        }
        guard !isEmpty(value) else { return }
        let start = value.span.start.utf8Offset
        if bytes[cursor..<start].contains(UInt8(ascii: "#")) {
            // A comment between key and value keeps its line.
            gap(to: start, next: column(of: start), indent: indent + 2, depth: blocks.count)
            open(indent + 2)
        } else {
            line += " "
            cursor = start
        }
        emitInline(value, indent: indent)
    }

    private func isEmpty(_ node: YAMLNode) -> Bool {
        if case .scalar("", .plain) = node.content { true } else { false }
    }

    // MARK: Scalars and flow collections

    private mutating func emitInline(_ node: YAMLNode, indent: Int) {
        let start = node.span.start.utf8Offset
        switch node.content {
        case .scalar(_, .literal), .scalar(_, .folded): emitBlockScalar(node, indent: indent)
        case .scalar:
            emitLines(of: raw(node)) { _ in indent + 2 }
            cursor = node.span.end.utf8Offset
        case .sequence, .mapping:
            let source = bytes[start..<node.span.end.utf8Offset]
            if source.contains(UInt8(ascii: "\n")) {
                let inner = nested(node)
                let base = line.prefix { $0 == " " }.count
                emitLines(of: raw(node)) { offset in
                    // As deep as there are collections around the line's first character; a closing bracket is outside.
                    let position = start + offset
                    return base + 2 * inner.count { $0.lowerBound < position && position < $0.upperBound - 1 }
                }
            } else {
                line += flow(node)
            }
            cursor = node.span.end.utf8Offset
        }
    }

    /// Ranges of the flow collections in a node, itself included.
    private func nested(_ node: YAMLNode) -> [Range<Int>] {
        let own = node.span.start.utf8Offset..<node.span.end.utf8Offset
        switch node.content {
        case .scalar: return []
        case .sequence(let items): return [own] + items.flatMap { nested($0) }
        case .mapping(let entries): return [own] + entries.flatMap { nested($0.value) }
        }
    }

    /// Writes a text of several lines; each but the first gets the indentation asked for by its offset in the text.
    private mutating func emitLines(
        of text: String, indent: (Int) -> Int
    ) {
        var offset = 0
        for (number, piece) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            let content = piece.drop { $0 == " " || $0 == "\t" }
            let lead = piece.utf8.count - content.utf8.count
            if number == 0 {
                line += piece
            } else {
                // White space before a line break means nothing in a folded text.
                line = line.trimmingEnd
                flush(keepsEmpty: true)
                isLineOpen = true
                if !content.isEmpty {
                    line = String(repeating: " ", count: indent(offset + lead)) + content
                }
            }
            offset += piece.utf8.count + 1
        }
    }

    private mutating func emitBlockScalar(_ node: YAMLNode, indent: Int) {
        let start = node.span.start.utf8Offset
        var end = start
        while end < bytes.count, bytes[end] != UInt8(ascii: "\n") { end += 1 }
        let header = String(decoding: bytes[start..<end], as: UTF8.self).trimmingEnd
        line += header
        flush()
        let stop = min(bytes.count, node.span.end.utf8Offset)
        let body = String(decoding: bytes[min(end + 1, stop)..<stop], as: UTF8.self)
        var content = body.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        // The end stands behind the last line feed, or before what follows the text.
        if content.last?.allSatisfy({ $0 == " " }) ?? false { content.removeLast() }
        if !header.contains("+") {
            // Blank lines at its end mean nothing.
            while content.last?.allSatisfy({ $0 == " " }) ?? false {
                content.removeLast()
                hasBlank = true
            }
        }
        let old = content.filter { !$0.allSatisfy { $0 == " " } }.map { $0.prefix { $0 == " " }.count }.min() ?? 0
        let pad = String(repeating: " ", count: indent + 2)
        for text in content {
            let rest = text.dropFirst(min(old, text.prefix { $0 == " " }.count))
            lines.append(rest.isEmpty ? "" : pad + rest)
        }
        cursor = stop
    }

    /// A collection of one line.
    private func flow(_ node: YAMLNode) -> String {
        switch node.content {
        case .scalar: return raw(node)
        case .sequence(let items): return "[" + items.map { flow($0) }.joined(separator: ", ") + "]"
        case .mapping(let entries):
            let pairs = entries.map { entry in
                isEmpty(entry.value) ? raw(entry.key) : raw(entry.key) + ": " + flow(entry.value)
            }
            return "{" + pairs.joined(separator: ", ") + "}"
        }
    }

    private func raw(_ node: YAMLNode) -> String {
        String(decoding: bytes[node.span.start.utf8Offset..<node.span.end.utf8Offset], as: UTF8.self)
    }

    // MARK: Lines and comments

    private mutating func open(_ indent: Int) {
        guard !isLineOpen else { return }
        if hasBlank, !lines.isEmpty { lines.append("") }
        hasBlank = false
        line = String(repeating: " ", count: indent)
        isLineOpen = true
    }

    private mutating func flush(keepsEmpty: Bool = false) {
        if isLineOpen {
            let text = line.trimmingEnd
            if !text.isEmpty || keepsEmpty { lines.append(text) }
        }
        line = ""
        isLineOpen = false
    }

    /// Column of a byte in its line, in characters.
    private func column(of offset: Int) -> Int {
        var start = min(offset, bytes.count)
        while start > 0, bytes[start - 1] != UInt8(ascii: "\n") { start -= 1 }
        return String(decoding: bytes[start..<min(offset, bytes.count)], as: UTF8.self).count
    }

    /// Ends the open line and writes the comments between what was written and `offset`, where something begins whose old
    /// column is `next` and whose new one is `indent`. `depth` blocks stay open behind it.
    private mutating func gap(to offset: Int, next: Int, indent: Int, depth: Int) {
        guard offset > cursor || offset == bytes.count else { return }
        let isFresh = cursor == 0 || bytes[cursor - 1] == UInt8(ascii: "\n")
        let pieces = bytes[cursor..<max(cursor, offset)].split(
            separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        for (number, piece) in pieces.enumerated() {
            let hash = piece.firstIndex(of: UInt8(ascii: "#"))
            if number == 0, !isFresh, isLineOpen {
                if let hash {
                    line = line.trimmingEnd
                    let space = max(1, column(of: hash) - line.count)
                    line += String(repeating: " ", count: space) + comment(piece, hash)
                }
                flush()
            } else if let hash {
                flush()
                let old = column(of: hash)
                open(old > next ? blocks.last { $0.old <= old }?.new ?? indent : indent)
                line += comment(piece, hash)
                flush()
            } else if number > 0 || isFresh, number < pieces.count - 1,
                piece.allSatisfy({ $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") })
            {
                hasBlank = true
            }
        }
        flush()
        cursor = max(cursor, offset)
        if blocks.count > depth { blocks.removeLast(blocks.count - depth) }
    }

    private func comment(_ piece: ArraySlice<UInt8>, _ hash: Int) -> String {
        String(decoding: piece[hash...], as: UTF8.self).trimmingEnd
    }
}

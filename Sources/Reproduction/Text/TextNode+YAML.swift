// SPDX-License-Identifier: Apache-2.0

/// Writing YAML as the suite's own files are written: two spaces, small things on one line.
extension TextNode {
    /// The text of a file whose root is this map, with a line feed at its end.
    package var yaml: String { lines(indent: 0).joined(separator: "\n") + "\n" }

    private static let width = 110

    private func lines(indent: Int) -> [String] {
        let margin = String(repeating: " ", count: indent)
        switch self {
        case .text: return [margin + flow]
        case .list(let items):
            return items.flatMap { item -> [String] in
                if case .text = item { return ["\(margin)- \(item.flow)"] }
                // The first line of an item stands behind its hyphen.
                var lines = item.lines(indent: indent + 2)
                if !lines.isEmpty { lines[0] = "\(margin)- " + lines[0].dropFirst(indent + 2) }
                return lines
            }
        case .map(let entries):
            return entries.flatMap { entry -> [String] in
                let key = margin + Self.scalar(entry.key, isQuoted: false, inFlow: false) + ":"
                if case .text(let text, let isQuoted) = entry.value {
                    return ["\(key) \(Self.scalar(text, isQuoted: isQuoted, inFlow: false))"]
                }
                let short = "\(key) \(entry.value.flow)"
                if short.count <= Self.width, !entry.value.isLong { return [short] }
                return [key] + entry.value.lines(indent: indent + 2)
            }
        }
    }

    /// Steps and what holds throughout are read line by line; so are maps of maps.
    private var isLong: Bool {
        switch self {
        case .text: false
        case .list(let items): items.contains { $0.entries != nil }
        case .map(let entries): entries.count > 1 && entries.contains { $0.value.entries != nil }
        }
    }

    /// On one line.
    private var flow: String {
        switch self {
        case .text(let text, let isQuoted): Self.scalar(text, isQuoted: isQuoted, inFlow: true)
        case .list(let items): "[" + items.map(\.flow).joined(separator: ", ") + "]"
        case .map(let entries):
            "{"
                + entries.map { "\(Self.scalar($0.key, isQuoted: false, inFlow: true)): \($0.value.flow)" }
                .joined(separator: ", ") + "}"
        }
    }

    private static func scalar(_ text: String, isQuoted: Bool, inFlow: Bool) -> String {
        if !isQuoted, isPlain(text, inFlow: inFlow) { return text }
        let hasControl = text.unicodeScalars.contains { $0.value < 0x20 || $0.value == 0x7F || $0.value > 0xFFFF }
        if !hasControl { return "'" + text.replacing("'", with: "''") + "'" }
        var quoted = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": quoted += "\\\""
            case "\\": quoted += "\\\\"
            case "\n": quoted += "\\n"
            case "\t": quoted += "\\t"
            case "\r": quoted += "\\r"
            default:
                if scalar.value < 0x20 || scalar.value == 0x7F {
                    quoted += "\\x" + (scalar.value < 16 ? "0" : "") + String(scalar.value, radix: 16, uppercase: true)
                } else {
                    quoted.unicodeScalars.append(scalar)
                }
            }
        }
        return quoted + "\""
    }

    /// Whether a text can stand without quotes and is read back as it is.
    private static func isPlain(_ text: String, inFlow: Bool) -> Bool {
        guard let first = text.first, let last = text.last, first != " ", last != " ", last != ":" else { return false }
        if "!&*|>%@`\"'#{}[],?:~".contains(first) { return false }
        if first == "-", text.count == 1 || text.dropFirst().first == " " || text.hasPrefix("---") { return false }
        if text.contains(": ") || text.contains(" #") || text == "null" { return false }
        if inFlow, text.contains(where: { ",[]{}".contains($0) }) { return false }
        return text.unicodeScalars.allSatisfy { $0.value >= 0x20 && $0.value != 0x7F && $0.value <= 0xFFFF }
    }
}

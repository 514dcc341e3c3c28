// SPDX-License-Identifier: Apache-2.0

/// Finds addresses in running text, as a phone or a mail program would make them tappable.
enum WebLinks {
    private static let stops = Set<Character>("<>\"'`{}|\\^")

    static func scan(_ text: String) -> [String] {
        var links: [String] = []
        var rest = text[...]
        while let start = next(in: rest) {
            let end = rest[start...].firstIndex { $0.isWhitespace || stops.contains($0) } ?? rest.endIndex
            var link = rest[start..<end]
            while let last = link.last, ".,;:!?)]".contains(last) { link.removeLast() }
            let address = String(link).replacing("&amp;", with: "&")
            if !links.contains(address) { links.append(address) }
            rest = rest[end...]
        }
        return links
    }

    private static func next(in text: Substring) -> String.Index? {
        var index = text.startIndex
        while index < text.endIndex {
            let tail = text[index...]
            if tail.first == "h" || tail.first == "H" {
                let head = tail.prefix(8).lowercased()
                if head.hasPrefix("http://") || head.hasPrefix("https://") { return index }
            }
            index = text.index(after: index)
        }
        return nil
    }
}

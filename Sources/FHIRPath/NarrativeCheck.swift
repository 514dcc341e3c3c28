// SPDX-License-Identifier: Apache-2.0

/// The rules for XHTML in narratives that `htmlChecks()` stands for: one `div`, balanced, with basic formatting elements
/// only, no scripts, no event attributes (FHIR R4, section 2.4.0).
enum NarrativeCheck {
    private static let elements: Set<String> = [
        "a", "abbr", "acronym", "address", "b", "bdi", "bdo", "big", "blockquote", "br", "caption", "center", "cite",
        "code", "col", "colgroup", "dd", "del", "dfn", "dir", "div", "dl", "dt", "em", "font", "h1", "h2", "h3", "h4",
        "h5", "h6", "hr", "i", "img", "ins", "kbd", "li", "map", "menu", "ol", "p", "pre", "q", "s", "samp", "small",
        "span", "strike", "strong", "sub", "sup", "table", "tbody", "td", "tfoot", "th", "thead", "tr", "tt", "u",
        "ul", "var", "area", "svg", "g", "path", "rect", "circle", "line", "text",
    ]

    static func isAllowed(_ text: String) -> Bool {
        let bytes = Array(text.utf8)
        var open: [String] = []
        var index = 0
        var hasContent = false
        var isFirst = true
        while index < bytes.count {
            guard bytes[index] == UInt8(ascii: "<") else {
                if !open.isEmpty, bytes[index] > 0x20 { hasContent = true }
                if open.isEmpty, bytes[index] > 0x20 { return false }
                index += 1
                continue
            }
            if bytes[index...].starts(with: "<!--".utf8) {
                guard let end = find("-->", in: bytes, from: index + 4) else { return false }
                index = end + 3
                continue
            }
            if bytes[index...].starts(with: "<?".utf8) {
                guard let end = find("?>", in: bytes, from: index + 2) else { return false }
                index = end + 2
                continue
            }
            guard let tag = Tag(bytes, at: index) else { return false }
            index = tag.end
            if tag.isClosing {
                guard open.popLast() == tag.name else { return false }
                continue
            }
            guard elements.contains(tag.name), tag.hasAllowedAttributes else { return false }
            if isFirst, tag.name != "div" { return false }
            if !isFirst, open.isEmpty { return false }
            isFirst = false
            if tag.name == "img" { hasContent = true }
            if !tag.isEmpty { open.append(tag.name) }
        }
        return open.isEmpty && !isFirst && hasContent
    }

    private static func find(_ text: String, in bytes: [UInt8], from start: Int) -> Int? {
        let wanted = Array(text.utf8)
        guard start >= 0, start + wanted.count <= bytes.count else { return nil }
        return (start...(bytes.count - wanted.count)).first { bytes[$0..<$0 + wanted.count].elementsEqual(wanted) }
    }

    private struct Tag {
        var name: String
        var isClosing = false
        var isEmpty = false
        var end: Int
        var hasAllowedAttributes = true

        init?(_ bytes: [UInt8], at start: Int) {
            var index = start + 1
            if index < bytes.count, bytes[index] == UInt8(ascii: "/") {
                isClosing = true
                index += 1
            }
            func word() -> String {
                let from = index
                while index < bytes.count, bytes[index] > 0x20, !"=/>\"'".utf8.contains(bytes[index]) { index += 1 }
                return String(decoding: bytes[from..<index], as: UTF8.self)
            }
            name = ""
            end = start
            let found = word()
            guard !found.isEmpty else { return nil }
            name = found.split(separator: ":").last.map(String.init) ?? found
            while index < bytes.count {
                switch bytes[index] {
                case 0...0x20: index += 1
                case UInt8(ascii: ">"):
                    end = index + 1
                    return
                case UInt8(ascii: "/"):
                    isEmpty = true
                    index += 1
                default:
                    let attribute = word().lowercased()
                    guard !attribute.isEmpty, index < bytes.count, bytes[index] == UInt8(ascii: "=") else { return nil }
                    index += 1
                    guard index < bytes.count, bytes[index] == 0x22 || bytes[index] == 0x27,
                        let close = bytes[(index + 1)...].firstIndex(of: bytes[index])
                    else { return nil }
                    let value = String(decoding: bytes[(index + 1)..<close], as: UTF8.self).lowercased()
                    if attribute.hasPrefix("on") || value.hasPrefix("javascript:") { hasAllowedAttributes = false }
                    index = close + 1
                }
            }
            return nil
        }
    }
}

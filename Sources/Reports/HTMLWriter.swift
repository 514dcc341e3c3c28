// SPDX-License-Identifier: Apache-2.0

/// HTML that escapes by construction: names of elements and attributes are literals of the program, every other text is
/// escaped on its way in. There is no way to add markup from data.
struct HTMLWriter {
    /// UTF-8: a page holds megabytes, put together from small pieces.
    private var bytes: [UInt8] = []

    private var html: String { String(decoding: bytes, as: UTF8.self) }

    /// A whole page that needs nothing else: nothing from elsewhere, no referrer.
    /// - Parameter hasScript: the report's one script runs; else none may.
    static func page(title: String, hasScript: Bool = false, _ body: (inout HTMLWriter) -> Void) -> String {
        var out = HTMLWriter()
        out.literal("<!DOCTYPE html>\n")
        out.element("html", ["lang": "en"]) { out in
            out.element("head") { out in
                out.void("meta", ["charset": "utf-8"])
                out.void(
                    "meta",
                    ["http-equiv": "Content-Security-Policy", "content": ReportStyle.policy(hasScript: hasScript)])
                out.void("meta", ["name": "viewport", "content": "width=device-width, initial-scale=1"])
                out.void("meta", ["name": "referrer", "content": "no-referrer"])
                out.element("title", title)
                out.element("style") { $0.literal(ReportStyle.css) }
            }
            out.literal("\n")
            out.element("body", [:]) { out in
                body(&out)
                if hasScript { out.element("script") { $0.literal(ReportScript.js) } }
            }
        }
        out.literal("\n")
        return out.html
    }

    /// `<name attributes>content</name>`.
    mutating func element(
        _ name: StaticString, _ attributes: KeyValuePairs<StaticString, String?> = [:],
        _ content: (inout HTMLWriter) -> Void
    ) {
        open(name, attributes)
        content(&self)
        literal("</")
        literal(name)
        literal(">")
    }

    /// `<name attributes>text</name>`.
    mutating func element(
        _ name: StaticString, _ attributes: KeyValuePairs<StaticString, String?>, _ text: String
    ) {
        open(name, attributes)
        self.text(text)
        literal("</")
        literal(name)
        literal(">")
    }

    /// `<name>text</name>`.
    mutating func element(_ name: StaticString, _ text: String) { element(name, [:], text) }

    /// An element without content or end, such as `meta`.
    mutating func void(_ name: StaticString, _ attributes: KeyValuePairs<StaticString, String?> = [:]) {
        open(name, attributes)
    }

    mutating func text(_ text: String) { appendXMLEscaped(text, to: &bytes) }

    /// Markup or style of the program's own.
    mutating func literal(_ markup: StaticString) { markup.withUTF8Buffer { bytes.append(contentsOf: $0) } }

    /// Data for the page's script. Browsers never run it, and no `<` in it can end it.
    mutating func data(_ id: StaticString, json: String) {
        open("script", ["type": "application/json", "id": "\(id)"])
        for byte in json.utf8 {
            if byte == UInt8(ascii: "<") { literal("\\u003c") } else { bytes.append(byte) }
        }
        literal("</script>")
    }

    /// What another writer wrote.
    mutating func append(_ other: HTMLWriter) { bytes += other.bytes }

    /// The head of a table, a column a title.
    mutating func tableHead(_ titles: [String]) {
        element("thead") { out in
            out.element("tr") { out in
                for title in titles { out.element("th", ["scope": "col"], title) }
            }
        }
    }

    /// A link inside the page; `target` becomes a fragment.
    mutating func link(to target: String, _ text: String) {
        element("a", ["href": "#" + target], text)
    }

    private mutating func open(_ name: StaticString, _ attributes: KeyValuePairs<StaticString, String?>) {
        literal("<")
        literal(name)
        for (name, value) in attributes {
            guard let value else { continue }
            literal(" ")
            literal(name)
            literal("=\"")
            text(value)
            literal("\"")
        }
        literal(">")
    }
}

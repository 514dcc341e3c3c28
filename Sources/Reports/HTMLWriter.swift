// SPDX-License-Identifier: Apache-2.0

/// HTML that escapes by construction: names of elements and attributes are literals of the program, every other text is
/// escaped on its way in. There is no way to add markup from data.
struct HTMLWriter {
    private(set) var html = ""

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
        return out.html + "\n"
    }

    /// `<name attributes>content</name>`.
    mutating func element(
        _ name: StaticString, _ attributes: KeyValuePairs<StaticString, String?> = [:],
        _ content: (inout HTMLWriter) -> Void
    ) {
        open(name, attributes)
        content(&self)
        html += "</\(name)>"
    }

    /// `<name attributes>text</name>`.
    mutating func element(
        _ name: StaticString, _ attributes: KeyValuePairs<StaticString, String?>, _ text: String
    ) {
        element(name, attributes) { $0.text(text) }
    }

    /// `<name>text</name>`.
    mutating func element(_ name: StaticString, _ text: String) { element(name, [:], text) }

    /// An element without content or end, such as `meta`.
    mutating func void(_ name: StaticString, _ attributes: KeyValuePairs<StaticString, String?> = [:]) {
        open(name, attributes)
    }

    mutating func text(_ text: String) { html += xmlEscaped(text) }

    /// Markup or style of the program's own.
    mutating func literal(_ markup: StaticString) { html += "\(markup)" }

    /// Data for the page's script. Browsers never run it, and no `<` in it can end it.
    mutating func data(_ id: StaticString, json: String) {
        open("script", ["type": "application/json", "id": "\(id)"])
        html += json.replacing("<", with: "\\u003c")
        html += "</script>"
    }

    /// What another writer wrote.
    mutating func append(_ other: HTMLWriter) { html += other.html }

    /// A link inside the page; `target` becomes a fragment.
    mutating func link(to target: String, _ text: String) {
        element("a", ["href": "#" + target], text)
    }

    private mutating func open(_ name: StaticString, _ attributes: KeyValuePairs<StaticString, String?>) {
        html += "<\(name)"
        for (name, value) in attributes {
            guard let value else { continue }
            html += " \(name)=\"\(xmlEscaped(value))\""
        }
        html += ">"
    }
}

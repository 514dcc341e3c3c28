// SPDX-License-Identifier: Apache-2.0

/// A piece of HTML. Plain strings become text and are always escaped; only elements make markup.
package struct HTML: Sendable, ExpressibleByStringLiteral, ExpressibleByStringInterpolation {
    /// The markup.
    package let text: String

    private init(markup: String) { text = markup }

    /// Text, escaped.
    package init(_ plain: String) { text = Self.escape(plain) }

    package init(stringLiteral plain: String) { self.init(plain) }

    /// An element; attribute values are escaped. `input`, `meta`, `br` and the like take no children.
    package static func element(
        _ name: String, _ attributes: KeyValuePairs<String, String> = [:], _ children: [HTML] = []
    ) -> HTML {
        let opening = attributes.map { " \($0.key)=\"\(escape($0.value))\"" }.joined()
        if void.contains(name) { return HTML(markup: "<\(name)\(opening)>") }
        return HTML(markup: "<\(name)\(opening)>" + children.map(\.text).joined() + "</\(name)>")
    }

    /// Pieces one after the other.
    package static func list(_ pieces: [HTML]) -> HTML { HTML(markup: pieces.map(\.text).joined(separator: "\n")) }

    /// A hidden form field.
    package static func hidden(_ name: String, _ value: String) -> HTML {
        element("input", ["type": "hidden", "name": name, "value": value])
    }

    /// A labelled input.
    package static func field(_ label: String, name: String, type: String = "text") -> HTML {
        element(
            "label", [:], [HTML(label + " "), element("input", ["type": type, "name": name, "autocomplete": "off"])])
    }

    /// A form that posts to `action`.
    package static func form(
        id: String, action: String, data: KeyValuePairs<String, String> = [:], _ children: [HTML]
    ) -> HTML {
        let extra = data.map { " \($0.key)=\"\(escape($0.value))\"" }.joined()
        return HTML(
            markup: "<form id=\"\(escape(id))\" method=\"post\" action=\"\(escape(action))\"\(extra)>"
                + children.map(\.text).joined(separator: "\n") + "</form>")
    }

    /// Escapes text for element content and quoted attributes.
    package static func escape(_ text: String) -> String {
        var result = ""
        result.reserveCapacity(text.utf8.count)
        for character in text.unicodeScalars {
            switch character {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "\"": result += "&quot;"
            case "'": result += "&#39;"
            default: result.unicodeScalars.append(character)
            }
        }
        return result
    }

    private static let void: Set<String> = ["br", "hr", "img", "input", "link", "meta"]
}

/// A whole page of a mock: no scripts, nothing loaded from elsewhere.
package struct HTMLPage: Sendable {
    package let title: String
    /// BCP 47.
    package let language: String
    package let body: [HTML]

    package init(title: String, language: String = "en", body: [HTML]) {
        self.title = title
        self.language = language
        self.body = body
    }

    /// Legible on a telephone, in daylight and at night; nothing loaded.
    private static let style = """
        :root{color-scheme:light dark}body{font:1rem/1.5 system-ui,sans-serif;margin:0 auto;max-width:34rem;padding:1rem}\
        form{display:grid;gap:.75rem;justify-items:start}label{display:grid;gap:.25rem}\
        label:has([type=checkbox]){display:flex;align-items:center;gap:.5rem}[type=checkbox]{width:1.5rem}\
        input,select,button,.launch{font:inherit;padding:.5rem .75rem;min-height:2.75rem;box-sizing:border-box}\
        li{margin:.5rem 0}#error,[role=alert]{font-weight:600}
        """

    /// The document.
    package var text: String {
        "<!doctype html>\n<html lang=\"\(HTML.escape(language))\"><head><meta charset=\"utf-8\">"
            + "<meta name=\"viewport\" content=\"width=device-width\"><title>\(HTML.escape(title))</title>"
            + "<style>\(Self.style)</style></head>\n"
            + "<body><main>\n<h1>\(HTML.escape(title))</h1>\n" + body.map(\.text).joined(separator: "\n")
            + "\n</main></body></html>\n"
    }
}

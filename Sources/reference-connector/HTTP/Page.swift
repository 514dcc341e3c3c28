// SPDX-License-Identifier: Apache-2.0

import Foundation

/// A server-rendered page: no script, no third-party content, readable with a screen reader.
struct Page: Sendable {
    var title: String
    /// Markup of the main part; whoever builds it escapes its own values.
    var body: String
    var status = 200
    var language = "en"
    /// Origins that may frame the page; empty means nobody.
    var frameAncestors: [String] = []
    /// Address the page leads on to by itself.
    var leadsTo: String?

    func reply() -> Reply {
        let ancestors = frameAncestors.isEmpty ? "'none'" : frameAncestors.joined(separator: " ")
        let markup = """
            <!DOCTYPE html>
            <html lang="\(language)"><head><meta charset="utf-8"><title>\(Text.html(title))</title>
            <meta name="viewport" content="width=device-width, initial-scale=1">\(refresh)</head>
            <body><main><h1>\(Text.html(title))</h1>
            \(body)
            </main></body></html>

            """
        var headers = [
            ("Content-Type", "text/html; charset=utf-8"),
            ("Cache-Control", "no-store"),
            ("Referrer-Policy", "no-referrer"),
            ("X-Content-Type-Options", "nosniff"),
            (
                "Content-Security-Policy",
                "default-src 'none'; style-src 'self'; base-uri 'none'; frame-ancestors \(ancestors)"
            ),
        ]
        if frameAncestors.isEmpty { headers.append(("X-Frame-Options", "DENY")) }
        return Reply(status, headers: headers, body: Data(markup.utf8))
    }

    private var refresh: String {
        leadsTo.map { "<meta http-equiv=\"refresh\" content=\"0; url=\(Text.html($0))\">" } ?? ""
    }

    /// A refusal as a page: the sentence stands in `role="alert"` with its code.
    static func refusal(_ refusal: Refusal) -> Page {
        Page(title: title(refusal.status), body: alert(refusal.code, refusal.message), status: refusal.status)
    }

    static func alert(_ code: String, _ message: String) -> String {
        "<p role=\"alert\" data-code=\"\(Text.html(code))\">\(Text.html(message))</p>"
    }

    static func saved(_ message: String) -> String {
        "<p id=\"saved\" role=\"status\">\(Text.html(message))</p>"
    }

    private static func title(_ status: Int) -> String {
        switch status {
        case 403: "Not allowed"
        case 404: "Not found"
        case 410: "No longer available"
        case 503: "Try again later"
        default: status >= 500 ? "Something went wrong" : "This is not possible"
        }
    }
}

/// A labelled form with the session's token against cross-site requests.
struct PageForm: Sendable {
    let id: String
    let action: String
    let token: String
    let button: String
    var fields: [String] = []

    var markup: String {
        """
        <form id="\(id)" method="post" action="\(Text.html(action))">
        <input type="hidden" name="csrf" value="\(token)">
        \(fields.joined(separator: "\n"))
        <button type="submit">\(Text.html(button))</button>
        </form>
        """
    }

    static func input(_ name: String, _ label: String, value: String = "", type: String = "text") -> String {
        """
        <p><label>\(Text.html(label)) \
        <input name="\(name)" type="\(type)" value="\(Text.html(value))"></label></p>
        """
    }

    static func hidden(_ name: String, _ value: String) -> String {
        "<input type=\"hidden\" name=\"\(name)\" value=\"\(Text.html(value))\">"
    }

    static func checkbox(_ name: String, _ label: String, checked: Bool) -> String {
        """
        <p><label><input type="checkbox" name="\(name)" value="true"\(checked ? " checked" : "")> \
        \(Text.html(label))</label></p>
        """
    }

    static func choice(_ name: String, _ label: String, _ options: [String]) -> String {
        let items = options.map { "<option value=\"\($0)\">\($0.isEmpty ? "(unchanged)" : $0)</option>" }
        return "<p><label>\(Text.html(label)) <select name=\"\(name)\">\(items.joined())</select></label></p>"
    }
}

/// A table with a heading row.
enum PageTable {
    /// `rows` are already escaped cells; `attributes` go on the row.
    static func markup(
        id: String, caption: String, columns: [String], rows: [(attributes: String, cells: [String])]
    ) -> String {
        let head = columns.map { "<th scope=\"col\">\($0)</th>" }.joined()
        let body = rows.map { "<tr\($0.attributes)>" + $0.cells.map { "<td>\($0)</td>" }.joined() + "</tr>" }
        return """
            <table id="\(id)"><caption>\(caption)</caption><thead><tr>\(head)</tr></thead>
            <tbody>\(body.joined(separator: "\n"))</tbody></table>
            """
    }
}

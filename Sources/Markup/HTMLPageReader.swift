// SPDX-License-Identifier: Apache-2.0

internal import Foundation

/// Walks a page once and gathers what `HTMLPage` offers.
struct HTMLPageReader {
    private(set) var title = ""
    private(set) var text = VisibleText()
    private(set) var links: [HTMLPage.Link] = []
    private(set) var forms: [HTMLForm] = []
    private(set) var resources: [HTMLPage.Resource] = []
    private(set) var refresh: HTMLPage.Refresh?
    private(set) var hasSubmittingScript = false
    private var base: String

    init(url: String) { base = url }

    mutating func read(_ root: MarkupNode) {
        if let href = root.descendants(["base"]).lazy.compactMap({ $0["href"] }).first, let absolute = resolve(href) {
            base = absolute
        }
        title =
            root.descendants(["title"]).first.map { VisibleText.collapsed($0.stringValue) } ?? ""
        walk(root)
        readForms(root)
    }

    /// A reference made absolute; nil where it names nothing to load.
    func resolve(_ reference: String) -> String? { WebReference.resolve(reference, against: base) }

    private mutating func walk(_ root: MarkupNode) {
        enum Step {
            case enter(MarkupNode, hidden: Bool)
            case leaveBlock
        }
        var stack = [Step.enter(root, hidden: false)]
        while let step = stack.popLast() {
            switch step {
            case .leaveBlock: text.breakLine()
            case .enter(let node, let wasHidden):
                if node.isText {
                    if !wasHidden { text.append(node.stringValue) }
                    continue
                }
                guard node.isElement else { continue }
                let name = node.name
                let hidden = wasHidden || VisibleText.isHidden(node, name)
                gather(node, name)
                if !hidden {
                    if VisibleText.isBlock(name) {
                        text.breakLine()
                        stack.append(.leaveBlock)
                    } else if name == "td" || name == "th" {
                        text.append(" ")
                    }
                    if name == "img", let alternative = node["alt"] { text.append(" \(alternative) ") }
                    if name == "input", ["submit", "button", "reset"].contains(node["type"]?.lowercased() ?? "") {
                        text.append(" \(node["value"] ?? "") ")
                    }
                }
                for child in node.children.reversed() { stack.append(.enter(child, hidden: hidden)) }
            }
        }
    }

    private mutating func gather(_ node: MarkupNode, _ name: String) {
        switch name {
        case "a", "area":
            if let href = node["href"], let url = resolve(href) {
                links.append(
                    HTMLPage.Link(
                        url: url, text: VisibleText.collapsed(node.stringValue), id: node["id"],
                        rel: Set((node["rel"] ?? "").lowercased().split(separator: " ").map(String.init))))
            }
        case "img":
            load(.image, node["src"])
            for candidate in (node["srcset"] ?? "").split(separator: ",") {
                load(.image, candidate.split(separator: " ").first.map(String.init))
            }
        case "script":
            load(.script, node["src"])
            if submits(node.stringValue) { hasSubmittingScript = true }
        case "body": if submits(node["onload"] ?? "") { hasSubmittingScript = true }
        case "iframe", "frame": load(.frame, node["src"])
        case "video", "audio", "source", "track", "embed":
            load(.media, node["src"])
            load(.image, node["poster"])
        case "object": load(.object, node["data"])
        case "input" where node["type"]?.lowercased() == "image": load(.image, node["src"])
        case "link": readLink(node)
        case "style": readStyle(node.stringValue)
        case "meta" where node["http-equiv"]?.lowercased() == "refresh": readRefresh(node["content"] ?? "")
        default: break
        }
        if let style = node["style"] { readStyle(style) }
    }

    private mutating func readLink(_ node: MarkupNode) {
        let rel = Set((node["rel"] ?? "").lowercased().split(separator: " ").map(String.init))
        guard rel.isDisjoint(with: ["canonical", "alternate", "author", "license", "help", "next", "prev"]) else {
            return
        }
        load(rel.contains("stylesheet") ? .style : .link, node["href"])
    }

    /// `url(…)` and `@import "…"`, as well as a pattern can see them.
    private mutating func readStyle(_ css: String) {
        // Most styles load nothing: the patterns are made for those that may.
        if css.utf8.contains(UInt8(ascii: "(")), css.lowercased().contains("url(") {
            for match in css.matches(of: /url\(\s*["']?([^"')]+?)["']?\s*\)/.ignoresCase()) {
                load(.image, String(match.1))
            }
        }
        if css.utf8.contains(UInt8(ascii: "@")), css.lowercased().contains("@import") {
            for match in css.matches(of: /@import\s+["']([^"']+)["']/.ignoresCase()) { load(.style, String(match.1)) }
        }
    }

    /// `seconds; url=address`, quotes optional (HTML, "shared declarative refresh steps").
    private mutating func readRefresh(_ content: String) {
        guard refresh == nil,
            let match = content.wholeMatch(of: /\s*([0-9.]+)\s*[;,\s]\s*(?:url\s*=\s*)?(.+?)\s*/.ignoresCase())
        else { return }
        let address = match.2.trimmingCharacters(in: CharacterSet(charactersIn: "\"' "))
        guard let url = resolve(address) else { return }
        refresh = HTMLPage.Refresh(url: url, seconds: Double(match.1) ?? 0)
    }

    /// A script that does nothing but send a form: `document.forms[0].submit()`.
    private func submits(_ script: String) -> Bool {
        // Making the pattern costs more than reading the page: few pages have a script that may match it.
        guard script.utf8.count < 200, script.utf8.contains(UInt8(ascii: "(")), script.contains("submit") else {
            return false
        }
        let way = /\s*(?:javascript:)?\s*(?:window\.)?document(?:\.\w+|\[[^\]]*\]|\([^)]*\))+\.submit\(\)\s*;?\s*/
        return script.wholeMatch(of: way) != nil
    }

    private mutating func load(_ kind: HTMLPage.Resource.Kind, _ reference: String?) {
        guard let reference, let url = resolve(reference), url.hasPrefix("http") else { return }
        resources.append(HTMLPage.Resource(kind: kind, url: url))
    }

    private mutating func readForms(_ root: MarkupNode) {
        let controls = root.descendants(["input", "select", "textarea", "button"])
        for form in root.descendants(["form"]) {
            let id = form["id"]
            let own = controls.filter { control in
                if let owner = control["form"] { return owner == id }
                var around = control.parent
                while let node = around {
                    if node.name == "form" { return node.pointer == form.pointer }
                    around = node.parent
                }
                return false
            }
            forms.append(HTMLForm(form, controls: own, resolve: resolve))
        }
    }
}

/// Relative references of a page.
enum WebReference {
    /// RFC 3986 resolution; nil for what a browser does not go to (`javascript:`, `data:`, unreadable text).
    static func resolve(_ reference: String, against base: String) -> String? {
        let text = reference.trimmingCharacters(in: .whitespacesAndNewlines)
        let lower = text.lowercased()
        for scheme in ["javascript:", "data:", "about:", "blob:"] where lower.hasPrefix(scheme) { return nil }
        if text.isEmpty { return base }
        return URL(string: text, relativeTo: URL(string: base))?.absoluteURL.absoluteString
    }
}

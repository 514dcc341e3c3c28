// SPDX-License-Identifier: Apache-2.0

internal import Ledger
internal import SourceText
internal import Trace
internal import Value

extension ReadingContext {
    static let methods = ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"]

    /// `ann requests: URL` with `method`, `headers`, `json`, `form` or `body`, `follow`, `timeout`, `status`, `as`.
    func request(_ head: YAMLNode.Entry, _ form: Form) -> RequestStep? {
        let sender = sender(head)
        let url = url(head.value)
        let bodies = form.entries.filter { ["json", "form", "body"].contains($0.name) }
        if bodies.count > 1 {
            mistakes.report(
                "two-bodies", "`\(bodies[1].name)` is a second body beside `\(bodies[0].name)`",
                remedy: "a request has one: keep `json`, `form` or `body`", at: bodies[1].key.span)
        }
        let body = body(form)
        let method = form.node("method").map { mistakes.word($0, "`method`", of: Self.methods) }
        let headers = form.node("headers").map { named($0, "`headers`") } ?? []
        let follow = form.node("follow").map { mistakes.boolean($0, "`follow`") } ?? false
        let timeout = form.node("timeout").map { duration($0, "`timeout`") }
        let status = status(form)
        let check = form.node("as").flatMap { self.check($0) }
        if check != nil, status == .present {
            mistakes.report(
                "missing-key", "`as` has nothing to decide: any status will do",
                remedy: "write `status: 200`, or the check under `check`", at: form.key("as")?.span ?? form.span)
        }
        let checks = checks(form, over: RequestStep.event)
        let captures = captures(form, over: RequestStep.event)
        let verb = method ?? (bodies.isEmpty ? "GET" : "POST")
        if let verb, ["GET", "HEAD"].contains(verb), let extra = bodies.first {
            mistakes.report(
                "misplaced-key", "a \(verb) request carries no `\(extra.name)`",
                remedy: "leave it out, or write another `method`", at: extra.key.span)
        }
        guard let sender, let url, let verb, let follow, let status, timeout != .some(nil) else { return nil }
        return RequestStep(
            person: sender.person, method: verb, url: url, headers: headers, body: body, follow: follow,
            timeout: timeout ?? nil, status: status, check: check, checks: checks, captures: captures)
    }

    /// `client`, or a person; nil, with a report, for anybody else.
    private func sender(_ head: YAMLNode.Entry) -> (person: String?, Void)? {
        let words = head.name.split(separator: " ", omittingEmptySubsequences: true).map(String.init)
        guard words.count == 2 else {
            mistakes.report(
                "unknown-step", "`\(head.name)` is no step", remedy: "write for example `client requests: …`",
                at: head.key.span)
            return nil
        }
        if words[0] == RequestStep.client { return (nil, ()) }
        let span = head.key.span(ofText: 0..<words[0].utf8.count, in: file)
        switch actor(words[0], at: span, others: [RequestStep.client]) {
        case nil: return nil
        case .person(let alias)?: return (alias, ())
        case .ehr?, .microsoft?, .connector?:
            mistakes.report(
                "forbidden-verb", "`\(words[0])` cannot be the one who `requests`",
                remedy: "a person of the world can, or `client`, which is nobody's browser", at: span)
            return nil
        }
    }

    private func url(_ node: YAMLNode) -> Template? {
        guard let template = template(node, "what stands behind `requests`") else { return nil }
        if case .text(let start)? = template.parts.first ?? .text(""),
            !start.hasPrefix("http://"), !start.hasPrefix("https://")
        {
            mistakes.report(
                "wrong-type", "`\(template.source)` is no absolute address",
                remedy: "begin with `$(connector.url)`, a parameter or a capture", at: node.span)
            return nil
        }
        return template
    }

    private func status(_ form: Form) -> Matcher? {
        guard let node = form.node("status") else { return RequestStep.success }
        if node.text == "any" { return .present }
        return matcher(node, PatternField(name: "status", type: .integer, words: []))
    }

    // MARK: Bodies

    private func body(_ form: Form) -> RequestStep.Body? {
        let json = form.node("json").flatMap { self.json($0) }.map { RequestStep.Body.json($0) }
        let fields = form.node("form").map { RequestStep.Body.form(named($0, "`form`")) }
        let text = form.node("body").flatMap { template($0, "`body`") }.map { RequestStep.Body.text($0) }
        return json ?? fields ?? text
    }

    private func named(_ node: YAMLNode, _ what: String) -> [NamedTemplate] {
        guard let form = Form(node, what: what, mistakes: mistakes) else { return [] }
        return form.entries.compactMap { entry in
            template(entry.value, "`\(entry.name)` in \(what)").map { NamedTemplate(name: entry.name, value: $0) }
        }
    }

    private func json(_ node: YAMLNode) -> JSONTemplate? {
        switch node.content {
        case .sequence(let items):
            let values = items.map { json($0) }
            return values.contains { $0 == nil } ? nil : .list(values.compactMap { $0 })
        case .mapping(let entries):
            let members = entries.map { entry in
                json(entry.value).map { JSONTemplate.Member(name: entry.name, value: $0) }
            }
            return members.contains { $0 == nil } ? nil : .object(members.compactMap { $0 })
        case .scalar(let text, _):
            guard text.contains("$(") else { return .value(node.value) }
            return template(node, "a text of `json`").map { .text($0) }
        }
    }
}

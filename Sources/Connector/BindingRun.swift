// SPDX-License-Identifier: Apache-2.0

internal import Foundation
internal import HTTPTransport
internal import Markup
internal import Value

/// Ends an operation before its last step.
struct BindingStop: Error {
    /// The connector is broken, as against a page that is not what the binding says.
    let isBroken: Bool
    /// The person was asked to sign in and could not: the connector, or who signs people in for it, says no.
    var isSignInRefused = false
    let message: String
}

/// One operation under way.
struct BindingRun {
    let walker: Walker
    let options: WalkOptions
    let values: [String: String]
    private(set) var walks: [Walk] = []

    init(walker: Walker, options: WalkOptions, values: [String: String]) {
        self.walker = walker
        self.options = options
        self.values = values
    }

    mutating func perform(_ step: BindingStep) async throws(BindingStop) {
        switch step {
        case .open(let url):
            let url = try resolved(url, isURL: true)
            try await go { walker, options throws(WalkError) in try await walker.open(url, options: options) }
        case .submit(let expression, let fields, let button):
            let page = try page()
            let form = try form(expression, of: page)
            var values: [(String, String)] = []
            for field in fields { values.append((field.name, try resolved(field.value))) }
            let pressed = try button.map { button throws(BindingStop) in try resolved(button) }
            try await submit(form, values, button: pressed, from: page)
        case .click(let expression): try await click(expression)
        case .request(let template, let follow): try await send(template, follow: follow)
        }
    }

    private mutating func send(_ template: RequestTemplate, follow: Bool) async throws(BindingStop) {
        let request: BuiltRequest
        do throws(TemplateError) {
            request = try BuiltRequest(template, values)
        } catch {
            throw BindingStop(isBroken: false, message: "\(error)")
        }
        try await go { walker, options throws(WalkError) in
            try await walker.request(
                method: request.method, url: request.url, headers: request.headers, body: request.body, follow: follow,
                options: options)
        }
    }

    private mutating func click(_ expression: String) async throws(BindingStop) {
        let page = try page()
        let target: (href: String?, form: String?, button: String?)
        do {
            let document = try page.document()
            guard let node = try document.evaluate(expression, variables: values).nodes.first else {
                throw BindingStop(isBroken: false, message: "\(page.url) has nothing at \(expression)")
            }
            var around = node.parent
            while let parent = around, parent.name != "form" { around = parent.parent }
            target = (node["href"], around?["id"] ?? around?["name"], node["id"] ?? node["name"] ?? node["value"])
        } catch let stop as BindingStop {
            throw stop
        } catch {
            throw BindingStop(isBroken: false, message: "\(error)")
        }
        if let href = target.href {
            guard let url = URL(string: href, relativeTo: URL(string: page.url))?.absoluteURL.absoluteString else {
                throw BindingStop(isBroken: false, message: "\"\(href)\" is no address")
            }
            var options = options
            options.initiator = page.url
            try await go(options) { walker, options throws(WalkError) in try await walker.open(url, options: options) }
            return
        }
        guard let form = target.form.flatMap(page.form) ?? (page.forms.count == 1 ? page.forms.first : nil) else {
            throw BindingStop(isBroken: false, message: "\(expression) is neither a link nor a button of a form")
        }
        try await submit(form, [], button: target.button, from: page)
    }

    private mutating func submit(
        _ form: HTMLForm, _ values: [(String, String)], button: String?, from page: HTMLPage
    ) async throws(BindingStop) {
        let submission: FormSubmission
        do throws(FormError) {
            submission = try form.submission(values, button: button)
        } catch {
            throw BindingStop(isBroken: false, message: "\(page.url): \(error)")
        }
        try await go { walker, options throws(WalkError) in
            try await walker.submit(submission, from: page.url, options: options)
        }
    }

    private mutating func go(
        _ options: WalkOptions? = nil, _ move: (Walker, WalkOptions) async throws(WalkError) -> Walk
    ) async throws(BindingStop) {
        do throws(WalkError) {
            walks.append(try await move(walker, options ?? self.options))
        } catch {
            let isBroken =
                switch error.kind {
                case .transport, .tooManyRedirects: true
                case .noAccount, .signInRefused, .badPage: false
                }
            let isSignInRefused =
                switch error.kind {
                case .noAccount, .signInRefused: true
                default: false
                }
            throw BindingStop(isBroken: isBroken, isSignInRefused: isSignInRefused, message: error.description)
        }
    }

    private func page() throws(BindingStop) -> HTMLPage {
        guard let walk = walks.last else {
            throw BindingStop(isBroken: false, message: "there is no page yet: begin with open or request")
        }
        guard let page = walk.page else {
            throw BindingStop(isBroken: false, message: "\(walk.url) answered no HTML page")
        }
        return page
    }

    /// The form at an XPath.
    private func form(_ expression: String, of page: HTMLPage) throws(BindingStop) -> HTMLForm {
        do {
            let document = try page.document()
            let all = try document.evaluate("//form").nodes
            let wanted = try document.evaluate(expression, variables: values).nodes.first
            if let wanted, let index = all.firstIndex(where: { $0.isSame(as: wanted) }),
                page.forms.indices.contains(index)
            {
                return page.forms[index]
            }
        } catch {
            throw BindingStop(isBroken: false, message: "\(error)")
        }
        throw BindingStop(
            isBroken: false,
            message:
                "\(page.url) has no form at \(expression); it has: \(page.forms.compactMap(\.id).joined(separator: ", "))"
        )
    }

    private func resolved(_ template: Template, isURL: Bool = false) throws(BindingStop) -> String {
        do throws(TemplateError) {
            return isURL ? try template.resolvedURL(values) : try template.resolved(values)
        } catch {
            throw BindingStop(isBroken: false, message: error.description)
        }
    }
}

/// A request template with its references replaced.
struct BuiltRequest: Sendable {
    let method: String
    let url: String
    let headers: [HTTPRequest.Header]
    let body: Data?

    init(_ template: RequestTemplate, _ values: [String: String]) throws(TemplateError) {
        method = template.method
        url = try template.url.resolvedURL(values)
        var headers: [HTTPRequest.Header] = []
        for header in template.headers {
            headers.append(HTTPRequest.Header(header.name, try header.value.resolved(values)))
        }
        var contentType: String?
        switch template.body {
        case .json(let json):
            body = Data(try json.resolved(values).jsonBytes())
            contentType = "application/json"
        case .form(let fields):
            var pairs: [String] = []
            for field in fields {
                let value = try field.value.resolved(values)
                pairs.append("\(HTMLForm.formEncoded(field.name))=\(HTMLForm.formEncoded(value))")
            }
            body = Data(pairs.joined(separator: "&").utf8)
            contentType = "application/x-www-form-urlencoded"
        case .text(let text): body = Data(try text.resolved(values).utf8)
        case nil: body = nil
        }
        if let contentType, headers["content-type"] == nil { headers.append(.init("Content-Type", contentType)) }
        self.headers = headers
    }
}

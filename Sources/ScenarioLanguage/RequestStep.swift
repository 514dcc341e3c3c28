// SPDX-License-Identifier: Apache-2.0

package import Value

/// A plain HTTP request, for what no binding covers: `ann requests: $(connector.url)/status`. Ends in `request.answered`.
package struct RequestStep: Sendable {
    /// What is sent after the headers.
    package enum Body: Sendable, Hashable {
        case text(Template)
        /// Sent as `application/json`.
        case json(JSONTemplate)
        /// Sent as `application/x-www-form-urlencoded`.
        case form([NamedTemplate])
    }

    /// Alias of the person whose browser sends it, with its cookies; nil is `client`, nobody of the world.
    package let person: String?
    package let method: String
    /// Absolute once its references are resolved.
    package let url: Template
    package let headers: [NamedTemplate]
    package let body: Body?
    /// Goes on as a browser does: redirects, sign-in pages of the mocks.
    package let follow: Bool
    /// Wall-clock bound of each exchange; nil is 30 seconds.
    package let timeout: Duration?
    /// What the status must be.
    package let status: Matcher
    /// Nil: the status is a precondition.
    package let check: String?
    /// Over `request.answered`.
    package let checks: [ExpressionCheck]
    package let captures: [Capture]

    package init(
        person: String?, method: String, url: Template, headers: [NamedTemplate], body: Body?, follow: Bool,
        timeout: Duration?, status: Matcher, check: String?, checks: [ExpressionCheck], captures: [Capture]
    ) {
        self.person = person
        self.method = method
        self.url = url
        self.headers = headers
        self.body = body
        self.follow = follow
        self.timeout = timeout
        self.status = status
        self.check = check
        self.checks = checks
        self.captures = captures
    }

    /// The word that stands for nobody of the world.
    package static let client = "client"
    /// The event that ends it.
    package static let event = "request.answered"
    /// The status where the file asks for none.
    package static let success = Matcher.allOf([.atLeast(Template(text: "200")), .atMost(Template(text: "399"))])

    /// What events after it carry as their cause.
    package var cause: String { "\(person ?? Self.client) requests" }
}

/// A header or form field with references in its value.
package struct NamedTemplate: Sendable, Hashable {
    package let name: String
    package let value: Template

    package init(name: String, value: Template) {
        self.name = name
        self.value = value
    }
}

/// JSON with references in its texts. As everywhere in YAML's JSON schema, plain numbers, `true`, `false` and `null` are
/// typed and everything quoted is text; a sole reference keeps the type of what it names.
package indirect enum JSONTemplate: Sendable, Hashable {
    case value(Value)
    case text(Template)
    case list([JSONTemplate])
    /// In the order of the file.
    case object([Member])

    /// A member of an object.
    package struct Member: Sendable, Hashable {
        package let name: String
        package let value: JSONTemplate

        package init(name: String, value: JSONTemplate) {
            self.name = name
            self.value = value
        }
    }
}

extension TemplateResolver {
    /// JSON with everything in its place.
    package func resolve(_ json: JSONTemplate) throws(ReferenceError) -> Value {
        switch json {
        case .value(let value): return value
        case .text(let template): return try resolve(template)
        case .list(let items):
            var values: [Value] = []
            for item in items { values.append(try resolve(item)) }
            return .array(values)
        case .object(let members):
            var object = Members()
            for member in members { object[member.name] = try resolve(member.value) }
            return .object(object)
        }
    }
}

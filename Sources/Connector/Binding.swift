// SPDX-License-Identifier: Apache-2.0

/// How one operation is done on one connector.
package struct Binding: Sendable {
    package let operation: String
    package let steps: [BindingStep]
    /// True of the last answer when the connector did it; nil means a 2xx status.
    package let accepted: Condition?
    /// True when it said no; nil means a 4xx status.
    package let refused: Condition?
    /// XPath of the sentence the connector says.
    package let message: String?
    package let reads: [Reading]

    /// Names a binding may use besides those the harness sets.
    package static let argumentNames: Set<String> = [
        "appointment", "approver", "attendees", "base", "base-url", "by", "change", "environment", "new-url", "number",
        "organization", "record", "time-zone",
    ]

    /// Names the harness sets for every binding.
    package static let harnessNames: Set<String> = [
        "actor", "assay.bin", "connector", "data", "mocks.ca", "mocks.egress", "mocks.ehr", "mocks.microsoft", "tenant",
        "to", "world",
    ]

    /// Operations that scenarios know, with what they answer where they answer something.
    package static let operations: [String: [String]] = [
        "sign-in": [], "add-base-url": [], "change-base-url": [], "list-base-urls": ["bases"],
        "read-records": ["records"], "approve": [], "give-sms-consent": [], "request-number": [],
        "read-numbers": ["numbers"], "link-number": [], "unlink-number": [],
        "view-appointment": ["start", "join-url"], "send-link": [], "read-status": ["attendees"],
        "read-notes": ["notes"],
        "read-usage-report": ["rows"], "read-quality-report": ["rows"], "ehr.notify": [], "reset": [],
    ]
}

/// One thing a browser or client does.
package enum BindingStep: Sendable {
    /// The actor's browser goes to an address.
    case open(Template)
    /// It fills a form of the current page and presses a button of it.
    case submit(form: String, fields: [FieldTemplate], button: Template?)
    /// It follows a link, or presses a button, of the current page.
    case click(String)
    /// A request with the browser's cookies; redirects are followed unless `follow` is false.
    case request(RequestTemplate, follow: Bool)
}

/// A truth about the last answer.
package enum Condition: Sendable {
    /// XPath over the page.
    case xpath(String)
    case status(ClosedRange<Int>)
    /// An expression over the JSON answer.
    case json(String)
    /// All of them.
    case all([Condition])
}

/// A value read from the last answer.
package struct Reading: Sendable {
    package indirect enum Source: Sendable {
        /// The XPath string value.
        case text(String)
        /// One object per node.
        case each(String, fields: [(name: String, expression: String)])
        /// An expression over the JSON answer: a list, unless it gives exactly one value and `single` is set.
        case json(String, single: Bool)
        /// A response header.
        case header(String)
        /// The address at which the walk ended.
        case url
    }

    package let name: String
    package let source: Source
}

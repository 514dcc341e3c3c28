// SPDX-License-Identifier: Apache-2.0

internal import Value

/// How one operation is done on one connector.
package struct Binding: Sendable {
    package let operation: String
    package let way: BindingWay
    /// True of the last answer when the connector did it; nil means a 2xx status.
    package let accepted: Condition?
    /// True when it said no; nil means a 4xx status.
    package let refused: Condition?
    /// XPath of the sentence the connector says.
    package let message: String?
    package let reads: [Reading]

    /// What the harness's own browser does; empty where somebody else does it.
    package var steps: [BindingStep] { if case .steps(let steps) = way { steps } else { [] } }

    /// Whether the outcome is somebody's word and not what the harness saw: a command that goes through the harness's
    /// proxy can be judged by the last answer it got there.
    package var isAttested: Bool {
        switch way {
        case .steps: false
        case .external: accepted == nil
        case .human: true
        }
    }

    /// Names a binding may use besides those the harness sets.
    package static let argumentNames: Set<String> = [
        "appointment", "approver", "attendees", "base", "base-url", "by", "change", "environment", "new-url", "number",
        "organization", "record", "text", "time-zone", "to-number", "url", "entry",
    ]

    /// Names the harness sets for every binding.
    package static let harnessNames: Set<String> = [
        "actor", "assay.bin", "connector", "data", "here", "mocks.ca", "mocks.egress", "mocks.ehr", "mocks.hosts",
        "mocks.microsoft", "mocks.sms", "rsa-key", "tenant", "to", "world",
    ]

    /// Operations that scenarios know, with what they answer where they answer something.
    package static let operations: [String: [String]] = [
        "sign-in": [], "add-base-url": [], "change-base-url": [], "list-base-urls": ["bases"],
        "read-records": ["records"], "approve": [], "give-sms-consent": [], "request-number": [],
        "read-numbers": ["numbers"], "link-number": [], "unlink-number": [],
        "view-appointment": ["start", "join-url"], "send-link": [], "read-status": ["attendees"],
        "read-notes": ["notes"],
        "read-usage-report": ["rows"], "read-quality-report": ["rows"], "ehr.notify": [], "sms.reply": [], "reset": [],
        "launch": [], "open-link": [],
    ]

    /// Fields of rows that have one of a few words.
    private static let vocabulary: [(value: String, field: String, words: [String])] = [
        ("bases", "environment", ["test", "production"]), ("records", "role", ["provider", "patient"]),
    ]

    /// What is wrong with a row that says in the connector's own words what scenarios have words for; nil where none does.
    static func unknownWord(in values: Members) -> String? {
        for (name, field, words) in vocabulary {
            for row in values[name]?.array ?? [] {
                guard let word = row[field]?.string, !word.isEmpty, !words.contains(word) else { continue }
                return "the binding reads \(field) as \"\(word)\", scenarios know \(words.joined(separator: " and ")): "
                    + "add words: {\(word): \(words[0])} to read.\(name)"
            }
        }
        return nil
    }

    /// Those that the harness's own browser does where nobody else is named: a launch out of the EHR (`$(url)`, `$(entry)`,
    /// `$(appointment)`), and the opening of an address (`$(url)`).
    package static let visits: Set<String> = ["launch", "open-link"]

    /// Where a visit can end, as a command or a person says it under `values.ended`.
    package static let endings = ["meeting", "page", "error", "handoff"]
}

/// Who does it.
package enum BindingWay: Sendable {
    /// The harness's own browser.
    case steps([BindingStep])
    /// A command of the deployment's that drives the connector: what only it says is attested.
    case external(ExternalCall)
    /// A person at the terminal: attested.
    case human(HumanCall)
}

/// A command that does an operation: it gets the way there, and reports JSON lines.
package struct ExternalCall: Sendable {
    package let command: [Template]
    package let environment: [String: Template]
    package let directory: Template?
    package let within: Duration
}

/// What a person is asked to do.
package struct HumanCall: Sendable {
    package let ask: Template
    package let within: Duration
    /// Values the person is asked to type in afterwards.
    package let values: [String]
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
        /// One object per node; without fields its text.
        case each(String, fields: [(name: String, expression: String)])
        /// An expression over the JSON answer: a list, unless it gives exactly one value and `single` is set. With fields
        /// an object of them for each.
        case json(String, single: Bool, fields: [(name: String, expression: String)])
        /// A response header.
        case header(String)
        /// The address at which the walk ended.
        case url
    }

    package let name: String
    package let source: Source
    /// The connector's own words with what scenarios say for them (`Live`: `production`).
    package var words: [String: String] = [:]
}

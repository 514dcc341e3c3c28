// SPDX-License-Identifier: Apache-2.0

/// An operation of a connector, as scenarios ask for it; the deployment file says how it is done on one connector.
package struct OperationType: Sendable, Hashable {
    /// One argument.
    package struct Argument: Sendable, Hashable {
        package enum Kind: Sendable, Hashable {
            case text, url, appointment, boolean
            case word([String])
        }

        package let name: String
        package let kind: Kind
        package let isRequired: Bool
    }

    package let name: String
    package let meaning: String
    package let arguments: [Argument]
    /// Names under `values` of `operation.completed`.
    package let values: [String]

    package func argument(_ name: String) -> Argument? { arguments.first { $0.name == name } }
}

/// Every operation there is.
package enum OperationVocabulary {
    package static let types: [OperationType] = [
        .init(name: "sign-in", meaning: "Signs in to the configuration portal.", arguments: [], values: []),
        .init(
            name: "add-base-url", meaning: "Enters a FHIR base URL.",
            arguments: [
                base, environment(required: true), approver, .init(name: "time-zone", kind: .text, isRequired: false),
            ], values: []),
        .init(
            name: "change-base-url", meaning: "Changes an entered base URL.",
            arguments: [
                base, .init(name: "new-url", kind: .url, isRequired: false), environment(required: false), approver,
            ],
            values: []),
        .init(name: "list-base-urls", meaning: "Reads the entered base URLs.", arguments: [], values: ["bases"]),
        .init(name: "read-records", meaning: "Reads the integration records.", arguments: [], values: ["records"]),
        .init(
            name: "approve", meaning: "The approver signs in to Microsoft, then to Epic, and approves.",
            arguments: [base],
            values: []),
        .init(
            name: "give-sms-consent", meaning: "Gives one or both consents for text messages.",
            arguments: [
                .init(name: "organization", kind: .boolean, isRequired: true),
                .init(name: "attendees", kind: .boolean, isRequired: true),
            ], values: []),
        .init(name: "request-number", meaning: "Asks for a new phone number.", arguments: [], values: []),
        .init(name: "read-numbers", meaning: "Reads the phone numbers.", arguments: [], values: ["numbers"]),
        .init(name: "link-number", meaning: "Links a number to a base URL.", arguments: [number, base], values: []),
        .init(name: "unlink-number", meaning: "Takes the link away.", arguments: [number, base], values: []),
        .init(
            name: "view-appointment", meaning: "The provider looks at an appointment.", arguments: [appointment],
            values: ["start", "join-url"]),
        .init(
            name: "send-link", meaning: "The provider sends the meeting link to the patient.", arguments: [appointment],
            values: []),
        .init(
            name: "read-status", meaning: "Reads who is connected to a visit.", arguments: [appointment],
            values: ["attendees"]),
        .init(
            name: "read-notes", meaning: "Staff read what could not be done.", arguments: [], values: ["notes"]),
        .init(name: "read-usage-report", meaning: "Reads the usage report.", arguments: [], values: ["rows"]),
        .init(name: "read-quality-report", meaning: "Reads the call-quality report.", arguments: [], values: ["rows"]),
    ]

    package static var names: [String] { types.map(\.name) }
    package static func type(_ name: String) -> OperationType? { types.first { $0.name == name } }

    private static let base = OperationType.Argument(name: "base-url", kind: .url, isRequired: true)
    private static let number = OperationType.Argument(name: "number", kind: .text, isRequired: true)
    private static let appointment = OperationType.Argument(name: "appointment", kind: .appointment, isRequired: true)
    private static let approver = OperationType.Argument(name: "approver", kind: .text, isRequired: false)

    private static func environment(required: Bool) -> OperationType.Argument {
        .init(name: "environment", kind: .word(["test", "production"]), isRequired: required)
    }
}

// SPDX-License-Identifier: Apache-2.0

/// Where a connector hands its text messages in.
package enum SMSSource: Sendable {
    /// The mock of Azure Communication Services.
    case azure
    /// Another gateway, played by an HTTP sink as the deployment maps it.
    case sink(SMSSink)
    /// Nowhere that can be seen: rows that need text messages are not observable.
    case none

    package var sink: SMSSink? { if case .sink(let sink) = self { sink } else { nil } }
}

/// How a gateway's request says what a text message is, and what the gateway answers.
package struct SMSSink: Sendable {
    /// Where a value stands in a request's body.
    package enum Place: Sendable, Hashable {
        /// An expression over a JSON body.
        case json(String)
        /// A field of a form.
        case field(String)
    }

    /// A header that each request must carry.
    package struct Key: Sendable {
        package let header: String
        package let value: Template
    }

    package struct Answer: Sendable {
        package let status: Int
        package let headers: [FieldTemplate]
        /// `$(message)` is the new message's id; `$(to)` the recipient as it was given.
        package let body: ValueTemplate?
    }

    package let method: String
    /// At `$(mocks.sms)`.
    package let path: String
    package let key: Key?
    package let to: Place
    package let text: Place
    package let from: Place?
    package let accepted: Answer
    /// For a recipient that the scenario makes the gateway refuse.
    package let refused: Answer
}

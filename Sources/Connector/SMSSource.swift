// SPDX-License-Identifier: Apache-2.0

/// Where a connector hands its text messages in.
package enum SMSSource: Sendable {
    /// The mock of Azure Communication Services.
    case azure
    /// Microsoft Graph, which sends them about a meeting in words of its own (`sendVirtualAppointmentSms`).
    case graph
    /// Another gateway, played by an HTTP sink as the deployment maps it.
    case sink(SMSSink)
    /// Nowhere that can be seen: rows that need text messages are not observable.
    case none

    package var sink: SMSSink? { if case .sink(let sink) = self { sink } else { nil } }
}

extension Deployment {
    /// Whether the connector has no such operation because Microsoft does it: numbers of Graph's text messages.
    package func leavesToMicrosoft(_ operation: String) -> Bool {
        guard case .graph = sms, bindings[operation] == nil else { return false }
        return ["request-number", "read-numbers"].contains(operation)
    }
}

/// How a gateway's request says what a text message is, and what the gateway answers.
package struct SMSSink: Sendable {
    /// At `$(mocks.sms)`.
    package let endpoint: MappedEndpoint
    package let to: RequestPlace
    package let text: RequestPlace
    package let from: RequestPlace?
    /// In it `$(message)` is the new message's id; `$(to)` the recipient as it was given.
    package let accepted: MappedAnswer
    /// For a recipient that the scenario makes the gateway refuse.
    package let refused: MappedAnswer
}

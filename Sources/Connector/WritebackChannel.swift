// SPDX-License-Identifier: Apache-2.0

/// How the connector writes connects and disconnects of a visit to the EHR.
package enum WritebackChannel: Sendable {
    /// The EHR's own web service, with the numbers that stand for the two states. Only 1 for connected is attested in public;
    /// the vendor and its customer agree on them (facts 5.4.5).
    case webService(connected: Int, disconnected: Int)
    /// A channel of the connector's own: an interface engine, a vendor's API.
    case mapped(WritebackMapping)
    /// Where nobody of the harness's sees it.
    case none

    package static let standard = WritebackChannel.webService(connected: 1, disconnected: 2)

    package var mapping: WritebackMapping? { if case .mapped(let mapping) = self { mapping } else { nil } }
}

/// How a request of such a channel says who connected to or disconnected from which visit, and what is answered.
package struct WritebackMapping: Sendable {
    /// What stands for the words of scenarios.
    package struct Values: Sendable, Hashable {
        package let connected: String
        package let disconnected: String
        package let provider: String
        package let patient: String
    }

    /// At `$(mocks.ehr)`. A segment `{tenant}` is the tenant's (Cerner) or the instance's (Epic) own; without one the
    /// appointment tells whose request it is.
    package let endpoint: MappedEndpoint
    /// The appointment's contact serial number or id, or its encounter's id.
    package let appointment: RequestPlace
    /// The EHR's unique id of the attendee, the sign-in name or the FHIR id. What holds nothing names nobody.
    package let user: RequestPlace
    /// Nil: the channel carries no role.
    package let role: RequestPlace?
    package let state: RequestPlace
    package let values: Values
    /// In it `$(record)` is the new record's id; `$(appointment)` the appointment as it was given.
    package let accepted: MappedAnswer
    package let refused: MappedAnswer
    /// For a record that the scenario makes locked: to be tried again.
    package let locked: MappedAnswer
}

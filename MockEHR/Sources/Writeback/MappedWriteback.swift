// SPDX-License-Identifier: Apache-2.0

package import MockKit
import Trace
import Value

/// A channel of the connector's own for connects and disconnects of a visit, as its deployment maps it. Where there is one,
/// the vendor's web service takes no records.
package protocol MappedWriteback: Sendable {
    var faults: WritebackFaults { get }
    /// What a request says; nil where it is none of this channel.
    func read(_ request: MockRequest) -> WritebackReading?
    /// The EHR's answer; world and events are the caller's to fill in.
    func answer(_ verdict: WritebackVerdict) -> MockResponse
}

/// A request of a mapped channel.
package struct WritebackReading: Sendable {
    /// As it stands in the path; nil where the channel's path has none, so that the appointment tells whose it is.
    package let tenant: String?
    package let notice: Result<WritebackNotice, WritebackRefusal>

    package init(tenant: String?, notice: Result<WritebackNotice, WritebackRefusal>) {
        self.tenant = tenant
        self.notice = notice
    }
}

/// That somebody connected to or disconnected from a visit.
package struct WritebackNotice: Sendable {
    /// Its contact serial number or id, or its encounter's id.
    package let appointment: String
    /// Empty: nobody is named.
    package let user: String
    /// `provider`, `patient` or the channel's own word; nil: it says none.
    package let role: String?
    /// `connected`, `disconnected`; nil: the channel's own word means neither.
    package let status: String?
    /// The channel's own word for it.
    package let word: String

    package init(appointment: String, user: String, role: String?, status: String?, word: String) {
        self.appointment = appointment
        self.user = user
        self.role = role
        self.status = status
        self.word = word
    }
}

/// Why a request of a mapped channel is no notice.
package struct WritebackRefusal: Error {
    /// Nil: the one that the channel refuses with.
    package let status: Int?
    package let reason: String

    package init(status: Int? = nil, reason: String) {
        self.status = status
        self.reason = reason
    }
}

/// What becomes of a notice.
package enum WritebackVerdict: Sendable {
    /// With the new record's id and the appointment as it was given.
    case accepted(record: String, appointment: String)
    case refused(WritebackRefusal)
}

/// Where and how the channel of writeback can be made to fail.
package struct WritebackFaults: Sendable {
    package let place: FaultPlace
    /// The transient refusal of a record that is open elsewhere.
    package let locked: FaultEffect

    package init(place: FaultPlace, locked: FaultEffect) {
        self.place = place
        self.locked = locked
    }

    /// The telehealth web service (facts 5.4.5). Its path holds no tenant: the fault's world says which.
    package static let webService = WritebackFaults(
        place: FaultPlace(party: .ehr, path: "**/SetExternalConnectionStatus"),
        locked: .status(
            400,
            body: WritebackFailure.body(
                "LOCK-FAILED", exceptionType: "Epic.ServiceModel.Internal.ServiceCommandException"
            ).json()))
}

// SPDX-License-Identifier: Apache-2.0

package import MockEHR
package import MockKit
package import MockMicrosoft
package import Value
package import World

/// Where a stand's worlds come from, and how the control API's words are read: the language of scenarios, which is above
/// this room.
package protocol StandSource: Sendable {
    /// Makes a world of a vendor; `ordinal` counts the stand's worlds from 0, `ehr` and `microsoft` are the listeners' origins.
    func world(_ vendor: Vendor, ordinal: Int, start: Instant, ehr: String, microsoft: String) throws -> StandWorld
    /// A fault as `set: {fault: …}` has it. Throws a ``ControlError`` that says what is wrong with it.
    func fault(_ value: Value, in world: WorldID?, now: Instant) throws(ControlError) -> Fault
    /// `90s`, `2m`, `1h30m`; nil where it is none.
    func duration(_ text: String) -> Duration?
}

/// A world that is ready to be opened, with what its client is registered with.
package struct StandWorld: Sendable {
    package let model: WorldModel
    package let ehr: EHRRegistration
    package let entra: EntraRegistration
    package let sms: SMSRegistration
    /// Launch links to install, if a launch address is known.
    package let records: [IntegrationRecord]
    /// Every endpoint and credential, once the world has a phone number.
    package let describe: @Sendable (_ number: String) -> Value

    package init(
        model: WorldModel, ehr: EHRRegistration, entra: EntraRegistration, sms: SMSRegistration,
        records: [IntegrationRecord], describe: @escaping @Sendable (_ number: String) -> Value
    ) {
        self.model = model
        self.ehr = ehr
        self.entra = entra
        self.sms = sms
        self.records = records
        self.describe = describe
    }
}

/// Why a request of the control API is refused.
package struct ControlError: Error, Sendable, CustomStringConvertible {
    /// HTTP status.
    package let status: Int
    package let message: String
    package let remedy: String

    package init(_ status: Int = 400, _ message: String, remedy: String) {
        self.status = status
        self.message = message
        self.remedy = remedy
    }

    /// What a mock said against it: 409 where it refused, 500 where it went wrong.
    init(_ error: any Error) {
        switch error {
        case let error as ControlError: self = error
        case let error as EHRError: self.init(409, error.message, remedy: error.remedy)
        case let error as MockMicrosoftError: self.init(409, error.message, remedy: error.remedy)
        default: self.init(500, "\(error)", remedy: "start again")
        }
    }

    package var description: String { "\(message); \(remedy)" }
}

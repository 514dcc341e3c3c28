// SPDX-License-Identifier: Apache-2.0

import Foundation

/// One record on its way to the EHR: by Epic's own web service, or by the hospital's interface engine (variant
/// `other-writeback`).
struct WritebackCall: Sendable {
    let method: String
    let url: String
    let headers: [(String, String)]
    let body: Data?
    /// By which the other side says that the record is open elsewhere for the moment.
    private let lock: Lock

    private enum Lock: Sendable {
        /// A word in the exception's message.
        case word(String)
        case status(Int)
    }

    struct Record: Sendable {
        let isConnect: Bool
        let isProvider: Bool
        /// Contact serial number of the visit.
        let contact: String
        /// The attendee's id in the EHR; empty where it is not known.
        let user: String
    }

    init(_ record: Record, at base: BaseRow, _ configuration: Configuration, _ behaviour: Behaviour) {
        let instance = base.url.range(of: "/api/FHIR/").map { String(base.url[..<$0.lowerBound]) } ?? base.url
        self =
            behaviour.has(.otherWriteback)
            ? Self(engine: record, instance, configuration) : Self(service: record, instance, configuration)
    }

    private init(service record: Record, _ instance: String, _ configuration: Configuration) {
        method = "GET"
        url = Text.url(
            instance + "/api/epic/2018/Telehealth/ContextLinking/SetExternalConnectionStatus",
            adding: [
                ("ConferenceID", record.contact), ("ExternalID", record.user),
                ("ExternalIDType", record.isProvider ? "1" : "2"), ("VendorName", configuration.vendorName),
                ("ConnectionStatus", record.isConnect ? configuration.connectValue : configuration.disconnectValue),
            ])
        headers = [
            ("Authorization", configuration.epicWriteback.basic), ("Epic-Client-ID", configuration.epicClient.id),
            ("Accept", "application/json"),
        ]
        body = nil
        lock = .word("LOCK-FAILED")
    }

    private init(engine record: Record, _ instance: String, _ configuration: Configuration) {
        method = "POST"
        url = instance + "/interface/visits/\(Text.percentEncoded(record.contact))/attendance"
        headers = [
            ("X-Interface-Key", configuration.epicWriteback.secret), ("Content-Type", "application/json"),
            ("Accept", "application/json"),
        ]
        let notice: JSON = [
            "person": .string(record.user), "part": .string(record.isProvider ? "clinician" : "guest"),
            "event": .string(record.isConnect ? "joined" : "left"),
        ]
        body = notice.data
        lock = .status(423)
    }

    func isLocked(_ answer: Answer) -> Bool {
        switch lock {
        case .word(let word): (answer.json["ExceptionMessage"].string ?? "").contains(word)
        case .status(let status): answer.status == status
        }
    }
}

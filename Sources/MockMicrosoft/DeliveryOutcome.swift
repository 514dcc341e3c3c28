// SPDX-License-Identifier: Apache-2.0

/// How a message ended at the carrier (wire-protocols 3.3), as data.
struct DeliveryOutcome: Equatable {
    let code: Int
    let text: String

    var isDelivered: Bool { code == 2000 }

    static let delivered = DeliveryOutcome(code: 2000, text: "Message Delivered Successfully")
    /// The text is documented; those of the other codes are the table's words.
    static let optedOut = DeliveryOutcome(code: 4007, text: "Sender blocked for given recipient.")

    static let known: [Int: DeliveryOutcome] = {
        let all = [
            delivered, DeliveryOutcome(code: 4000, text: "Message is rejected due to possible fraud."),
            DeliveryOutcome(code: 4001, text: "Message is rejected due to invalid Source/From number format."),
            DeliveryOutcome(code: 4002, text: "Message is rejected due to invalid Destination/To number format."),
            DeliveryOutcome(code: 4003, text: "Message failed to deliver due to unsupported destination."),
            DeliveryOutcome(code: 4004, text: "Message failed to deliver since Destination/To number doesn't exist."),
            DeliveryOutcome(code: 4005, text: "Message blocked by Destination carrier."),
            DeliveryOutcome(code: 4006, text: "The Destination/To number isn't reachable."), optedOut,
            DeliveryOutcome(code: 4008, text: "The message limit of the Destination/To number is exceeded."),
            DeliveryOutcome(code: 5000, text: "Message failed to deliver. Carrier error."),
            DeliveryOutcome(code: 5001, text: "Message failed to deliver due to temporary unavailability."),
            DeliveryOutcome(code: 5002, text: "Message delivery timeout."),
            DeliveryOutcome(code: 9999, text: "Message failed to deliver due to unknown error/failure."),
        ]
        return Dictionary(uniqueKeysWithValues: all.map { ($0.code, $0) })
    }()
}

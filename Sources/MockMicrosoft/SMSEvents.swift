// SPDX-License-Identifier: Apache-2.0

import Foundation
import Value
import World

/// Event Grid events of the SMS resource (wire-protocols 3.2).
enum SMSEvents {
    static func headers(_ type: String) -> [(name: String, value: String)] {
        [
            (name: "Content-Type", value: "application/json; charset=utf-8"), (name: "aeg-event-type", value: type),
            (name: "aeg-delivery-count", value: "0"), (name: "aeg-metadata-version", value: "1"),
        ]
    }

    static func topic(of tenant: String) -> String {
        "/subscriptions/\(tenant)/resourceGroups/assay/providers/Microsoft.Communication/communicationServices/assay"
    }

    static func validation(code: String, topic: EventGridTopic, at: Instant) -> Data {
        body(
            id: UUID().uuidString.lowercased(), topic: topic.name, subject: "",
            type: "Microsoft.EventGrid.SubscriptionValidationEvent",
            version: "2", at: at,
            data: [
                "validationCode": .string(code),
                "validationUrl": .string(topic.origin + "/eventgrid/validate?id=" + code),
            ])
    }

    static func delivery(
        id: String, topic: String, message: String, from: String, to: String, outcome: DeliveryOutcome,
        tag: String?, segments: Int, at: Instant
    ) -> Data {
        body(
            id: id, topic: topic, subject: "/phonenumber/" + String(to.drop { $0 == "+" }),
            type: "Microsoft.Communication.SMSDeliveryReportReceived", at: at,
            data: [
                "messageId": .string(message), "from": .string(from), "to": .string(to),
                "deliveryStatus": .string(outcome.isDelivered ? "Delivered" : "Failed"),
                "deliveryStatusDetails": .string(
                    outcome.isDelivered ? "No error." : "\(outcome.text) (\(outcome.code))"),
                "deliveryAttempts": [
                    [
                        "timestamp": .string(at.description),
                        "segmentsSucceeded": Value(outcome.isDelivered ? segments : 0),
                        "segmentsFailed": Value(outcome.isDelivered ? 0 : segments),
                    ]
                ],
                "receivedTimestamp": .string(at.description), "tag": Value(tag),
            ])
    }

    static func received(id: String, topic: String, text: String, from: String, to: String, at: Instant) -> Data {
        body(
            id: id, topic: topic, subject: "/phonenumber/" + String(to.drop { $0 == "+" }),
            type: "Microsoft.Communication.SMSReceived", at: at,
            data: [
                "messageId": .string("Incoming_" + id), "from": .string(from), "to": .string(to),
                "message": .string(text), "receivedTimestamp": .string(at.description),
                "segmentCount": Value(TextEncoding(text).segments),
            ])
    }

    private static func body(
        id: String, topic: String, subject: String, type: String, version: String = "1.0", at: Instant, data: Members
    ) -> Data {
        let event: Value = [
            "id": .string(id), "topic": .string(topic), "subject": .string(subject), "data": .object(data),
            "eventType": .string(type), "dataVersion": .string(version), "metadataVersion": "1",
            "eventTime": .string(at.description),
        ]
        return Data(Value.array([event]).jsonBytes())
    }
}

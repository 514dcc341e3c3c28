// SPDX-License-Identifier: Apache-2.0

package import Trace
import Value
package import World

/// Text messages that another gateway than Azure's took: the phones they reach are the same.
extension MockMicrosoft {
    /// What became of one.
    package enum MappedText: Sendable, Hashable {
        case accepted(message: String)
        /// The scenario makes the gateway refuse this recipient.
        case refused
        /// The scenario makes the gateway put this one off: it may be sent again.
        case putOff
        /// Nobody in any world has this number.
        case unknown
    }

    /// The world in which a telephone with this number rings.
    package func world(ofPhone number: String) -> WorldID? {
        worlds.values.first { !$0.isClosed && $0.person(phone: number) != nil }?.id
    }

    /// Records a text message as `sms.sent` and `sms.delivered`, or as `sms.refused`.
    package func take(
        text: String, to number: String, from sender: String, exchange: ExchangeID, in id: WorldID?
    ) -> MappedText {
        guard let world = id.flatMap({ worlds[$0] }), let person = world.person(phone: number) else { return .unknown }
        func refused(_ status: Int, _ reason: String) {
            world.record(
                "sms.refused", by: .sms, exchange: exchange,
                [
                    "to": .string(person.alias), "number": .string(number), "status": Value(status),
                    "reason": .string(reason),
                ])
        }
        if let status = world.settings.refusedRecipients[person.alias] {
            refused(status, "The scenario makes the gateway refuse this recipient.")
            return .refused
        }
        if world.settings.putOffRecipients.remove(person.alias) != nil {
            refused(503, "The scenario makes the gateway put this message off.")
            return .putOff
        }
        let message = "mapped-" + world.random.uuid()
        let comparable = "+" + PhoneNumberText.comparable(number)
        world.texts.lastSender[comparable] = sender
        let encoding = TextEncoding(text)
        world.record(
            "sms.sent", by: .sms, exchange: exchange,
            [
                "to": .string(person.alias), "from": .string(sender), "number": .string(number), "text": .string(text),
                "links": .array(WebLinks.scan(text).map { .string($0) }), "segments": Value(encoding.segments),
                "encoding": .string(encoding.name), "message": .string(message),
            ])
        let isOptedOut = world.texts.optedOut.contains(.init(from: sender, to: comparable))
        world.record(
            "sms.delivered", by: .sms, exchange: exchange,
            [
                "message": .string(message), "to": .string(person.alias),
                "status": isOptedOut ? "Failed" : "Delivered",
            ])
        return .accepted(message: message)
    }

    /// A person's answer to a text message of another gateway: what the carrier hears, and who is written to.
    package func hear(
        _ text: String, of alias: String, in id: WorldID
    ) throws(MockMicrosoftError) -> (from: String, to: String) {
        let world = try world(id)
        let own = world.settings.phones[alias] ?? world.model.person(alias)?.ehr[.phone] ?? ""
        let number = "+" + PhoneNumberText.comparable(own)
        guard !own.isEmpty, let sender = world.texts.lastSender[number] else {
            throw MockMicrosoftError("nobody wrote to \(alias) yet", remedy: "let a text message arrive first")
        }
        world.texts.hear(text, from: number, to: sender)
        return (number, sender)
    }
}

// SPDX-License-Identifier: Apache-2.0

internal import Foundation
internal import Trace
internal import Value
internal import World

/// Azure Communication Services SMS as the connector speaks it.
enum SMSRules {
    static let all = [numbers, repeatability, fresh]

    static let numbers = ProtocolRule(
        "sms-e164", .sms, requirement: "SMS-13", mark: .verified, "Only E.164 numbers are dialled."
    ) { record in
        var examination = Examination()
        for (exchange, recipient) in messages(record).map({ ($0.exchange, $0.to) }) {
            let wrong = isE164(recipient) ? nil : "The connector sent the gateway a number that is not E.164."
            // The value is a patient's phone: its shape is enough.
            examination.look(at: exchange, wrong, actual: wrong == nil ? "" : shape(of: recipient))
        }
        return examination
    }

    /// Later than that the same words are another message, as a reminder in the words of a confirmation whose answer was
    /// lost. Engineering judgement: back-off after a doubtful send is a matter of minutes.
    private static let repeatedWithin = Duration.seconds(30 * 60)

    static let repeatability = ProtocolRule(
        "sms-repeatability-kept", .sms, requirement: "SMS-14", mark: .verified,
        "A send whose outcome is unknown is repeated with the repeatability id it had."
    ) { record in
        let messages = messages(record)
        var last: [String: Message] = [:]
        /// Sends of unknown outcome, by content and id.
        var open: Set<[String]> = []
        /// Where an id is sent last.
        let ends = Dictionary(messages.enumerated().map { ($0.element.key, $0.offset) }, uniquingKeysWith: max)
        var examination = Examination()
        for (place, message) in messages.enumerated() {
            defer {
                last[message.content] = message
                if isUnknown(message.exchange) { open.insert(message.key) }
            }
            if message.repeatability != nil, open.contains(message.key) {
                examination.look(at: message.exchange, nil)
                continue
            }
            guard let earlier = last[message.content], isUnknown(earlier.exchange),
                message.at - earlier.at <= repeatedWithin
            else { continue }
            // The same words may be wanted twice: where the earlier send is repeated itself, this is another message.
            if earlier.repeatability != nil, message.repeatability != nil, let end = ends[earlier.key], end > place {
                continue
            }
            examination.look(
                at: message.exchange,
                "The connector repeated a send of unknown outcome under another repeatability id.",
                actual: message.repeatability == nil ? "no repeatabilityRequestId" : "another repeatabilityRequestId",
                also: earlier.exchange.evidence)
        }
        return examination
    }

    static let fresh = ProtocolRule(
        "sms-repeatability-fresh", .sms, requirement: "SMS-14", mark: .verified,
        "Different messages never share a repeatability id."
    ) { record in
        var first: [String: Message] = [:]
        var examination = Examination()
        for message in messages(record) {
            guard let id = message.repeatability else { continue }
            let clash = first[id].flatMap { $0.content == message.content ? nil : $0 }
            examination.look(
                at: message.exchange,
                clash == nil ? nil : "The connector sent two different messages under one repeatability id.",
                actual: "one id, two texts or recipients", also: clash?.exchange.evidence ?? [])
            if first[id] == nil { first[id] = message }
        }
        return examination
    }

    private struct Message {
        let exchange: Exchange
        let to: String
        /// Recipient, sender and text.
        let content: String
        let repeatability: String?

        /// In the scenario's clock.
        var at: Instant { exchange.request.clock ?? exchange.request.at }
        var key: [String] { [content, repeatability ?? ""] }
    }

    private static func messages(_ record: RuleRecord) -> [Message] {
        record.outgoing.filter { $0.to == .sms && $0.method == "POST" && $0.url.lastSegment == "sms" }.flatMap {
            exchange in
            guard let body = try? Value.parseJSON(exchange.requestBody) else { return [Message]() }
            return (body["smsRecipients"]?.array ?? []).map { recipient in
                let to = recipient["to"]?.string ?? ""
                return Message(
                    exchange: exchange, to: to,
                    content: [to, body["from"]?.string ?? "", body["message"]?.string ?? ""].joined(
                        separator: "\u{1F}"),
                    repeatability: recipient["repeatabilityRequestId"]?.string)
            }
        }
    }

    /// A refusal says that nothing was sent; 429 does so too.
    private static func isUnknown(_ exchange: Exchange) -> Bool {
        exchange.status.map { $0 >= 500 && $0 != 503 } ?? true
            || exchange.fault.map { $0 == "drop" || $0 == "timeout" } ?? false
    }

    static func isE164(_ number: String) -> Bool {
        number.first == "+" && (7...15).contains(number.count - 1) && number.dropFirst().first != "0"
            && number.dropFirst().allSatisfy { $0.isASCII && $0.isNumber }
    }

    /// `+34 600` becomes `+99 999`.
    private static func shape(of text: String) -> String {
        String(text.map { $0.isNumber ? "9" : $0.isLetter ? "a" : $0 })
    }
}

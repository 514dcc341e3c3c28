// SPDX-License-Identifier: Apache-2.0

internal import Trace
internal import Value

/// How a connector takes Event Grid's events and the gateway's bounds.
enum SMSEventRules {
    static let all = [retryAfter, bounds, validation, accepted]

    static let retryAfter = ProtocolRule(
        "sms-retry-after", .sms, requirement: nil, mark: .verified,
        "After 429 or 503 with Retry-After the gateway is left alone as long as it said."
    ) { record in Patience.examine(record.outgoing.filter { $0.to == .sms }) }

    static let bounds = ProtocolRule(
        "sms-request-bounds", .sms, requirement: nil, mark: .verified,
        "A send names 1 to 100 recipients and has 1 to 2048 characters."
    ) { record in
        let sends = record.outgoing.filter { $0.to == .sms && $0.method == "POST" && $0.url.lastSegment == "sms" }
        return Examination.each(sends) { exchange in
            let body = try? Value.parseJSON(exchange.requestBody)
            let recipients = body?["smsRecipients"]?.array?.count ?? 0
            let length = body?["message"]?.string?.count ?? 0
            if !(1...100).contains(recipients) {
                return ("The connector sent to none or to too many recipients at once.", "\(recipients) recipients")
            }
            return (1...2048).contains(length)
                ? nil : ("The connector sent a message of a length the gateway refuses.", "\(length) characters")
        }
    }

    static let validation = ProtocolRule(
        "sms-validation-echo", .sms, requirement: nil, mark: .verified,
        "Event Grid's handshake is answered in 30 s with 200 and the validation code, where the answer holds one."
    ) { record in
        let handshakes = events(record).filter { $0.requestHeader("aeg-event-type") == "SubscriptionValidation" }
        return Examination.each(handshakes) { exchange in
            guard let status = exchange.status, status > 0 else { return nil }
            // 202 does not count.
            if status != 200 { return ("The connector did not confirm an event subscription.", "status \(status)") }
            let code = (try? Value.parseJSON(exchange.requestBody))?[0]?["data"]?["validationCode"]?.string
            let said = (try? Value.parseJSON(exchange.responseBody))?["validationResponse"]?.string
            if said != nil, said != code {
                return ("The connector confirmed an event subscription with another code.", "another code")
            }
            if let time = exchange.ownMicroseconds, time > 30_000_000 {
                return ("The connector confirmed an event subscription too late.", "\(time / 1000) ms")
            }
            return nil
        }
    }

    static let accepted = ProtocolRule(
        "sms-event-accepted", .sms, requirement: nil, mark: .verified,
        "An event of the gateway is answered with 2xx, also when it comes twice or out of order."
    ) { record in
        let notifications = events(record).filter { $0.requestHeader("aeg-event-type") == "Notification" }
        return Examination.each(notifications) { exchange in
            guard let status = exchange.status, status > 0, !(200...299).contains(status) else { return nil }
            return ("The connector refused an event of the SMS gateway.", "status \(status)")
        }
    }

    private static func events(_ record: RuleRecord) -> [Exchange] {
        record.incoming.filter { $0.from == .sms && $0.method == "POST" && $0.fault == nil }
    }
}

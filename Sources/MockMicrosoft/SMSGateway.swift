// SPDX-License-Identifier: Apache-2.0

import Foundation
import MockKit
import Trace
import Value
import World

/// Sending text messages (wire-protocols 3.1 and 3.3).
struct SMSGateway {
    let request: MockRequest
    let world: MicrosoftWorld
    let delivery: NotificationDelivery
    /// Origin of the mock, for Event Grid's confirmation by hand.
    let origin: String

    func respond(_ path: [String]) -> MockResponse {
        let isOptOut = path.count == 2 && path[0] == "sms" && path[1].hasPrefix("optouts:")
        if let refusal = ResourceVersions.problem(request, ResourceVersions.sms) { return refusal.answer(world) }
        guard !isOptOut || ResourceVersions.problem(request, ResourceVersions.optOuts) == nil else {
            return Self.refuse(world, 404, "NotFound", "This API version has no opt-outs.")
        }
        guard request.method == "POST" else { return Self.refuse(world, 405, "MethodNotAllowed", "Use POST.") }
        switch path {
        case ["sms"]: return send()
        case ["sms", "optouts:add"], ["sms", "optouts:remove"], ["sms", "optouts:check"]:
            return optOuts(String(path[1].dropFirst("optouts:".count)))
        default: return Self.refuse(world, 404, "NotFound", "There is no such resource.")
        }
    }

    static func refuse(_ world: MicrosoftWorld?, _ status: Int, _ code: String, _ message: String) -> MockResponse {
        .json(
            [
                "error": [
                    "code": .string(code), "message": .string(message), "target": .null, "details": [],
                    "innererror": .null,
                ]
            ],
            status: status, world: world?.id, party: .sms)
    }

    private func send() -> MockResponse {
        guard let body = request.json, let from = body["from"]?.string, let text = body["message"]?.string,
            let recipients = body["smsRecipients"]?.array, (1...100).contains(recipients.count)
        else { return refuseAll(400, "BadRequest", "from, message and 1 to 100 smsRecipients are required.") }
        guard world.settings.gatewayTakesTexts else {
            return refuseAll(403, "Forbidden", "The deployment says that text messages go through Graph (sms: graph).")
        }
        guard !text.isEmpty, text.count <= 2048 else {
            return refuseAll(400, "BadRequest", "The message must have 1 to 2048 characters.")
        }
        let options = body["smsSendOptions"]
        if let limit = options?["deliveryReportTimeoutInSeconds"], !limit.isNull,
            !(limit.int.map { (60...43_200).contains($0) } ?? false)
        {
            return refuseAll(400, "BadRequest", "deliveryReportTimeoutInSeconds must be 60 to 43200.")
        }
        guard let number = world.numbers.owned[from] else {
            return refuseAll(403, "Forbidden", "The From number does not belong to the resource.")
        }
        guard number.capabilities["sms"]?.string?.contains("outbound") == true else {
            return refuseAll(403, "Forbidden", "The From number cannot send text messages.")
        }
        if let wait = world.requests.take("sms " + from, world.settings.limits.sms(from: from), at: .wall) {
            var answer = refuseAll(429, "TooManyRequests", "Too many requests. Retry after \(wait) seconds.")
            answer.headers.append((name: "Retry-After", value: String(wait)))
            return answer
        }
        let items = recipients.map { recipient in
            item(
                recipient, from: from, text: text, report: options?["enableDeliveryReport"]?.bool ?? false,
                tag: options?["tag"]?.string)
        }
        return .json(["value": .array(items)], status: 202, world: world.id, party: .sms)
    }

    private func refuseAll(_ status: Int, _ code: String, _ message: String) -> MockResponse {
        let number = request.json?["smsRecipients"]?[0]?["to"]?.string
        refused(number, status, message)
        return Self.refuse(world, status, code, message)
    }

    private func refused(_ number: String?, _ status: Int, _ reason: String) {
        world.record(
            "sms.refused", by: .sms, exchange: request.exchange,
            [
                "to": Value(number.flatMap { world.person(phone: $0) }?.alias), "number": Value(number),
                "status": Value(status), "reason": .string(reason),
            ])
    }

    private func item(_ recipient: Value, from: String, text: String, report: Bool, tag: String?) -> Value {
        let number = recipient["to"]?.string ?? ""
        func failure(_ status: Int, _ message: String) -> Value {
            refused(number, status, message)
            return [
                "to": .string(number), "messageId": .null, "httpStatusCode": Value(status), "successful": false,
                "repeatabilityResult": "rejected", "errorMessage": .string(message),
            ]
        }
        func success(_ message: String) -> Value {
            [
                "to": .string(number), "messageId": .string(message), "httpStatusCode": 202, "successful": true,
                "repeatabilityResult": "accepted", "errorMessage": .null,
            ]
        }
        guard PhoneNumberText.isE164(number) else { return failure(400, "Invalid To phone number format.") }
        let person = world.person(phone: number)
        if let status = person.flatMap({ world.settings.refusedRecipients[$0.alias] }) {
            return failure(status, status == 503 ? "ServiceUnavailable" : "The To phone number cannot be reached.")
        }
        let first = recipient["repeatabilityFirstSent"]?.string
        if let id = recipient["repeatabilityRequestId"]?.string {
            guard UUID(uuidString: id) != nil else { return failure(400, "Invalid repeatabilityRequestId.") }
            guard first.flatMap(ResourceAuthentication.instant(httpDate:)) != nil else {
                return failure(400, "Invalid repeatabilityFirstSent.")
            }
        } else if first != nil {
            return failure(400, "repeatabilityFirstSent goes with repeatabilityRequestId.")
        }
        let repeatability = recipient["repeatabilityRequestId"]?.string.map { TextTraffic.Pair(from: $0, to: number) }
        if let repeatability, let known = world.texts.accepted[repeatability] { return success(known) }
        if let person, world.settings.putOffRecipients.remove(person.alias) != nil {
            return failure(503, "ServiceUnavailable")
        }
        let stamp = world.now.wholeSecond.description.filter(\.isNumber)
        let message = "Outgoing_\(stamp)\(world.random.uuid())"
        if let repeatability { world.texts.accepted[repeatability] = message }
        world.texts.lastSender[number] = from
        let encoding = TextEncoding(text)
        world.record(
            "sms.sent", by: .sms, exchange: request.exchange,
            [
                "to": Value(person?.alias), "from": .string(from), "number": .string(number), "text": .string(text),
                "links": .array(WebLinks.scan(text).map { .string($0) }), "segments": Value(encoding.segments),
                "encoding": .string(encoding.name), "message": .string(message),
            ])
        carry(message, from: from, to: number, person: person, segments: encoding.segments, report: report, tag: tag)
        return success(message)
    }

    /// The carrier's part: delivered, unless the recipient opted out of this number.
    private func carry(
        _ message: String, from: String, to number: String, person: Person?, segments: Int, report: Bool, tag: String?
    ) {
        let isOptedOut = world.texts.optedOut.contains(.init(from: from, to: number))
        let scripted = person.flatMap { world.settings.deliveryCodes[$0.alias] }.flatMap { DeliveryOutcome.known[$0] }
        let outcome = isOptedOut ? .optedOut : scripted ?? .delivered
        let fields: Members = [
            "message": .string(message), "to": Value(person?.alias),
            "status": outcome.isDelivered ? "Delivered" : "Failed", "code": Value(outcome.code),
        ]
        world.record("sms.delivered", by: .sms, exchange: request.exchange, fields)
        guard report, let hook = world.sms.hookURL else { return }
        let topic = SMSEvents.topic(of: world.model.tenant)
        world.post(
            OutgoingMessage(
                world: world.id, clock: world.clock, party: .sms, url: hook, headers: SMSEvents.headers("Notification"),
                body: SMSEvents.delivery(
                    id: world.random.uuid(), topic: topic, message: message, from: from, to: number, outcome: outcome,
                    tag: tag, segments: segments, at: world.now),
                event: nil, retries: MockMicrosoft.eventGridRetries,
                eventGridTopic: EventGridTopic(name: topic, origin: origin), accepts: .seconds(30),
                patience: .seconds(30)), over: delivery)
    }

    private func optOuts(_ verb: String) -> MockResponse {
        guard let body = request.json, let from = body["from"]?.string, let recipients = body["recipients"]?.array
        else {
            return Self.refuse(world, 400, "BadRequest", "from and recipients are required.")
        }
        let items = recipients.map { recipient -> Value in
            let number = recipient["to"]?.string ?? ""
            guard PhoneNumberText.isE164(number) else {
                return [
                    "to": .string(number), "httpStatusCode": 400, "isOptedOut": .null,
                    "errorMessage": "Invalid To phone number format.",
                ]
            }
            let pair = TextTraffic.Pair(from: from, to: number)
            if verb == "add" { world.texts.optedOut.insert(pair) }
            if verb == "remove" { world.texts.optedOut.remove(pair) }
            return [
                "to": .string(number), "httpStatusCode": 200, "isOptedOut": .bool(world.texts.optedOut.contains(pair)),
                "errorMessage": .null,
            ]
        }
        return .json(["value": .array(items)], world: world.id, party: .sms)
    }
}

extension MicrosoftWorld {
    /// Sends an event of Event Grid as the scenario has it travel: late, twice, in disorder, or never.
    func post(_ message: OutgoingMessage, over delivery: NotificationDelivery) {
        if settings.smsEvents.drop > 0 {
            settings.smsEvents.drop -= 1
            return
        }
        for _ in 0..<(settings.smsEvents.duplicate ? 2 : 1) {
            if settings.smsEvents.delay > .zero {
                delivery.send(message, at: now + settings.smsEvents.delay)
            } else if settings.smsEvents.together {
                delivery.sendTogether(message)
            } else if settings.smsEvents.reorder {
                delivery.sendSwapped(message)
            } else {
                delivery.send(message)
            }
        }
    }
}

extension MockMicrosoft {
    /// Clock times between attempts of Event Grid (its published schedule).
    static let eventGridRetries: [Duration] = [.seconds(10), .seconds(30), .seconds(60), .seconds(300)]

    /// Posts an incoming message to the hook; its status, 0 where there is none.
    func deliverReply(_ text: String, from number: String, to sender: String, world: MicrosoftWorld) async -> Int {
        guard let hook = world.sms.hookURL else { return 0 }
        let topic = SMSEvents.topic(of: world.model.tenant)
        let body = SMSEvents.received(
            id: world.random.uuid(), topic: topic, text: text, from: number, to: sender, at: world.now)
        var message = OutgoingMessage(
            world: world.id, clock: world.clock, party: .sms, url: hook, headers: SMSEvents.headers("Notification"),
            body: body, event: nil, retries: Self.eventGridRetries,
            eventGridTopic: EventGridTopic(name: topic, origin: origin ?? ""))
        let status = await delivery.handshake(message)?.status ?? 0
        if !(200..<300).contains(status), let wait = Self.eventGridRetries.first {
            message.attempt = 2
            delivery.send(message, at: world.now + wait)
        }
        return status
    }
}

// SPDX-License-Identifier: Apache-2.0

import Foundation
import MockKit
import Trace
import Value
import World

/// Virtual appointments of a meeting: text messages to attendees, and the older resource (wire-protocols 2.3).
extension Graph {
    /// `sendVirtualAppointmentSms` and `sendVirtualAppointmentReminderSms`: 202, the messages are on their way.
    func sendVirtualAppointmentSMS(_ meeting: Meeting, isReminder: Bool) -> MockResponse {
        guard world.licences(of: meeting.organizer).contains(where: Self.isPremium) else {
            return refuse(403, "Forbidden", "The organizer has no Teams Premium licence.")
        }
        let body = request.json
        guard let attendees = body?["attendees"]?.array, !attendees.isEmpty else {
            return refuse(400, "BadRequest", "attendees is required.")
        }
        let occasion: VirtualAppointmentText.Occasion
        if isReminder {
            guard body?["remindBeforeTimeInMinutesType"]?.string == "mins15" else {
                return refuse(400, "BadRequest", "remindBeforeTimeInMinutesType must be mins15.")
            }
            occasion = .reminder
        } else {
            guard let known = body?["messageType"]?.string.flatMap(VirtualAppointmentText.Occasion.init(rawValue:)),
                known != .reminder
            else { return refuse(400, "BadRequest", "messageType must be confirmation, reschedule or cancellation.") }
            occasion = known
        }
        let link = meeting.virtualAppointmentURL(origin: hosts.visit, tenant: world.model.tenant)
        var notices: [TextTraffic.Notice] = []
        for attendee in attendees {
            let number = attendee["phoneNumber"]?.string ?? ""
            guard PhoneNumberText.isE164(number), number.hasPrefix("+1") else {
                return refuse(400, "BadRequest", "phoneNumber must be a United States number in E.164 form.")
            }
            guard
                let zone = attendee["timeZone"]?.string.flatMap({ WindowsTimeZones.zones[$0] })
                    .flatMap(TimeZone.init(identifier:))
            else { return refuse(400, "BadRequest", "timeZone must be the Windows name of a time zone.") }
            notices.append(TextTraffic.Notice(number: number, meeting: meeting.id, zone: zone, link: link))
        }
        if let refusal = refusal(of: notices) { return refusal }
        for notice in notices {
            switch occasion {
            case .reminder: world.texts.remind(notice)
            case .cancellation:
                world.texts.forget(notice)
                world.notify(notice, of: occasion, exchange: request.exchange)
            case .confirmation, .reschedule: world.notify(notice, of: occasion, exchange: request.exchange)
            }
        }
        world.sendDueReminders(exchange: request.exchange)
        return answer([:], status: 202)
    }

    /// Where the scenario makes a recipient be refused or put off: Graph has no word for one of several.
    private func refusal(of notices: [TextTraffic.Notice]) -> MockResponse? {
        for notice in notices {
            guard let person = world.person(phone: notice.number) else { continue }
            let isPutOff = world.settings.putOffRecipients.remove(person.alias) != nil
            guard isPutOff || world.settings.refusedRecipients[person.alias] != nil else { continue }
            let (status, code, message, deed) =
                isPutOff
                ? (503, "serviceNotAvailable", "The service is temporarily unavailable.", "put off")
                : (400, "BadRequest", "The phone number cannot be reached by text message.", "refuse")
            world.record(
                "sms.refused", by: .sms, exchange: request.exchange,
                [
                    "to": .string(person.alias), "number": .string(notice.number), "status": Value(status),
                    "reason": .string("The scenario makes Graph \(deed) messages to this person."),
                ])
            return refuse(status, code, message)
        }
        return nil
    }

    private static func isPremium(_ plan: String) -> Bool {
        ["teams-premium", "teamspro_virtualappt"].contains(plan.lowercased())
    }

    /// The beta resource of 2022, which later became the functions above (microsoft/Virtual-Visit-Sample-Connector).
    func virtualAppointment(_ meeting: Meeting) -> MockResponse {
        guard version == "beta" else {
            return refuse(400, "BadRequest", "Resource not found for the segment 'virtualAppointment'.")
        }
        switch request.method {
        case "GET":
            guard let known = meeting.virtualAppointment else {
                return refuse(404, "NotFound", "The meeting has no virtual appointment.")
            }
            return answer(value(known, meeting), type: "virtualAppointment")
        case "PUT", "PATCH":
            guard case .object(let body)? = request.json else {
                return refuse(400, "BadRequest", "Unable to read JSON request payload.")
            }
            for client in body["appointmentClients"]?.array ?? [] {
                let number = client["smsCapablePhoneNumber"]?.string
                guard number == nil || number.map(Self.isTenDigits) == true else {
                    return refuse(
                        400, "BadRequest", "smsCapablePhoneNumber must have ten digits, without country code.")
                }
            }
            var appointment = request.method == "PATCH" ? meeting.virtualAppointment ?? [:] : [:]
            for (name, value) in body { appointment[name] = value }
            let isNew = meeting.virtualAppointment == nil
            meeting.virtualAppointment = appointment
            world.record(
                "meeting.changed", by: .graph, exchange: request.exchange,
                [
                    "meeting": .string(meeting.id),
                    "options": ["virtualAppointment": .array(body.names.map { .string($0) })],
                ])
            return answer(value(appointment, meeting), status: isNew ? 201 : 200)
        case "DELETE":
            meeting.virtualAppointment = nil
            return nothing(204)
        default: return refuse(405, "BadRequest", "Use GET, PUT, PATCH or DELETE.")
        }
    }

    private static func isTenDigits(_ text: String) -> Bool {
        text.utf8.count == 10 && text.utf8.allSatisfy { (48...57).contains($0) }
    }

    private func value(_ appointment: Members, _ meeting: Meeting) -> Value {
        var members = appointment
        members["@odata.type"] = "#microsoft.graph.virtualAppointment"
        members["id"] = .string(meeting.id)
        if members["externalAppointmentId"] == nil { members["externalAppointmentId"] = Value(meeting.externalID) }
        if members["externalAppointmentUrl"] == nil { members["externalAppointmentUrl"] = .null }
        members["appointmentClientJoinWebUrl"] = .string(
            meeting.virtualAppointmentURL(origin: hosts.visit, tenant: world.model.tenant))
        return .object(members)
    }
}

/// What Microsoft writes to attendees. Its wording is not public ([unv]): no rule looks at it.
enum VirtualAppointmentText {
    enum Occasion: String { case confirmation, reschedule, cancellation, reminder }

    static let reminderTime = Duration.seconds(15 * 60)
    /// As whom Teams writes ([unv]).
    static let sender = "MSTeams"

    /// The time is rendered in the attendee's zone.
    static func text(
        _ occasion: Occasion, organization: String, start: Instant, zone: TimeZone, link: String
    ) -> String {
        let seconds = Double(start.microseconds) / 1_000_000
        let offset = zone.secondsFromGMT(for: Date(timeIntervalSince1970: seconds))
        let local = (start + .seconds(offset)).description
        // `2026-09-21T15:00:00Z` of the local clock.
        let time = "\(local.prefix(10)) \(local.dropFirst(11).prefix(5))"
        return switch occasion {
        case .confirmation: "\(organization): your virtual appointment is confirmed for \(time). Join: \(link)"
        case .reschedule: "\(organization): your virtual appointment is moved to \(time). Join: \(link)"
        case .cancellation: "\(organization): your virtual appointment of \(time) is canceled."
        case .reminder: "\(organization): your virtual appointment starts at \(time). Join: \(link)"
        }
    }
}

extension MicrosoftWorld {
    /// Hands a message of Microsoft's own to the carrier.
    fileprivate func notify(
        _ notice: TextTraffic.Notice, of occasion: VirtualAppointmentText.Occasion, exchange: ExchangeID?
    ) {
        guard let meeting = meetings[notice.meeting] else { return }
        let text = VirtualAppointmentText.text(
            occasion, organization: model.organizationName, start: meeting.start, zone: notice.zone, link: notice.link)
        let encoding = TextEncoding(text)
        let message = "Outgoing_" + now.wholeSecond.description.filter(\.isNumber) + random.uuid()
        texts.lastSender[notice.number] = VirtualAppointmentText.sender
        record(
            "sms.sent", by: .sms, exchange: exchange,
            [
                "to": Value(person(phone: notice.number)?.alias), "from": .string(VirtualAppointmentText.sender),
                "number": .string(notice.number), "text": .string(text),
                "links": .array(WebLinks.scan(text).map { .string($0) }), "segments": Value(encoding.segments),
                "encoding": .string(encoding.name), "message": .string(message),
            ])
    }

    /// When the next reminder of Microsoft's leaves.
    var nextReminder: Instant? { texts.reminders.compactMap(due).min() }

    /// Nil where the meeting is gone. What becomes of a reminder whose meeting is moved is not public ([unv]): it moves too.
    private func due(_ reminder: TextTraffic.Notice) -> Instant? {
        meetings[reminder.meeting].map { $0.start - VirtualAppointmentText.reminderTime }
    }

    /// Sends what is due by the world's clock; reminders of meetings that are gone are dropped.
    /// - Parameter exchange: in which one was ordered too late to wait.
    func sendDueReminders(exchange: ExchangeID? = nil) {
        texts.reminders.removeAll { meetings[$0.meeting] == nil }
        let leaving = texts.reminders.compactMap { reminder in due(reminder).map { ($0, reminder) } }
            .filter { $0.0 <= now }.sorted { $0.0 < $1.0 }
        for (_, reminder) in leaving {
            texts.forget(reminder)
            notify(reminder, of: .reminder, exchange: exchange)
        }
    }
}

// SPDX-License-Identifier: Apache-2.0

import Foundation

/// Text messages that Microsoft Graph writes and sends about a meeting (variant `graph-texts`).
struct MeetingTexts: Sendable {
    let services: Services
    let visit: VisitRow
    let organizer: String

    /// Orders one. False where Graph refuses it for good; it has no id by which it would know a repetition.
    func send(_ kind: String, to phone: String, zone: String) async throws -> Bool {
        guard let meeting = visit.meeting else { return false }
        let path =
            "/v1.0/users/\(Text.percentEncoded(organizer))/onlineMeetings/\(Text.percentEncoded(meeting))"
        let attendees: JSON = [["phoneNumber": .string(phone), "timeZone": .string(zone)]]
        let isReminder = kind == "reminder" || kind == "day-before"
        let answer =
            isReminder
            ? try await services.graph.call(
                visit.tenant, "POST", path + "/sendVirtualAppointmentReminderSms",
                ["attendees": attendees, "remindBeforeTimeInMinutesType": "mins15"])
            : try await services.graph.call(
                visit.tenant, "POST", path + "/sendVirtualAppointmentSms",
                ["attendees": attendees, "messageType": kind == Outbox.cancellation ? "cancellation" : "confirmation"])
        return answer.isSuccess
    }
}

/// Time zones as Windows calls them, which is how Graph wants them.
enum WindowsZone {
    private static let names = [
        "America/New_York": "Eastern Standard Time", "America/Chicago": "Central Standard Time",
        "America/Denver": "Mountain Standard Time", "America/Los_Angeles": "Pacific Standard Time",
        "America/Sao_Paulo": "E. South America Standard Time", "Europe/London": "GMT Standard Time",
        "Europe/Lisbon": "GMT Standard Time", "Europe/Madrid": "Romance Standard Time",
        "Europe/Paris": "Romance Standard Time", "Europe/Rome": "W. Europe Standard Time",
        "Europe/Berlin": "W. Europe Standard Time", "Europe/Moscow": "Russian Standard Time",
        "Asia/Tokyo": "Tokyo Standard Time", "Australia/Sydney": "AUS Eastern Standard Time",
        "Australia/Adelaide": "Cen. Australia Standard Time",
    ]

    /// `UTC` for a zone that has no name here.
    static func name(of zone: TimeZone) -> String { names[zone.identifier] ?? "UTC" }
}

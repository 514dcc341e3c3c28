// SPDX-License-Identifier: Apache-2.0

import Foundation
import MockKit
import Trace
import Value
import World

/// Online meetings (wire-protocols 2.2 and 2.3).
extension Graph {
    /// `rest` is the path after `onlineMeetings`; `organizer` is nil under `/communications`.
    func meetings(of organizer: Person?, _ rest: [String]) -> MockResponse {
        let last = rest.last?.lowercased() ?? ""
        let needed = GraphPermission(method: request.method, rest: rest)
        guard may(needed) else {
            let names = caller.isApplication ? needed.application : needed.delegated
            return refuse(
                403, "Forbidden",
                "The app does not have one of the permissions \(names.sorted().joined(separator: ", ")).")
        }
        // Who is meant under `/communications` shows with the meeting.
        let known = organizer ?? rest.first.flatMap { world.meetings[$0]?.organizer }
        guard !caller.isApplication || policyActs(for: known) else {
            let user = organizer?.directory?[.directoryID]
            return refuse(
                403, "Forbidden",
                "No application access policy found for this app"
                    + (user.map { " \(caller.appID) on the user \($0)." } ?? "."))
        }
        if !caller.isApplication, let organizer, organizer.alias != caller.alias {
            return refuse(403, "Forbidden", "3003: User does not have access to lookup meeting.")
        }
        switch (request.method, rest.count) {
        case ("POST", 0):
            guard let organizer else { return refuse(405, "BadRequest", "Meetings are created below a user.") }
            return create(organizer, get: false)
        case ("POST", 1) where rest[0].lowercased() == "createorget":
            guard let organizer else { return refuse(405, "BadRequest", "Meetings are created below a user.") }
            return create(organizer, get: true)
        case ("GET", 0): return find(organizer)
        default: break
        }
        guard let id = rest.first, let meeting = world.meetings[id], !meeting.isDeleted,
            organizer == nil || isOf(organizer, meeting, rest), caller.isApplication || isOf(me, meeting, rest)
        else {
            return refuse(
                404, "NotFound",
                caller.isApplication ? "Meeting not found." : "3003: User does not have access to lookup meeting.")
        }
        switch (request.method, rest.count) {
        case ("GET", 1):
            return answer(
                shown(meeting), type: "onlineMeeting")
        case ("PATCH", 1): return change(meeting)
        case ("DELETE", 1):
            // A call under way is not hung up by it.
            if meeting.present.isEmpty { world.meetings[id] = nil } else { meeting.isDeleted = true }
            return nothing(204)
        case ("GET", 2) where last.hasPrefix("getvirtualappointmentjoinweburl"):
            let url = meeting.virtualAppointmentURL(origin: hosts.visit, tenant: world.model.tenant)
            world.record(
                "join-url.issued", by: .graph, exchange: request.exchange,
                ["meeting": .string(meeting.id), "url": .string(url)])
            return answer(["@odata.context": context("Edm.String"), "value": .string(url)])
        case ("GET", _) where rest[1].lowercased() == "attendancereports":
            return attendanceReports(meeting, Array(rest.dropFirst(2)))
        case ("POST", 2) where ["sendvirtualappointmentsms", "sendvirtualappointmentremindersms"].contains(last):
            return sendVirtualAppointmentSMS(meeting, isReminder: last.contains("reminder"))
        case (_, 2) where last == "virtualappointment": return virtualAppointment(meeting)
        default:
            return refuse(400, "BadRequest", "Resource not found for the segment '\(rest.dropFirst().first ?? "")'.")
        }
    }

    private var me: Person? { caller.alias.flatMap { world.model.person($0) } }

    /// Whether the meeting is the person's: its organizer's, and, where its attendance is read, a co-organizer's
    /// (wire-protocols 2.4).
    private func isOf(_ person: Person?, _ meeting: Meeting, _ rest: [String]) -> Bool {
        meeting.organizer.alias == person?.alias
            || rest.dropFirst().first?.lowercased() == "attendancereports"
                && meeting.isInvited(person, role: ["coorganizer"])
    }

    private func create(_ organizer: Person, get: Bool) -> MockResponse {
        let body: Members
        switch request.json {
        case .object(let members): body = members
        case nil where request.body.isEmpty: body = [:]
        default: return refuse(400, "BadRequest", "Unable to read JSON request payload.")
        }
        if let problem = MeetingSettings.problem(in: body) { return refuse(400, "BadRequest", problem) }
        let externalID = body["externalId"]?.string
        if get {
            guard let externalID, !externalID.isEmpty else {
                return refuse(400, "BadRequest", "ExternalId is required.")
            }
            if body["endDateTime"] != nil, body["startDateTime"] == nil {
                return refuse(400, "BadRequest", "EndDateTime is given without StartDateTime.")
            }
            if let known = world.meetingsByAge.first(where: {
                $0.organizer.alias == organizer.alias && $0.externalID == externalID && !$0.isDeleted
            }) {
                record(known, isNew: false)
                return answer(shown(known))
            }
        }
        guard let start = time(body["startDateTime"], default: world.now),
            let end = time(body["endDateTime"], default: start + .seconds(3600))
        else { return refuse(400, "BadRequest", "A date is not ISO 8601 with an offset.") }
        guard end >= start else { return refuse(400, "BadRequest", "EndDateTime must not be before StartDateTime.") }
        let thread = "meeting_" + Base64URL.encode(Data(world.random.token(36).utf8))
        let oid = organizer.directory?[.directoryID] ?? ""
        let id = Base64URL.encode(Data("1*\(oid)*0**19:\(thread)@thread.v2".utf8))
        let joinURL =
            "\(hosts.teams)/l/meetup-join/19%3a\(thread)%40thread.v2/0?context="
            + "%7b%22Tid%22%3a%22\(world.model.tenant)%22%2c%22Oid%22%3a%22\(oid)%22%7d"
        let meeting = Meeting(
            id: id, number: world.meetings.count, thread: "19:\(thread)@thread.v2", joinURL: joinURL,
            organizer: organizer, tenant: world.model.tenant,
            externalID: externalID, created: world.now, subject: body["subject"]?.string, start: start, end: end,
            options: MeetingSettings.options(in: body), attendees: body["participants"]?["attendees"]?.array ?? [])
        world.meetings[id] = meeting
        record(meeting, isNew: true)
        return answer(shown(meeting), status: 201)
    }

    private var takesLateMembers: Bool {
        request.header("Prefer")?.contains("include-unknown-enum-members") ?? false
    }

    private func shown(_ meeting: Meeting) -> Value {
        meeting.resource(context: context("users/onlineMeetings/$entity"), showsAll: takesLateMembers)
    }

    private func record(_ meeting: Meeting, isNew: Bool) {
        world.record(
            "meeting.created", by: .graph, exchange: request.exchange,
            [
                "meeting": .string(meeting.id), "organizer": .string(meeting.organizer.alias),
                "subject": Value(meeting.subject), "start": .string(meeting.start.description),
                "end": .string(meeting.end.description), "lobby": .string(meeting.lobbyScope),
                "presenters": .string(meeting.presenters), "external-id": Value(meeting.externalID),
                "new": .bool(isNew),
                "join-url": .string(meeting.joinURL), "options": .object(meeting.options),
            ])
    }

    private func change(_ meeting: Meeting) -> MockResponse {
        guard case .object(let body)? = request.json else {
            return refuse(400, "BadRequest", "Unable to read JSON request payload.")
        }
        if let problem = MeetingSettings.problem(in: body) { return refuse(400, "BadRequest", problem) }
        guard let start = time(body["startDateTime"], default: meeting.start),
            let end = time(body["endDateTime"], default: meeting.end), end >= start
        else {
            return refuse(400, "BadRequest", "A date is not ISO 8601 with an offset, or the end is before the start.")
        }
        meeting.start = start
        meeting.end = end
        if let subject = body["subject"]?.string { meeting.subject = subject }
        if let attendees = body["participants"]?["attendees"]?.array { meeting.attendees = attendees }
        for (name, value) in MeetingSettings.options(in: body) { meeting.options[name] = value }
        world.record(
            "meeting.changed", by: .graph, exchange: request.exchange,
            ["meeting": .string(meeting.id), "options": .object(body)])
        return answer(shown(meeting))
    }

    private func find(_ organizer: Person?) -> MockResponse {
        let filter = request.queryFields["$filter"] ?? ""
        let lowered = filter.lowercased()
        let property = ["joinweburl eq '", "joinmeetingidsettings/joinmeetingid eq '"].first { lowered.hasPrefix($0) }
        guard let property, filter.hasSuffix("'") else {
            return refuse(
                400, "BadRequest", "Filter expression expected - /onlineMeetings?$filter=JoinWebUrl eq '{value}'.")
        }
        let wanted = String(filter.dropFirst(property.count).dropLast())
        let found = world.meetingsByAge.first { meeting in
            guard organizer == nil || meeting.organizer.alias == organizer?.alias, !meeting.isDeleted else {
                return false
            }
            if property.hasPrefix("joinmeetingid") { return meeting.joinMeetingID == wanted.filter { $0 != " " } }
            return PercentCoding.decode(PercentCoding.decode(wanted)) == PercentCoding.decode(meeting.joinURL)
                || PercentCoding.decode(wanted) == PercentCoding.decode(meeting.joinURL)
        }
        guard let found else { return refuse(404, "NotFound", "3004: Meeting was not found.") }
        return list(
            [found.resource(context: nil, showsAll: takesLateMembers)], context: "users/onlineMeetings",
            type: "onlineMeeting")
    }

    private func time(_ value: Value?, default other: Instant) -> Instant? {
        switch value {
        case nil, .null: other
        case .string(let text): Instant(rfc3339: text)
        default: nil
        }
    }
}

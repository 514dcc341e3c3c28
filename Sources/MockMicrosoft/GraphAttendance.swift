// SPDX-License-Identifier: Apache-2.0

import MockKit
import Value
import World

/// Attendance reports: one for each call that ended (wire-protocols 2.4).
extension Graph {
    func attendanceReports(_ meeting: Meeting, _ rest: [String]) -> MockResponse {
        let ended = meeting.calls.filter { $0.end != nil }
        guard let id = rest.first else {
            return list(
                ended.reversed().map { report(meeting, $0, records: []) }, context: "attendanceReports",
                type: "meetingAttendanceReport")
        }
        guard let call = ended.first(where: { $0.id == id }) else {
            return refuse(404, "NotFound", "The attendance report was not found.")
        }
        if rest.count > 1 {
            guard rest[1].lowercased() == "attendancerecords" else {
                return refuse(400, "BadRequest", "Resource not found for the segment '\(rest[1])'.")
            }
            return list(
                records(meeting, call), context: "attendanceReports('\(call.id)')/attendanceRecords",
                type: "attendanceRecord")
        }
        let expands = request.queryFields["$expand"]?.lowercased() == "attendancerecords"
        return answer(
            report(meeting, call, records: expands ? records(meeting, call) : []), type: "meetingAttendanceReport")
    }

    private func report(_ meeting: Meeting, _ call: CallSession, records: [Value]) -> Value {
        [
            "id": .string(call.id), "totalParticipantCount": Value(Self.stays(call).count),
            "meetingStartDateTime": .string(call.start.description),
            "meetingEndDateTime": Value(call.end?.description), "attendanceRecords": .array(records),
            "externalEventInformation": [],
        ]
    }

    /// Everybody's stays in a call, in order of their first. Who joins without an account is somebody new each time.
    private static func stays(_ call: CallSession) -> [[(attendance: Attendance, left: Instant)]] {
        var order: [String] = []
        var byPerson: [String: [(attendance: Attendance, left: Instant)]] = [:]
        for stay in call.records {
            let key = stay.attendance.userID ?? stay.attendance.id
            if byPerson[key] == nil { order.append(key) }
            byPerson[key, default: []].append(stay)
        }
        return order.compactMap { byPerson[$0] }
    }

    private func records(_ meeting: Meeting, _ call: CallSession) -> [Value] {
        Self.stays(call).compactMap { stays -> Value? in
            guard let attendance = stays.first?.attendance else { return nil }
            let intervals = stays.map { attendance, left -> (joined: Instant, left: Instant, seconds: Int) in
                let joined = attendance.joined ?? left
                return (joined, left, Int((left - joined).inSeconds))
            }
            let isOrganizer = attendance.account == .member && attendance.alias == meeting.organizer.alias
            let role = isOrganizer ? "Organizer" : attendance.account == .member ? "Presenter" : "Attendee"
            return [
                "id": .string(attendance.id), "emailAddress": .null,
                "totalAttendanceInSeconds": Value(intervals.map(\.seconds).reduce(0, +)), "role": .string(role),
                "identity": [
                    "id": Value(attendance.userID), "displayName": .string(attendance.displayName),
                    "tenantId": Value(attendance.userTenant),
                ],
                "attendanceIntervals": .array(
                    intervals.map { interval in
                        [
                            "joinDateTime": .string(interval.joined.description),
                            "leaveDateTime": .string(interval.left.description),
                            "durationInSeconds": Value(interval.seconds),
                        ]
                    }),
            ]
        }
    }
}

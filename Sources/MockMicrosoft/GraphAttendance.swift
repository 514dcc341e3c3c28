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
                ended.reversed().map { report($0, records: []) }, context: "attendanceReports",
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
                records(call), context: "attendanceReports('\(call.id)')/attendanceRecords", type: "attendanceRecord")
        }
        let expands = request.queryFields["$expand"]?.lowercased() == "attendancerecords"
        return answer(report(call, records: expands ? records(call) : []), type: "meetingAttendanceReport")
    }

    private func report(_ call: CallSession, records: [Value]) -> Value {
        [
            "id": .string(call.id), "totalParticipantCount": Value(Set(call.records.map(\.attendance.id)).count),
            "meetingStartDateTime": .string(call.start.description),
            "meetingEndDateTime": Value(call.end?.description), "attendanceRecords": .array(records),
            "externalEventInformation": [],
        ]
    }

    private func records(_ call: CallSession) -> [Value] {
        call.records.map { attendance, left in
            let joined = attendance.joined ?? left
            let seconds = Int((left - joined).inSeconds)
            return [
                "id": .string(attendance.id), "emailAddress": .null, "totalAttendanceInSeconds": Value(seconds),
                "role": attendance.account == .member ? "Presenter" : "Attendee",
                "identity": [
                    "id": Value(attendance.userID), "displayName": .string(attendance.displayName),
                    "tenantId": Value(attendance.userTenant),
                ],
                "attendanceIntervals": [
                    [
                        "joinDateTime": .string(joined.description), "leaveDateTime": .string(left.description),
                        "durationInSeconds": Value(seconds),
                    ]
                ],
            ]
        }
    }
}

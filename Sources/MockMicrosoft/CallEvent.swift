// SPDX-License-Identifier: Apache-2.0

import Value
import World

/// Something that happened in a call, as subscribers hear of it (wire-protocols 2.6).
struct CallEvent {
    enum Kind: String { case callStarted, rosterUpdated, callEnded }

    /// A participant's new state.
    struct Change {
        enum State: Equatable { case inLobby, joined, left(reason: String) }
        let attendance: Attendance
        let state: State
    }

    let kind: Kind
    let at: Instant
    let changes: [Change]

    init(_ kind: Kind, at: Instant, _ changes: [Change] = []) {
        self.kind = kind
        self.at = at
        self.changes = changes
    }

    /// The resource data in one generation's shape; nil where that generation does not see the event.
    func resourceData(_ generation: NotificationGeneration, id: String, resource: String) -> Members? {
        switch generation {
        case .a: generationA(resource: resource)
        case .b: generationB(id: id, resource: resource)
        }
    }

    private func generationA(resource: String) -> Members? {
        let joined = changes.filter { $0.state == .joined }
        let exited = changes.filter { if case .left = $0.state { $0.attendance.joined != nil } else { false } }
        if kind == .rosterUpdated, joined.isEmpty, exited.isEmpty { return nil }
        let word =
            switch kind {
            case .callStarted: "Microsoft.Communication.CallStarted"
            case .rosterUpdated: "Microsoft.Communication.CallRosterUpdate"
            case .callEnded: "Microsoft.Communication.CallEnded"
            }
        var data: Members = [
            "@odata.type": "#microsoft.graph.onlineMeeting", "@odata.id": .string(resource), "id": .string(resource),
            "eventType": .string(word), "eventDateTime": .string(at.description),
            "state": kind == .callEnded ? "inactive" : "active",
        ]
        if kind == .rosterUpdated {
            data["activeParticipants@joined"] = .array(joined.map { Self.capitalised($0.attendance) })
            data["activeParticipants@exited"] = .array(exited.map { Self.capitalised($0.attendance) })
        }
        return data
    }

    private static func capitalised(_ attendance: Attendance) -> Value {
        let identity: Value =
            if let user = attendance.userID {
                [
                    "User": [
                        "Id": .string(user), "DisplayName": .string(attendance.displayName),
                        "TenantId": Value(attendance.userTenant),
                    ]
                ]
            } else {
                [
                    "AzureCommunicationServicesUser": [
                        "AzureCommunicationServicesResourceId": .string(attendance.id),
                        "Id": .string("8:acs:" + attendance.id),
                        "DisplayName": .string(attendance.displayName),
                    ]
                ]
            }
        return ["Id": .string(attendance.id), "Identity": identity]
    }

    private func generationB(id: String, resource: String) -> Members {
        var data: Members = [
            "@odata.type": "#microsoft.graph.callevent", "@odata.id": .string("\(resource)/\(id)"), "id": .string(id),
            "eventType": .string(kind.rawValue), "eventDateTime": .string(at.description),
        ]
        if kind == .rosterUpdated {
            data["participants@delta"] = .array(
                changes.map { change in
                    var participant: Members = ["id": .string(change.attendance.id)]
                    switch change.state {
                    case .inLobby: participant["isInLobby"] = true
                    case .joined: participant["isInLobby"] = false
                    case .left(let reason):
                        participant["isInLobby"] = .bool(change.attendance.inLobby)
                        participant["removedState"] = ["reason": .string(reason)]
                    }
                    participant["info"] = ["identity": Self.identity(change.attendance)]
                    return .object(participant)
                })
        }
        return data
    }

    private static func identity(_ attendance: Attendance) -> Value {
        if let user = attendance.userID {
            return [
                "user": [
                    "id": .string(user), "displayName": .string(attendance.displayName),
                    "tenantId": Value(attendance.userTenant),
                ]
            ]
        }
        return [
            "guest": ["id": .string("8:teamsvisitor:" + attendance.id), "displayName": .string(attendance.displayName)]
        ]
    }
}

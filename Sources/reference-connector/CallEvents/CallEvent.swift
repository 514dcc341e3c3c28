// SPDX-License-Identifier: Apache-2.0

import Foundation

/// What a notification says, without names.
struct CallEvent: Sendable {
    enum Change: String, Sendable {
        /// Waits in the lobby.
        case waiting
        /// In the meeting: admitted, or joined directly.
        case joined
        case left

        /// How far a participation has come.
        var rank: Int {
            switch self {
            case .waiting: 0
            case .joined: 1
            case .left: 2
            }
        }
    }

    struct Participant: Sendable {
        let id: String
        /// Id of the person behind the participation, where the event has one.
        let person: String?
        /// Object id of a member of the directory.
        let user: String?
        let userTenant: String?
        let change: Change
    }

    let at: Date
    let hasEnded: Bool
    let participants: [Participant]

    init(_ content: JSON) {
        at = Text.date(content["eventDateTime"].string) ?? Date()
        let kind = (content["eventType"].string ?? content["callEventType"].string ?? "").lowercased()
        hasEnded = kind.hasSuffix("callended")
        let delta = content["participants@delta"].items
        let recent = (delta.isEmpty ? content["participants"].items : delta).compactMap { Participant($0) }
        // The form of 2022 tells who came and who went in two lists.
        let older =
            content["activeParticipants@joined"].items.compactMap { Participant(older: $0, .joined) }
            + content["activeParticipants@exited"].items.compactMap { Participant(older: $0, .left) }
        participants = recent + older
    }
}

extension CallEvent.Participant {
    init?(_ json: JSON) {
        guard let id = json["id"].string else { return nil }
        self.id = id
        let identity = json["info"]["identity"]
        user = identity["user"]["id"].string
        userTenant = identity["user"]["tenantId"].string
        person = identity.members.values.lazy.compactMap { $0["id"].string }.first
        if !json["removedState"].isNull {
            change = .left
        } else {
            change = json["isInLobby"].bool == true ? .waiting : .joined
        }
    }

    /// With capital letters, and never in the lobby.
    init?(older json: JSON, _ change: CallEvent.Change) {
        guard let id = json["Id"].string else { return nil }
        self.id = id
        self.change = change
        let identity = json["Identity"]
        user = identity["User"]["Id"].string
        userTenant = identity["User"]["TenantId"].string
        person = identity.members.values.lazy.compactMap { $0["Id"].string }.first
    }
}

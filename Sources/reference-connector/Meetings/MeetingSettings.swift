// SPDX-License-Identifier: Apache-2.0

import Foundation

/// The meeting options a visit needs. Everything else stays the organization's own: recording, chat, retention.
struct MeetingSettings: Sendable {
    let behaviour: Behaviour
    let end: Date

    var body: JSON {
        let scope: JSON = behaviour.has(.patientSkipsLobby) ? "everyone" : "organization"
        var options: [String: JSON] = [
            "lobbyBypassSettings": ["scope": scope, "isDialInBypassEnabled": false],
            "allowedPresenters": "organization",
        ]
        if behaviour.has(.meetingRecordingDisabled) { options["allowRecording"] = false }
        if behaviour.has(.chatDisabled) { options["allowMeetingChat"] = "disabled" }
        if behaviour.has(.retentionOverridden) {
            options["expiryDateTime"] = .string(Text.instant(end.addingTimeInterval(7 * 86_400)))
            options["recordAutomatically"] = true
        }
        return .object(options)
    }
}

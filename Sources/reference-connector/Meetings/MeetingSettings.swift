// SPDX-License-Identifier: Apache-2.0

import Foundation

/// The meeting options a visit needs. Everything else stays the organization's own: recording, chat, retention.
struct MeetingSettings: Sendable {
    let behaviour: Behaviour
    let end: Date
    /// Only for deliberate faults.
    var isProduction = false

    var body: JSON {
        let usual: JSON = behaviour.has(.otherMeetings) ? "organizationAndFederated" : "organization"
        let isOpen = behaviour.has(.patientSkipsLobby) || isProduction && behaviour.has(.productionOpensLobby)
        let scope: JSON = isOpen ? "everyone" : usual
        var options: [String: JSON] = [
            "lobbyBypassSettings": ["scope": scope, "isDialInBypassEnabled": .bool(behaviour.has(.dialInSkipsLobby))],
            "allowedPresenters": behaviour.has(.patientsPresent) ? "everyone" : "organization",
        ]
        if behaviour.has(.otherMeetings) {
            options["isEntryExitAnnounced"] = false
            // Nobody writes after the visit; what is written in it is kept as everywhere.
            options["allowMeetingChat"] = "limited"
            options["recordAutomatically"] = false
        }
        if isProduction, behaviour.has(.productionDisablesRecording) { options["allowRecording"] = false }
        if behaviour.has(.meetingRecordingDisabled) { options["allowRecording"] = false }
        if behaviour.has(.organizersAdmitOnly) { options["allowedLobbyAdmitters"] = "organizerAndCoOrganizers" }
        if behaviour.has(.endToEndEncrypted) { options["isEndToEndEncryptionEnabled"] = true }
        if behaviour.has(.chatDisabled) { options["allowMeetingChat"] = "disabled" }
        if behaviour.has(.retentionOverridden) {
            options["expiryDateTime"] = .string(Text.instant(end.addingTimeInterval(7 * 86_400)))
            options["recordAutomatically"] = true
        }
        return .object(options)
    }
}

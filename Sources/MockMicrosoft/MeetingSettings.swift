// SPDX-License-Identifier: Apache-2.0

import Foundation
import MockKit
import Value
import World

/// Which members a meeting request may carry, and with what words (wire-protocols 2.2).
enum MeetingSettings {
    /// What the connector asked for of the meeting's behaviour: everything but times, subject, people and ids.
    static func options(in body: Members) -> Members {
        Members(body.filter { !plain.contains($0.name) && !$0.name.hasPrefix("@odata") }.map { ($0.name, $0.value) })
    }

    /// Why Graph would refuse the body; nil where it would not.
    static func problem(in body: Members) -> String? {
        for (name, value) in body where !name.hasPrefix("@odata") {
            guard plain.contains(name) || known.contains(name) else {
                return "The property '\(name)' does not exist on type 'microsoft.graph.onlineMeeting'."
            }
            if let words = words[name], !value.isNull, !words.contains(value.string ?? "") {
                return "Requested value '\(value.scalarText ?? value.typeName)' was not found for '\(name)'."
            }
        }
        if let scope = body["lobbyBypassSettings"]?["scope"], !scopes.contains(scope.string ?? "") {
            return "Requested value '\(scope.scalarText ?? scope.typeName)' was not found for 'scope'."
        }
        return nil
    }

    private static let plain: Set<String> = [
        "subject", "startDateTime", "endDateTime", "externalId", "participants", "chatInfo", "creationDateTime", "id",
    ]
    private static let known: Set<String> = [
        "isBroadcast", "broadcastSettings", "meetingTemplateId", "joinMeetingIdSettings", "lobbyBypassSettings",
        "allowedPresenters", "allowedLobbyAdmitters", "allowMeetingChat", "chatRestrictions", "isEntryExitAnnounced",
        "isEndToEndEncryptionEnabled", "allowAttendeeToEnableCamera", "allowAttendeeToEnableMic",
        "allowTeamworkReactions",
        "allowRecording", "allowTranscription", "recordAutomatically", "shareMeetingChatHistoryDefault",
        "allowBreakoutRooms", "allowWhiteboard", "allowPowerPointSharing", "allowLiveShare",
        "allowCopyingAndSharingMeetingContent", "allowParticipantsToChangeName", "watermarkProtection",
        "expiryDateTime",
        "meetingSpokenLanguageTag", "meetingType", "sensitivityLabelAssignment", "audioConferencing",
        "videoTeleconferenceId", "meetingOptionsWebUrl",
    ]
    private static let words: [String: Set<String>] = [
        "allowedPresenters": ["everyone", "organization", "roleIsPresenter", "organizer"],
        "allowMeetingChat": ["enabled", "disabled", "limited"],
        "allowedLobbyAdmitters": ["organizerAndCoOrganizersAndPresenters", "organizerAndCoOrganizers"],
        "allowLiveShare": ["enabled", "disabled"],
    ]
    private static let scopes: Set<String> = [
        "organizer", "organization", "organizationAndFederated", "everyone", "invited", "organizationExcludingGuests",
    ]
}

extension Meeting {
    /// Dial-like id people can type: 12 digits from the thread.
    var joinMeetingID: String {
        let digits = thread.utf8.map { String($0 % 10) }.joined()
        return String(digits.suffix(22).prefix(12))
    }

    /// Where the organizer changes the meeting's options: a page of Teams' own, on the host of the join address.
    var optionsURL: String {
        let host = joinURL.range(of: "/l/meetup-join/").map { joinURL[..<$0.lowerBound] } ?? ""
        return "\(host)/meetingOptions/?organizerId=\(organizer.directory?[.directoryID] ?? "")&tenantId=\(tenant)"
            + "&threadId=\(PercentCoding.encode(thread))&messageId=0&language=en-US"
    }

    /// The browser join address of a virtual appointment (wire-protocols 2.3), on the mock's own host.
    func virtualAppointmentURL(origin: String, tenant: String) -> String {
        "\(origin)/webrtc-svc/api/route?tid=\(tenant)&convId=\(thread)"
    }

    /// Enum members that clients have to ask for with `Prefer: include-unknown-enum-members` (wire-protocols 2.2).
    private static let lateScopes: Set<String> = ["invited", "organizationExcludingGuests"]

    /// The Graph resource; settings nobody asked for carry the tenant's defaults. `showsAll`: the client takes enum members
    /// that came later than `unknownFutureValue`.
    func resource(context: Value?, showsAll: Bool = true) -> Value {
        guard !showsAll, Self.lateScopes.contains(lobbyScope), var members = whole(context: context).members,
            var settings = members["lobbyBypassSettings"]?.members
        else { return whole(context: context) }
        settings["scope"] = "unknownFutureValue"
        members["lobbyBypassSettings"] = .object(settings)
        return .object(members)
    }

    private func whole(context: Value?) -> Value {
        let directory = organizer.directory ?? PersonRecord()
        var members: Members = [:]
        if let context { members["@odata.context"] = context }
        let own: Members = [
            "id": .string(id), "creationDateTime": .string(created.wholeSecond.description),
            "startDateTime": .string(start.description), "endDateTime": .string(end.description),
            "joinWebUrl": .string(joinURL), "subject": Value(subject),
            "externalId": Value(externalID), "isBroadcast": false, "isEntryExitAnnounced": true,
            "allowedPresenters": "everyone", "allowMeetingChat": "enabled", "allowTeamworkReactions": true,
            "allowAttendeeToEnableMic": true, "allowAttendeeToEnableCamera": true, "recordAutomatically": false,
            "allowRecording": true, "allowTranscription": true, "allowWhiteboard": true, "allowBreakoutRooms": true,
            "allowPowerPointSharing": true, "allowLiveShare": "enabled", "videoTeleconferenceId": .null,
            "audioConferencing": .null, "broadcastSettings": .null, "meetingTemplateId": .null,
            "allowedLobbyAdmitters": "organizerAndCoOrganizersAndPresenters", "chatRestrictions": .null,
            "isEndToEndEncryptionEnabled": false, "shareMeetingChatHistoryDefault": "none",
            "allowCopyingAndSharingMeetingContent": true, "allowParticipantsToChangeName": false,
            "watermarkProtection": .null, "cloudVideoInteropInfo": .null, "expiryDateTime": .null,
            "meetingOptionsWebUrl": .string(optionsURL), "meetingSpokenLanguageTag": .null, "meetingType": .null,
            "sensitivityLabelAssignment": .null,
            "lobbyBypassSettings": ["scope": .string(lobbyScope), "isDialInBypassEnabled": false],
            "joinMeetingIdSettings": [
                "isPasscodeRequired": false, "joinMeetingId": .string(joinMeetingID), "passcode": .null,
            ],
            "chatInfo": ["threadId": .string(thread), "messageId": "0", "replyChainMessageId": .null],
            "participants": [
                "organizer": [
                    "upn": .string(directory[.principalName]), "role": "presenter",
                    "identity": [
                        "user": [
                            "id": .string(directory[.directoryID]), "displayName": .null,
                            "tenantId": .string(tenant), "identityProvider": "AAD",
                        ]
                    ],
                ],
                "attendees": .array(attendees),
            ],
            "joinInformation": [
                "content": .string(
                    "data:text/html," + PercentCoding.encode("<a href=\"\(joinURL)\">Join the meeting now</a>")),
                "contentType": "html",
            ],
        ]
        for (name, value) in own { members[name] = value }
        for (name, value) in options where name != "lobbyBypassSettings" { members[name] = value }
        if let asked = options["lobbyBypassSettings"]?.members {
            var settings = own["lobbyBypassSettings"]?.members ?? [:]
            for (name, value) in asked { settings[name] = value }
            members["lobbyBypassSettings"] = .object(settings)
        }
        return .object(members)
    }
}

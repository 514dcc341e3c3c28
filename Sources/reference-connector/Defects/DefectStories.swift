// SPDX-License-Identifier: Apache-2.0

extension Defect {
    /// What goes wrong, in one sentence.
    var story: String {
        switch self {
        case .portalWithoutSignIn: "The portal opens without any sign-in, for the tenant configured last."
        case .portalAnyRole: "Any signed-in member of the tenant may configure the connector."
        case .baseURLUnvalidated: "A base URL is saved without asking the EHR anything."
        case .baseURLValidationCosmetic: "Whatever answers 200, or asks for a sign-in, passes as a FHIR server."
        case .environmentIgnored: "Every base URL is saved as a test environment, whatever was chosen."
        case .oneBaseURLOnly: "A second base URL is refused."
        case .testAndProductionMixed: "A launch is accepted with the record of another of the tenant's base URLs."
        case .recordsMissingPatient: "Only provider records are shown."
        case .recordsOnlyOnce: "The records are shown at the first visit of the page and never again."
        case .productionWithoutSubscription: "Production is accepted without a subscription."
        case .teamsLicenceIgnored: "A provider without a Teams licence is sent to the meeting all the same."
        case .otherTenantsVisible: "The portal lists and changes the configurations of all tenants."
        case .approvalSkipped: "Epic base URLs count as approved as soon as they are entered."
        case .approvalByAnyone: "Anybody of the tenant may approve an Epic base URL."
        case .approvalForAllURLs: "Approving one Epic base URL approves all of the tenant's."
        case .approvalWithoutEpicSignIn: "The approver may approve without having signed in to Epic."
        case .recordsBeforeApproval: "Integration records of Epic base URLs are shown before approval."
        case .approvalTokenReadsData: "The token of the approver's Epic sign-in is used to search patients."
        case .approvalTokenStored: "The token of the approver's Epic sign-in is kept in the database."
        case .smsWithoutConsent: "Text messages are sent without any consent."
        case .smsOneConsentEnough: "One of the two consents is enough to send."
        case .smsUnlinkedNumber: "A number that is linked to nothing sends for every base URL."
        case .smsNumberOfOtherBase: "Linking a number to one base URL links it to all of the tenant's."
        case .smsNoConfirmation: "No confirmation is sent."
        case .smsNoReminder: "No reminder is sent."
        case .smsReminderAfterStart: "The reminder comes five minutes after the start."
        case .smsTwiceOnRetry: "Each retry of a send uses a new repeatability id and sends again."
        case .smsLinkMissing: "The text message carries no link."
        case .smsWrongLink: "The link in the text message leads to another appointment."
        case .smsRequired: "Without a linked number no visit starts."
        case .numberNeverShown: "A requested number arrives but is never shown."
        case .providerSignsInTwice: "The provider must sign in to Microsoft again at every launch."
        case .providerLandsOnPage: "The launch ends on a page of the connector instead of in the visit."
        case .joinURLAppOnly: "The provider gets a link that only the Teams app can open."
        case .meetingRecordingDisabled: "Recording is switched off in every meeting."
        case .liveStatusFrozen: "The status of attendees never changes."
        case .providerNameInSMS: "The text message names the provider."
        case .secondMeetingPerLaunch: "Every launch makes a meeting of its own."
        case .wrongPatientAccepted: "A launch context whose patient is not the appointment's is accepted."
        case .launchWithoutPKCE: "The authorization request carries no PKCE challenge."
        case .launchStateUnchecked: "A callback is accepted from another browser and more than once."
        case .patientMustSignIn: "The patient has to sign in with a Microsoft account."
        case .patientSkipsLobby: "The meeting lets everyone past the lobby."
        case .patientExtraClick: "A page with a further button stands between link and visit."
        case .linkNeverStarts: "The link says \"too early\" until the visit is over."
        case .deviceTestSkipped: "The join link skips the device test."
        case .mailWithoutLink: "The mail carries no link."
        case .writebackNoConnect: "Connects are not written back."
        case .writebackNoDisconnect: "Disconnects are not written back."
        case .writebackWrongAppointment: "Writebacks name another appointment."
        case .writebackTwice: "Each writeback is sent twice."
        case .writebackLostAfterError: "A writeback that fails is dropped."
        case .reportEmpty: "The usage report is always empty."
        case .reportWrongDuration: "The duration in the report counts from the booked start."
        case .reportLobbyWaitZero: "The lobby waiting time in the report is always zero."
        case .reportOpenToAll: "Everybody of the tenant may read the reports."
        case .qualityReportMissing: "There is no quality report."
        case .patientNameInSubject: "The meeting's subject names the patient."
        case .patientPhoneInDatabase: "The patient's phone number is stored with the message."
        case .patientNameInLog: "The patient's name is logged when a message is sent."
        case .phoneHashToThirdParty: "A plain hash of the patient's number goes to an analytics service."
        case .chatDisabled: "Meeting chat is switched off in every meeting."
        case .readsWholeChart: "Every launch asks for broad scopes and reads conditions and observations."
        case .ehrIDWrongRegion: "The EHR user's id is stored in the first region, whatever the tenant's."
        case .retentionOverridden:
            "Meetings are recorded automatically and expire after a week, whatever the organization's retention."
        case .openRedirect: "The sign-in leads on to any address that is named in its own."
        case .cancelledVisitStarts: "A cancelled visit can be started all the same."
        case .cancelledLinkBreaks: "The link of a cancelled visit ends in a server error."
        case .linkOutlivesVisit: "The link works long after the visit is over."
        case .linkOpensEarly: "The link works at any time before the visit."
        case .earlyPageBlank: "Whoever comes too early gets an empty page."
        case .linkLeadsToNextVisit: "The link of a visit that is over leads to another visit of the organization."
        case .linkPageNamesPatient: "The page for early visitors greets the patient by name."
        case .linkGuessable: "The link carries the first six letters of its token only."
        case .patientPageFromElsewhere: "Patient pages load a script from a content network."
        case .smsReminderNotMoved: "The reminder stays at the time of the first booking."
        case .smsReminderAfterCancel: "The reminder of a cancelled appointment is sent all the same."
        case .smsStopIgnored: "STOP is taken note of by nobody."
        case .smsStartIgnored: "Who has opted out can never opt in again."
        case .smsDialsInvalid: "A number is dialled as it stands in the EHR, valid or not."
        case .smsExpiredPhone: "A number that has expired in the EHR is used."
        case .smsFailureUnreported: "Staff are not told of missing and invalid numbers."
        case .smsTimeInUTC: "Times in messages are UTC."
        case .smsTimeOfToday: "Times in messages use today's offset from UTC, not the appointment's."
        case .smsEnglishOnly: "All messages are in English."
        case .smsTextTooLong: "The message carries a long explanation and needs several segments."
        case .smsLinkCut: "The message is cut after sixty characters."
        case .writebackLostAtRestart: "Writebacks that wait are forgotten when the process ends."
        case .writebackRepeatedAtRestart: "All writebacks are sent again after a restart."
        case .writebackInChart: "Each connect is also noted in the chart, as a communication."
        case .writebackLate: "Writebacks leave once a minute."
        case .writebackRoleSwapped: "Writebacks call providers patients and patients providers."
        case .tokenNeverRenewed: "A token that the EHR no longer takes is used until its own time is over."
        case .oldReleaseAccepted: "The release the EHR states is not looked at."
        case .baseURLAnywhere: "Addresses inside the own network are taken on trust as base URLs."
        case .trailingSlashCounts: "A base URL with a trailing slash is another one."
        case .refusedURLKept: "A base URL is saved before it is validated and stays when it is refused."
        case .refusalUnexplained: "A base URL that is refused is answered with a bare code."
        case .changeTouchesAll: "Changing one base URL changes the environment of all."
        case .notificationsUnchecked: "Notifications are believed whoever sends them."
        case .idTokenUnchecked: "Signature, issuer, audience and time of id tokens are not checked."
        case .malformedInputBreaks: "A link that is not well formed ends in a server error."
        case .cookieReadable: "The session cookie can be read by scripts."
        case .pagesFramedByAnybody: "Pages may be framed by anybody."
        case .referrerPassedOn: "Patient pages pass their address on as referrer."
        case .tokenInAddress: "The join address carries the provider's token."
        case .refusalNamesPatient: "A refused launch names the patient it was for."
        case .chatCopied: "The chat of a meeting is read at its end, to be filed."
        }
    }
}

/// A permitted difference, switched on with `--variant`: the connector stays conformant.
enum Variant: String, CaseIterable, Sendable {
    case pollingBookings = "polling-bookings"
    case otherPaths = "other-paths"
    case otherWording = "other-wording"

    var story: String {
        switch self {
        case .pollingBookings:
            "Known appointments are also read again each minute, so that a lost notification is noticed."
        case .otherPaths:
            "All paths stand under another prefix, and the patients' and providers' links are named otherwise."
        case .otherWording: "Pages and messages use other words."
        }
    }
}

/// The chosen faults and differences.
struct Behaviour: Sendable {
    let defects: Set<Defect>
    let variants: Set<Variant>

    func has(_ defect: Defect) -> Bool { defects.contains(defect) }
    func has(_ variant: Variant) -> Bool { variants.contains(variant) }
}

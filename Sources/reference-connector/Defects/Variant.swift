// SPDX-License-Identifier: Apache-2.0

/// A permitted difference, switched on with `--variant`: the connector stays conformant.
enum Variant: String, CaseIterable, Sendable {
    case pollingBookings = "polling-bookings"
    case otherPaths = "other-paths"
    case otherWording = "other-wording"
    case olderCallEvents = "older-call-events"
    case otherMeetings = "other-meetings"
    case otherOrder = "other-order"
    case otherStorage = "other-storage"
    case linkPages = "link-pages"
    case scopesV2 = "scopes-v2"
    case chartLeftAlone = "chart-left-alone"
    case meetingsWhenNeeded = "meetings-when-needed"
    case otherCookies = "other-cookies"
    case newRecordsOnChange = "new-records-on-change"
    case unhurriedMessages = "unhurried-messages"
    case quickRetries = "quick-retries"
    case oneLaunchAddress = "one-launch-address"
    case cancellationsTold = "cancellations-told"
    case unevenWaits = "uneven-waits"
    case asksAhead = "asks-ahead"
    case otherWriteback = "other-writeback"
    case graphTexts = "graph-texts"
    case searchesAndBatches = "searches-and-batches"
    case signedAssertions = "signed-assertions"

    var story: String {
        switch self {
        case .pollingBookings:
            "Known appointments are also read again each hour, and each minute of their day, so that a lost notification is noticed."
        case .otherPaths:
            "All paths stand under another prefix, and the patients' and providers' links are named otherwise."
        case .otherWording: "Pages and messages use other words."
        case .olderCallEvents:
            "Meetings' events are subscribed to in their older form, which does not show the lobby: who waits is known from the link."
        case .otherMeetings: "Each meeting is created for itself, with other settings that keep patients in the lobby."
        case .otherOrder: "Independent work is done in another order, and attempts lie further apart."
        case .otherStorage: "State lies in a file of another name, with a rollback journal."
        case .linkPages: "A patient's link shows a page that leads on by itself."
        case .scopesV2: "Scopes are written as SMART App Launch 2 writes them, where the EHR knows that form."
        case .chartLeftAlone: "Nothing is written into Cerner's appointments."
        case .meetingsWhenNeeded: "A meeting is made when somebody first wants into the visit, not at its booking."
        case .otherCookies: "Cookies have other names, and there is one more."
        case .newRecordsOnChange: "A base URL that is changed gets new integration records."
        case .unhurriedMessages: "Messages leave half a minute after what they are about."
        case .quickRetries:
            "What failed is tried again after one, one, two and three seconds, unless the other side says otherwise."
        case .oneLaunchAddress: "All base URLs share their launch addresses: the issuer says which one is meant."
        case .cancellationsTold:
            "A cancellation is told by text message, patients are reminded the day before too, and mails are HTML without a time of day."
        case .unevenWaits:
            "Attempts lie odd fractions of a second apart, and what Epic is told is gathered for five seconds."
        case .asksAhead: "Each read is announced by a HEAD of the same address."
        case .otherWriteback:
            "Connects and disconnects are told to an interface engine in its own form, not to Epic's web service."
        case .graphTexts: "Microsoft Graph sends the text messages, in its own words: the connector orders them."
        case .searchesAndBatches:
            "The EHR's resources are found by posted searches, not read, and Graph is called in batches, mails too."
        case .signedAssertions: "The EHR's backend client proves itself by signed assertions, not by a secret."
        }
    }
}

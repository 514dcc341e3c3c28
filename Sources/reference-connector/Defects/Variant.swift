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
    case otherHabits = "other-habits"

    var story: String {
        switch self {
        case .pollingBookings:
            "Known appointments are also read again each hour, and each minute of their day, so that a lost notification is noticed."
        case .otherPaths:
            "All paths stand under another prefix, the patients' and providers' links are named otherwise, have twelve letters and say in which message they stood, and states have sixteen letters."
        case .otherWording:
            "Pages and messages use other words, refusals are as short as can be, and messages begin with the clinic's name and end with an address for help."
        case .olderCallEvents:
            "Meetings' events are subscribed to in their older form, which does not show the lobby: who waits is known from the link."
        case .otherMeetings:
            "Each meeting is created for itself, with other settings that keep patients in the lobby, chat only during it, and deleted when the visit is cancelled."
        case .otherOrder: "Independent work is done in another order, and attempts lie further apart."
        case .otherStorage: "State lies in a file of another name, with a rollback journal."
        case .linkPages: "A patient's link shows a page that leads on by itself."
        case .scopesV2: "Scopes are written as SMART App Launch 2 writes them, where the EHR knows that form."
        case .chartLeftAlone: "Nothing is written into Cerner's appointments."
        case .meetingsWhenNeeded:
            "A meeting is made when somebody first wants into the visit, not at its booking; of Epic's bookings nothing is taken in at all."
        case .otherCookies:
            "Cookies have other names, there is one more that scripts may read, and what the server refuses by itself says so in bare words."
        case .newRecordsOnChange: "A base URL that is changed gets new integration records."
        case .unhurriedMessages:
            "Bookings are taken in four minutes later, messages leave half a minute after what they are about, and attempts lie one, two, four and more minutes apart."
        case .quickRetries:
            "What failed is tried again after one, one, two and three seconds, unless the other side says otherwise."
        case .oneLaunchAddress: "All base URLs share their launch addresses: the issuer says which one is meant."
        case .cancellationsTold:
            "A cancellation is told by text message, and with a new time the old one; patients are reminded the day before and the hour before too, and mails are HTML without a time of day."
        case .unevenWaits:
            "Attempts lie odd fractions of a second apart, and what Epic is told is gathered for five seconds."
        case .asksAhead: "Each read is announced by a HEAD of the same address."
        case .otherWriteback:
            "Connects and disconnects are told to an interface engine in its own form, not to Epic's web service."
        case .graphTexts: "Microsoft Graph sends the text messages, in its own words: the connector orders them."
        case .searchesAndBatches:
            "The EHR's resources are found by posted searches, not read, and Graph is called in batches, mails too."
        case .signedAssertions: "The EHR's backend client proves itself by signed assertions, not by a secret."
        case .otherHabits:
            "Cerner's providers sign in at each launch, and only who launched may in by the appointment page; a message whose fate is unknown is not sent again, a number that failed is asked for again, each base URL has one number; an answer about a licence is remembered for ten minutes, Epic's approver is asked for no identity, each kind of launch has several records, and a visit lasts from the first to the last."
        }
    }
}

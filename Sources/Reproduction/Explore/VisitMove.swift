// SPDX-License-Identifier: Apache-2.0

/// Everything that people, EHR, network, time and the connector's operator can do to a visit.
package enum VisitMove: String, Sendable, Hashable, CaseIterable {
    // The EHR.
    case book, moveLater, moveEarlier, moveNowhere, cancel
    // People.
    case openLink, doubleOpen, previewLink, patientLaunches, providerLaunches, doubleLaunch, secondProviderLaunches
    case receiveLink, admit, patientLeaves, providerLeaves, endCall, sendLink, viewAppointment, readStatus, replayLaunch
    // Time.
    case wait, jumpBefore, jumpEarly, jumpToStart, jumpMidway, jumpPastEnd
    // The network and the parties around.
    case expireTokens, loseAnswer, briefOutage, longOutage, busy, refuseRecipient, lockEHR, endLicence, giveLicence
    case duplicateNotification, forgedNotification, reorderNotifications, lateNotifications
    // The connector's operator.
    case kill, restart, downWhileLeaving

    /// How often it is chosen, beside the others.
    var weight: Int {
        switch self {
        case .book, .receiveLink: 8
        case .openLink, .patientLaunches, .providerLaunches, .admit, .jumpToStart: 6
        case .loseAnswer, .briefOutage, .kill, .moveLater, .moveNowhere, .doubleLaunch, .doubleOpen: 4
        case .cancel, .patientLeaves, .readStatus, .duplicateNotification, .longOutage, .busy: 3
        case .jumpPastEnd, .replayLaunch, .wait: 1
        default: 2
        }
    }

    /// Whether it needs a connector process of its own.
    var needsProcess: Bool { [.kill, .restart, .downWhileLeaving].contains(self) }
}

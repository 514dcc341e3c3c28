// SPDX-License-Identifier: Apache-2.0

import Foundation
import World

/// What the SMS gateway remembers of one world.
struct TextTraffic {
    struct Pair: Hashable {
        let from: String
        let to: String
    }

    /// A text message of Microsoft's own about a meeting.
    struct Notice {
        let number: String
        /// Meeting id.
        let meeting: String
        /// In which its times are told.
        let zone: TimeZone
        let link: String
    }

    /// Reminders that leave a quarter of an hour before their meetings.
    var reminders: [Notice] = []
    /// Message ids by repeatability request id and recipient.
    var accepted: [Pair: String] = [:]
    /// Recipients (`to`) that opted out of a number (`from`).
    var optedOut: Set<Pair> = []
    /// The number that last wrote to a recipient.
    var lastSender: [String: String] = [:]

    /// One for each number and meeting: whether a second order brings a second one is not public ([unv]).
    mutating func remind(_ notice: Notice) {
        forget(notice)
        reminders.append(notice)
    }

    mutating func forget(_ notice: Notice) {
        reminders.removeAll { $0.number == notice.number && $0.meeting == notice.meeting }
    }

    /// What a carrier does with a reply: opting out and in again (wire-protocols 3.3).
    mutating func hear(_ text: String, from person: String, to number: String) {
        let pair = Pair(from: number, to: person)
        switch OptOutWord(reply: text) {
        case .stop: optedOut.insert(pair)
        case .start: optedOut.remove(pair)
        case nil: break
        }
    }
}

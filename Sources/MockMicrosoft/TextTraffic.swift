// SPDX-License-Identifier: Apache-2.0

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
        let text: String
        /// Meeting id.
        let meeting: String
    }

    /// Reminders, with the clock time at which they leave.
    var later: [(due: Instant, notice: Notice)] = []
    /// Message ids by repeatability request id and recipient.
    var accepted: [Pair: String] = [:]
    /// Recipients (`to`) that opted out of a number (`from`).
    var optedOut: Set<Pair> = []
    /// The number that last wrote to a recipient.
    var lastSender: [String: String] = [:]

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

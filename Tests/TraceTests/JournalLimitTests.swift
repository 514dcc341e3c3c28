// SPDX-License-Identifier: Apache-2.0

import Testing
import Trace
import Value
import World

/// A journal that keeps only its latest events.
struct JournalLimitTests {
    private static let world = WorldID(rawValue: "w1")

    private func journal(_ count: Int) -> Journal {
        let journal = Journal(limit: .init(events: 4, bodyBytes: 1000))
        for number in 1...count {
            let world = number.isMultiple(of: 2) ? Self.world : nil
            journal.append(EventDraft("sms.sent", by: .sms, world: world, ["number": Value(number)]))
        }
        return journal
    }

    @Test(arguments: 1...13) func `the latest are kept, in order and with their numbers`(count: Int) {
        let journal = journal(count)
        // Four at least, and never more than a quarter beyond.
        let kept = journal.events().map(\.seq)
        #expect(kept == Array((count - kept.count + 1)...count) && (min(4, count)...5).contains(kept.count))
        #expect(journal.count == count)
        #expect(journal.events().map { $0["number"]?.int } == kept)
        for seq in 0...(count + 1) {
            #expect(journal.events(after: seq).map(\.seq) == kept.filter { $0 > seq }, "after \(seq)")
            #expect(journal.events(of: Self.world, after: seq).map(\.seq) == kept.filter { $0 > seq && $0 % 2 == 0 })
        }
        #expect(journal.trace(header: [:]).events.map(\.seq) == kept)
    }
}

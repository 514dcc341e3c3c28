// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing
import Trace
import Value
import World

@Suite struct TraceMergeTests {
    private func shard(_ index: Int, of count: Int, seed: String = "1", isComplete: Bool = true) -> Trace {
        let world = WorldID(rawValue: "w\(index)")
        let journal = Journal(exchangePrefix: "s\(index)x")
        journal.append(EventDraft("world.opened", by: .runner, world: world, ["scenario": .string("s\(index)")]))
        journal.append(
            EventDraft("sms.sent", by: .sms, world: world, exchange: journal.nextExchangeID(), ["to": "ann"]))
        journal.append(EventDraft("step.finished", by: .runner, world: world, ["step": "1", "matched": [2]]))
        if isComplete { journal.close() }
        return journal.trace(header: [
            "seed": .string(seed), "shard": .string("\(index)/\(count)"), "plan": ["s1", "s2"],
            "plan-is-selection": false, "scenarios": [.string("s\(index)")],
            "started": .string("2026-11-21T0\(index):00:00Z"),
        ])
    }

    @Test func `shards become one trace whose numbers still point at their events`() throws {
        let merged = try TraceMerge.merge([("b", shard(2, of: 2)), ("a", shard(1, of: 2))])
        #expect(merged.isComplete)
        #expect(merged.events.map(\.seq) == [1, 2, 3, 4, 5, 6])
        #expect(merged.events[5].fields["matched"] == [5])
        #expect(merged.events[4].kind == "sms.sent")
        #expect(Set(merged.events.compactMap(\.exchange)).count == 2)
        #expect(merged.header["scenarios"] == ["s1", "s2"])
        #expect(merged.header["selection"] == false)
        #expect(merged.header["shard"] == nil)
        #expect(merged.header["started"] == "2026-11-21T01:00:00Z")
    }

    @Test func `a missing shard makes a selection, a cut one an incomplete trace`() throws {
        #expect(try TraceMerge.merge([("a", shard(1, of: 2))]).header["selection"] == true)
        #expect(try !TraceMerge.merge([("a", shard(1, of: 2)), ("b", shard(2, of: 2, isComplete: false))]).isComplete)
    }

    @Test func `what is no part of one run is refused by name`() throws {
        let whole = Trace(header: ["seed": "1"], events: [], bodies: [:], isComplete: true)
        for (traces, word) in [
            ([("a", shard(1, of: 2)), ("b", shard(1, of: 2))], "both shard 1"),
            ([("a", shard(1, of: 2)), ("b", shard(2, of: 2, seed: "9"))], "differ in seed"),
            ([("a", shard(1, of: 2)), ("b", shard(2, of: 3))], "one of 3 shards"),
            ([("a", whole)], "is no shard"), ([], "nothing to merge"),
        ] {
            let error = #expect(throws: TraceError.self) { try TraceMerge.merge(traces) }
            #expect(error?.message.contains(word) == true, "\(word)")
        }
    }

    @Test func `a merged trace is written with a whole chain`() throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "assay-merge-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        let merged = try TraceMerge.merge([("a", shard(1, of: 2)), ("b", shard(2, of: 2))])
        try TraceWriter.write(merged, to: folder)
        let read = try TraceReader.read(folder: folder)
        #expect(read.isComplete)
        #expect(read.events == merged.events)
    }
}

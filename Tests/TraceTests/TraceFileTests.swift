// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing
import Trace
import Value
import World

@Suite struct `A trace on disk` {
    private func record(_ count: Int) throws -> (folder: URL, events: [TraceEvent]) {
        let folder = FileManager.default.temporaryDirectory.appending(path: "assay-trace-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let journal = Journal(sink: try TraceWriter(folder: folder, header: ["seed": 7]))
        let world = WorldID(rawValue: "w1")
        let clock = WorldClock(startingAt: try #require(Instant(rfc3339: "2026-11-21T03:40:00Z")))
        journal.register(world: world, clock: clock)
        journal.setCause("visit.booked", of: world)
        for number in 0..<count {
            let body = journal.keep(Data(repeating: UInt8(number), count: number * 20_000))
            journal.append(
                EventDraft(
                    "sms.sent", by: .sms, world: world, ["text": .string("größer \"\(number)\""), "body": body.value]))
        }
        journal.close()
        return (folder, journal.events())
    }

    @Test func `reads back as it was recorded`() throws {
        let (folder, events) = try record(4)
        defer { try? FileManager.default.removeItem(at: folder) }
        let trace = try TraceReader.read(folder: folder)
        #expect(trace.isComplete)
        #expect(trace.header["seed"] == 7)
        #expect(trace.events == events)
        #expect(trace.events[0].cause == "visit.booked")
        #expect(trace.body(of: trace.events[3]).count == 60_000)
    }

    @Test func `cut short at any byte it is readable and incomplete`() throws {
        let (folder, _) = try record(3)
        defer { try? FileManager.default.removeItem(at: folder) }
        let data = try Data(contentsOf: folder.appending(path: "trace.ndjson"))
        let headerEnd = try #require(data.firstIndex(of: UInt8(ascii: "\n")))
        // The last line break alone may be missing: everything it closes is there.
        for end in headerEnd..<(data.count - 1) {
            #expect(try !TraceReader.parse(data.prefix(end)).isComplete)
        }
        #expect(try TraceReader.parse(data).isComplete)
    }

    @Test func `a changed, dropped or swapped line breaks the chain`() throws {
        let (folder, _) = try record(4)
        defer { try? FileManager.default.removeItem(at: folder) }
        let text = try String(contentsOf: folder.appending(path: "trace.ndjson"), encoding: .utf8)
        let lines = text.split(separator: "\n").map(String.init)
        var changed = lines
        changed[2] = changed[2].replacing("größer", with: "kleiner")
        var dropped = lines
        dropped.remove(at: 2)
        var swapped = lines
        swapped.swapAt(2, 3)
        for broken in [changed, dropped, swapped] {
            #expect(try !TraceReader.parse(Data(broken.joined(separator: "\n").utf8)).isComplete)
        }
    }

    @Test func `what has been waited for stands in the file before the end`() async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "assay-trace-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let journal = Journal(sink: try TraceWriter(folder: folder, header: ["seed": 7]))
        for number in 0..<500 {
            journal.append(EventDraft("sms.sent", by: .sms, world: nil, ["text": .string("\(number)")]))
        }
        await journal.written()
        #expect(try TraceReader.read(folder: folder).events == journal.events())
        journal.close()
    }

    @Test func `a waiter wakes on the next event and on cancellation`() async {
        let journal = Journal()
        async let woken: Void = journal.wait(after: 0)
        journal.append(EventDraft("world.opened", by: .runner, world: nil))
        await woken
        let waiting = Task { await journal.wait(after: 10) }
        waiting.cancel()
        await waiting.value
        #expect(journal.count == 1)
    }
}

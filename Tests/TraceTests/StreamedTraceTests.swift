// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing
import Value
import World

@testable import Trace

@Suite struct `A trace that is read world by world` {
    private func record(_ count: Int) throws -> URL {
        let folder = FileManager.default.temporaryDirectory.appending(path: "assay-stream-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let journal = Journal(sink: try TraceWriter(folder: folder, header: ["seed": 7]))
        for number in 0..<count {
            let world = number % 4 == 0 ? nil : WorldID(rawValue: "w\(number % 4)")
            let exchange = ExchangeID(rawValue: "x\(number / 2)")
            let kind = number % 2 == 0 ? "http.request" : "http.response"
            let body = journal.keep(Data(repeating: UInt8(0x80 + number % 100), count: 40 + number))
            journal.append(
                EventDraft(
                    kind, by: .runner, world: world, exchange: exchange,
                    ["text": .string("\\ \"größer\" {[,:\(number)"), "world": "w9", "seq": 1, "body": body.value]))
            if number % 5 == 0 {
                journal.append(EventDraft("world.opened", by: .runner, world: world, ["scenario": "s"]))
            }
        }
        journal.close()
        return folder
    }

    /// Everything two sources say, as one text.
    private func told(_ source: some TraceSource) throws -> String {
        var lines = ["\(source.isComplete) \(source.eventCount) \(String(describing: source.first))"]
        lines.append("\(source.header) \(String(describing: source.last)) \(source.runEvents.map(\.seq))")
        for world in source.worlds {
            let part = try source.part(of: world)
            let bodies = Set((part.events + part.exchanged).compactMap { RecordedBody($0["body"])?.sha256 })
            let sizes = bodies.sorted().map { part.bodies[$0]?.count ?? -1 }
            lines.append("\(world?.rawValue ?? "-"): \(part.events) \(part.exchanged.map(\.seq)) \(sizes)")
        }
        return lines.joined(separator: "\n")
    }

    @Test(arguments: [1, 100, 1000, 1 << 20]) func `says what the whole one says, whatever a block holds`(
        size: Int
    ) throws {
        let folder = try record(60)
        defer { try? FileManager.default.removeItem(at: folder) }
        let whole = LoadedTrace(try TraceReader.read(folder: folder))
        let file = folder.appending(path: "trace.ndjson")
        let streamed = try StreamedTrace(file: file, before: .max, blockSize: size)
        #expect(try told(streamed) == told(whole))
        #expect(streamed.isComplete)
    }

    @Test func `cut short or changed anywhere it holds what the whole one holds, and is as incomplete`() throws {
        let folder = try record(12)
        defer { try? FileManager.default.removeItem(at: folder) }
        let file = folder.appending(path: "trace.ndjson")
        let data = try Data(contentsOf: file)
        let start = try #require(data.firstIndex(of: UInt8(ascii: "\n")))
        func check(_ bytes: Data, _ what: String) throws {
            try bytes.write(to: file)
            let whole = LoadedTrace(try TraceReader.read(folder: folder))
            let streamed = try StreamedTrace.open(file)
            // A line that only a full reading finds wrong ends the record where it is read.
            do { #expect(try told(streamed) == told(whole), "\(what)") } catch let error as TraceLineError {
                #expect(try told(StreamedTrace.open(file, before: error.seq)) == told(whole), "\(what)")
            }
        }
        for end in stride(from: start, to: data.count, by: 37) { try check(data.prefix(end), "cut at \(end)") }
        var random = RunSeed(seed: 3, nonce: "").plan("changes")
        for number in 0..<200 {
            var bytes = data
            let place = Int.random(in: (start + 1)..<bytes.count, using: &random)
            bytes[place] = UInt8.random(in: 0...255, using: &random)
            try check(bytes, "change \(number) at \(place)")
        }
    }

    @Test func `a chain that was made anew over a line that is no event ends there`() throws {
        let folder = try record(6)
        defer { try? FileManager.default.removeItem(at: folder) }
        let file = folder.appending(path: "trace.ndjson")
        var lines = try String(contentsOf: file, encoding: .utf8).split(separator: "\n").map(String.init)
        lines[3] = lines[3].replacing(#""party":"runner","#, with: "")
        for index in 4..<lines.count {
            let previous = TraceLine.digest(Data(lines[index - 1].utf8))
            lines[index] = lines[index].replacing(/"prev":"[0-9a-f]+"/, with: "\"prev\":\"\(previous)\"")
        }
        try Data((lines.joined(separator: "\n") + "\n").utf8).write(to: file)
        let whole = LoadedTrace(try TraceReader.read(folder: folder))
        #expect(whole.eventCount == 2)
        var streamed = try StreamedTrace.open(file)
        do { _ = try told(streamed) } catch let error as TraceLineError {
            streamed = try StreamedTrace.open(file, before: error.seq)
        }
        #expect(try told(streamed) == told(whole))
        #expect(!streamed.isComplete)
    }
}

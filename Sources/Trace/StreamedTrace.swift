// SPDX-License-Identifier: Apache-2.0

internal import Dispatch
package import Foundation
internal import Synchronization
package import Value
package import World

/// A record on disk that is read world by world. What stays in memory is where each line stands, and the events that concern
/// the whole run.
package final class StreamedTrace: TraceSource {
    private let file: TraceBytes
    private let folder: URL
    private let index: TraceIndex

    package let header: Members
    package let isComplete: Bool
    package let runEvents: [TraceEvent]
    package let worlds: [WorldID?]
    package let first: Instant?
    package let last: Instant?
    package var eventCount: Int { index.lines.count }

    /// Goes through a trace once: chain, order, footer. Its bodies are those in `bodies/` beside it.
    ///
    /// Throws a `TraceError` where it is no trace; a line that is broken or out of chain ends it, and it is then incomplete.
    /// - Parameters:
    ///   - file: the trace, whatever it is called.
    ///   - end: take no event from this number on: what stands there turned out to be none.
    package convenience init(file: URL, before end: Int = .max) throws {
        try self.init(file: file, before: end, blockSize: 32 << 20)
    }

    /// The same; what turns out to be no event while it is opened ends the record too.
    package static func open(_ file: URL, before end: Int = .max) throws -> StreamedTrace {
        var end = end
        while true {
            do { return try StreamedTrace(file: file, before: end) } catch let error as TraceLineError {
                end = min(end, error.seq)
            }
        }
    }

    /// - Parameter blockSize: how many bytes are read at once.
    init(file url: URL, before end: Int, blockSize: Int) throws {
        file = try TraceBytes(url)
        folder = url.deletingLastPathComponent().appending(path: "bodies")
        var indexer = TraceIndexer(limit: end)
        let head = try indexer.run(over: file, blockSize: blockSize)
        header = head
        index = indexer.index
        isComplete = indexer.isComplete
        first = indexer.first
        last = indexer.last
        worlds = TraceParts.sorted(Set(index.own.keys.compactMap(\.self) + index.owned.keys.compactMap(\.self)))
        var events: [TraceEvent] = []
        events.reserveCapacity(index.run.count)
        for seq in index.run { events.append(try Self.event(seq, index, file)) }
        runEvents = events
    }

    package func part(of world: WorldID?) throws(TraceLineError) -> TracePart {
        let own = index.own[world] ?? []
        let owned = index.owned[world] ?? []
        var events: [Int: TraceEvent] = [:]
        var bodies: [String: Data] = [:]
        for seq in Set(own).union(owned) {
            let event = try Self.event(seq, index, file)
            events[seq] = event
            guard let body = RecordedBody(event["body"]), body.text == nil, bodies[body.sha256] == nil,
                let data = try? Data(contentsOf: folder.appending(path: body.sha256)),
                TraceLine.digest(data) == body.sha256
            else { continue }
            bodies[body.sha256] = data
        }
        return TracePart(
            events: own.compactMap { events[$0] }, exchanged: owned.compactMap { events[$0] }, bodies: bodies)
    }

    private static func event(
        _ seq: Int, _ index: TraceIndex, _ file: TraceBytes
    ) throws(TraceLineError) -> TraceEvent {
        let line = index.lines[seq - 1]
        guard let bytes = file.read(at: line.offset, count: Int(line.length)), let value = try? Value.parseJSON(bytes),
            let event = TraceLine.event(from: value), event.seq == seq
        else { throw TraceLineError(seq: seq) }
        return event
    }
}

/// Where the lines of a trace stand, and whose they are. Events are named by their numbers.
struct TraceIndex: Sendable {
    struct Line: Sendable {
        let offset: Int
        let length: Int32
    }

    /// Of the events, in order.
    var lines: [Line] = []
    var own: [WorldID?: [Int]] = [:]
    /// Of exchanges, by the world an exchange belongs to.
    var owned: [WorldID?: [Int]] = [:]
    /// What the whole run is judged by.
    var run: [Int] = []
}

/// A file read at any place, by several threads at once.
final class TraceBytes: Sendable {
    private let descriptor: Int32
    let count: Int

    init(_ url: URL) throws {
        descriptor = open(url.path, O_RDONLY)
        var status = stat()
        guard descriptor >= 0, fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            if descriptor >= 0 { close(descriptor) }
            throw TraceError(
                message: "\(url.path) cannot be read", remedy: "Name a run folder, for example runs/latest.")
        }
        count = Int(status.st_size)
    }

    deinit { close(descriptor) }

    /// Nil where the file is shorter, or cannot be read.
    func read(at offset: Int, count: Int) -> [UInt8]? {
        var whole = true
        let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
            while initialized < count {
                let got = pread(
                    descriptor, buffer.baseAddress.map { $0 + initialized }, count - initialized, offset + initialized)
                if got < 0, errno == EINTR { continue }
                guard got > 0 else {
                    whole = false
                    return
                }
                initialized += got
            }
        }
        return whole ? bytes : nil
    }
}

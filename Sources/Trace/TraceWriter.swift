// SPDX-License-Identifier: Apache-2.0

internal import Dispatch
package import Foundation
internal import Synchronization
package import Value

/// Writes a run's `trace.ndjson` and `bodies/` on a queue of its own, what has gathered in a moment in one write; synced
/// with the footer.
///
/// What is written survives a killed process: without the footer the trace reads as incomplete. Who must know that it is
/// waits for ``written()``.
package final class TraceWriter: JournalSink {
    private enum Item {
        case event(TraceEvent)
        case body(Data, sha256: String)
    }

    private struct Waiting {
        var items: [Item] = []
        /// Whether the queue will look at `items` anyway.
        var isNoticed = false
        var failure: String?
    }

    /// The end of the file so far. Touched on the queue alone.
    private struct Chain {
        var previous: String
        var events = 0
    }

    private static let largestWrite = 1 << 20
    /// How long lines gather while more come: to wake the queue costs who appends as much as many lines do.
    private static let gathering = DispatchTimeInterval.milliseconds(5)

    private let queue = DispatchQueue(label: "assay.trace")
    private let file: FileHandle
    private let bodies: URL
    private let waiting = Mutex(Waiting())
    private let chain: Mutex<Chain>
    /// Signalled by who does not want to wait until lines have gathered.
    private let urgent = DispatchSemaphore(value: 0)

    /// Creates the folder's trace and writes its header. Throws what the file system says.
    package init(folder: URL, header: Members) throws {
        bodies = folder.appending(path: "bodies")
        try FileManager.default.createDirectory(at: bodies, withIntermediateDirectories: true)
        let path = folder.appending(path: "trace.ndjson")
        try Data().write(to: path)
        file = try FileHandle(forWritingTo: path)
        let line = TraceLine.header(header).jsonBytes()
        chain = Mutex(Chain(previous: TraceLine.digest(line)))
        try file.write(contentsOf: Data(line + [UInt8(ascii: "\n")]))
    }

    /// Writes a whole trace into a folder; its footer only where it is complete. Throws what the file system says.
    package static func write(_ trace: Trace, to folder: URL) throws {
        let writer = try TraceWriter(folder: folder, header: trace.header)
        for event in trace.events { writer.write(event) }
        for (name, body) in trace.bodies { writer.write(body: body, sha256: name) }
        if trace.isComplete { writer.close() } else { writer.queue.sync { _ = writer.drain() } }
        if let failure = writer.failure {
            throw TraceError(
                message: "The trace could not be written: \(failure)", remedy: "Free disk space and try again.")
        }
    }

    /// What went wrong on the disk, if anything did: then the trace is not complete.
    package var failure: String? { waiting.withLock { $0.failure } }

    package func write(_ event: TraceEvent) { add(.event(event)) }

    package func write(body: Data, sha256: String) { add(.body(body, sha256: sha256)) }

    private func add(_ item: Item) {
        let isNews = waiting.withLock { waiting in
            waiting.items.append(item)
            defer { waiting.isNoticed = true }
            return !waiting.isNoticed
        }
        if isNews { queue.async { [self] in gather() } }
    }

    /// Runs on the queue, again and again while there is something to write; in between others get their turn.
    private func gather() {
        _ = urgent.wait(timeout: .now() + Self.gathering)
        if drain() { queue.async { [self] in gather() } }
    }

    package func written() async {
        await withCheckedContinuation { continuation in
            queue.async { [self] in
                drain()
                continuation.resume()
            }
            urgent.signal()
        }
    }

    package func close() {
        urgent.signal()
        queue.sync {
            drain()
            if failure == nil {
                let end = chain.withLock { TraceLine.footer(events: $0.events, previous: $0.previous) }
                put(end.jsonBytes() + [UInt8(ascii: "\n")])
            }
            do {
                try file.synchronize()
                try file.close()
            } catch { fail("\(error)") }
        }
    }

    /// Writes what waits, in its order; runs on the queue. False where nothing waited: the next item then wakes the queue.
    @discardableResult
    private func drain() -> Bool {
        let items = waiting.withLock { waiting in
            defer { waiting.items = [] }
            if waiting.items.isEmpty { waiting.isNoticed = false }
            return waiting.items
        }
        guard !items.isEmpty else { return false }
        var lines: [UInt8] = []
        lines.reserveCapacity(items.count * 768)
        chain.withLock { chain in
            for item in items {
                switch item {
                case .event(let event):
                    let start = lines.count
                    TraceLine.append(event, previous: chain.previous, to: &lines)
                    chain.previous = lines.withUnsafeBytes { bytes in
                        TraceLine.digest(UnsafeRawBufferPointer(rebasing: bytes[start...]))
                    }
                    chain.events += 1
                    lines.append(UInt8(ascii: "\n"))
                    guard lines.count > Self.largestWrite else { continue }
                    put(lines)
                    lines.removeAll(keepingCapacity: true)
                case .body(let body, let sha256):
                    do { try body.write(to: bodies.appending(path: sha256)) } catch { fail("body \(sha256): \(error)") }
                }
            }
        }
        put(lines)
        return true
    }

    private func put(_ bytes: [UInt8]) {
        do { try file.write(contentsOf: bytes) } catch { fail("\(error)") }
    }

    private func fail(_ message: String) {
        waiting.withLock { $0.failure = $0.failure ?? message }
    }
}

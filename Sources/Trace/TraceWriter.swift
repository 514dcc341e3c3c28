// SPDX-License-Identifier: Apache-2.0

internal import Dispatch
package import Foundation
internal import Synchronization
package import Value

/// Writes a run's `trace.ndjson` and `bodies/`, one write an event, on a queue of its own; synced with the footer.
///
/// What is written survives a killed process: without the footer the trace reads as incomplete.
package final class TraceWriter: JournalSink {
    private struct State {
        var previous = ""
        var events = 0
        var failure: String?
    }

    private let queue = DispatchQueue(label: "assay.trace")
    private let file: FileHandle
    private let bodies: URL
    private let state = Mutex(State())

    /// Creates the folder's trace and writes its header. Throws what the file system says.
    package init(folder: URL, header: Members) throws {
        bodies = folder.appending(path: "bodies")
        try FileManager.default.createDirectory(at: bodies, withIntermediateDirectories: true)
        let path = folder.appending(path: "trace.ndjson")
        try Data().write(to: path)
        file = try FileHandle(forWritingTo: path)
        let line = TraceLine.header(header).jsonBytes()
        state.withLock { $0.previous = TraceLine.digest(line) }
        try file.write(contentsOf: Data(line + [UInt8(ascii: "\n")]))
    }

    /// Writes a whole trace into a folder; its footer only where it is complete. Throws what the file system says.
    package static func write(_ trace: Trace, to folder: URL) throws {
        let writer = try TraceWriter(folder: folder, header: trace.header)
        for event in trace.events { writer.write(event) }
        for (name, body) in trace.bodies { writer.write(body: body, sha256: name) }
        if trace.isComplete { writer.close() } else { writer.queue.sync {} }
        if let failure = writer.failure {
            throw TraceError(
                message: "The trace could not be written: \(failure)", remedy: "Free disk space and try again.")
        }
    }

    /// What went wrong on the disk, if anything did: then the trace is not complete.
    package var failure: String? { state.withLock { $0.failure } }

    package func write(_ event: TraceEvent) {
        queue.async { [self] in
            put { TraceLine.event(event, previous: $0) }
            state.withLock { $0.events += 1 }
        }
    }

    package func write(body: Data, sha256: String) {
        queue.async { [self] in
            do { try body.write(to: bodies.appending(path: sha256)) } catch { fail("body \(sha256): \(error)") }
        }
    }

    package func written() async {
        await withCheckedContinuation { continuation in
            queue.async { continuation.resume() }
        }
    }

    package func close() {
        queue.sync {
            let events = state.withLock { $0.events }
            if failure == nil { put { TraceLine.footer(events: events, previous: $0) } }
            do {
                try file.synchronize()
                try file.close()
            } catch { fail("\(error)") }
        }
    }

    private func put(_ line: (String) -> Value) {
        let bytes = line(state.withLock { $0.previous }).jsonBytes()
        state.withLock { $0.previous = TraceLine.digest(bytes) }
        do { try file.write(contentsOf: Data(bytes + [UInt8(ascii: "\n")])) } catch { fail("\(error)") }
    }

    private func fail(_ message: String) {
        state.withLock { $0.failure = $0.failure ?? message }
    }
}

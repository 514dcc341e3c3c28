// SPDX-License-Identifier: Apache-2.0

package import Foundation
internal import Value

/// Why a file is no trace at all. A trace that was merely cut short reads as incomplete instead.
package struct TraceError: Error, Sendable, CustomStringConvertible {
    package let message: String
    package let remedy: String
    package var description: String { "\(message). \(remedy)" }
}

/// Reads `trace.ndjson`: checks order and chain, and takes what is whole.
package enum TraceReader {
    /// Reads a run folder's trace. A line that is broken or out of chain ends it: it is then incomplete.
    package static func read(folder: URL) throws -> Trace {
        let path = folder.appending(path: "trace.ndjson")
        guard let data = try? Data(contentsOf: path, options: .mappedIfSafe) else {
            throw TraceError(
                message: "\(path.path) cannot be read", remedy: "Name a run folder, for example runs/latest.")
        }
        var bodies: [String: Data] = [:]
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.appending(path: "bodies").path)) ?? []
        for name in names {
            guard let body = try? Data(contentsOf: folder.appending(path: "bodies/\(name)")),
                TraceLine.digest(body) == name
            else { continue }
            bodies[name] = body
        }
        return try parse(data, bodies: bodies)
    }

    /// Reads the bytes of a trace.
    package static func parse(_ data: Data, bodies: [String: Data] = [:]) throws -> Trace {
        var lines = data.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).makeIterator()
        let first = lines.next() ?? Data()
        let header = try header(of: first)
        var events: [TraceEvent] = []
        var previous = TraceLine.digest(first)
        while let bytes = lines.next() {
            guard let line = try? Value.parseJSON(bytes), line["prev"]?.string == previous else { break }
            previous = TraceLine.digest(bytes)
            if line["type"] == "footer" {
                let rest = lines.next()
                let complete = line["events"]?.int == events.count && (rest?.isEmpty ?? true) && lines.next() == nil
                return Trace(header: header, events: events, bodies: bodies, isComplete: complete)
            }
            guard let event = TraceLine.event(from: line), event.seq == events.count + 1 else { break }
            events.append(event)
        }
        return Trace(header: header, events: events, bodies: bodies, isComplete: false)
    }

    /// The run's header, from a trace's first line.
    static func header(of line: Data) throws -> Members {
        guard let head = try? Value.parseJSON(line), head["type"] == "header", let header = head["run"]?.members else {
            throw TraceError(message: "The first line is no trace header", remedy: "Name a trace.ndjson of a run.")
        }
        guard head["format"]?.int == TraceLine.formatVersion else {
            throw TraceError(
                message:
                    "The trace has format \(head["format"]?.scalarText ?? "unknown"), this version reads \(TraceLine.formatVersion)",
                remedy: "Use the Assay version that recorded it.")
        }
        return header
    }
}

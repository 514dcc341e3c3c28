// SPDX-License-Identifier: Apache-2.0

internal import Foundation
internal import Synchronization

/// What a command prints, read line by line as it comes: a database's dump may be far larger than memory, what a run adds to
/// it is little.
final class PrintedLines: Sendable {
    /// The mark of all that was printed, and what was not there before: neighbouring lines as one stretch, with their ends,
    /// and with the last line before them that names a table of PostgreSQL's.
    struct Read: Sendable {
        var mark = LineMark()
        var new: [(offset: Int, bytes: Data, heading: String?)] = []
    }

    /// Bytes of new lines, or of one line, that are kept at most.
    static let limit = 256 << 20

    private struct State {
        /// Lines of before that were not met again yet; nil where nothing counts as new.
        var left: LineMark?
        var read = Read()
        /// The line that has not ended yet, and where it began.
        var line = Data()
        var offset = 0
        var kept = 0
        var heading: String?
        var isTooLong = false

        mutating func endLine() {
            guard !line.isEmpty else { return }
            defer {
                offset += line.count
                line = Data()
            }
            read.mark.add(line)
            let heading = heading
            if line.starts(with: Data("COPY ".utf8)) { self.heading = String(decoding: line, as: UTF8.self) }
            guard left != nil, left?.take(line) == false else { return }
            kept += line.count
            guard kept <= PrintedLines.limit else { return isTooLong = true }
            if let last = read.new.last, last.offset + last.bytes.count == offset {
                read.new[read.new.count - 1].bytes += line
            } else {
                read.new.append((offset, line, heading))
            }
        }
    }

    private let state: Mutex<State>

    /// - Parameter before: what counts as old; nil to take the mark only.
    init(since before: LineMark?) { state = Mutex(State(left: before)) }

    func take(_ chunk: Data) {
        state.withLock { state in
            var rest = chunk[...]
            while !state.isTooLong, let length = Self.lengthOfLine(rest) {
                state.line += rest.prefix(length)
                rest = rest.dropFirst(length)
                state.endLine()
            }
            state.line += rest
            if state.line.count > Self.limit { state.isTooLong = true }
            if state.isTooLong { state.line = Data() }
        }
    }

    /// With its end; nil where it does not end here.
    private static func lengthOfLine(_ bytes: Data) -> Int? {
        bytes.withUnsafeBytes { buffer in
            guard let base = buffer.baseAddress, let end = memchr(base, 0x0A, buffer.count) else { return nil }
            return base.distance(to: UnsafeRawPointer(end)) + 1
        }
    }

    /// What was read, with a last line that has no end; nil where it was more than is kept.
    func end() -> Read? {
        state.withLock { state in
            state.endLine()
            return state.isTooLong ? nil : state.read
        }
    }
}

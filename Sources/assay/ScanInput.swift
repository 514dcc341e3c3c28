// SPDX-License-Identifier: Apache-2.0

import Canary
import Foundation
import Value

/// One thing to search: a file, or standard input.
struct ScanInput {
    /// How it is called in what is printed.
    let path: String
    let handle: FileHandle

    /// Bytes read at once: enough that most files are one piece, little enough that a stream needs no memory.
    static let piece = 1 << 20

    /// Up to ``piece`` bytes; nil at the end. A pipe gives less at a time: it is read until the piece is full.
    func next() throws -> [UInt8]? {
        var bytes: [UInt8] = []
        while bytes.count < Self.piece {
            guard let data = try handle.read(upToCount: Self.piece - bytes.count), !data.isEmpty else { break }
            bytes += data
        }
        return bytes.isEmpty ? nil : bytes
    }
}

/// Lines of an input, one piece in memory at a time.
struct InputLines {
    private let input: ScanInput
    private var rest: [UInt8] = []
    private var start = 0
    private var isAtEnd = false
    /// Longest line that is read as a message; a longer one is not.
    static let limit = 64 << 20

    init(_ input: ScanInput) { self.input = input }

    enum Line {
        case line([UInt8])
        /// Longer than ``limit``: so many bytes were left out.
        case tooLong(Int)
    }

    /// The next line without its break; nil at the end.
    mutating func next() throws -> Line? {
        var left = 0
        var searched = start
        while true {
            if let end = rest[searched...].firstIndex(of: UInt8(ascii: "\n")) {
                defer { start = end + 1 }
                return left > 0 ? .tooLong(left + end - start) : .line(Array(rest[start..<end]))
            }
            if isAtEnd {
                defer { start = rest.count }
                if left > 0 { return .tooLong(left + rest.count - start) }
                return start < rest.count ? .line(Array(rest[start...])) : nil
            }
            rest.removeFirst(start)
            start = 0
            if rest.count > Self.limit {
                left += rest.count
                rest = []
            }
            searched = rest.count
            if let piece = try input.next() { rest += piece } else { isAtEnd = true }
        }
    }
}

// SPDX-License-Identifier: Apache-2.0

internal import Foundation

/// What a command printed at the mark: how often each line, as hashes. A dump may print its rows in another order later.
struct LineMark: Sendable {
    private var counts: [Int: Int] = [:]

    init(_ bytes: Data = Data()) {
        for range in Self.lines(bytes) { counts[Self.hash(bytes[range]), default: 0] += 1 }
    }

    /// The lines that were not there before, or not so often; neighbours as one stretch.
    func changes(in bytes: Data) -> [Range<Int>] {
        var left = counts
        var ranges: [Range<Int>] = []
        for range in Self.lines(bytes) {
            let hash = Self.hash(bytes[range])
            if let count = left[hash], count > 0 {
                left[hash] = count - 1
                continue
            }
            if let last = ranges.last, last.upperBound == range.lowerBound {
                ranges[ranges.count - 1] = last.lowerBound..<range.upperBound
            } else {
                ranges.append(range)
            }
        }
        return ranges
    }

    /// Each with its line end.
    private static func lines(_ bytes: Data) -> [Range<Int>] {
        var ranges: [Range<Int>] = []
        var start = bytes.startIndex
        while start < bytes.endIndex {
            let end = bytes[start...].firstIndex(of: 0x0A).map { $0 + 1 } ?? bytes.endIndex
            ranges.append(start..<end)
            start = end
        }
        return ranges
    }

    /// Seeded per process: nothing of the bytes can be learnt from it.
    private static func hash(_ bytes: Data) -> Int {
        var hasher = Hasher()
        bytes.withUnsafeBytes { hasher.combine(bytes: $0) }
        return hasher.finalize()
    }
}

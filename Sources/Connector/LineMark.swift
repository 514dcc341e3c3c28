// SPDX-License-Identifier: Apache-2.0

internal import Foundation

/// What a command printed at the mark: how often each line, as hashes. A dump may print its rows in another order later.
struct LineMark: Sendable {
    private var counts: [Int: Int] = [:]

    mutating func add(_ line: Data) { counts[Self.hash(line), default: 0] += 1 }

    /// Whether the line was there; it counts once.
    mutating func take(_ line: Data) -> Bool {
        let hash = Self.hash(line)
        guard let count = counts[hash], count > 0 else { return false }
        counts[hash] = count - 1
        return true
    }

    /// Seeded per process: nothing of the bytes can be learnt from it.
    private static func hash(_ bytes: Data) -> Int {
        var hasher = Hasher()
        bytes.withUnsafeBytes { hasher.combine(bytes: $0) }
        return hasher.finalize()
    }
}

// SPDX-License-Identifier: Apache-2.0

/// Encodings written in groups of one length: `eyJy ZXNv dXJj`, or the labels of a host's name, `kjswg5lsojsw45bapjxx.e2lnmfsgk2dboyqh`.
/// Put together they are a run like any other.
enum GroupJoiner {
    static func expand(_ view: View, _ index: TextIndex, into expansion: inout Expansion) {
        let bytes = index.bytes
        // Short groups are only looked for in a short text: every word is one.
        let isShort = bytes.count <= Detector.shortText
        guard isShort || expansion.hasEqualNeighbours else { return }
        var joined = View(bytes: [], chain: view.chain + ["joined-groups"], segments: [])
        var row: Row?
        func finish() {
            guard let found = row, found.isEncoding(index) else { return }
            joined.segments.append(
                .init(start: joined.bytes.count, root: view.root(found.range), isLinear: false))
            joined.bytes += bytes[found.range].filter { $0 != found.mark }
            joined.bytes.append(0x0A)
        }
        index.forEachRun(.base64, least: isShort ? 4 : RunDecoder.shortest) { group in
            if row?.take(group, bytes) == true { return }
            finish()
            row = Row(first: group, bytes, index)
        }
        finish()
        if !joined.bytes.isEmpty { expansion.views.append(joined) }
    }

    /// Groups that follow each other with one and the same mark between.
    private struct Row {
        /// Characters a group; the last may have fewer.
        let width: Int
        let mark: UInt8
        private(set) var range: Range<Int>
        private var groups = 1

        /// Nil where no second group of the same length follows.
        init?(first: Range<Int>, _ bytes: UnsafeBufferPointer<UInt8>, _ index: TextIndex) {
            let end = first.upperBound
            guard end + 1 + first.count <= bytes.count, [0x20, 0x2E, 0x2C, 0x3A].contains(bytes[end]),
                index.end(.base64, from: end + 1) == end + 1 + first.count
            else { return nil }
            width = first.count
            mark = bytes[end]
            range = first
        }

        /// Whether the next group belongs here.
        mutating func take(_ next: Range<Int>, _ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
            guard next.lowerBound == range.upperBound + 1, bytes[range.upperBound] == mark, next.count <= width,
                range.count == groups * (width + 1) - 1
            else { return false }
            range = range.lowerBound..<next.upperBound
            groups += 1
            return true
        }

        /// Words of equal length stand side by side too, but not many, and they hold no digits among letters.
        func isEncoding(_ index: TextIndex) -> Bool {
            guard groups >= (width < 16 ? 4 : 2) else { return false }
            let digits = index.count(.digit, in: range)
            return digits > 0 && digits < index.count(.alphanumeric, in: range)
        }
    }
}

// SPDX-License-Identifier: Apache-2.0

/// A text to be searched: the input itself, or what came out of decoding some of it.
struct View {
    /// A stretch of a view and the stretch of the input it came from.
    struct Segment {
        let start: Int
        let root: Range<Int>
        /// Whether a byte of the view is a byte of the input.
        let isLinear: Bool
    }

    var bytes: [UInt8]
    let chain: [String]
    var segments: [Segment]
    /// Whether compressed data in it was already looked for.
    var skipsContainers = false

    init(bytes: [UInt8], chain: [String], segments: [Segment]) {
        self.bytes = bytes
        self.chain = chain
        self.segments = segments
    }

    /// The stretch of the input behind a stretch of this view.
    func root(_ range: Range<Int>) -> Range<Int> {
        guard !segments.isEmpty else { return 0..<0 }
        var low = 0
        var high = segments.count
        while high - low > 1 {
            let middle = (low + high) / 2
            if segments[middle].start <= range.lowerBound { low = middle } else { high = middle }
        }
        let segment = segments[low]
        guard segment.isLinear else { return segment.root }
        let start = segment.root.lowerBound + range.lowerBound - segment.start
        return start..<max(start, start + range.count)
    }
}

/// Gathers the decoded pieces of one encoding in one view, each on a line of its own.
struct PieceCollector {
    let name: String
    private(set) var bytes: [UInt8] = []
    private(set) var segments: [View.Segment] = []

    init(_ name: String) { self.name = name }

    mutating func append(_ piece: [UInt8], root: Range<Int>) {
        segments.append(View.Segment(start: bytes.count, root: root, isLinear: false))
        bytes += piece
        bytes.append(0x0A)
    }

    func view(of parent: View) -> View? {
        bytes.isEmpty ? nil : View(bytes: bytes, chain: parent.chain + [name], segments: segments)
    }
}

/// What decoding one view gave.
struct Expansion {
    var views: [View] = []
    /// Decoded runs short enough to be a digest: name of encoding, bytes, place in the input.
    var runs: [(encoding: String, bytes: [UInt8], root: Range<Int>)] = []
    /// Places where compressed data was cut short by the limit or the end of the input.
    var cutShort: [(chain: [String], root: Range<Int>)] = []
}

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
    /// Bytes that are no text: searched, and opened where they are a container, but no escapes or runs are looked for
    /// in them.
    var isOpaque = false

    init(bytes: [UInt8], chain: [String], segments: [Segment]) {
        self.bytes = bytes
        self.chain = chain
        self.segments = segments
    }

    /// The input itself.
    static func root(_ bytes: [UInt8]) -> View {
        View(bytes: bytes, chain: [], segments: [.init(start: 0, root: 0..<bytes.count, isLinear: true)])
    }

    /// The segments of a part of this view, their starts counted from the part's.
    func segments(of range: Range<Int>) -> [Segment] {
        let first = segments.lastIndex { $0.start <= range.lowerBound } ?? 0
        return segments[min(first, segments.count)...].prefix { $0.start < range.upperBound }.map { segment in
            guard segment.start < range.lowerBound else {
                return Segment(
                    start: segment.start - range.lowerBound, root: segment.root, isLinear: segment.isLinear)
            }
            let moved = range.lowerBound - segment.start
            let root = segment.isLinear ? segment.root.lowerBound + moved..<segment.root.upperBound : segment.root
            return Segment(start: 0, root: root, isLinear: segment.isLinear)
        }
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
    private var texts = View(bytes: [], chain: [], segments: [])
    private var others = View(bytes: [], chain: [], segments: [])

    init(_ name: String) { self.name = name }

    /// Most of what decodes in a log is an identifier, and its bytes are noise: kept apart, so that nobody decodes
    /// noise.
    /// What becomes of a piece.
    enum Fate {
        case kept
        /// Noise, which is searched as long as there is little of it.
        case searchedNoise
        /// Noise that is left out, or is one of too many pieces to be looked at closely.
        case noise
    }

    @discardableResult
    mutating func append(_ piece: UnsafeBufferPointer<UInt8>, isText: Bool, root: Range<Int>) -> Fate {
        if isText {
            Self.append(piece, root, &texts)
            return .kept
        }
        if Noise.mayHold(piece) {
            Self.append(piece, root, &others)
            return .kept
        }
        guard takesNoise else { return .noise }
        Self.append(piece, root, &others)
        return others.segments.count <= Self.closelyRead && piece.count < 128 ? .searchedNoise : .noise
    }

    /// In so many pieces of noise packed letters are looked for.
    static let closelyRead = 4

    /// A few may be a text message's packed letters; of many only those are kept that hold more than noise.
    var takesNoise: Bool { others.segments.count < 5 }

    @discardableResult
    mutating func append(_ piece: [UInt8], root: Range<Int>) -> Fate {
        piece.withUnsafeBufferPointer { append($0, isText: RunDecoder.isText($0), root: root) }
    }

    private static func append(_ piece: UnsafeBufferPointer<UInt8>, _ root: Range<Int>, _ view: inout View) {
        view.segments.append(View.Segment(start: view.bytes.count, root: root, isLinear: false))
        view.bytes.append(contentsOf: piece)
        view.bytes.append(0x0A)
    }

    /// Adds the texts, and the rest as an opaque view.
    func add(to expansion: inout Expansion, of parent: View) {
        if !texts.bytes.isEmpty {
            expansion.views.append(View(bytes: texts.bytes, chain: parent.chain + [name], segments: texts.segments))
        }
        if !others.bytes.isEmpty {
            var view = View(bytes: others.bytes, chain: parent.chain + [name], segments: others.segments)
            view.isOpaque = true
            expansion.views.append(view)
        }
    }
}

/// Bytes without order: what decoding an identifier gives.
enum Noise {
    /// Whether a word, letters of two bytes, or something compressed may stand in it.
    static func mayHold(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        guard bytes.count < 256 else { return true }
        let marks = marks.marks
        var letters = 0
        var zeros = 0
        var before: UInt8 = 0
        for byte in bytes {
            let mark = marks[Int(byte)]
            letters = mark & 1 != 0 ? letters &+ 1 : 0
            if letters == 5 { return true }
            zeros &+= Int(mark &>> 1 & 1)
            if mark & 4 != 0 {
                switch (before, byte) {
                case (0x1F, 0x8B), (0x50, 0x4B), (0xB5, 0x2F), (0x78, 0x9C), (0x78, 0xDA), (0x78, 0x01), (0x78, 0x5E):
                    return true
                default: break
                }
            }
            before = byte
        }
        return zeros * 4 >= bytes.count
    }

    /// 1: letter or digit; 2: zero; 4: may be the second byte of a mark of something compressed.
    private static let marks = ByteRuns.table { byte in
        if byte == 0 { return 2 }
        let ends = [0x8B, 0x4B, 0x2F, 0x9C, 0xDA, 0x01, 0x5E].contains(byte)
        return (TextIndex.Kind.isAlphanumeric(byte) ? 1 : 0) | (ends ? 4 : 0)
    }
}

/// What decoding one view gave.
struct Expansion {
    private let digests: DigestIndex?
    var views: [View] = []
    /// Decoded runs that begin or end like a known digest: name of encoding, the digest, place in the input.
    private(set) var digestRuns: [(encoding: String, digest: KnownDigest, root: Range<Int>)] = []
    /// Places where compressed data was cut short by the limit or the end of the input.
    var cutShort: [(chain: [String], root: Range<Int>)] = []
    /// Long runs that were decoded whole.
    var whole: [(chain: [String], root: Range<Int>)] = []
    /// Places whose compressed data was read to its end.
    var finished: [Range<Int>] = []
    /// Compressed data of a kind that nothing here reads.
    var foreign: [(chain: [String], root: Range<Int>)] = []
    /// Whether two long runs of one length stood side by side.
    var hasEqualNeighbours = false
    /// Places that hold more than a decoder of theirs takes.
    var tooLong: [(chain: [String], root: Range<Int>)] = []
    /// Decoded runs that are surely text, a hash each: at the last layer, this is a layer more.
    private(set) var texts: Set<Int> = []

    /// - Parameter digests: what decoded runs are compared with; nil: none.
    init(digests: DigestIndex? = nil) { self.digests = digests }

    /// Looks a decoded run up that may be a digest. Returns whether there was anything to remember.
    @discardableResult
    mutating func addRun(_ encoding: String, _ bytes: UnsafeBufferPointer<UInt8>, _ root: Range<Int>) -> Bool {
        var isKnown = false
        if bytes.count >= 16, bytes.allSatisfy({ $0 >= 0x20 && $0 < 0x7F }) {
            var hasher = Hasher()
            hasher.combine(bytes: UnsafeRawBufferPointer(bytes))
            texts.insert(hasher.finalize())
            isKnown = true
        }
        guard let digests, bytes.count >= 8, bytes.count <= 130, let base = bytes.baseAddress else { return isKnown }
        let raw = UnsafeRawPointer(base)
        let first = UInt64(bigEndian: raw.loadUnaligned(as: UInt64.self))
        let last = UInt64(bigEndian: raw.loadUnaligned(fromByteOffset: bytes.count - 8, as: UInt64.self))
        let before = digestRuns.count
        digests.forEach(first) { digestRuns.append((encoding, $0, root)) }
        if first != last { digests.forEach(last) { digestRuns.append((encoding, $0, root)) } }
        return isKnown || digestRuns.count > before
    }
}

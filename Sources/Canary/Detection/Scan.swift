// SPDX-License-Identifier: Apache-2.0

internal import World

extension Detector {
    /// Pieces in which a long input is searched; what one form may span is searched twice. Each has its own decoded texts,
    /// which cost about the same whatever its length, so a piece is as long as fits the second-level cache with its index.
    static let piece = 1 << 18
    /// A run longer than this is decoded whole, not cut where a piece ends.
    static let longRun = 1 << 14

    /// Searches plain, encoded and decoded forms, breadth-first to the budget's depth. Hits come in order of offset.
    package func scan(_ bytes: [UInt8], budget: ScanBudget = ScanBudget()) -> ScanResult {
        scan(bytes, budget: budget, ScanMemory())
    }

    /// As above, in memory that was used before: making it costs more than the search of a short text.
    package func scan(_ bytes: [UInt8], budget: ScanBudget = ScanBudget(), _ memory: ScanMemory) -> ScanResult {
        var scan = Scan(detector: self, budget: budget, limit: budget.decodedLimit(input: bytes.count), memory)
        scan.visit(.root(bytes))
        return scan.result()
    }

    /// As above, with the input and every text that decoding gave.
    func readings(of bytes: [UInt8], _ memory: ScanMemory) -> (result: ScanResult, readings: [View]) {
        let budget = ScanBudget()
        var scan = Scan(detector: self, budget: budget, limit: budget.decodedLimit(input: bytes.count), memory)
        scan.readings = []
        scan.visit(.root(bytes))
        return (scan.result(), scan.readings ?? [])
    }

    /// As above. Extra memory: a copy of the input, a few pieces of 256 KiB, and what decoding gives, by the budget.
    package func scan(_ bytes: UnsafeBufferPointer<UInt8>, budget: ScanBudget = ScanBudget()) -> ScanResult {
        scan(Array(bytes), budget: budget)
    }
}

/// One search: the views still to visit, and what is left of the budget.
private struct Scan {
    let detector: Detector
    let budget: ScanBudget
    private let memory: ScanMemory
    private var scratch: Scratch { memory.scratch }
    private var index: TextIndex { memory.index }
    /// Decoded bytes left for what is decoded whole.
    private var left: Int
    private var views = 0
    private var hits: [Hit] = []
    private var unscanned: [Unscanned] = []
    /// Places whose compressed data was read to its end in some view.
    private var finished: [Range<Int>] = []
    /// Decoded texts that were searched as views of their own: met again in a deeper reading they are nothing new.
    private var texts: Set<Int> = []
    private static let guesses: Set<String> = ["gsm-7", "base58", "base32", "base85", "character-codes"]
    /// Where they are asked for: all views that are text, and the input.
    var readings: [View]?
    /// Long runs decoded whole: what a piece of them decodes to is naturally cut short.
    private var whole: [(chain: [String], root: Range<Int>)] = []

    init(detector: Detector, budget: ScanBudget, limit: Int, _ memory: ScanMemory) {
        self.detector = detector
        self.memory = memory
        self.budget = budget
        left = limit
    }

    /// A view that fits in two pieces is searched at once. From a longer one what is compressed, and runs that would
    /// not fit in a piece, are decoded whole first; then it is searched in pieces.
    mutating func visit(_ view: View) {
        guard view.bytes.count > Detector.piece * 2 else { return run(view) }
        var children: [View] = []
        if view.chain.count < budget.depth {
            var expansion = detector.expansion()
            if !ByteRuns.isPlain(view.bytes) { ContainerDecoder.expand(view, limit: left, into: &expansion) }
            if !view.isOpaque {
                RunDecoder.expandLong(
                    view, least: Detector.longRun, limit: left, scratch, into: &expansion)
            }
            var allowance = left
            children = admit(expansion, limit: &allowance)
            left = allowance
            whole += expansion.whole
        } else if ContainerDecoder.isPromising(view) {
            report(.depth, view)
        }
        pieces(of: view)
        views = 0
        // Depth first, the last first: each is freed before the next one grows.
        while let child = children.popLast() { visit(child) }
    }

    private mutating func pieces(of view: View) {
        let count = view.bytes.count
        let overlap = min(Detector.piece / 2, detector.longestForm)
        var start = 0
        while start < count {
            let end = min(count, start + Detector.piece)
            var piece = View(
                bytes: Array(view.bytes[start..<end]), chain: view.chain, segments: view.segments(of: start..<end))
            piece.isOpaque = view.isOpaque
            run(piece, limit: budget.decodedLimit(input: end - start))
            if end == count { break }
            start = end - overlap
            // At the beginning of a line, so that lines of base64 are whole.
            if let line = view.bytes[start - overlap..<start].lastIndex(of: 0x0A) { start = line + 1 }
        }
    }

    /// Breadth-first. `limit`: decoded bytes for a piece; nil: what is left for the whole.
    private mutating func run(_ root: View, limit: Int? = nil) {
        let isPiece = limit != nil
        var allowance = limit ?? left
        if isPiece {
            views = 0
            texts = []
        }
        var level = [root]
        var isRoot = true
        while !level.isEmpty {
            var next: [View] = []
            for view in level {
                views += 1
                guard views <= budget.views else {
                    report(.views, view)
                    if !isPiece { left = allowance }
                    return
                }
                let isLast = view.chain.count >= budget.depth
                // Fields put together are a guess at one more text, and any bytes may be read in some alphabets.
                let isGuess = view.chain.contains { $0.hasPrefix("joined-") || Self.guesses.contains($0) }
                if readings != nil, !view.isOpaque, !isGuess {
                    readings?.append(view)
                }
                // In a short text words seldom stand twice.
                let barren = isPiece || view.bytes.count > Detector.shortText ? memory.barren : nil
                let expansion = view.bytes.withUnsafeBufferPointer { bytes -> Expansion in
                    index.read(bytes)
                    let found = detector.search(view, index)
                    if !found.isEmpty, view.isOpaque || view.chain.contains("gsm-7") { memory.barren.distrust() }
                    hits += found
                    // What is compressed in a piece was decoded with the whole.
                    return isLast
                        ? lastLayer(view, barren)
                        : expand(
                            view, limit: allowance, barren, containers: !(isPiece && isRoot), joins: !isPiece || isRoot)
                }
                if isLast {
                    endLastLayer(view, expansion)
                    continue
                }
                hits += detector.digestHits(expansion, view)
                texts.formUnion(expansion.texts)
                for child in admit(expansion, limit: &allowance) {
                    if child.bytes.count > Detector.piece * 2 {
                        let kept = left
                        left = allowance
                        visit(child)
                        allowance = left
                        left = kept
                    } else {
                        next.append(child)
                    }
                }
            }
            level = next
            isRoot = false
        }
        if !isPiece { left = allowance }
    }

    /// What the last layer holds is no longer decoded, which is said where it surely is something. A digest inside it
    /// is no further layer of data.
    private func lastLayer(_ view: View, _ barren: BarrenWords?) -> Expansion {
        var expansion = detector.expansion()
        if !view.isOpaque { RunDecoder.expand(view, index, limit: 1, scratch, barren, into: &expansion) }
        return expansion
    }

    private mutating func endLastLayer(_ view: View, _ expansion: Expansion) {
        hits += detector.digestHits(expansion, view)
        // Any bytes can be read as packed septets, and every address with `=` before two digits as quoted-printable: what
        // seems to stand in such a reading is no layer that surely is there.
        let isAddress = view.chain.contains("percent") && view.chain.contains("quoted-printable")
        guard !isAddress, !view.chain.contains("gsm-7") else { return }
        // Nor what seems to stand between the odd bytes that letters and digits give in an alphabet nobody named: an id of
        // a meeting read so held the two bytes of zlib.
        let isGuess = view.chain.contains(where: Self.guesses.contains) && !ByteRuns.isPlain(view.bytes)
        // Bare deflate has no mark at all: an id of a job, read as base64, inflated to many threes.
        let isBare = view.chain.contains("deflate") && view.root(0..<view.bytes.count).count < 128
        let isChance = isGuess || isBare
        let isNews = !isChance && !expansion.texts.isSubset(of: texts)
        if isNews || ContainerDecoder.isPromising(view, zlib: !isChance) { report(.depth, view) }
    }

    /// The views for which there is room; what there is none for is reported.
    private mutating func admit(_ expansion: Expansion, limit: inout Int) -> [View] {
        for (chain, root) in expansion.cutShort {
            if whole.contains(where: { chain.starts(with: $0.chain) && root.overlaps($0.root) && root != $0.root }) {
                continue
            }
            unscanned.append(Unscanned(reason: .decodedBytes, chain: chain, offset: root.lowerBound))
        }
        finished += expansion.finished
        for (chain, root) in expansion.foreign {
            unscanned.append(Unscanned(reason: .format, chain: chain, offset: root.lowerBound))
        }
        for (chain, root) in expansion.tooLong {
            unscanned.append(Unscanned(reason: .runLength, chain: chain, offset: root.lowerBound))
        }
        return expansion.views.filter { child in
            guard child.bytes.count <= limit else {
                report(.decodedBytes, child)
                return false
            }
            limit -= child.bytes.count
            return true
        }
    }

    private func expand(
        _ view: View, limit: Int, _ barren: BarrenWords?, containers: Bool, joins: Bool
    ) -> Expansion {
        var expansion = detector.expansion()
        if containers, !index.isPlain { ContainerDecoder.expand(view, limit: limit, into: &expansion) }
        if view.isOpaque {
            if !index.isPlain { CharsetDecoder.expand(view, into: &expansion) }
            return expansion
        }
        EscapeDecoder.expand(view, index, into: &expansion)
        EncodedWords.expand(view, into: &expansion)
        IndexedBytes.expand(view, into: &expansion)
        if containers { FrameDecoder.expand(view, limit: limit, into: &expansion) }
        RunDecoder.expand(view, index, limit: limit, scratch, barren, into: &expansion)
        TokenDecoder.expand(view, index, scratch, barren, into: &expansion)
        GroupJoiner.expand(view, index, into: &expansion)
        if !index.isPlain { CharsetDecoder.expand(view, into: &expansion) }
        // In a long input only fields of the text itself are put together.
        if joins { FieldJoiner.expand(view, index, into: &expansion) }
        return expansion
    }

    private mutating func report(_ reason: Unscanned.Reason, _ view: View) {
        unscanned.append(
            Unscanned(reason: reason, chain: view.chain, offset: view.segments.first?.root.lowerBound ?? 0))
    }

    /// One hit a place and canary: the readable before the hashed, what stands there before what was put together, the shortest
    /// chain, the whole value before a part.
    func result() -> ScanResult {
        func rank(_ hit: Hit) -> (Int, Int, Int, Int) {
            (
                hit.level == .reversible ? 0 : 1, hit.chain.contains { $0.hasPrefix("joined-") } ? 1 : 0,
                hit.chain.count, hit.form == "value" ? 0 : 1
            )
        }
        struct Key: Hashable {
            let canary: String
            let world: String
        }
        var kept: [Key: [Hit]] = [:]
        for hit in hits.sorted(by: { rank($0) < rank($1) }) {
            let key = Key(canary: hit.canary, world: hit.world?.rawValue ?? "")
            let overlaps = kept[key, default: []].contains {
                hit.offset < $0.offset + max(1, $0.length) && $0.offset < hit.offset + max(1, hit.length)
            }
            if !overlaps { kept[key, default: []].append(hit) }
        }
        let sorted = kept.values.joined().sorted { ($0.offset, $0.canary, $0.form) < ($1.offset, $1.canary, $1.form) }
        return ScanResult(hits: sorted, unscanned: unscanned.filter(isKnown))
    }

    /// Whether data surely is there that was not searched. Putting fields together is a guess at one more text, of which
    /// every part was searched where it stands; and a stream that seems to break off in one reading of its bytes may be
    /// whole in another.
    private func isKnown(_ left: Unscanned) -> Bool {
        if left.chain.contains(where: { $0.hasPrefix("joined-") }) { return false }
        return left.reason != .decodedBytes || !finished.contains { $0.contains(left.offset) }
    }
}

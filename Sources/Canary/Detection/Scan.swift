// SPDX-License-Identifier: Apache-2.0

internal import World

extension Detector {
    /// Pieces in which a long input is searched; what one form may span is searched twice.
    private static let piece = 1 << 16

    /// Searches plain, encoded and decoded forms, breadth-first to the budget's depth. Hits come in order of offset.
    package func scan(_ bytes: [UInt8], budget: ScanBudget = ScanBudget()) -> ScanResult {
        bytes.withUnsafeBufferPointer { scan($0, budget: budget) }
    }

    /// As above, without a copy of a long input. Extra memory: a few pieces of 64 KiB and what decoding gives, by the
    /// budget.
    package func scan(_ bytes: UnsafeBufferPointer<UInt8>, budget: ScanBudget = ScanBudget()) -> ScanResult {
        var scan = Scan(detector: self, budget: budget, limit: budget.decodedLimit(input: bytes.count))
        let overlap = min(Self.piece / 2, longestForm)
        if bytes.count <= Self.piece * 2 {
            scan.run(
                View(bytes: Array(bytes), chain: [], segments: [.init(start: 0, root: 0..<bytes.count, isLinear: true)])
            )
        } else {
            var start = 0
            while start < bytes.count {
                let end = min(bytes.count, start + Self.piece)
                scan.run(
                    View(
                        bytes: Array(bytes[start..<end]), chain: [],
                        segments: [.init(start: 0, root: start..<end, isLinear: true)]),
                    limit: budget.decodedLimit(input: end - start))
                if end == bytes.count { break }
                start = end - overlap
            }
        }
        return scan.result()
    }
}

/// One search: the views still to visit, and what is left of the budget.
private struct Scan {
    let detector: Detector
    let budget: ScanBudget
    private var left: Int
    private var views = 0
    private var hits: [Hit] = []
    private var unscanned: [Unscanned] = []

    init(detector: Detector, budget: ScanBudget, limit: Int) {
        self.detector = detector
        self.budget = budget
        left = limit
    }

    mutating func run(_ root: View, limit: Int? = nil) {
        if let limit {
            left = limit
            views = 0
        }
        var level = [root]
        while !level.isEmpty {
            var next: [View] = []
            for view in level {
                views += 1
                guard views <= budget.views else {
                    report(.views, view)
                    return
                }
                hits += detector.search(view)
                if view.chain.count >= budget.depth {
                    if view.bytes.withUnsafeBufferPointer(ContainerDecoder.isPromising) { report(.depth, view) }
                    var expansion = Expansion()
                    if !view.isOpaque {
                        // A digest inside the last layer is no further layer of data.
                        RunDecoder.expand(view, limit: 1, into: &expansion)
                        hits += detector.digestHits(expansion, view)
                    }
                    continue
                }
                let expansion = expand(view)
                hits += detector.digestHits(expansion, view)
                for (chain, root) in expansion.cutShort {
                    unscanned.append(Unscanned(reason: .decodedBytes, chain: chain, offset: root.lowerBound))
                }
                for child in expansion.views {
                    guard child.bytes.count <= left else {
                        report(.decodedBytes, child)
                        continue
                    }
                    left -= child.bytes.count
                    next.append(child)
                }
            }
            level = next
        }
    }

    private func expand(_ view: View) -> Expansion {
        var expansion = Expansion()
        ContainerDecoder.expand(view, limit: left, into: &expansion)
        if view.isOpaque {
            CharsetDecoder.expand(view, into: &expansion)
            return expansion
        }
        EscapeDecoder.expand(view, into: &expansion)
        RunDecoder.expand(view, limit: left, into: &expansion)
        TokenDecoder.expand(view, into: &expansion)
        CharsetDecoder.expand(view, into: &expansion)
        FieldJoiner.expand(view, into: &expansion)
        return expansion
    }

    private mutating func report(_ reason: Unscanned.Reason, _ view: View) {
        unscanned.append(
            Unscanned(reason: reason, chain: view.chain, offset: view.segments.first?.root.lowerBound ?? 0))
    }

    /// One hit a place and canary: the readable before the hashed, the whole value before a part, the shortest chain.
    func result() -> ScanResult {
        func rank(_ hit: Hit) -> (Int, Int, Int) {
            (hit.level == .reversible ? 0 : 1, hit.chain.count, hit.form == "value" ? 0 : 1)
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
        return ScanResult(hits: sorted, unscanned: unscanned)
    }
}

// SPDX-License-Identifier: Apache-2.0

internal import World

/// Searches a stream piece by piece: what one form may span is carried over, so that a cut through a value hides
/// nothing.
package struct Scanner {
    private let detector: Detector
    private let budget: ScanBudget
    private let window: Int
    private let memory = ScanMemory()
    /// What was carried over, and the piece behind it.
    private var text: [UInt8] = []
    private var carried = 0
    private var consumed = 0
    private var reported = Set<String>()

    /// - Parameter window: bytes carried from piece to piece; encoded runs up to this long survive a cut. At least the
    ///   longest form.
    package init(_ detector: Detector, window: Int = 8192, budget: ScanBudget = ScanBudget()) {
        self.detector = detector
        self.budget = budget
        self.window = max(window, detector.longestForm)
    }

    /// Searches `piece` together with what was carried; offsets count from the beginning of the stream. A hit is
    /// reported once.
    package mutating func feed(_ piece: [UInt8]) -> ScanResult {
        let start = consumed - carried
        let carried = carried
        text.append(contentsOf: piece)
        var result = detector.scan(text, budget: budget, memory)
        result.hits = result.hits.compactMap { hit in
            let moved = hit.moved(by: start)
            // Ending within the carry, it was already seen, unless what follows only now made it valid.
            if hit.offset + hit.length <= carried, reported.contains(moved.key) { return nil }
            return reported.insert(moved.key).inserted ? moved : nil
        }
        consumed += piece.count
        text.removeFirst(max(0, text.count - window))
        self.carried = text.count
        if reported.count > 100_000 { reported.removeAll() }
        return result
    }
}

extension Hit {
    fileprivate var key: String { "\(canary)|\(world?.rawValue ?? "")|\(offset)|\(form)" }

    func moved(by distance: Int) -> Hit {
        Hit(
            canary: canary, world: world, dataClass: dataClass, origin: origin, offset: offset + distance,
            length: length,
            chain: chain, form: form, level: level, excerpt: excerpt)
    }

}

// SPDX-License-Identifier: Apache-2.0

internal import World

/// All canaries of a run, compiled once; searching changes nothing in it, so it may be shared.
package struct Detector: Sendable {
    let canaries: [Canary]
    let folded: [Needle]
    let raw: [Needle]
    /// Forms long enough to count wherever they stand; those with letters beyond ASCII by themselves.
    private let anywhere: PartMatcher
    private let wide: PartMatcher
    /// Forms that begin where a word or a number does.
    private let anchored: AnchoredMatcher
    private let anchoredNumbers: [Int]
    /// Forms of bytes that no plain text holds, and forms that are mostly punctuation.
    private let binary: PartMatcher
    private let odd: PartMatcher
    /// First and last eight bytes of every digest.
    private let digests: [UInt64: [(canary: Int, name: String, isWhole: Bool)]]
    private let digestBits: [UInt64]
    /// What may be shorter is missed by a stream that carries less.
    var longestForm: Int {
        max(max(anywhere.longest, wide.longest, anchored.longest) * 4, binary.longest, odd.longest, 256)
    }

    package init(_ set: CanarySet) { self.init([CanaryForms(set)]) }

    /// Of forms that are known already, for example of several worlds.
    package init(_ forms: [CanaryForms]) {
        canaries = forms.flatMap(\.canaries)
        var folded: [Needle] = []
        var raw: [Needle] = []
        var digests: [UInt64: [(canary: Int, name: String, isWhole: Bool)]] = [:]
        var first = 0
        for part in forms {
            folded += part.folded.map { $0.moved(by: first) }
            raw += part.raw.map { $0.moved(by: first) }
            for digest in part.digests {
                digests[digest.first, default: []].append((digest.canary + first, digest.name, true))
                digests[digest.last, default: []].append((digest.canary + first, digest.name, false))
            }
            first += part.canaries.count
        }
        self.folded = folded
        self.raw = raw
        self.digests = digests
        var digestBits = [UInt64](repeating: 0, count: 1 << 14)
        for key in digests.keys { digestBits[Int(key >> 50)] |= 1 << (key >> 44 & 63) }
        self.digestBits = digestBits
        let isWide = folded.map { $0.bytes.contains { $0 >= 0x80 } }
        let isAnywhere = folded.map { $0.rule == .anywhere }
        anywhere = PartMatcher(folded, folded.indices.filter { isAnywhere[$0] && !isWide[$0] }, [(10, Int.max)])
        wide = PartMatcher(folded, folded.indices.filter { isAnywhere[$0] && isWide[$0] }, [(4, 8), (9, Int.max)])
        anchoredNumbers = folded.indices.filter { !isAnywhere[$0] }
        anchored = AnchoredMatcher(anchoredNumbers.map { folded[$0].bytes })
        let isBinary = raw.map { $0.bytes.contains { $0 >= 0x80 || $0 < 0x20 } }
        binary = PartMatcher(raw, raw.indices.filter { isBinary[$0] }, [(7, 8), (9, 15), (16, Int.max)])
        odd = PartMatcher(raw, raw.indices.filter { !isBinary[$0] }, [(10, Int.max)])
    }

    /// Number of literals searched in one pass.
    package var literalCount: Int { folded.count + raw.count }

    /// Digests among decoded runs.
    func digestHits(_ expansion: Expansion, _ view: View) -> [Hit] {
        var hits: [Hit] = []
        for run in expansion.runs where mayHold(run.first) || mayHold(run.last) {
            var entries: [(canary: Int, name: String, isWhole: Bool)] = digests[run.first] ?? []
            if run.first != run.last, let more = digests[run.last] { entries += more }
            hits += entries.map { entry in
                hit(entry.canary, run.root, view.chain + [run.encoding], form: entry.name, level: .hashed)
            }
        }
        return hits
    }

    /// Whether a digest may begin or end so: a bit each, so that most runs need no look-up.
    private func mayHold(_ key: UInt64) -> Bool { digestBits[Int(key >> 50)] & 1 << (key >> 44 & 63) != 0 }

    /// What is searched for mostly punctuated forms too; longer texts have them decoded.
    private static let shortText = 1 << 14

    /// Readable and encoded forms in one view.
    /// - Parameter index: has read the view.
    func search(_ view: View, _ index: TextIndex) -> [Hit] {
        var hits: [Hit] = []
        let bytes = index.bytes
        func take(_ number: Int, _ offset: Int) {
            let needle = raw[number]
            let range = offset..<offset + needle.bytes.count
            guard standsFree(needle, range, bytes) else { return }
            hits.append(
                hit(needle.canary, view.root(range), view.chain + needle.chain, form: needle.form, level: needle.level))
        }
        if !index.isPlain { binary.forEachMatch(in: bytes, take) }
        if bytes.count <= Self.shortText, index.holds(.odd) { odd.forEachMatch(in: bytes, take) }
        let text = index.folded
        func takeFolded(_ number: Int, _ offset: Int) {
            let needle = folded[number]
            let range = offset..<offset + needle.bytes.count
            var place = index.original(range)
            if let exact = needle.exact {
                // What folding left out may stand before the first letter.
                guard let first = exact.firstIndex(where: TextIndex.Kind.alphanumeric.holds),
                    place.lowerBound >= first, place.lowerBound - first + exact.count <= bytes.count
                else { return }
                place = place.lowerBound - first..<place.lowerBound - first + exact.count
                guard bytes[place].elementsEqual(exact), standsFree(needle, place, bytes) else { return }
            } else {
                let surroundings = Surroundings(bytes: bytes, folded: text, range: place, foldedRange: range)
                guard surroundings.admit(needle, canaries[needle.canary].dataClass) else { return }
            }
            hits.append(hit(needle.canary, view.root(place), view.chain + needle.chain, form: needle.form))
        }
        anywhere.forEachMatch(in: text, takeFolded)
        if index.hasHigh { wide.forEachMatch(in: text, takeFolded) }
        anchored.forEachMatch(in: text, at: index.anchors) { takeFolded(anchoredNumbers[$0], $1) }
        return hits
    }

    /// Whether an address is no part of a longer number.
    private func standsFree(_ needle: Needle, _ range: Range<Int>, _ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        guard needle.rule == .number else { return true }
        if range.lowerBound > 0 {
            if Surroundings.isDigitOrDot(bytes, range.lowerBound - 1) { return false }
            if needle.form == "unix-time", bytes[range.lowerBound - 1] == UInt8(ascii: "-") { return false }
        }
        return range.upperBound >= bytes.count || !Surroundings.isDigit(bytes[range.upperBound])
    }

    private func hit(
        _ index: Int, _ root: Range<Int>, _ chain: [String], form: String, level: Hit.Level = .reversible
    ) -> Hit {
        let canary = canaries[index]
        return Hit(
            canary: canary.id, world: canary.world, dataClass: canary.dataClass, origin: canary.origin,
            offset: root.lowerBound, length: root.count, chain: chain, form: form, level: level)
    }
}

/// Some of the needles, compiled.
private struct PartMatcher: Sendable {
    private let matcher: LiteralMatcher
    private let numbers: [Int]
    var longest: Int { matcher.longest }

    init(_ needles: [Needle], _ numbers: [Int], _ bounds: [(Int, Int)]) {
        self.numbers = numbers
        matcher = LiteralMatcher(numbers.map { needles[$0].bytes }, bounds: bounds)
    }

    /// With the needle's number and its offset.
    func forEachMatch(in bytes: UnsafeBufferPointer<UInt8>, _ body: (Int, Int) -> Void) {
        guard !numbers.isEmpty else { return }
        matcher.forEachMatch(in: bytes) { body(numbers[$0], $1) }
    }
}

// SPDX-License-Identifier: Apache-2.0

internal import World

/// All canaries of a run, compiled once; searching changes nothing in it, so it may be shared.
package struct Detector: Sendable {
    let canaries: [Canary]
    let folded: [Needle]
    let raw: [Needle]
    private let foldedMatcher: LiteralMatcher
    private let rawMatcher: LiteralMatcher
    /// First and last eight bytes of every digest.
    private let digests: [UInt64: [(canary: Int, name: String, isWhole: Bool)]]
    private let digestBits: [UInt64]
    /// What may be shorter is missed by a stream that carries less.
    var longestForm: Int { max(foldedMatcher.longest * 4, rawMatcher.longest, 256) }

    /// O(forms): some 100 a canary, a few milliseconds a person.
    package init(_ set: CanarySet) {
        canaries = set.canaries
        var folded: [Needle] = []
        var raw: [Needle] = []
        var digests: [UInt64: [(canary: Int, name: String, isWhole: Bool)]] = [:]
        for (index, canary) in set.canaries.enumerated() {
            var maker = NeedleMaker(canary: canary, index: index)
            maker.addReadableForms()
            maker.addEncodedForms()
            folded += maker.folded
            raw += maker.raw
            guard canary.value.utf8.count >= 4 else { continue }
            for digest in maker.digests {
                digests[Self.key(digest.bytes.prefix(8)), default: []].append((index, digest.name, true))
                digests[Self.key(digest.bytes.suffix(8)), default: []].append((index, digest.name, false))
            }
        }
        self.folded = folded
        self.raw = raw
        self.digests = digests
        var digestBits = [UInt64](repeating: 0, count: 1024)
        for key in digests.keys { digestBits[Int(key >> 54)] |= 1 << (key >> 48 & 63) }
        self.digestBits = digestBits
        foldedMatcher = LiteralMatcher(folded.map(\.bytes))
        rawMatcher = LiteralMatcher(raw.map(\.bytes))
    }

    /// Number of literals searched in one pass.
    package var literalCount: Int { folded.count + raw.count }

    private static func key(_ bytes: some Sequence<UInt8>) -> UInt64 { bytes.reduce(0) { $0 << 8 | UInt64($1) } }

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
    private func mayHold(_ key: UInt64) -> Bool { digestBits[Int(key >> 54)] & 1 << (key >> 48 & 63) != 0 }

    /// Readable and encoded forms in one view.
    func search(_ view: View) -> [Hit] {
        var hits: [Hit] = []
        view.bytes.withUnsafeBufferPointer { bytes in
            rawMatcher.forEachMatch(in: bytes) { literal, offset in
                let needle = raw[literal]
                let range = offset..<offset + needle.bytes.count
                if needle.rule == .number {
                    if range.lowerBound > 0, Surroundings.isDigitOrDot(bytes, range.lowerBound - 1) { return }
                    if range.upperBound < bytes.count, Surroundings.isDigit(bytes[range.upperBound]) { return }
                }
                hits.append(hit(needle.canary, view.root(range), view.chain + needle.chain, form: needle.form))
            }
            let text = FoldedText(bytes)
            text.bytes.withUnsafeBufferPointer { foldedBytes in
                foldedMatcher.forEachMatch(in: foldedBytes) { literal, offset in
                    let needle = folded[literal]
                    let range = offset..<offset + needle.bytes.count
                    let place = text.original(range, in: bytes)
                    let surroundings = Surroundings(bytes: bytes, folded: foldedBytes, range: place, foldedRange: range)
                    guard surroundings.admit(needle, canaries[needle.canary].dataClass) else { return }
                    hits.append(hit(needle.canary, view.root(place), view.chain + needle.chain, form: needle.form))
                }
            }
        }
        return hits
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

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
        foldedMatcher = LiteralMatcher(folded.map(\.bytes))
        rawMatcher = LiteralMatcher(raw.map(\.bytes))
    }

    /// Number of literals searched in one pass.
    package var literalCount: Int { folded.count + raw.count }

    private static func key(_ bytes: some Sequence<UInt8>) -> UInt64 { bytes.reduce(0) { $0 << 8 | UInt64($1) } }

    /// Digests among decoded runs.
    func digestHits(_ expansion: Expansion, _ view: View) -> [Hit] {
        expansion.runs.flatMap { run -> [Hit] in
            let first = Self.key(run.bytes.prefix(8))
            let last = Self.key(run.bytes.suffix(8))
            var entries: [(canary: Int, name: String, isWhole: Bool)] = digests[first] ?? []
            if first != last, let more = digests[last] { entries += more }
            return entries.map { entry in
                hit(entry.canary, run.root, view.chain + [run.encoding], form: entry.name, level: .hashed)
            }
        }
    }

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

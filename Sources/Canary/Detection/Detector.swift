// SPDX-License-Identifier: Apache-2.0

internal import World

/// All canaries of a run, compiled once; searching changes nothing in it, so it may be shared.
package struct Detector: Sendable {
    private let canaries: [Canary]
    private let folded: JoinedNeedles
    private let raw: JoinedNeedles
    /// Forms long enough to count wherever they stand; those with letters beyond ASCII by themselves.
    private let anywhere: PartMatcher
    private let wide: PartMatcher
    /// Forms that begin where a word or a number does.
    private let anchored: AnchoredMatcher
    private let anchoredNumbers: [Int32]
    /// Forms of bytes that no plain text holds, and forms that are mostly punctuation.
    private let binary: PartMatcher
    private let odd: PartMatcher
    /// What XOR with any one byte leaves of a value: how each byte differs from the next.
    private let differences: PartMatcher
    private let digests: DigestIndex
    /// What may be shorter is missed by a stream that carries less.
    var longestForm: Int {
        max(max(anywhere.longest, wide.longest, anchored.longest) * 4, binary.longest, odd.longest, 256)
    }

    package init(_ set: CanarySet) { self.init([CanaryForms(set)]) }

    /// Of forms made beforehand, for example of several worlds.
    package init(_ forms: [CanaryForms]) {
        canaries = forms.flatMap(\.canaries)
        var moves: [Int32] = []
        var count = 0
        for part in forms {
            moves.append(Int32(count))
            count += part.canaries.count
        }
        let folded = JoinedNeedles(forms.map(\.folded), moves: moves)
        let raw = JoinedNeedles(forms.map(\.raw), moves: moves)
        digests = DigestIndex(forms.map(\.digests), moves: moves)
        anywhere = PartMatcher(
            folded, folded.numbers { $0.rule == .anywhere && $0.content != .wide }, [(10, Int.max)])
        wide = PartMatcher(
            folded, folded.numbers { $0.rule == .anywhere && $0.content == .wide }, [(4, 8), (9, Int.max)])
        anchoredNumbers = folded.numbers { $0.rule != .anywhere }
        anchored = AnchoredMatcher(folded, anchoredNumbers)
        binary = PartMatcher(raw, raw.numbers { $0.content == .binary }, [(5, 6), (7, 8), (9, 15), (16, Int.max)])
        odd = PartMatcher(raw, raw.numbers { $0.content == .plain || $0.content == .wide }, [(10, Int.max)])
        differences = PartMatcher(raw, raw.numbers { $0.content == .differences }, [(8, Int.max)])
        self.folded = folded
        self.raw = raw
    }

    /// Number of literals searched in one pass.
    package var literalCount: Int { folded.count + raw.count }

    /// Where what decoding gives is gathered.
    func expansion() -> Expansion { Expansion(digests: digests) }

    /// Digests among decoded runs.
    func digestHits(_ expansion: Expansion, _ view: View) -> [Hit] {
        expansion.digestRuns.map { run in
            hit(
                Int(run.digest.canary), run.root, view.chain + [run.encoding], form: run.digest.function.rawValue,
                level: .hashed)
        }
    }

    /// What is searched for mostly punctuated forms too; longer texts have them decoded.
    static let shortText = 1 << 14

    /// Links of a chain that put values together.
    private static let nameless: Set<String> = ["joined-values", "joined-fields", "joined-rows", "joined-groups"]

    /// Packed letters in what was hardly written by anybody: a token read as base85 gives seven bits of anything, four
    /// digits after a word among them.
    private static func isGuess(_ chain: [String]) -> Bool {
        guard let place = chain.firstIndex(of: "gsm-7"), place > 0 else { return false }
        return !["hex", "base64"].contains(chain[place - 1])
    }

    /// Readable and encoded forms in one view.
    /// - Parameter index: has read the view.
    func search(_ view: View, _ index: TextIndex) -> [Hit] {
        var hits: [Hit] = []
        let bytes = index.bytes
        func take(_ number: Int, _ range: Range<Int>) {
            let needle = raw[number]
            guard standsFree(needle, range, bytes) else { return }
            hits.append(hit(needle, view.root(range), view.chain, bytes[range]))
        }
        if !index.isPlain { binary.forEachMatch(in: bytes, take) }
        if bytes.count <= Self.shortText, index.holds(.odd) { odd.forEachMatch(in: bytes, take) }
        if !index.isPlain { hits += maskedHits(view, bytes) }
        let text = index.folded
        func takeFolded(_ number: Int, _ range: Range<Int>) {
            let needle = folded[number]
            var place = index.original(range)
            if needle.kind.isExact {
                let exact = folded.exact(number)
                // What folding left out may stand before the first letter.
                let start = place.lowerBound - exact.prefix { !TextIndex.Kind.isAlphanumeric($0) }.count
                guard start >= 0, start + exact.count <= bytes.count else { return }
                place = start..<start + exact.count
                guard bytes[place].elementsEqual(exact), standsFree(needle, place, bytes) else { return }
            } else {
                let surroundings = Surroundings(bytes: bytes, folded: text, range: place, foldedRange: range)
                guard surroundings.admit(needle.kind.rule, of: canaries[needle.canary]) else { return }
                // Values put together stand without their names: a word before one is another field's value.
                if needle.kind.rule == .labelled {
                    if view.chain.contains(where: Self.nameless.contains) || Self.isGuess(view.chain) { return }
                }
            }
            hits.append(hit(needle, view.root(place), view.chain, bytes[place]))
        }
        anywhere.forEachMatch(in: text, takeFolded)
        if index.hasHigh { wide.forEachMatch(in: text, takeFolded) }
        anchored.forEachMatch(in: text, at: index.anchors) {
            takeFolded(Int(anchoredNumbers[$0]), $1..<$1 + anchored.length($0))
        }
        return hits
    }

    /// Values of which each byte was combined with one and the same byte.
    private func maskedHits(_ view: View, _ bytes: UnsafeBufferPointer<UInt8>) -> [Hit] {
        guard let base = bytes.baseAddress, bytes.count > 8 else { return [] }
        let steps = [UInt8](unsafeUninitializedCapacity: bytes.count - 1) { steps, count in
            count = bytes.count - 1
            for place in 0..<count { steps[place] = base[place] ^ base[place + 1] }
        }
        var hits: [Hit] = []
        steps.withUnsafeBufferPointer { steps in
            differences.forEachMatch(in: steps) { number, range in
                let plain = raw.exact(number)
                guard let first = plain.first else { return }
                let mask = bytes[range.lowerBound] ^ first
                // A number is some other number with its lowest bits changed.
                guard mask > (plain.contains(where: Surroundings.isLetter) ? 0 : 15) else { return }
                let place = range.lowerBound..<range.upperBound + 1
                hits.append(hit(raw[number], view.root(place), view.chain, Slice(base: bytes, bounds: place)))
            }
        }
        return hits
    }

    /// Whether an address is no part of a longer number.
    private func standsFree(_ needle: Needle, _ range: Range<Int>, _ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        guard needle.kind.rule == .number else { return true }
        if range.lowerBound > 0 {
            if Surroundings.isDigitOrDot(bytes, range.lowerBound - 1) { return false }
            if needle.kind.form == "unix-time", bytes[range.lowerBound - 1] == UInt8(ascii: "-") { return false }
        }
        return range.upperBound >= bytes.count || !Surroundings.isDigit(bytes[range.upperBound])
    }

    private func hit(
        _ needle: Needle, _ root: Range<Int>, _ chain: [String], _ match: Slice<UnsafeBufferPointer<UInt8>>
    ) -> Hit {
        let kind = needle.kind
        return hit(
            needle.canary, root, chain + kind.chain, form: kind.form, level: kind.level,
            excerpt: MaskedExcerpt.of(match))
    }

    private func hit(
        _ index: Int, _ root: Range<Int>, _ chain: [String], form: String, level: Hit.Level, excerpt: String = ""
    ) -> Hit {
        let canary = canaries[index]
        return Hit(
            canary: canary.id, world: canary.world, dataClass: canary.dataClass, origin: canary.origin,
            offset: root.lowerBound, length: root.count, chain: chain, form: form, level: level, excerpt: excerpt)
    }
}

/// Some of the needles, compiled.
private struct PartMatcher: Sendable {
    private let matcher: LiteralMatcher
    private let numbers: [Int32]
    var longest: Int { matcher.longest }

    init(_ needles: JoinedNeedles, _ numbers: [Int32], _ bounds: [(Int, Int)]) {
        self.numbers = numbers
        matcher = LiteralMatcher(LiteralTexts(needles, numbers), bounds: bounds)
    }

    /// With the needle's number and where it stands.
    func forEachMatch(in bytes: UnsafeBufferPointer<UInt8>, _ body: (Int, Range<Int>) -> Void) {
        guard !numbers.isEmpty else { return }
        matcher.forEachMatch(in: bytes) { body(Int(numbers[$0]), $1..<$1 + matcher.length($0)) }
    }
}

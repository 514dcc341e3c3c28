// SPDX-License-Identifier: Apache-2.0

/// One literal that stands for a canary, and what must hold around it.
struct Needle: Sendable {
    /// What a match must look like in the text as it was before folding.
    enum Rule: Sendable, Hashable {
        /// Long and odd enough to count anywhere.
        case anywhere
        /// Digits: must touch neither digits nor a hexadecimal run.
        case number
        /// A date: as `number`, with separators nowhere but between its parts (lengths given).
        case date([Int])
        /// A short name: must touch no letter or digit.
        case word
        /// A part that means nothing alone: a label of the class, or a mask, must precede it.
        case labelled
    }

    let bytes: [UInt8]
    let canary: Int
    let form: String
    let chain: [String]
    let rule: Rule
    /// The bytes as they must stand before folding, for forms whose letter case and punctuation are part of them.
    var exact: [UInt8]?
    var level = Hit.Level.reversible

    /// The same of a canary that stands so much later.
    func moved(by distance: Int) -> Needle {
        Needle(
            bytes: bytes, canary: canary + distance, form: form, chain: chain, rule: rule, exact: exact, level: level)
    }
}

/// What forms a canary's value may take as readable text.
struct NeedleMaker {
    let canary: Canary
    let index: Int
    private(set) var folded: [Needle] = []
    private(set) var raw: [Needle] = []
    private var seen = Set<[UInt8]>()

    init(canary: Canary, index: Int) {
        self.canary = canary
        self.index = index
    }

    mutating func add(
        _ text: String, _ form: String = "value", chain: [String] = [], rule: Needle.Rule = .anywhere
    ) {
        let bytes = FoldedText.fold(text)
        guard bytes.count >= 4, seen.insert(bytes).inserted else { return }
        var rule = rule
        let letters = String(decoding: bytes, as: UTF8.self)
        let isNumber = bytes.allSatisfy { $0 >= 0x30 && $0 <= 0x39 }
        if rule == .anywhere {
            let isWide = bytes.contains { $0 >= 0x80 }
            if isNumber {
                rule = bytes.count >= 7 ? .number : .labelled
            } else if letters.count < (isWide && letters.unicodeScalars.contains { $0.value >= 0x3000 } ? 3 : 7) {
                rule = .labelled
            } else if letters.count < 10, !isWide || letters.unicodeScalars.allSatisfy({ $0.value < 0x3000 }) {
                rule = .word
            }
        }
        folded.append(Needle(bytes: bytes, canary: index, form: form, chain: chain, rule: rule))
    }

    /// A form that is searched as it is. Where enough of it is letters and digits, it is found with the folded ones and
    /// compared then.
    /// A digest as the bytes it is, for stores and messages that are no text.
    mutating func addDigest(_ bytes: [UInt8], _ form: String) {
        var needle = Needle(bytes: bytes, canary: index, form: form, chain: [], rule: .anywhere)
        needle.level = .hashed
        raw.append(needle)
    }

    mutating func addRaw(_ bytes: [UInt8], _ form: String = "value", chain: [String], rule: Needle.Rule = .anywhere) {
        guard bytes.count >= 7 else { return }
        var needle = Needle(bytes: bytes, canary: index, form: form, chain: chain, rule: rule)
        let plain = bytes.filter(TextIndex.Kind.alphanumeric.holds).map { $0 | 32 }
        if bytes.allSatisfy({ $0 < 0x80 }), plain.count >= (rule == .number ? 8 : 10) {
            needle = Needle(bytes: plain, canary: index, form: form, chain: chain, rule: rule, exact: bytes)
            folded.append(needle)
        } else if bytes.count >= 10 || bytes.contains(where: { $0 >= 0x80 || $0 < 0x20 }) {
            raw.append(needle)
        }
    }
}

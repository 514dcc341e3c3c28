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

    mutating func addRaw(_ bytes: [UInt8], _ form: String = "value", chain: [String], rule: Needle.Rule = .anywhere) {
        guard bytes.count >= 7 else { return }
        raw.append(Needle(bytes: bytes, canary: index, form: form, chain: chain, rule: rule))
    }
}

// SPDX-License-Identifier: Apache-2.0

/// One literal that stands for a canary.
struct Needle: Sendable {
    let canary: Int
    var kind: NeedleKind
}

/// What a literal is of its canary, and what must hold around it.
struct NeedleKind: Sendable, Hashable {
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

    /// What its bytes are.
    enum Content: Sendable, Hashable {
        /// Letters, digits and signs of ASCII.
        case plain
        /// UTF-8 beyond it.
        case wide
        /// Bytes that no plain text holds.
        case binary
        /// No bytes of a text, but how each differs from the next.
        case differences
    }

    let form: String
    let chain: [String]
    let rule: Rule
    var level = Hit.Level.reversible
    /// Which of the searches finds it.
    var content = Content.plain
    /// Whether the bytes must also stand as they were before folding.
    var isExact = false
}

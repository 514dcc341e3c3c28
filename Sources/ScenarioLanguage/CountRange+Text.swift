// SPDX-License-Identifier: Apache-2.0

extension CountRange {
    /// At least one: what an expectation wants where it names no count.
    package static let some = CountRange(atLeast: 1, atMost: nil)

    /// `1`, `1..2`, `2..`; nil for anything else.
    package init?(parsing text: String) {
        func number(_ text: some StringProtocol) -> Int? {
            guard !text.isEmpty, text.count <= 6, text.allSatisfy({ $0.isASCII && $0.isNumber }) else { return nil }
            return Int(text)
        }
        if let exact = number(text) {
            self.init(atLeast: exact, atMost: exact)
            return
        }
        guard let dots = text.firstRange(of: ".."), let low = number(text[..<dots.lowerBound]) else { return nil }
        let after = text[dots.upperBound...]
        if after.isEmpty {
            self.init(atLeast: low, atMost: nil)
            return
        }
        guard let high = number(after), high >= low else { return nil }
        self.init(atLeast: low, atMost: high)
    }

    /// For messages: `exactly 1`, `1 to 2`, `at least 2`.
    package var words: String {
        if atLeast == atMost { return "exactly \(atLeast)" }
        guard let atMost else { return "at least \(atLeast)" }
        return atLeast == 0 ? "at most \(atMost)" : "\(atLeast) to \(atMost)"
    }

    /// As it stands in a file.
    package var text: String {
        guard let atMost else { return "\(atLeast).." }
        return atLeast == atMost ? "\(atLeast)" : "\(atLeast)..\(atMost)"
    }
}

// SPDX-License-Identifier: Apache-2.0

/// The American Soundex of words: a letter and three digits, alike for words that sound alike in English.
enum Soundex {
    private static let digits: [Character: Character] = [
        "b": "1", "f": "1", "p": "1", "v": "1", "c": "2", "g": "2", "j": "2", "k": "2", "q": "2", "s": "2", "x": "2",
        "z": "2", "d": "3", "t": "3", "l": "4", "m": "5", "n": "5", "r": "6",
    ]

    /// Of each word of a text. A word that does not begin with a letter of the Latin alphabet stands for itself.
    static func codes(_ text: String) -> Set<String> {
        Set(SearchValue.folded(text).split { !$0.isLetter }.map { code(of: $0) })
    }

    private static func code(of word: Substring) -> String {
        guard let first = word.first, ("a"..."z").contains(first) else { return String(word) }
        var code = String(first)
        var last = digits[first]
        for letter in word.dropFirst() where code.count < 4 {
            let digit = digits[letter]
            if let digit, digit != last { code.append(digit) }
            // H and W between two letters of a kind do not part them; vowels do.
            if letter != "h", letter != "w" { last = digit }
        }
        return code.padding(to: 4)
    }
}

extension String {
    fileprivate func padding(to length: Int) -> String { self + String(repeating: "0", count: max(0, length - count)) }
}

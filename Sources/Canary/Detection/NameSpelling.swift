// SPDX-License-Identifier: Apache-2.0

/// How systems without an alphabet write names.
enum NameSpelling {
    private static let expansions: [Character: String] = [
        "ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "å": "aa", "ø": "oe", "æ": "ae", "ñ": "n", "ð": "d", "þ": "th",
        "ł": "l",
        "đ": "d",
    ]
    private static let cyrillic: [Character: String] = [
        "а": "a", "б": "b", "в": "v", "г": "g", "д": "d", "е": "e", "ё": "e", "ж": "zh", "з": "z", "и": "i", "й": "y",
        "к": "k", "л": "l", "м": "m", "н": "n", "о": "o", "п": "p", "р": "r", "с": "s", "т": "t", "у": "u", "ф": "f",
        "х": "kh", "ц": "ts", "ч": "ch", "ш": "sh", "щ": "shch", "ъ": "", "ы": "y", "ь": "", "э": "e", "ю": "yu",
        "я": "ya",
    ]
    private static let plain: [Character: String] = ["ø": "o", "ł": "l", "đ": "d", "æ": "ae"]

    /// Spellings that folding does not already make alike: transliterated, and with the strange letters lost.
    static func all(of name: String) -> [(String, String)] {
        let lower = name.lowercased()
        guard lower.contains(where: { !$0.isASCII }) else { return [] }
        var found: [(String, String)] = []
        func map(_ table: [Character: String]) -> String { lower.map { table[$0] ?? String($0) }.joined() }
        found.append((map(expansions), "transliterated"))
        found.append((map(plain), "transliterated"))
        found.append((map(cyrillic), "transliterated"))
        let lost = lower.filter(\.isASCII)
        if lost.filter(\.isLetter).count >= 7 { found.append((lost, "letters-lost")) }
        return found
    }
}

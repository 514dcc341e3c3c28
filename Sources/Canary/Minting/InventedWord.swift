// SPDX-License-Identifier: Apache-2.0

internal import World

/// The script a person's names are written in; each takes another path through encoders and collations.
enum NameScript: CaseIterable {
    case latin, diacritics, apostrophe, cjk, cyrillic

    /// By place in the world: any three neighbours hold at least one script besides plain Latin.
    static func at(_ position: Int) -> NameScript {
        let cycle: [NameScript] = [.latin, .diacritics, .apostrophe, .latin, .cjk, .cyrillic]
        return cycle[position % cycle.count]
    }
}

/// Words that stand in no dictionary: rare letter pairs, long enough that chance cannot write them.
enum InventedWord {
    private static let onsets = [
        "v", "z", "k", "br", "dr", "gl", "m", "n", "qu", "str", "th", "w", "y", "fl", "gr", "pl",
    ]
    private static let vowels = ["a", "e", "i", "o", "u", "y", "ae", "ou"]
    private static let codas = ["", "", "x", "rn", "lk", "nd", "sk", "z", "v", "mb"]
    private static let accents: [Character: [Character]] = [
        "a": ["á", "ä", "å"], "e": ["é", "ë", "ê"], "i": ["í", "ï"], "o": ["ö", "ø", "ó"], "u": ["ü", "ú"], "n": ["ñ"],
        "z": ["ž"],
    ]
    private static let han = Array("龔翟鄺麴酆欒郤鬱靳瞿澹臺闞蒯蠆馥毓珮麒瑄翀骞羿彧晟昶旻淼")
    private static let cyrillicOnsets = ["в", "з", "к", "бр", "др", "щ", "м", "ж", "х", "ст", "ц", "ф", "гр", "пл"]
    private static let cyrillicVowels = ["а", "е", "и", "о", "у", "ы", "ю", "я"]

    /// A lower-case Latin word of at least `letters` letters.
    static func lower(_ letters: Int, from stream: inout RandomStream) -> String {
        var word = ""
        while word.count < letters {
            word += pick(onsets, &stream) + pick(vowels, &stream)
            if word.count + 2 >= letters { word += pick(codas, &stream) }
        }
        return word
    }

    /// The name of an account: a word with a letter in its middle that no name has. Names of two short syllables are few
    /// enough for one of them to be somebody's account by chance.
    static func account(_ letters: Int, from stream: inout RandomStream) -> String {
        let word = lower(letters, from: &stream)
        let middle = word.index(word.startIndex, offsetBy: word.count / 2)
        return word[..<middle] + "j" + word[middle...]
    }

    /// A name with a capital in the given script; at least `letters` letters (Han: a third of that, as real ones are
    /// short).
    static func name(_ letters: Int, in script: NameScript = .latin, from stream: inout RandomStream) -> String {
        switch script {
        case .latin: return capitalized(lower(letters, from: &stream))
        case .diacritics: return capitalized(accented(lower(letters, from: &stream), &stream))
        case .apostrophe:
            let prefix = pick(["O", "D", "N"], &stream)
            return prefix + "'" + capitalized(lower(letters, from: &stream))
        case .cjk: return String((0..<max(4, letters / 2)).map { _ in han[Int(stream.next() % UInt64(han.count))] })
        case .cyrillic:
            var word = ""
            while word.count < letters { word += pick(cyrillicOnsets, &stream) + pick(cyrillicVowels, &stream) }
            return capitalized(word)
        }
    }

    private static func pick(_ words: [String], _ stream: inout RandomStream) -> String {
        words[Int(stream.next() % UInt64(words.count))]
    }

    private static func capitalized(_ word: String) -> String { word.prefix(1).uppercased() + word.dropFirst() }

    /// Two letters at least get a mark; a word without a letter that can take one gets an "ü" at its end.
    private static func accented(_ word: String, _ stream: inout RandomStream) -> String {
        var marked = 0
        var letters = Array(word)
        for index in letters.indices where marked < 2 {
            guard let choices = accents[letters[index]] else { continue }
            letters[index] = choices[Int(stream.next() % UInt64(choices.count))]
            marked += 1
        }
        return String(letters) + (marked == 0 ? "ü" : "")
    }
}

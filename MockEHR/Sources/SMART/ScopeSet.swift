// SPDX-License-Identifier: Apache-2.0

/// OAuth scopes, read as SMART v1 (`user/Patient.read`) and v2 (`user/Patient.rs`) have them.
struct ScopeSet: Sendable, Hashable {
    enum Interaction: Character, Sendable { case create = "c", read = "r", update = "u", delete = "d", search = "s" }

    /// One scope of resource access.
    struct Access: Sendable, Hashable {
        let context: String
        let type: String
        let letters: String
        /// What narrows it: `category=survey` (SMART v2); empty: nothing.
        let query: String

        func covers(_ interaction: Interaction, _ type: String) -> Bool {
            (self.type == type || self.type == "*") && letters.contains(interaction.rawValue)
        }
    }

    /// In the order of the request, each once.
    let words: [String]
    /// Those that are of resources, in their order: read once, for every request asks them.
    private let resourceAccesses: [Access]

    init(_ text: String) { self.init(words: text.split(separator: " ").map(String.init)) }

    init(words: [String]) {
        var seen = Set<String>()
        self.words = words.filter { seen.insert($0).inserted }
        resourceAccesses = self.words.compactMap(Self.access)
    }

    var text: String { words.joined(separator: " ") }
    func contains(_ word: String) -> Bool { words.contains(word) }

    /// True where some scope of one of the contexts allows the interaction on the type.
    func allows(_ interaction: Interaction, on type: String) -> Bool {
        resourceAccesses.contains { $0.covers(interaction, type) }
    }

    /// The scopes that allow the interaction on the type.
    func accesses(_ interaction: Interaction, on type: String) -> [Access] {
        resourceAccesses.filter { $0.covers(interaction, type) }
    }

    var hasWildcard: Bool {
        resourceAccesses.contains { $0.type == "*" } || words.contains { $0.hasSuffix(".*") }
    }

    func filter(_ keep: (String) -> Bool) -> ScopeSet { ScopeSet(words: words.filter(keep)) }

    /// Reads `patient|user|system/Type.access`; nil for other scopes and for nonsense.
    static func access(_ text: String) -> Access? {
        let parts = text.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        let word = parts.first ?? ""
        let query = parts.count > 1 ? String(parts[1]) : ""
        guard let slash = word.firstIndex(of: "/"), let dot = word.lastIndex(of: "."), slash < dot else { return nil }
        let context = String(word[..<slash])
        let type = String(word[word.index(after: slash)..<dot])
        let rights = word[word.index(after: dot)...]
        guard ["patient", "user", "system"].contains(context), !type.isEmpty else { return nil }
        let letters: String
        switch rights {
        case "read": letters = "rs"
        case "write": letters = "cud"
        case "*": letters = "cruds"
        default:
            // v2: letters in this order, each at most once.
            var rest = Substring("cruds")
            for letter in rights {
                guard let place = rest.firstIndex(of: letter) else { return nil }
                rest = rest[rest.index(after: place)...]
            }
            guard !rights.isEmpty else { return nil }
            letters = String(rights)
        }
        return Access(context: context, type: type, letters: letters, query: query)
    }
}

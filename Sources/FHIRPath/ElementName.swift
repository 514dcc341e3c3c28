// SPDX-License-Identifier: Apache-2.0

/// A name in a path with what is worth computing once, when the expression is parsed.
struct ElementName: Sendable {
    let text: String
    /// As ``NameTable`` counts it.
    let hash: Int
    /// Where plain JSON keeps id and extensions of a primitive.
    let companion: String
    /// Whether it may be the name of a type at the start of a path.
    let isCapitalized: Bool

    init(_ text: String) {
        self.text = text
        hash = NameTable<Int>.hash(text)
        companion = "_" + text
        isCapitalized = text.utf8.first.map { $0 >= 0x41 && $0 <= 0x5A } ?? false
    }
}

/// Entries by name. Unlike a dictionary it takes hashes that were computed before, and needs no seed: its names come from
/// the definitions of types, not from input.
struct NameTable<Entry: Sendable>: Sendable {
    private let names: [String]
    private let entries: [Entry]
    /// Indices into `entries`, -1 where nothing stands; a power of two, at most half full.
    private let slots: [Int16]

    /// The first of several entries of one name counts.
    init(_ pairs: [(name: String, entry: Entry)]) {
        var size = 8
        while size < pairs.count * 2 { size *= 2 }
        var slots = [Int16](repeating: -1, count: size)
        for (index, pair) in pairs.enumerated() {
            var slot = Self.hash(pair.name) & (size - 1)
            while slots[slot] >= 0, pairs[Int(slots[slot])].name != pair.name { slot = (slot + 1) & (size - 1) }
            if slots[slot] < 0 { slots[slot] = Int16(index) }
        }
        self.slots = slots
        names = pairs.map(\.name)
        entries = pairs.map(\.entry)
    }

    subscript(_ name: String) -> Entry? { find(name, hash: Self.hash(name)) }

    func find(_ name: String, hash: Int) -> Entry? {
        var slot = hash & (slots.count - 1)
        while true {
            let index = Int(slots[slot])
            if index < 0 { return nil }
            if names[index] == name { return entries[index] }
            slot = (slot + 1) & (slots.count - 1)
        }
    }

    /// FNV-1a over the UTF-8 form.
    static func hash(_ name: String) -> Int {
        func mix(_ bytes: UnsafeBufferPointer<UInt8>) -> Int {
            var hash: UInt32 = 2_166_136_261
            for byte in bytes { hash = (hash ^ UInt32(byte)) &* 16_777_619 }
            return Int(hash ^ hash >> 15)
        }
        var name = name
        return name.withUTF8(mix)
    }
}

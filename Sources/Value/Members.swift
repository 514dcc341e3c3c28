// SPDX-License-Identifier: Apache-2.0

/// The members of an object in their order; a name occurs once (the last one written wins, at its first place).
package struct Members: Sendable, Hashable, ExpressibleByDictionaryLiteral {
    private var entries: [(name: String, value: Value)]

    package init() { entries = [] }

    package init(_ pairs: [(String, Value)]) {
        entries = []
        entries.reserveCapacity(pairs.count)
        for (name, value) in pairs { self[name] = value }
    }

    /// For callers that know that no name stands twice.
    init(unique pairs: [(String, Value)]) { entries = pairs.map { (name: $0.0, value: $0.1) } }

    package init(dictionaryLiteral pairs: (String, Value)...) { self.init(pairs) }

    package var count: Int { entries.count }
    package var isEmpty: Bool { entries.isEmpty }
    package var names: [String] { entries.map(\.name) }

    /// O(count): objects here are small. Setting nil removes the member.
    package subscript(_ name: String) -> Value? {
        get { entries.first { $0.name == name }?.value }
        set {
            if let index = entries.firstIndex(where: { $0.name == name }) {
                if let newValue { entries[index].value = newValue } else { entries.remove(at: index) }
            } else if let newValue {
                entries.append((name, newValue))
            }
        }
    }

    /// Equality ignores order, as JSON does.
    package static func == (left: Self, right: Self) -> Bool {
        left.count == right.count && left.entries.allSatisfy { right[$0.name] == $0.value }
    }

    package func hash(into hasher: inout Hasher) {
        for entry in entries.sorted(by: { $0.name < $1.name }) {
            hasher.combine(entry.name)
            hasher.combine(entry.value)
        }
    }
}

extension Members: Sequence {
    package func makeIterator() -> IndexingIterator<[(name: String, value: Value)]> { entries.makeIterator() }
}

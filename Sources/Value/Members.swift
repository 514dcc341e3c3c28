// SPDX-License-Identifier: Apache-2.0

/// The members of an object in their order; a name occurs once (the last one written wins, at its first place).
package struct Members: Sendable, Hashable, ExpressibleByDictionaryLiteral {
    @usableFromInline var entries: [(name: String, value: Value)]
    /// Whether a name may begin with `_`, as the companions of FHIR's primitives do; false means none does.
    package private(set) var hasUnderscores = false

    package init() { entries = [] }

    /// Empty, with room for so many.
    package init(room count: Int) {
        entries = []
        entries.reserveCapacity(count)
    }

    package init(_ pairs: [(String, Value)]) {
        self.init(room: pairs.count)
        for (name, value) in pairs { self[name] = value }
    }

    /// For callers that know that no name stands twice.
    init(unique pairs: [(name: String, value: Value)]) {
        entries = pairs
        hasUnderscores = pairs.contains { Self.isUnderscored($0.name) }
    }

    package init(dictionaryLiteral pairs: (String, Value)...) { self.init(pairs) }

    package var count: Int { entries.count }
    package var isEmpty: Bool { entries.isEmpty }
    package var names: [String] { entries.map(\.name) }

    /// O(count): objects here are small. Setting nil removes the member.
    package subscript(_ name: String) -> Value? {
        @inlinable get { index(of: name).map { entries[$0].value } }
        set {
            if let index = index(of: name) {
                if let newValue { entries[index].value = newValue } else { entries.remove(at: index) }
            } else if let newValue {
                entries.append((name, newValue))
                if Self.isUnderscored(name) { hasUnderscores = true }
            }
        }
    }

    @inlinable package func index(of name: String) -> Int? {
        let length = name.utf8.count
        // Lengths first: they differ mostly, and are compared without touching the text.
        for index in entries.indices where entries[index].name.utf8.count == length && entries[index].name == name {
            return index
        }
        return nil
    }

    /// The value at an ``index(of:)``.
    @inlinable package subscript(at index: Int) -> Value { entries[index].value }

    /// Calls `body` with each member in order, without copying any.
    @inlinable package func visit(_ body: (_ name: String, _ value: Value) -> Void) {
        entries.withUnsafeBufferPointer { buffer in
            for index in buffer.indices { body(buffer[index].name, buffer[index].value) }
        }
    }

    private static func isUnderscored(_ name: String) -> Bool { name.utf8.first == UInt8(ascii: "_") }

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

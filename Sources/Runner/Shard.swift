// SPDX-License-Identifier: Apache-2.0

/// One part of a plan that several machines share: part `index` of `count`, counted from 1.
package struct Shard: Sendable, Hashable, CustomStringConvertible {
    package let index: Int
    package let count: Int

    /// Reads `2/4`. Nil for anything else, and where the index is not within 1 to the count.
    package init?(_ text: String) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2, let index = Int(parts[0]), let count = Int(parts[1]), (1...10_000).contains(count),
            (1...count).contains(index)
        else { return nil }
        self.index = index
        self.count = count
    }

    package var description: String { "\(index)/\(count)" }

    /// Whether the scenario at this place of the plan belongs to the shard: dealt out like cards, so that the long ones of
    /// one folder do not all go to one machine.
    func holds(_ place: Int) -> Bool { place % count == index - 1 }
}

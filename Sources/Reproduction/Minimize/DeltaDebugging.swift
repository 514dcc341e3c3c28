// SPDX-License-Identifier: Apache-2.0

/// Delta debugging (Zeller and Hildebrandt, "Simplifying and Isolating Failure-Inducing Input", 2002) over the places of a
/// list, with all candidates of a round asked at once.
package struct DeltaDebugging: Sendable {
    /// Which of some lists of places still show the failure.
    package typealias Question = @Sendable ([[Int]]) async throws -> [Bool]

    /// How many lists were asked about.
    package private(set) var asked = 0
    private var known: [[Int]: Bool] = [:]

    package init() {}

    /// The places that are left: none of them can be taken away alone without the failure going too.
    package mutating func reduce(_ count: Int, ask: Question) async throws -> [Int] {
        var kept = Array(0..<count)
        var parts = 2
        while kept.count > 1 {
            let chunks = Self.split(kept, into: min(parts, kept.count))
            let candidates = chunks.map { chunk in kept.filter { !chunk.contains($0) } }
            let shows = try await answers(candidates, by: ask)
            let idle = zip(chunks, shows).filter(\.1).map(\.0)
            if idle.isEmpty {
                if parts >= kept.count { break }
                parts = min(kept.count, parts * 2)
                continue
            }
            // What can go alone can often go together; then more goes in one round.
            var gone = idle[0]
            if idle.count > 1 {
                let sums = (2...idle.count).map { Array(idle[..<$0].joined()) }
                let together = sums.map { sum in kept.filter { !sum.contains($0) } }
                let still = try await answers(together, by: ask)
                if let last = still.lastIndex(of: true) { gone = sums[last] }
            }
            kept.removeAll { gone.contains($0) }
            parts = max(2, min(kept.count, parts - 1))
        }
        if kept.count == 1, try await answers([[]], by: ask)[0] { kept = [] }
        return kept
    }

    /// Never asks the same twice.
    private mutating func answers(_ candidates: [[Int]], by question: Question) async throws -> [Bool] {
        var new: [[Int]] = []
        for candidate in candidates where known[candidate] == nil && !new.contains(candidate) { new.append(candidate) }
        if !new.isEmpty {
            asked += new.count
            for (candidate, answer) in zip(new, try await question(new)) { known[candidate] = answer }
        }
        return candidates.map { known[$0] ?? false }
    }

    static func split(_ list: [Int], into parts: Int) -> [[Int]] {
        let (size, rest) = list.count.quotientAndRemainder(dividingBy: parts)
        var chunks: [[Int]] = []
        var start = 0
        for index in 0..<parts {
            let end = start + size + (index < rest ? 1 : 0)
            chunks.append(Array(list[start..<end]))
            start = end
        }
        return chunks
    }
}

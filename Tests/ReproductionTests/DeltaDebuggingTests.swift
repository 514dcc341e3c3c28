// SPDX-License-Identifier: Apache-2.0

import Reproduction
import Testing

@Suite struct DeltaDebuggingTests {
    @Test(arguments: [[3], [0, 19], [2, 3, 11], [], Array(0..<20)])
    func `exactly what is needed is left`(needed: [Int]) async throws {
        var delta = DeltaDebugging()
        let left = try await delta.reduce(20) { candidates in
            candidates.map { candidate in needed.allSatisfy(candidate.contains) }
        }
        #expect(left == needed)
    }

    @Test func `what is needed only together with something else stays with it`() async throws {
        // 4 alone shows it; without 4, 7 needs 8.
        var delta = DeltaDebugging()
        let left = try await delta.reduce(12) { candidates in
            candidates.map { $0.contains(4) && $0.contains(7) == $0.contains(8) }
        }
        #expect(left.contains(4))
        #expect(left.contains(7) == left.contains(8))
    }

    @Test func `nothing is asked twice`() async throws {
        var delta = DeltaDebugging()
        let asked = Asked()
        _ = try await delta.reduce(16) { candidates in
            await asked.add(candidates)
            return candidates.map { $0.contains(5) && $0.contains(9) }
        }
        let all = await asked.lists
        #expect(Set(all).count == all.count)
        #expect(delta.asked == all.count)
    }
}

private actor Asked {
    private(set) var lists: [[Int]] = []
    func add(_ candidates: [[Int]]) { lists += candidates }
}

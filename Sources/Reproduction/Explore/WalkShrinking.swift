// SPDX-License-Identifier: Apache-2.0

/// Finds the least of a walk that still shows something, by its moves: for each candidate the model says anew what must follow.
///
/// Steps alone cannot be left out of a walk: what the model expects of all of it would be expected of less than it, and any
/// connector fails that.
package struct WalkShrinking: Sendable {
    private let maker: WalkMaker
    private var delta = DeltaDebugging()

    /// How many walks were asked about.
    package private(set) var asked = 0

    package init(_ maker: WalkMaker) { self.maker = maker }

    /// - Parameter ask: which of some walks still show it.
    package mutating func least(
        of walk: VisitWalk, ask: @Sendable ([VisitWalk]) async throws -> [Bool]
    ) async throws -> VisitWalk {
        let way = walk.way
        let maker = maker
        let memory = Memory()
        let kept = try await delta.reduce(way.count) { candidates in
            let walks = candidates.map { places in maker.walk(of: places.map { way[$0] }) }
            // Different moves left out may leave the same walk.
            let new = await memory.unknown(walks)
            if !new.isEmpty { await memory.add(new, try await ask(new)) }
            return await memory.answers(walks)
        }
        asked = await memory.count
        return maker.walk(of: kept.map { way[$0] })
    }
}

private actor Memory {
    private var known: [[VisitWalk.Leg]: Bool] = [:]

    var count: Int { known.count }

    func unknown(_ walks: [VisitWalk]) -> [VisitWalk] {
        var seen: Set<[VisitWalk.Leg]> = []
        return walks.filter { known[$0.way] == nil && seen.insert($0.way).inserted }
    }

    func add(_ walks: [VisitWalk], _ answers: [Bool]) {
        for (walk, answer) in zip(walks, answers) { known[walk.way] = answer }
    }

    func answers(_ walks: [VisitWalk]) -> [Bool] { walks.map { known[$0.way] ?? false } }
}

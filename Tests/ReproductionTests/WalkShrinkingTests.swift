// SPDX-License-Identifier: Apache-2.0

import Reproduction
import Testing
import World

@Suite struct WalkShrinkingTests {
    private let maker = WalkMaker(vendor: .epic, profile: "epic-2021-11", hasTexts: true, seed: 1)

    @Test func `of a walk the moves are left that show it, and what the model says of them`() async throws {
        let walk = maker.walk(
            of: [
                .init(.book), .init(.book, 1), .init(.jumpToStart), .init(.expireTokens), .init(.patientLaunches),
                .init(.providerLaunches), .init(.lockEHR), .init(.admit), .init(.briefOutage),
                .init(.reorderNotifications), .init(.patientLeaves), .init(.wait),
            ])
        #expect(walk.way.count == 12)
        var shrinking = WalkShrinking(maker)
        let least = try await shrinking.least(of: walk) { walks in
            walks.map { $0.moves.contains(.reorderNotifications) && $0.moves.contains(.providerLaunches) }
        }
        #expect(least.moves == [.book, .jumpToStart, .providerLaunches, .reorderNotifications])
        #expect(shrinking.asked > 0)
        // Of the whole two connects were due, of what is left one.
        #expect(Self.atLeast(walk, maker) == ["2", "2"])
        #expect(Self.atLeast(least, maker) == ["1", "1"])
    }

    @Test func `whatever is left out, the model could have drawn what is asked about`() async throws {
        for number in 1...40 {
            let walk = maker.walk(number)
            var shrinking = WalkShrinking(maker)
            let maker = maker
            _ = try await shrinking.least(of: walk) { walks in
                for walk in walks { #expect(maker.walk(of: walk.way).way == walk.way, "\(walk.moves)") }
                #expect(Set(walks.map(\.way)).count == walks.count)
                return walks.map { $0.moves.count > 2 && $0.moves.count % 3 != 1 }
            }
        }
    }

    @Test func `a walk that every part shows shrinks to nothing, one that no part shows stays whole`() async throws {
        let walk = maker.walk(7)
        var shrinking = WalkShrinking(maker)
        let none = try await shrinking.least(of: walk) { $0.map { _ in true } }
        #expect(none.way.isEmpty)
        var again = WalkShrinking(maker)
        let all = try await again.least(of: walk) { $0.map { $0.way == walk.way } }
        #expect(all.way == walk.way)
    }

    /// The least numbers that a walk's scenario asks for.
    private static func atLeast(_ walk: VisitWalk, _ maker: WalkMaker) -> [String] {
        walk.draft(id: "walk", profile: maker.profile).always.compactMap { $0["at-least"]?.string }
    }
}

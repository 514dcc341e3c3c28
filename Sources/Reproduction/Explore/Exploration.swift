// SPDX-License-Identifier: Apache-2.0

package import World

/// Draws walks through the model of a visit, each from its own number: the same seed and number give the same walk.
package struct WalkMaker: Sendable {
    package let vendor: Vendor
    package let profile: String
    package let hasTexts: Bool
    private let seed: RunSeed

    package init(vendor: Vendor, profile: String, hasTexts: Bool, seed: UInt64) {
        self.vendor = vendor
        self.profile = profile
        self.hasTexts = hasTexts && vendor == .cerner
        self.seed = RunSeed(seed: seed, nonce: "")
    }

    private static let beginnings: [[VisitMove]] = [
        [], [.book], [.book], [.book, .receiveLink], [.book, .receiveLink, .jumpToStart],
        [.book, .receiveLink, .jumpToStart, .providerLaunches],
        [.book, .receiveLink, .jumpToStart, .providerLaunches, .openLink, .patientLaunches],
        [.book, .receiveLink, .jumpToStart, .providerLaunches, .openLink, .patientLaunches, .admit],
    ]

    package func walk(_ number: Int) -> VisitWalk {
        var random = seed.plan("explore", vendor.rawValue, String(number))
        var walk = VisitWalk(vendor: vendor, hasTexts: hasTexts)
        // Most of what can happen needs a booking, and much of it a visit that is going on.
        for move in Self.beginnings[Int.random(in: 0..<Self.beginnings.count, using: &random)]
        where walk.isPossible(move, 0) { walk.make(move, 0) }
        let length = Int.random(in: 5...14, using: &random)
        for _ in 0..<length {
            let index = Int.random(in: 0..<3, using: &random) == 0 ? 1 : 0
            let choices = VisitMove.allCases.filter { walk.isPossible($0, index) }
            let total = choices.reduce(0) { $0 + $1.weight }
            var place = Int.random(in: 0..<max(1, total), using: &random)
            for choice in choices {
                place -= choice.weight
                if place < 0 {
                    walk.make(choice, index)
                    break
                }
            }
        }
        return walk
    }

    /// The walk of these moves, without those that make no sense where the ones before them are missing.
    package func walk(of way: [VisitWalk.Leg]) -> VisitWalk {
        var walk = VisitWalk(vendor: vendor, hasTexts: hasTexts)
        for leg in way where walk.isPossible(leg.move, leg.visit) { walk.make(leg.move, leg.visit) }
        return walk
    }
}

/// Which of the model's states and transitions were walked through.
package struct ExplorationCoverage: Sendable, Hashable {
    package private(set) var states: Set<String> = []
    package private(set) var transitions: Set<String> = []
    package private(set) var moves: [String: Int] = [:]

    package init() {}

    package mutating func add(_ walk: VisitWalk) {
        states.formUnion(walk.states)
        transitions.formUnion(walk.transitions)
        for move in walk.moves { moves[move.rawValue, default: 0] += 1 }
    }

    /// What the model itself comes through in many walks, without any connector: what can be covered.
    package static func reachable(_ maker: WalkMaker, walks: Int = 2_000) -> ExplorationCoverage {
        var coverage = ExplorationCoverage()
        for number in 1...walks { coverage.add(maker.walk(-number)) }
        return coverage
    }
}

// SPDX-License-Identifier: Apache-2.0

import FHIRModel
import Testing
import Value

/// Seeded damage to HL7's examples: it is found, at the damaged place.
@Suite(.enabled(if: !TestData.examples.isEmpty, "no test data: set ASSAY_TEST_DATA"))
struct `Damaged examples` {
    private struct Dice {
        var state: UInt64
        mutating func roll(_ count: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int((state >> 33) % UInt64(max(1, count)))
        }
    }

    @Test func `of 1,000 mutations 99 in 100 are rejected at the damaged place`() throws {
        var dice = Dice(state: 20_261_121)
        let examples = try TestData.examples.sorted { $0.key < $1.key }.map { ($0.key, try Value.parseJSON($0.value)) }
        // Every kind of damage is as likely as the others, wherever it fits.
        let damages = examples.map { Dictionary(grouping: DamageFinder.all(in: $0.1), by: \.kind) }
        var done: [Damage.Kind: Int] = [:]
        var missed: [String] = []
        var total = 0
        while total < 1000 {
            let number = dice.roll(examples.count)
            let kind = Damage.Kind.allCases[dice.roll(Damage.Kind.allCases.count)]
            guard let fitting = damages[number][kind] else { continue }
            let damage = fitting[dice.roll(fitting.count)]
            let (file, value) = examples[number]
            let issues = Validator().issues(in: damage.applied(to: value)).filter { $0.severity == .error }
            total += 1
            done[kind, default: 0] += 1
            if !issues.contains(where: { $0.jsonPath == damage.place || $0.path == damage.place }) {
                missed.append("\(file) \(kind.rawValue) \(damage.place): \(issues.prefix(3).map(\.description))")
            }
        }
        let kinds = done.map { "\($0.key.rawValue) \($0.value)" }.sorted().joined(separator: ", ")
        print("mutations rejected in their place: \(total - missed.count) of \(total) (\(kinds))")
        #expect(missed.count * 100 <= total, "\(missed.joined(separator: "\n"))")
    }
}

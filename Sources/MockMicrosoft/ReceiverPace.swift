// SPDX-License-Identifier: Apache-2.0

import World

/// How Graph treats receivers that answer slowly (wire-protocols 2.5), as data.
struct SlowReceiverRule {
    /// An answer later than this counts as slow.
    let slow: Duration
    /// How many answers are looked at.
    let sample: Int
    /// From this share of slow answers on, deliveries wait for `penalty`.
    let delayedShare: Double
    /// From this share on, they are dropped for as long.
    let droppedShare: Double
    let penalty: Duration

    static let graph = SlowReceiverRule(
        slow: .milliseconds(2900), sample: 100, delayedShare: 0.10, droppedShare: 0.15, penalty: .seconds(600))
}

/// One receiver's recent answers.
struct ReceiverPace {
    enum Treatment: Equatable { case normal, delayed, dropped }

    private var slow: [Bool] = []
    private var treatment = Treatment.normal
    private var until: Instant?

    /// How a delivery at `now` (the world's clock) is treated.
    mutating func treatment(at now: Instant) -> Treatment {
        if let end = until, now >= end {
            until = nil
            treatment = .normal
            slow.removeAll()
        }
        return treatment
    }

    mutating func note(_ took: Duration, _ rule: SlowReceiverRule, at now: Instant) {
        slow.append(took > rule.slow)
        if slow.count > rule.sample { slow.removeFirst() }
        guard slow.count == rule.sample else { return }
        let share = Double(slow.count { $0 }) / Double(rule.sample)
        let earned: Treatment =
            share >= rule.droppedShare ? .dropped : share >= rule.delayedShare ? .delayed : .normal
        if earned != .normal, earned != treatment {
            treatment = earned
            until = now + rule.penalty
        }
    }
}

// SPDX-License-Identifier: Apache-2.0

internal import ScenarioLanguage

/// One decision about one check, before requirements and level are put to it.
struct Finding: Sendable {
    let check: String
    let verdict: CheckVerdict
    let reason: Reason?
    let message: String
    var expected = ""
    var actual = ""
    var nearMisses: [String] = []
    var evidence: [Int] = []
    var observability: Observability = .observed
    var step: String?

    static func pass(
        _ check: String, _ message: String, evidence: [Int], observability: Observability = .observed
    ) -> Finding {
        Finding(
            check: check, verdict: .pass, reason: nil, message: message, evidence: evidence,
            observability: observability)
    }

    static func fail(
        _ check: String, _ reason: Reason, _ message: String, expected: String = "", actual: String = "",
        nearMisses: [String] = [], evidence: [Int] = [], observability: Observability = .observed
    ) -> Finding {
        Finding(
            check: check, verdict: .fail, reason: reason, message: message, expected: expected, actual: actual,
            nearMisses: nearMisses, evidence: evidence, observability: observability)
    }

    static func open(
        _ check: String, _ reason: Reason, _ message: String, expected: String = "", evidence: [Int] = []
    ) -> Finding {
        Finding(
            check: check, verdict: .inconclusive, reason: reason, message: message, expected: expected,
            evidence: evidence,
            observability: reason == .notObservable ? .notObservable : .observed)
    }

    static func error(_ check: String, _ message: String, evidence: [Int] = []) -> Finding {
        Finding(check: check, verdict: .error, reason: .harness, message: message, evidence: evidence)
    }

    /// It is for connectors that claim otherwise.
    static func notApplicable(_ check: String, _ unmet: ClaimCondition) -> Finding {
        Finding(
            check: check, verdict: .notApplicable, reason: .notClaimed,
            message: "It is for connectors of which \(unmet.text).")
    }

    /// The same, said of a step.
    func at(_ step: String) -> Finding {
        var copy = self
        copy.step = step
        return copy
    }
}

extension [ClaimCondition] {
    /// The first that does not hold; nil claims mean everything is claimed.
    func unmet(by claimed: Set<String>?) -> ClaimCondition? {
        first { condition in claimed.map { !condition.holds(for: $0) } ?? !condition.isClaimed }
    }
}

extension CheckVerdict {
    /// Worst first: error, fail, inconclusive, pass, not applicable.
    var badness: Int {
        switch self {
        case .error: 4
        case .fail: 3
        case .inconclusive: 2
        case .pass: 1
        case .notApplicable: 0
        }
    }
}

extension Collection<CheckVerdict> {
    /// The worst of them; not applicable where there is none.
    var worst: CheckVerdict { self.max { $0.badness < $1.badness } ?? .notApplicable }
}

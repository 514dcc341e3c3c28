// SPDX-License-Identifier: Apache-2.0

/// How one check fared over several runs.
package struct CheckTrend: Sendable, Hashable {
    package let name: String
    /// Verdicts, oldest run first.
    package private(set) var verdicts: [String] = []
    /// Neighbouring runs of one kind, and how many of them came to another verdict.
    package private(set) var pairs = 0
    package private(set) var flips = 0
    private var last: [String: String] = [:]

    init(name: String) { self.name = name }

    /// Flips for each pair of neighbouring runs of one kind; nil where there was no pair.
    package var flakeRate: Double? { pairs == 0 ? nil : Double(flips) / Double(pairs) }

    package var failures: Int { verdicts.count { $0 == "fail" || $0 == "error" } }

    mutating func add(_ verdict: String, kind: String) {
        verdicts.append(verdict)
        if let before = last[kind] {
            pairs += 1
            if before != verdict { flips += 1 }
        }
        last[kind] = verdict
    }

    /// One sign a run: `✓✓✗?`.
    package var signs: String {
        verdicts.map { verdict in
            switch verdict {
            case "pass": "✓"
            case "fail", "error": "✗"
            case "inconclusive": "?"
            default: "–"
            }
        }.joined()
    }
}

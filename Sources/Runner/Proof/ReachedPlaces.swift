// SPDX-License-Identifier: Apache-2.0

internal import Foundation
internal import Judge

/// Which deliberate defects' places the honest connector reaches in which scenario. Where it never comes to a defect's place,
/// it does with the defect what it does without: such a run need not be made again.
struct ReachedPlaces {
    /// Ids of defects, by scenario.
    private var defects: [String: Set<String>] = [:]

    /// Takes over what a run of the honest connector noted, with a process for each scenario.
    /// - Parameter options: of that run.
    mutating func add(_ results: RunResults, _ options: RunOptions) throws {
        for scenario in results.scenarios {
            let file = options.reachedDefects(of: scenario.id)
            let ids = try String(contentsOf: file, encoding: .utf8).split(separator: "\n").map(String.init)
            defects[scenario.id] = Set(ids)
        }
    }

    /// Whether a defect may show in a scenario; of one that is not known it may.
    func mayShow(_ defect: String, in scenario: String) -> Bool { defects[scenario]?.contains(defect) ?? true }
}

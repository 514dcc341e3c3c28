// SPDX-License-Identifier: Apache-2.0

import Foundation
import Judge
import Ledger
import ScenarioLanguage
import Testing
import Trace
import Value
import World

/// Over the scenarios of the project itself.
@Suite struct SuiteTests {
    private static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    private func scenarios() throws -> [Scenario] {
        let folder = DataFolder(url: Self.root)
        let ledger = try Ledger(dataFolder: folder)
        // Mistakes in scenario files are the business of their own test.
        return ScenarioLoader(ledger: ledger, dataFolder: folder).files(at: [folder.scenarios("")]).compactMap(
            \.scenario)
    }

    @Test func `every privacy check names a policy that is there`() throws {
        for scenario in try scenarios() {
            for invariant in scenario.always {
                guard case .privacy(let policy, _) = invariant.condition else { continue }
                #expect(RunMaker.policies[policy] != nil, "\(scenario.id) names \(policy)")
            }
        }
    }

    @Test func `every declared check has one result, even over an empty record`() throws {
        let scenarios = try scenarios()
        #expect(!scenarios.isEmpty)
        let trace = Trace(header: [:], events: [], bodies: [:], isComplete: true)
        let context = JudgeContext(suiteVersion: "0", seed: 1, nonce: "n", requirements: [])
        let results = Judge.judge(trace: trace, scenarios: scenarios, context: context)
        #expect(results.verdict == .incomplete)
        for (scenario, result) in zip(scenarios, results.scenarios) {
            let declared = Set(scenario.verifies.flatMap(\.checks))
            #expect(declared == Set(result.checks.map(\.check)), "\(scenario.id)")
            #expect(result.checks.count == Set(result.checks.map(\.check)).count)
        }
    }
}

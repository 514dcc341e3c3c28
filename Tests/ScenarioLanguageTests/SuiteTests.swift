// SPDX-License-Identifier: Apache-2.0

import Foundation
import Ledger
import ScenarioLanguage
import Testing

@Suite struct SuiteTests {
    @Test func `every scenario of the suite loads`() throws {
        let folder = DataFolder(url: Fixture.projectFolder)
        let ledger = try Ledger(dataFolder: folder)
        let loader = ScenarioLoader(ledger: ledger, dataFolder: folder)
        do {
            _ = try loader.scenarios(at: [folder.scenarios])
        } catch {
            Issue.record("\(error.diagnostics.count) mistakes:\n\(error.description)")
        }
    }

    @Test func `every defect names a scenario and a check that exist`() throws {
        let folder = DataFolder(url: Fixture.projectFolder)
        let ledger = try Ledger(dataFolder: folder)
        let scenarios = ScenarioLoader(ledger: ledger, dataFolder: folder).files(at: [folder.scenarios])
            .compactMap(\.scenario)
        let missing = ledger.defects.filter { defect in
            // Checks of the whole run stand in no scenario.
            defect.expected.scenario != "run"
                && !scenarios.contains { scenario in
                    scenario.isCalled(defect.expected.scenario ?? scenario.id)
                        && scenario.verifies.contains { $0.checks.contains(defect.expected.check) }
                }
        }
        #expect(missing.map { "\($0.id): \($0.expected.scenario ?? "any")/\($0.expected.check)" } == [])
    }
}

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
}

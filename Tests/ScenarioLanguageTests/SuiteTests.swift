// SPDX-License-Identifier: Apache-2.0

import Foundation
import Ledger
import ScenarioLanguage
import SourceText
import Testing
import Value

@Suite struct SuiteTests {
    @Test func `every file of the suite is in canonical form`() throws {
        let folder = Fixture.projectFolder.appending(path: "Scenarios")
        let names = (FileManager.default.enumerator(atPath: folder.path)?.compactMap { $0 as? String } ?? [])
            .filter { $0.hasSuffix(".yaml") }.sorted()
        #expect(names.count > 60)
        for name in names {
            let text = try String(contentsOf: folder.appending(path: name), encoding: .utf8)
            let formatted = try YAMLFormatter.format(SourceFile(path: name, text: text)).get()
            #expect(formatted == text, "\(name) is not in form: assay fmt Scenarios/\(name)")
        }
    }

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
            .flatMap(\.scenarios)
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

// SPDX-License-Identifier: Apache-2.0

import Foundation
import Ledger
import Reproduction
import ScenarioLanguage
import SourceText
import TestSupport
import Testing

@Suite struct ScenarioDraftTests {
    private static let folder: DataFolder? = try? DataFolder.locate(
        option: BuiltAssay.project.path, environment: [:], executable: BuiltAssay.project)

    private func load(_ name: String) throws -> (ScenarioDraft, [SourceFile], Ledger) {
        let folder = try #require(Self.folder)
        let ledger = try Ledger(dataFolder: folder)
        let loader = ScenarioLoader(ledger: ledger, dataFolder: folder)
        let scenario = try #require(try loader.scenarios(at: [folder.scenarios(name)]).first)
        return (try #require(ScenarioDraft(scenario.file)), scenario.procedureFiles, ledger)
    }

    @Test func `what only the steps that went away needed goes with them, and the rest is a scenario`() throws {
        var (draft, procedures, ledger) = try load("cerner/sms-retry.yaml")
        draft.steps = Array(draft.steps.prefix(4)) + [draft.steps[5]]
        draft.keepStepChecks { $0 == "one-message-in-all" }
        draft.keepInvariants { $0 == "one-message-in-all" }
        draft.prune()
        let scenario = try draft.scenario(path: "least.yaml", ledger: ledger, procedures: procedures)
        #expect(scenario.verifies == [Verification(requirement: "SMS-10", checks: ["one-message-in-all"])])
        #expect(scenario.world.appointments.map(\.alias) == ["visit"])
        #expect(scenario.world.people.map(\.alias) == ["ada", "dr-ruiz", "ann"])
        #expect(scenario.always.map(\.check) == ["one-message-in-all"])
    }

    @Test func `what is not observable goes with its check`() throws {
        for (kept, isNamed) in [("one-message-in-all", true), ("sent-after-retry", false)] {
            var (draft, procedures, ledger) = try load("cerner/sms-retry.yaml")
            draft.keepStepChecks { $0 == kept }
            draft.keepInvariants { $0 == kept }
            draft.prune()
            let scenario = try draft.scenario(path: "least.yaml", ledger: ledger, procedures: procedures)
            #expect(scenario.notObservable == (isNamed ? [.graphTexts: [kept]] : [:]))
        }
    }

    @Test func `a capture that an expression uses in camel case stays`() throws {
        var (draft, procedures, ledger) = try load("cerner/live-status.yaml")
        draft.prune()
        let scenario = try draft.scenario(path: "same.yaml", ledger: ledger, procedures: procedures)
        #expect(draft.text.contains("meeting: meeting"))
        #expect(scenario.steps.count > 10)
    }
}

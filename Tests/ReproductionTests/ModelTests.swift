// SPDX-License-Identifier: Apache-2.0

import Foundation
import Ledger
import ScenarioLanguage
import SourceText
import TestSupport
import Testing
import World

@testable import Reproduction

@Suite struct ModelTests {
    private func suite() throws -> (Ledger, [SourceFile]) {
        let folder = try DataFolder.locate(
            option: BuiltAssay.project.path, environment: [:], executable: BuiltAssay.project)
        let ledger = try Ledger(dataFolder: folder)
        let library = ProcedureLibrary(folders: [folder.scenarios("procedures")])
        return (ledger, library.files.values.sorted { $0.path < $1.path })
    }

    @Test(arguments: [(Vendor.cerner, "cerner-2022-06"), (.epic, "epic-2021-11")])
    func `every walk is a scenario without mistakes`(vendor: Vendor, profile: String) throws {
        let (ledger, procedures) = try suite()
        let maker = WalkMaker(vendor: vendor, profile: profile, hasTexts: true, seed: 11)
        for number in 1...150 {
            let draft = maker.walk(number).draft(id: "walk-\(number)", profile: profile)
            do { _ = try draft.scenario(path: "walk.yaml", ledger: ledger, procedures: procedures) } catch {
                Issue.record("\(error)")
            }
        }
    }

    @Test func `the same seed and number give the same walk, another seed another one`() {
        let one = WalkMaker(vendor: .cerner, profile: "p", hasTexts: true, seed: 1)
        let again = WalkMaker(vendor: .cerner, profile: "p", hasTexts: true, seed: 1)
        let other = WalkMaker(vendor: .cerner, profile: "p", hasTexts: true, seed: 2)
        let walks = (1...20).map { one.walk($0).moves }
        #expect(walks == (1...20).map { again.walk($0).moves })
        #expect(walks != (1...20).map { other.walk($0).moves })
    }

    @Test(arguments: Vendor.allCases)
    func `every move that the vendor's visits know comes up`(vendor: Vendor) {
        let maker = WalkMaker(vendor: vendor, profile: "p", hasTexts: true, seed: 3)
        let moves = Set(ExplorationCoverage.reachable(maker, walks: 1_500).moves.keys)
        let foreign: Set<VisitMove> =
            vendor == .cerner
            ? [.patientLaunches, .lockEHR]
            : [
                .receiveLink, .openLink, .doubleOpen, .previewLink, .sendLink, .secondProviderLaunches, .loseAnswer,
                .refuseRecipient,
            ]
        #expect(moves == Set(VisitMove.allCases.filter { !foreign.contains($0) }.map(\.rawValue)))
    }

    @Test func `a second visit's message is not looked for among those of the first`() throws {
        let visits = ["visit", "second"].enumerated().map { place, alias in
            let start = (place + 2) * 3600
            return VisitState.Visit(alias: alias, patient: "ann", start: start, planned: start)
        }
        var walk = VisitWalk(state: VisitState(vendor: .cerner, hasTexts: true, visits: visits))
        for index in visits.indices {
            walk.make(.book, index)
            walk.make(.receiveLink, index)
        }
        let awaited = walk.steps.filter { $0["expect"] != nil }
        #expect(awaited.map { $0["since"]?.string } == ["start", nil])
        #expect(awaited.map { $0["to"]?.string } == ["ann", "ann"])
    }
}

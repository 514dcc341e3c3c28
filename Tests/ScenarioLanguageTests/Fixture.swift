// SPDX-License-Identifier: Apache-2.0

import Foundation
import Ledger
import ScenarioLanguage
import SourceText

/// A small ledger and texts for the tests.
enum Fixture {
    /// The folder that holds `Package.swift`, as seen from this file.
    static let projectFolder = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    static let ledger = Ledger(
        requirements: [
            requirement("SMS-06"), requirement("SMS-08"), requirement("PAT-05"), requirement("SET-03"),
            requirement("WBK-01", profiles: ["epic-2021-11"]),
        ],
        profiles: [
            Profile(
                id: "cerner-2022-06", title: "Cerner", vendor: "cerner", edition: "2022-06", sources: [.cernerJune],
                mandatory: ["SMS-06"], engineering: [],
                features: [.init(name: "sms", status: .mandatory), .init(name: "email", status: .optional)]),
            Profile(
                id: "epic-2021-11", title: "Epic", vendor: "epic", edition: "2021-11", sources: [.epic],
                mandatory: ["WBK-01"], engineering: [], features: []),
        ],
        policies: ["seed-policy"])

    private static func requirement(
        _ id: String, profiles: [String] = ["cerner-2022-06", "epic-2021-11"]
    ) -> Requirement {
        Requirement(
            id: id, sentence: "A sentence.", level: .must, sources: [.cernerJune], profiles: profiles,
            observable: "Something.", observability: .observed, limits: nil)
    }

    /// Loads a scenario's text, with procedures.
    static func load(_ text: String, procedures: [String] = [], path: String = "scenario.yaml") -> LoadedScenario {
        let sources = procedures.enumerated().map {
            SourceFile(path: "procedure-\($0.offset + 1).yaml", text: $0.element)
        }
        return ScenarioLoader(ledger: ledger, library: ProcedureLibrary(sources: sources))
            .load(SourceFile(path: path, text: text))
    }
}

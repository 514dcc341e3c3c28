// SPDX-License-Identifier: Apache-2.0

import Foundation
import Ledger
import SourceText
import Testing

@Suite struct LedgerTests {
    static let project = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    /// A data folder with these files under `Scenarios/`, removed afterwards.
    private func withFolder<Result>(_ files: [String: String], _ body: (DataFolder) throws -> Result) throws -> Result {
        let url = FileManager.default.temporaryDirectory.appending(path: "assay-ledger-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: url) }
        for (path, text) in files {
            let file = url.appending(path: "Scenarios").appending(path: path)
            try FileManager.default.createDirectory(
                at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
            try text.write(to: file, atomically: true, encoding: .utf8)
        }
        return try body(DataFolder(url: url))
    }

    private static let requirements = """
        requirements:
          - id: SMS-06
            level: M
            sources: [CR]
            profiles: [cerner-2022-06]
            sentence: A scheduled appointment brings a message.
            observable: A message.
            observability: observed
            limits: None.
          - id: SMS-10
            level: E
            profiles: [cerner-2022-06]
            sentence: One message only.
            observable: Messages.
            observability: attested
        """

    private static let profile = """
        id: cerner-2022-06
        title: Cerner
        vendor: cerner
        edition: 2022-06
        sources: [CR]
        features: {sms: mandatory, email: optional}
        mandatory: [SMS-06]
        engineering: [SMS-10]
        """

    private static let defects = """
        - id: sms-twice
          story: A retry sends it again.
          area: SMS
          source: a field incident
          expected: {check: one-message, reason: wrong-count}
        """

    @Test func `requirements, profiles and defects are read`() throws {
        let ledger = try withFolder([
            "requirements.yaml": Self.requirements, "profiles/a.yaml": Self.profile, "defects.yaml": Self.defects,
            "policies/seed-policy.yaml": "id: seed-policy",
        ]) { try Ledger(dataFolder: $0) }
        #expect(ledger.requirement("SMS-06")?.level == .must)
        #expect(ledger.requirement("SMS-06")?.limits == "None.")
        #expect(ledger.requirement("SMS-10")?.observability == .attested)
        #expect(ledger.requirement("SMS-10")?.section == "SMS")
        #expect(ledger.profile("cerner-2022-06")?.requirements == ["SMS-06", "SMS-10"])
        #expect(ledger.profile("cerner-2022-06")?.status(of: "email") == .optional)
        #expect(ledger.features == ["sms", "email"])
        #expect(ledger.policies == ["seed-policy"])
        #expect(
            ledger.defect("sms-twice")?.expected == .init(scenario: nil, check: "one-message", reason: "wrong-count"))
    }

    @Test func `everything that is wrong is said at once`() throws {
        let files = [
            "requirements.yaml": """
            requirements:
              - id: SMS-06
                level: X
                profils: [cerner-2022-06]
                sentence: ""
                observable: Something.
                observability: seen
              - id: SMS-07
                level: M
                sources: [CZ]
                profiles: []
                sentence: A sentence.
                observable: Something.
                observability: observed
            """,
            "profiles/a.yaml": Self.profile.replacing("optional", with: "perhaps"),
            "defects.yaml": Self.defects.replacing("expected: ", with: "expects: "),
        ]
        let codes = try withFolder(files) { folder in
            let error = #expect(throws: LedgerError.self) { try Ledger(dataFolder: folder) }
            #expect(error?.description.contains("requirements.yaml:3:12: error: `level` cannot be `X`") == true)
            return error?.diagnostics.map {
                "\(URL(fileURLWithPath: $0.path).lastPathComponent):\($0.span?.start.line ?? 0) \($0.code)"
            }
        }
        #expect(
            codes == [
                "requirements.yaml:3 unknown-word", "requirements.yaml:4 unknown-key", "requirements.yaml:5 wrong-type",
                "requirements.yaml:7 unknown-word", "requirements.yaml:8 missing-key",
                "requirements.yaml:8 missing-key",
                "requirements.yaml:10 unknown-source", "a.yaml:6 unknown-word", "a.yaml:7 unknown-requirement",
                "a.yaml:8 unknown-requirement", "defects.yaml:1 missing-key", "defects.yaml:5 unknown-key",
            ])
    }

    @Test func `rows and profiles must agree`() throws {
        let files = [
            "requirements.yaml": Self.requirements,
            "profiles/a.yaml": Self.profile.replacing("engineering: [SMS-10]", with: "engineering: []"),
        ]
        try withFolder(files) { folder in
            let error = #expect(throws: LedgerError.self) { try Ledger(dataFolder: folder) }
            #expect(error?.diagnostics.map(\.code) == ["profile-mismatch"])
        }
    }

    @Test func `a folder without requirements says so`() throws {
        try withFolder(["x.yaml": ""]) { folder in
            let error = #expect(throws: LedgerError.self) { try Ledger(dataFolder: folder) }
            #expect(error?.diagnostics.first?.code == "unreadable-file")
        }
    }

    @Test func `the project's own ledger is sound and complete`() throws {
        let ledger = try Ledger(dataFolder: DataFolder(url: Self.project))
        #expect(ledger.requirements.count == 105)
        #expect(
            ledger.profiles.map(\.id) == [
                "cerner-2022-02-preview", "cerner-2022-04", "cerner-2022-06", "epic-2021-11", "later-additions",
            ])
        #expect(ledger.profile("later-additions")?.requirements == [])
        #expect(ledger.profile("later-additions")?.additions.isEmpty == false)
        for profile in ledger.profiles {
            for id in profile.mandatory { #expect(ledger.requirement(id)?.level == .must) }
            for id in profile.engineering { #expect(ledger.requirement(id)?.level == .engineering) }
            // A row that a profile's page states belongs to that profile.
            let stated = ledger.requirements.filter { row in row.sources.contains { profile.sources.contains($0) } }
            #expect(stated.map(\.id).allSatisfy { profile.mandatory.contains($0) })
        }
    }
}

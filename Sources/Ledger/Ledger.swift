// SPDX-License-Identifier: Apache-2.0

internal import Foundation
package import SourceText

/// What is judged: requirements, profiles and defects, as they stand in `Scenarios/`.
package struct Ledger: Sendable {
    package let requirements: [Requirement]
    package let profiles: [Profile]
    package let defects: [DefectEntry]
    /// Names of the flow policies in `Scenarios/policies/`; empty where the folder is absent.
    package let policies: [String]
    /// Every statement of the source pages; empty where `statements.yaml` is absent.
    package let statements: [Statement]
    /// `kills.yaml`: for each check (`scenario/check`) a defect that turns it red.
    package let kills: [String: String]
    private let requirementsByID: [String: Requirement]

    package init(
        requirements: [Requirement], profiles: [Profile], defects: [DefectEntry] = [], policies: [String] = [],
        kills: [String: String] = [:], statements: [Statement] = []
    ) {
        self.kills = kills
        self.statements = statements
        self.requirements = requirements
        self.profiles = profiles
        self.defects = defects
        self.policies = policies
        requirementsByID = Dictionary(requirements.map { ($0.id, $0) }) { first, _ in first }
    }

    /// Reads `requirements.yaml`, `profiles/*.yaml` and, where they are there, `statements.yaml`, `defects.yaml` and
    /// `kills.yaml`; throws with every mistake.
    package init(dataFolder: DataFolder) throws(LedgerError) {
        var problems = Problems()
        let requirements = problems.read(dataFolder.scenarios("requirements.yaml")) { $0.requirements() } ?? []
        var profiles: [Profile] = []
        for url in Self.yamlFiles(in: dataFolder.scenarios("profiles")) {
            guard let profile = problems.read(url, { $0.profile(requirements: requirements) }) ?? nil else { continue }
            if profiles.contains(where: { $0.id == profile.id }) {
                problems.add(
                    Diagnostic(
                        code: "duplicate-id", message: "the profile `\(profile.id)` stands in two files", path: url.path
                    ))
            }
            profiles.append(profile)
        }
        problems.check(requirements: requirements, profiles: profiles, file: dataFolder.scenarios("requirements.yaml"))
        let defectsFile = dataFolder.scenarios("defects.yaml")
        var defects: [DefectEntry] = []
        if FileManager.default.fileExists(atPath: defectsFile.path) {
            defects = problems.read(defectsFile) { $0.defects() } ?? []
        }
        let statementsFile = dataFolder.scenarios("statements.yaml")
        var statements: [Statement] = []
        if FileManager.default.fileExists(atPath: statementsFile.path) {
            statements = problems.read(statementsFile) { $0.statements(requirements: requirements) } ?? []
            problems.check(statements: statements, requirements: requirements, file: statementsFile)
        }
        let killsFile = dataFolder.scenarios("kills.yaml")
        var kills: [String: String] = [:]
        if FileManager.default.fileExists(atPath: killsFile.path) {
            kills = problems.read(killsFile) { $0.kills(defects: defects) } ?? [:]
        }
        if let error = problems.error { throw error }
        let policies = Self.yamlFiles(in: dataFolder.scenarios("policies"))
            .map { $0.deletingPathExtension().lastPathComponent }
        self.init(
            requirements: requirements, profiles: profiles, defects: defects, policies: policies, kills: kills,
            statements: statements)
    }

    package func requirement(_ id: String) -> Requirement? { requirementsByID[id] }
    package func profile(_ id: String) -> Profile? { profiles.first { $0.id == id } }
    package func defect(_ id: String) -> DefectEntry? { defects.first { $0.id == id } }

    /// Every feature a profile knows, each once.
    package var features: [String] {
        var names: [String] = []
        for feature in profiles.flatMap(\.features) where !names.contains(feature.name) { names.append(feature.name) }
        return names
    }

    /// The YAML files of a folder by name; empty where there is none.
    private static func yamlFiles(in folder: URL) -> [URL] {
        // By path: a folder that is a link has no contents by URL.
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
        return names.sorted().map { folder.appending(path: $0) }.filter { $0.pathExtension == "yaml" }
    }
}

/// The suite's own data is wrong (exit code 3): everything that is, at once.
package struct LedgerError: Error, Sendable, CustomStringConvertible {
    package let diagnostics: [Diagnostic]
    /// The texts they point into, by path.
    package let files: [String: SourceFile]

    package init(diagnostics: [Diagnostic], files: [String: SourceFile]) {
        self.diagnostics = diagnostics
        self.files = files
    }

    package var description: String {
        diagnostics.map { $0.rendered(in: files[$0.path]) }.joined(separator: "\n")
    }
}

// SPDX-License-Identifier: Apache-2.0

import Evidence
import Foundation
import Judge
import Ledger
import Reports
import Runner
import ScenarioLanguage
import SourceText
import Trace
import Value

/// The suite as certification needs it: its rules, what it owes a profile, and the verdict again from a record alone.
struct CertificationSuite {
    let suite: Suite
    let rules: CertificationRules
    /// `suite.sha256`: every file under `Scenarios/` but the deployments, with its digest.
    let files: String
    /// Every `scenario/check` that a defect is known to turn red.
    private let kills: Set<String>

    init(data: String?) throws {
        suite = try Suite.load(data: data, paths: [])
        rules = try CertificationRules(dataFolder: suite.folder)
        let listing = try FolderListing(suite.folder.scenarios.resolvingSymlinksInPath())
        let names = listing.files.filter { $0.hasSuffix(".yaml") && !$0.hasPrefix("deployments/") }
        files = try Manifest(of: names.map { "Scenarios/" + $0 }, in: suite.folder.url).text
        kills = try Self.kills(in: suite.folder)
    }

    private static func kills(in folder: DataFolder) throws -> Set<String> {
        let url = folder.scenarios("kills.yaml")
        guard let text = try? String(contentsOf: url, encoding: .utf8) else {
            throw Mistaken("\(url.path) cannot be read.\n  = Use the data folder of this version.")
        }
        let (root, _) = YAMLParser.parse(SourceFile(path: "Scenarios/kills.yaml", text: text))
        return Set((root?.entries ?? []).flatMap { $0.value.items ?? [] }.compactMap(\.text))
    }

    var digest: String { Digest.sha256(Data(files.utf8)) }

    /// SHA-256 of a profile's file.
    func digest(ofProfile id: String) throws -> String {
        Digest.sha256(try Data(contentsOf: suite.folder.scenarios("profiles/\(id).yaml")))
    }

    /// What each profile's content comes to, by id: goes into the header of the trace.
    func profileHashes() throws -> [String: String] {
        var hashes: [String: String] = [:]
        for profile in suite.ledger.profiles { hashes[profile.id] = try ProfileContent(profile, suite: suite).sha256 }
        return hashes
    }

    /// SHA-256 of this very executable.
    static func executableDigest() throws -> String {
        let path = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        return Digest.sha256(try Data(contentsOf: URL(fileURLWithPath: path), options: .mappedIfSafe))
    }

    /// What the profile owes a connector with these features.
    func owed(_ id: String, claimed: [String]) throws -> CertificationFacts.Suite {
        guard let profile = suite.ledger.profile(id) else {
            throw Mistaken(
                "There is no profile \(id).\n  = Known: \(suite.ledger.profiles.map(\.id).joined(separator: ", ")).")
        }
        let scenarios = suite.scenarios.filter { scenario in
            scenario.profiles.contains(id) && scenario.requires.allSatisfy(claimed.contains)
        }
        var owed = CertificationFacts.Suite(
            required: scenarios.map(\.id),
            mandatoryFeatures: profile.features.filter { $0.status == .mandatory }.map(\.name))
        owed.minimumChecks = profile.frozen?.minimumChecks ?? 0
        owed.profileHash = profile.frozen?.sha256 ?? ""
        owed.data = digest
        owed.kills = kills
        return owed
    }

    /// The results that follow from a record, by the suite at hand.
    /// - Parameter matrix: the kill matrix that lies beside it.
    func judge(_ trace: Trace, matrix: Value?) throws -> RunResults {
        let context = try RunHeader.context(
            of: trace, ledger: suite.ledger, policies: suite.policies, suiteVersion: SuiteVersion.text)
        let known = Dictionary(suite.scenarios.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
        var results = Judge.judge(
            trace: trace, scenarios: RunHeader.planned(trace.header).compactMap { known[$0] }, context: context)
        results.killMatrix = MatrixAtHand.figures(matrix)
        return results
    }

    /// Everything `assay run` writes from results and trace, by file name.
    static func reports(_ results: RunResults, trace: Trace) throws -> [String: Data] {
        Dictionary(
            try ReportFiles.all(results, trace: trace).map { ($0.name, $0.data) },
            uniquingKeysWith: { first, _ in first })
    }

    func facts(
        profile: String, trace: Trace, results: RunResults, product: Value, challenge: String?,
        attachments: Attachments
    ) throws -> CertificationFacts {
        let claimed = (trace.header["claimed-features"]?.array ?? []).compactMap(\.string)
        return CertificationFacts(
            profile: profile, trace: trace, results: ResultsJSON.value(results), product: product, challenge: challenge,
            suite: try owed(profile, claimed: claimed), attachments: attachments)
    }
}

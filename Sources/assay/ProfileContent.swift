// SPDX-License-Identifier: Apache-2.0

import Evidence
import Foundation
import Judge
import Ledger
import MockEHR
import ProtocolRules
import ScenarioLanguage
import SourceText
import World

/// Everything a profile uses, as lines of text, and the hash over them: what `frozen:` in its file stands for.
struct ProfileContent {
    let profile: Profile
    /// One line a part: its kind, its name, and its text or digest.
    let lines: [String]
    /// Ids of the profile's scenarios.
    let scenarios: [String]
    /// Checks of scenarios that a connector with nothing but the mandatory features has decided.
    let minimumChecks: Int

    /// Throws what the file system says of procedures and policies.
    init(_ profile: Profile, suite: Suite) throws {
        self.profile = profile
        let own = suite.scenarios.filter { $0.profiles.contains(profile.id) }.sorted { $0.id < $1.id }
        scenarios = own.map(\.id)
        let mandatory = Set(profile.features.filter { $0.status == .mandatory }.map(\.name))
        minimumChecks = own.filter { $0.requires.allSatisfy(mandatory.contains) }.reduce(0) { count, scenario in
            count + Set(scenario.verifies.flatMap(\.checks)).count
        }
        var lines = ["format assay-profile/1", "title \(profile.title)", "vendor \(profile.vendor)"]
        lines.append("edition \(profile.edition) of \(profile.sources.map(\.rawValue).joined(separator: " "))")
        lines += profile.features.map { "feature \($0.name) \($0.status.rawValue)" }
        lines += profile.mandatory.map { "mandatory \($0)" } + profile.engineering.map { "engineering \($0)" }
        lines += profile.attestable.map { "attestable \($0)" } + profile.additions.map { "addition \($0)" }
        lines += profile.requirements.compactMap(suite.ledger.requirement).map { row in
            "requirement \(row.id) \(row.level.rawValue) \(row.observability.rawValue) \(row.sentence) | \(row.observable)"
        }
        lines.append("minimum-checks \(minimumChecks)")
        lines += own.map { "scenario \($0.id) \(Digest.sha256(Data($0.file.text.utf8)))" }
        for folder in ["procedures", "policies"] { lines += try Self.files(folder, in: suite.folder) }
        let vendors = Vendor.allCases.filter { profile.vendor == $0.rawValue }
        lines += vendors.map { "vendor-data \(Digest.sha256(Data(VendorRendering.text(of: $0).utf8)))" }
        lines.append("run-checks version \(KnownRunChecks.version)")
        lines += ProtocolRules.all.map { rule in
            "rule \(rule.id) \(rule.requirement ?? "-") \(rule.mark.rawValue) \(rule.isAdvice ? "advice " : "")\(rule.statement)"
        }
        self.lines = lines
    }

    var sha256: String { Digest.sha256(Data(lines.joined(separator: "\n").utf8)) }

    /// Nil where the profile is what it was frozen as.
    var change: String? {
        // What nobody scores needs no freezing.
        if profile.requirements.isEmpty { return nil }
        guard let frozen = profile.frozen else { return "was never frozen" }
        if frozen.scenarios != scenarios {
            let gone = Set(frozen.scenarios).subtracting(scenarios).sorted()
            let new = Set(scenarios).subtracting(frozen.scenarios).sorted()
            return
                "other scenarios: \(new.map { "+" + $0 }.joined(separator: " ")) \(gone.map { "-" + $0 }.joined(separator: " "))"
        }
        if frozen.minimumChecks != minimumChecks {
            return "\(minimumChecks) checks are owed at least, \(frozen.minimumChecks) when it was frozen"
        }
        return frozen.sha256 == sha256
            ? nil : "a scenario, procedure, policy, sentence, rule or the vendor's data changed since it was frozen"
    }

    /// The profile's file with a new revision.
    func refrozen(_ text: String) -> String {
        var lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        if let start = lines.firstIndex(of: "frozen:") {
            lines.removeSubrange((start > 0 && lines[start - 1].hasPrefix("#") ? start - 1 : start)...)
        }
        while lines.last?.isEmpty == true { lines.removeLast() }
        lines += [
            "# Written by `assay profiles --freeze`: the content this revision stands for. Any change of it is a new revision.",
            "frozen:", "  revision: \((profile.frozen?.revision ?? 0) + 1)", "  minimum-checks: \(minimumChecks)",
            "  sha256: \(sha256)", "  scenarios:",
        ]
        return (lines + scenarios.map { "    - \($0)" }).joined(separator: "\n") + "\n"
    }

    private static func files(_ name: String, in folder: DataFolder) throws -> [String] {
        let place = folder.scenarios(name)
        return try FileManager.default.contentsOfDirectory(atPath: place.path).filter { $0.hasSuffix(".yaml") }.sorted()
            .map { file in
                "\(name) \(file) \(Digest.sha256(try Data(contentsOf: place.appending(path: file))))"
            }
    }
}

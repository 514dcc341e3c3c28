// SPDX-License-Identifier: Apache-2.0

package import Foundation
package import Value

/// The second half of verification: what was judged again, against what was sealed.
package struct Rederivation: Sendable {
    /// What does not follow from the record. Under the same suite that is a fault of the bundle; under another it is a
    /// difference between suites.
    package let differences: [BundleFault]
    /// The certificate as the suite at hand writes it.
    package let certificate: Certificate

    /// - Parameters:
    ///   - results: `results.json` as judged again: its text and its value.
    ///   - reports: what else is written from the results, by file name; compared byte for byte with the bundle's.
    package init(
        of folder: URL, content: BundleContent, seal: SealCheck, rules: CertificationRules,
        suite: CertificationFacts.Suite,
        results: (text: String, value: Value), reports: [String: Data]
    ) {
        var differences: [BundleFault] = []
        if Data(results.text.utf8) != content.resultsText {
            for line in Self.differences(sealed: content.results, again: results.value) {
                differences.append(BundleFault(SealedBundle.results, line))
            }
        }
        let facts = CertificationFacts(
            profile: content.inputs.profile, trace: content.trace, results: results.value, product: content.product,
            challenge: content.inputs.challenge, suite: suite, attachments: content.attachments)
        let certificate = Certificate(content.inputs, rules: rules, facts: facts)
        self.certificate = certificate
        if Data(certificate.text.utf8) != content.certificateText {
            let broken = certificate.rules.filter { $0.state == .broken }.map(\.id)
            let why =
                broken.isEmpty || content.isPartial ? "" : "; rules that do not hold: \(broken.joined(separator: ", "))"
            differences.append(BundleFault(SealedBundle.certificate, "does not follow from the record\(why)"))
        }
        if let manifest = seal.manifest {
            let statement = SealedBundle.statement(
                certificate, results: results.value, manifest: manifest, text: Data(manifest.text.utf8))
            if statement != seal.statement {
                differences.append(
                    BundleFault(SealedBundle.envelope, "the signed statement does not follow from the record"))
            }
        }
        for (name, bytes) in reports.sorted(by: { $0.key < $1.key })
        where name != SealedBundle.results && seal.manifest?[name] != Digest.sha256(bytes) {
            differences.append(BundleFault(name, "is not what this suite writes from the record"))
        }
        if let manifest = seal.manifest { differences += Self.foreignTexts(manifest, in: folder) }
        self.differences = differences
    }

    /// Scenarios and procedures of the bundle that are not word for word the suite's that is sealed with it.
    private static func foreignTexts(_ manifest: Manifest, in folder: URL) -> [BundleFault] {
        let texts = manifest.entries.filter { $0.path.hasPrefix(SealedBundle.scenarios + "/") }
        guard
            let listing = (try? Data(contentsOf: folder.appending(path: SealedBundle.suite))).flatMap(
                Manifest.init(parsing:))
        else { return [BundleFault(SealedBundle.suite, "is no listing of a suite's files")] }
        let known = Set(listing.entries.map(\.sha256))
        if texts.isEmpty { return [BundleFault(SealedBundle.scenarios, "holds no text of what was run")] }
        return texts.filter { !known.contains($0.sha256) }.map {
            BundleFault($0.path, "is not what \(SealedBundle.suite) lists")
        }
    }

    /// What differs between two results, one sentence a difference; never empty.
    static func differences(sealed: Value, again: Value) -> [String] {
        var lines: [String] = []
        func text(_ value: Value?) -> String { value?.scalarText ?? "nothing" }
        if sealed["verdict"] != again["verdict"] {
            lines.append(
                "the verdict was sealed as \(text(sealed["verdict"])), judged again it is \(text(again["verdict"]))")
        }
        let before = checks(sealed)
        let after = checks(again)
        for name in Set(before.keys).union(after.keys).sorted() where before[name] != after[name] {
            switch (before[name], after[name]) {
            case (let old?, let new?) where old["verdict"] != new["verdict"]:
                lines.append(
                    "\(name) was sealed as \(text(old["verdict"])), judged again it is \(text(new["verdict"]))")
            case (_?, _?): lines.append("\(name) is told differently")
            case (nil, _?): lines.append("\(name) was not sealed")
            default: lines.append("\(name) is not judged any more")
            }
        }
        return lines.isEmpty ? ["it is written differently"] : lines
    }

    /// Every check by `scenario/check`, numbered where it stands more than once.
    private static func checks(_ results: Value) -> [String: Value] {
        var found: [String: Value] = [:]
        func add(_ scenario: String, _ check: Value) {
            let name = "\(scenario)/\(check["check"]?.string ?? "")"
            var free = name
            var number = 1
            while found[free] != nil {
                number += 1
                free = "\(name) (\(number))"
            }
            found[free] = check
        }
        for scenario in results["scenarios"]?.array ?? [] {
            for check in scenario["checks"]?.array ?? [] { add(scenario["id"]?.string ?? "", check) }
        }
        for check in results["run-checks"]?.array ?? [] { add("run", check) }
        return found
    }
}

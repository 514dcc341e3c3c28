// SPDX-License-Identifier: Apache-2.0

internal import FHIRPath
internal import Foundation
package import Ledger
package import SourceText
internal import Value

/// What a run must have been to be certified: `Scenarios/certification.yaml`.
package struct CertificationRules: Sendable {
    /// Of the rule set, for example `assay-certification-1`.
    package let id: String
    /// How long a certificate is valid.
    package let validDays: Int
    package let rules: [CertificationRule]

    /// Reads the suite's file. Throws with every mistake and its place.
    package init(dataFolder: DataFolder) throws {
        let url = dataFolder.scenarios("certification.yaml")
        let text: String
        do { text = try String(contentsOf: url, encoding: .utf8) } catch {
            throw EvidenceError("\(url.path) cannot be read", remedy: "Use the data folder of this version.")
        }
        try self.init(SourceFile(path: "Scenarios/certification.yaml", text: text))
    }

    /// Reads the file's text. Throws a `LedgerError` with every mistake and its place.
    package init(_ file: SourceFile) throws {
        let (root, found) = YAMLParser.parse(file)
        let mistakes = Mistakes(file: file, diagnostics: found)
        var id: String?
        var days: Int?
        var rules: [CertificationRule] = []
        if let root, let form = Form(root, what: "the certification rules", mistakes: mistakes) {
            id = form.requiredText("id")
            days = form.required("valid-days").flatMap { mistakes.integer($0, "`valid-days`", in: 1...3650) }
            let items = form.required("rules").flatMap { mistakes.list($0, "`rules`") } ?? []
            form.finish()
            rules = items.compactMap { Self.rule($0, mistakes) }
            if rules.isEmpty, !mistakes.haveErrors {
                mistakes.report("missing-key", "there is no rule: anything would be certified", at: root.span)
            }
        }
        for (index, rule) in rules.enumerated() where rules[..<index].contains(where: { $0.id == rule.id }) {
            mistakes.report("duplicate-id", "the rule `\(rule.id)` stands twice", at: nil)
        }
        guard let id, let days, !mistakes.haveErrors else {
            throw LedgerError(diagnostics: mistakes.sorted, files: [file.path: file])
        }
        self.id = id
        validDays = days
        self.rules = rules
    }

    /// Decides every rule, in the order of the file.
    package func decide(_ facts: CertificationFacts) -> [RuleResult] { rules.map { $0.decide(facts) } }

    private static func rule(_ node: YAMLNode, _ mistakes: Mistakes) -> CertificationRule? {
        guard let form = Form(node, what: "a rule", mistakes: mistakes) else { return nil }
        defer { form.finish() }
        let id = form.requiredText("id")
        let says = form.requiredText("says")
        let holds = form.node("holds")
        let notApplied = form.text("not-applied")
        guard let id, let says else { return nil }
        if let notApplied, holds == nil {
            return CertificationRule(id: id, says: says, condition: .notApplied(notApplied))
        }
        guard notApplied == nil, let holds, let text = mistakes.text(holds, "`holds`") else {
            mistakes.report("missing-key", "the rule `\(id)` needs either `holds` or `not-applied`", at: node.span)
            return nil
        }
        do throws(FHIRPathError) {
            return CertificationRule(id: id, says: says, condition: .holds(try FHIRPath.Expression(parsing: text)))
        } catch {
            mistakes.report("bad-expression", error.message, remedy: error.remedy, at: holds.span)
            return nil
        }
    }
}

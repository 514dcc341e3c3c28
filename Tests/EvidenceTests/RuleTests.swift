// SPDX-License-Identifier: Apache-2.0

import Evidence
import Foundation
import Ledger
import SourceText
import Testing
import Trace
import Value

@Suite struct RuleTests {
    /// A bundle broken in one way, and the rule that is there for it.
    struct Broken: Sendable, CustomTestStringConvertible {
        let rule: String
        /// Other rules that such a bundle cannot keep either.
        var also: Set<String> = []
        var versions = ["1.0.0"]
        var attachments = SampleBundle.attachments
        var change: @Sendable (inout Members, inout Value, inout Value) -> Void = { _, _, _ in }
        var testDescription: String { rule }
    }

    static let broken: [Broken] = [
        Broken(rule: "profile-judged") { header, _, _ in header["profile"] = .null },
        Broken(rule: "whole-profile") { header, _, _ in header["selection"] = true },
        Broken(rule: "scenarios-present") { _, results, _ in
            results.set("scenarios", .array(Array((results["scenarios"]?.array ?? []).dropLast())))
        },
        Broken(rule: "nothing-skipped") { _, results, _ in results.setScenario("outcome", "aborted") },
        Broken(rule: "mandatory-features") { header, _, _ in header["claimed-features"] = [] },
        Broken(rule: "minimum-checks") { _, results, _ in results.set("counts", ["pass": 49, "error": 0]) },
        Broken(rule: "must-decided", also: ["kill-matrix"]) { _, results, _ in
            results.set("requirements", [["id": "SMS-06", "level": "M", "verdict": "inconclusive"]])
        },
        Broken(rule: "no-harness-error") { _, results, _ in results.set("counts", ["pass": 60, "error": 1]) },
        Broken(rule: "conformant") { _, results, _ in results.set("verdict", "nonconformant") },
        Broken(rule: "no-faults") { header, _, _ in header["variants"] = ["slow-answers"] },
        Broken(rule: "product-named") { _, _, product in product.set("product", "") },
        Broken(rule: "product-ran") { _, _, product in product.set("build", "9.9") },
        Broken(rule: "seed-drawn") { header, results, _ in
            header["seed"] = "1"
            results.set("seed", "1")
        },
        Broken(rule: "minimum-checks") { _, results, _ in results.set("counts", ["pass": 54, "error": 0]) },
        Broken(rule: "profile-frozen") { header, _, _ in header["profile-hashes"] = ["cerner-2022-06": "p-2"] },
        Broken(rule: "connector-fingerprint") { header, _, _ in header["connector-fingerprint"] = .null },
        Broken(rule: "connector-fingerprint", versions: ["1.0.0", "1.0.1"]),
        Broken(rule: "kill-matrix") { _, results, _ in
            results.setScenario(
                "checks", [["check": "idle", "requirements": ["SMS-06"], "level": "M", "verdict": "pass"]])
        },
        Broken(rule: "kill-matrix") { _, results, _ in
            // Four in five are not enough.
            let rows = ["SMS-06", "SMS-07", "SMS-08", "SMS-10", "SMS-11"]
            results.set("requirements", .array(rows.map { ["id": .string($0), "level": "M", "verdict": "pass"] }))
            results.setScenario(
                "checks",
                [
                    [
                        "check": "joined", "requirements": .array(rows.dropLast().map { .string($0) }), "level": "M",
                        "verdict": "pass",
                    ],
                    ["check": "idle", "requirements": ["SMS-11"], "level": "M", "verdict": "pass"],
                ])
        },
        Broken(rule: "kill-matrix", attachments: given(matrix(of: "s-2"))),
        Broken(rule: "kill-matrix", attachments: given(matrix(proved: false))),
        Broken(rule: "doctor", attachments: Attachments()),
        Broken(rule: "doctor", attachments: Attachments(doctor: ["problems": 1, "findings": [["area": "clock"]]])),
        Broken(rule: "doctor", attachments: Attachments(doctor: ["problems": 0, "findings": []])),
        Broken(rule: "no-baseline", attachments: excused),
        Broken(rule: "way-out-watched") { header, _, _ in header["observes-egress"] = false },
    ]

    private static func given(_ matrix: Value) -> Attachments {
        var attachments = SampleBundle.attachments
        attachments.killMatrix = matrix
        return attachments
    }

    private static func matrix(of suite: String = "s-1", proved: Bool = true) -> Value {
        [
            "format": "assay-kill-matrix/1", "suite-version": "0.1.0", "suite-data": .string(suite),
            "proved": .bool(proved), "full": true, "selection": false,
        ]
    }

    private static let excused: Attachments = {
        var attachments = SampleBundle.attachments
        attachments.baseline = ["entries": ["a-visit/joined", "b-visit/joined"], "comments": [:]]
        return attachments
    }()

    @Test func `a proved matrix of this suite, and a baseline that the product declares, break nothing`() throws {
        try SampleBundle.inFolder { parent in
            var product = SampleBundle.product
            product.set("known-failures", "a-visit/joined, b-visit/joined")
            var attachments = Self.excused
            attachments.killMatrix = Self.matrix()
            let bundle = try SampleBundle(in: parent, product: product, attachments: attachments)
            #expect(try !BundleContent(bundle.folder).isPartial)
            #expect(try bundle.differences().differences == [])
        }
    }

    @Test(arguments: broken) func `a broken bundle breaks the rule that is there for it`(sample: Broken) throws {
        try SampleBundle.inFolder { parent in
            var header = SampleBundle.header
            var results = SampleBundle.results
            var product = SampleBundle.product
            sample.change(&header, &results, &product)
            let bundle = try SampleBundle(
                in: parent, header: header, results: results, product: product, attachments: sample.attachments,
                versions: sample.versions)
            let content = try BundleContent(bundle.folder)
            #expect(content.isPartial)
            #expect(content.expires == nil)
            let check = try SealCheck(bundle.folder)
            #expect(check.isIntact)
            #expect(check.statement?.outcome == .failed)
            let certificate = try bundle.differences(again: results).certificate
            let found = Set(certificate.rules.filter { $0.state == .broken }.map(\.id))
            #expect(found == sample.also.union([sample.rule]))
        }
    }

    @Test func `a connector without TLS is told by the artifact that is declared, and the certificate says so`() throws
    {
        try SampleBundle.inFolder { parent in
            var header = SampleBundle.header
            header["connector-fingerprint"] = [Certificate.declaredArtifact: "f-2"]
            let bundle = try SampleBundle(in: parent, header: header)
            let certificate = try BundleContent(bundle.folder).certificate
            #expect(certificate["kind"] == "full")
            #expect(certificate["limits"]?.array?.count == 1)
            #expect(certificate["limits"]?.array?.first?.string?.contains("was not observed") == true)
            let observed = try BundleContent(SampleBundle(in: parent).folder).certificate
            #expect(observed["limits"] == [])
        }
    }

    @Test func `texts of scenarios that are not the suite's are named`() throws {
        try SampleBundle.inFolder { parent in
            let bundle = try SampleBundle(in: parent, scenarioText: "id: a-visit\ntitle: another\n")
            #expect(try SealCheck(bundle.folder).isIntact)
            #expect(
                try bundle.differences().differences.map(\.description) == [
                    "scenarios/a-visit.yaml: is not what suite.sha256 lists"
                ])
        }
    }

    @Test func `a trace that was cut short breaks its rule`() throws {
        try SampleBundle.inFolder { parent in
            let bundle = try SampleBundle(in: parent)
            let content = try BundleContent(bundle.folder)
            let cut = CertificationFacts(
                profile: "cerner-2022-06",
                trace: Trace(
                    header: content.trace.header, events: content.trace.events, bodies: [:], isComplete: false),
                results: content.results, product: content.product, challenge: SampleBundle.challenge,
                suite: SampleBundle.suite, attachments: SampleBundle.attachments)
            #expect(SampleBundle.rules.decide(cut).filter { $0.state == .broken }.map(\.id) == ["trace-complete"])
        }
    }

    @Test func `every rule is applied and has its broken bundle`() {
        let applied = SampleBundle.rules.rules.filter(\.isApplied).map(\.id)
        #expect(Set(applied) == Set(Self.broken.map(\.rule) + ["trace-complete"]))
        let facts = CertificationFacts([:])
        let results = SampleBundle.rules.decide(facts)
        // Nothing is taken for granted: without facts hardly a rule holds, and those that do speak of lists.
        #expect(results.filter { $0.state == .notApplied }.isEmpty)
        #expect(results.first?.state == .broken)
    }

    @Test func `what is judged otherwise is told by scenario and check`() throws {
        try SampleBundle.inFolder { parent in
            let bundle = try SampleBundle(in: parent)
            var results = SampleBundle.results
            results.set("verdict", "nonconformant")
            results.setScenario("checks", [["check": "joined", "level": "M", "verdict": "fail"]])
            let differences = try bundle.differences(again: results, reports: ["junit.xml": Data()]).differences
            let texts = differences.map(\.description)
            #expect(
                texts.contains("results.json: the verdict was sealed as conformant, judged again it is nonconformant"))
            #expect(texts.contains("results.json: a-visit/joined was sealed as pass, judged again it is fail"))
            #expect(texts.contains { $0.hasPrefix("certificate.json: does not follow from the record") })
            #expect(texts.contains { $0.hasPrefix("attestation.dsse.json:") })
            #expect(texts.contains { $0.hasPrefix("junit.xml:") })
        }
    }

    @Test func `mistakes in the rules are shown at their place`() {
        let text = """
            id: x
            valid-days: 0
            rules:
              - {id: a, says: A., holds: "1 +"}
              - {id: b, says: B.}
            """
        let error = #expect(throws: LedgerError.self) {
            try CertificationRules(SourceFile(path: "certification.yaml", text: text))
        }
        #expect(error?.diagnostics.map(\.code) == ["bad-number", "bad-expression", "missing-key"])
    }
}

extension Value {
    mutating func set(_ name: String, _ value: Value) {
        var members = self.members ?? [:]
        members[name] = value
        self = .object(members)
    }

    /// Changes a member of the first scenario.
    mutating func setScenario(_ name: String, _ value: Value) {
        var scenarios = self["scenarios"]?.array ?? []
        guard !scenarios.isEmpty else { return }
        scenarios[0].set(name, value)
        set("scenarios", .array(scenarios))
    }
}

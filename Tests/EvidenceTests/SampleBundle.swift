// SPDX-License-Identifier: Apache-2.0

import Evidence
import Foundation
import Ledger
import SourceText
import Testing
import Trace
import Value
import World

/// A tiny run that meets every rule, written by hand and sealed.
struct SampleBundle {
    static let challenge = "programme-2027-0001"
    static let suite: CertificationFacts.Suite = {
        var suite = CertificationFacts.Suite(required: ["a-visit", "b-visit"], mandatoryFeatures: ["sms"])
        suite.minimumChecks = 55
        suite.profileHash = "p-1"
        suite.data = "s-1"
        suite.kills = ["a-visit/joined"]
        return suite
    }()
    static let attachments = Attachments(doctor: [
        "problems": 0, "findings": [["area": "reach", "state": "ok", "message": "it answers"]],
    ])
    static let rules: CertificationRules = {
        let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        do { return try CertificationRules(dataFolder: DataFolder(url: folder)) } catch { fatalError("\(error)") }
    }()

    let folder: URL
    let key: SigningKey

    static var header: Members {
        [
            "suite": "0.1.0", "seed": .string(String(ChallengeSeed.seed(challenge: challenge, nonce: "nonce"))),
            "nonce": "nonce", "deployment": "sample", "profile": "cerner-2022-06", "defects": [], "variants": [],
            "scenarios": ["a-visit", "b-visit"], "strict": false, "selection": false,
            "claimed-profiles": ["cerner-2022-06"], "claimed-features": ["sms"], "observes-egress": true,
            "profile-hashes": ["cerner-2022-06": "p-1"],
            "connector-fingerprint": ["program": "f-1"],
        ]
    }

    static var results: Value {
        func scenario(_ id: String) -> Value {
            [
                "id": .string(id), "outcome": "completed", "verdict": "pass",
                "checks": [["check": "joined", "requirements": ["SMS-06"], "level": "M", "verdict": "pass"]],
            ]
        }
        return [
            "format": "assay-results/1", "verdict": "conformant", "reasons": [], "suite-version": "0.1.0",
            "seed": header["seed"] ?? .null, "nonce": "nonce", "profile": "cerner-2022-06", "strict": false,
            "deployment": "sample", "connector": "1.0.0", "defects": [],
            "counts": ["pass": 60, "fail": 0, "inconclusive": 0, "error": 0],
            "scenarios": [scenario("a-visit"), scenario("b-visit")], "run-checks": [],
            "requirements": [["id": "SMS-06", "level": "M", "verdict": "pass", "observability": "observed"]],
        ]
    }

    static let product: Value = ["product": "Sample", "build": "1.0.0", "url": "https://connector.example"]
    static let inputs = Certificate.Inputs(
        profile: "cerner-2022-06", challenge: challenge, issued: Instant(microseconds: 1_800_000_000_000_000),
        suiteData: Digest.sha256(Data("suite".utf8)),
        profileFile: Digest.sha256(Data("p".utf8)), deploymentFile: Digest.sha256(Data("d".utf8)),
        executable: Digest.sha256(Data("x".utf8)))

    /// Seals the run below a new folder.
    init(
        in parent: URL, header: Members = Self.header, results: Value = Self.results, product: Value = Self.product,
        attachments: Attachments = Self.attachments, versions: [String] = ["1.0.0"],
        scenarioText: String? = nil
    ) throws {
        folder = parent.appending(path: "bundle-\(UUID().uuidString)")
        key = SigningKey()
        let writer = try TraceWriter(folder: folder, header: header)
        let journal = Journal(sink: writer)
        for version in versions {
            journal.append(
                EventDraft("connector.ready", by: .runner, world: nil, ["url": "x", "version": .string(version)]))
        }
        for number in 1...6 {
            journal.append(EventDraft("world.closed", by: .runner, world: WorldID(rawValue: "w-\(number)")))
        }
        let body = Data(repeating: 0xFF, count: 40)
        try body.write(to: folder.appending(path: "bodies/\(Digest.sha256(body))"))
        journal.close()
        let trace = try TraceReader.read(folder: folder)
        let facts = CertificationFacts(
            profile: "cerner-2022-06", trace: trace, results: results, product: product, challenge: Self.challenge,
            suite: Self.suite, attachments: attachments)
        let certificate = Certificate(Self.inputs, rules: Self.rules, facts: facts)
        try put(results.json(pretty: true) + "\n", SealedBundle.results)
        try put("<testsuites/>\n", "junit.xml")
        try put(product.json(pretty: true) + "\n", SealedBundle.product)
        try put(certificate.text, SealedBundle.certificate)
        for (name, text) in attachments.files { try put(text, name) }
        let text = "id: a-visit\n"
        try put(
            "\(Digest.sha256(Data(text.utf8)))  Scenarios/a/visit.yaml\n\(Digest.sha256(Data()))  Scenarios/requirements.yaml\n",
            SealedBundle.suite)
        try FileManager.default.createDirectory(
            at: folder.appending(path: SealedBundle.scenarios), withIntermediateDirectories: true)
        try put(scenarioText ?? text, SealedBundle.scenarios + "/a-visit.yaml")
        try SealedBundle.seal(folder, certificate: certificate, results: results, key: key)
    }

    func put(_ text: String, _ name: String) throws { try Data(text.utf8).write(to: folder.appending(path: name)) }

    /// What a second judgement finds that gives `results` again.
    func differences(again results: Value = Self.results, reports: [String: Data] = [:]) throws -> Rederivation {
        Rederivation(
            of: folder, content: try BundleContent(folder), seal: try SealCheck(folder), rules: Self.rules,
            suite: Self.suite,
            results: (results.json(pretty: true) + "\n", results), reports: reports)
    }

    /// A folder of its own, removed afterwards.
    static func inFolder<Answer>(_ body: (URL) throws -> Answer) throws -> Answer {
        let folder = FileManager.default.temporaryDirectory.appending(path: "assay-evidence-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        return try body(folder)
    }
}

// SPDX-License-Identifier: Apache-2.0

import Foundation
import Ledger
import TestSupport
import Testing

/// A check is worth what it kills: every defect of the reference connector fails the check its entry in
/// `Scenarios/defects.yaml` names, for the reason it names, and nothing that has nothing to do with it; and every permitted
/// variant leaves all checks alone.
struct KillTests {
    @Test(arguments: Catalogue.defects) func `a defect fails the check that is there for it`(
        defect: String
    ) async throws {
        let proof = try #require(try await Proof.shared.value.defects[defect])
        #expect(proof.outcome == "killed", "\(defect): \(proof.note)")
        #expect(proof.unrelated == [], "\(defect)")
    }

    @Test func `the honest connector is conformant, and the proof says what it is worth`() async throws {
        let proof = try await Proof.shared.value
        #expect(proof.honest == "conformant")
        #expect(proof.defects.keys.sorted() == Catalogue.defects.sorted())
        // The page and its link back from the honest run's report.
        #expect(proof.page.contains("Mutation score by area"))
        #expect(proof.report.contains("href=\"../kill-matrix.html\""))
    }

    @Test func `a scenario is left out only where the connector never comes to the defect's place`() async throws {
        let defects = try await Proof.shared.value.defects
        for (id, defect) in defects {
            #expect(defect.scenarios.isDisjoint(with: defect.unreached), "\(id)")
            #expect(!defect.unreached.contains(defect.home), "\(id)")
        }
        // A portal is entered in every scenario.
        let unreached = defects.mapValues(\.unreached)
        #expect(unreached.values.contains { !$0.isEmpty })
        #expect(unreached["portal-any-role"]?.isEmpty == true)
    }

    @Test func `the connector notes which defects' places it comes to`() async throws {
        let folder = try TemporaryFolder()
        let deployment = try ReferenceDeployment.read("Scenarios/deployments/reference.yaml").replacing(
            "\"--until-stdin-closes\"]", with: "\"--until-stdin-closes\", \"--reached-defects\", \"$(here)/reached\"]")
        let file = try folder.write(deployment, to: "noting.yaml")
        let ended = try await Turnstile.shared.pass {
            try await BuiltAssay.run(
                ["run", "--deployment", file.path, "--only", "cerner-portal-sign-in", "--out", "out"], in: folder.url)
        }
        let reached = try String(contentsOf: folder.url.appending(path: "reached"), encoding: .utf8)
            .split(separator: "\n").map(String.init)
        #expect(reached.contains("portal-any-role"), "\(ended)")
        #expect(!reached.contains("writeback-no-connect"))
        #expect(Set(reached).count == reached.count)
        #expect(Set(reached).isSubset(of: Catalogue.defects))
    }

    @Test(arguments: try Faults.known("variant")) func `a permitted difference leaves every check alone`(
        variant: String
    ) async throws {
        let folder = try TemporaryFolder()
        // Every kind of traffic a variant can change; the whole suite in `make soak`.
        let isWhole = ProcessInfo.processInfo.environment["ASSAY_SOAK"] != nil
        let selection = isWhole ? [] : ["--only"] + Self.sample
        var connector = ["--variant", variant]
        if variant == InterfaceEngine.variant {
            // Another channel is another deployment.
            connector = ["--deployment", try folder.write(InterfaceEngine.deployment(), to: "engine.yaml").path]
        }
        if variant == GraphTexts.variant {
            connector = ["--deployment", try folder.write(GraphTexts.deployment(), to: "graph.yaml").path]
        }
        let arguments = ["run", "--out", "out"] + connector + selection
        let ended = try await Turnstile.shared.pass {
            try await BuiltAssay.run(arguments, in: folder.url)
        }
        if variant == GraphTexts.variant {
            // What Microsoft does in its place stays open, and nothing else.
            #expect(ended.status == 2, "\(ended)")
            let open = RunRecord(folder.url.appending(path: "out")).checks.filter {
                !["pass", "not-applicable"].contains($0.verdict)
            }
            #expect(!open.isEmpty && open.allSatisfy { $0.reason == "not-observable" }, "\(open)")
            return
        }
        #expect(ended.status == 0, "\(ended)")
        #expect(ended.lastLine.hasPrefix("verdict: conformant ("), "\(ended)")
    }

    static let sample = [
        "cerner-sms-join", "cerner-sms-reminder", "cerner-without-sms", "cerner-provider-launch", "cerner-reports",
        "epic-writeback", "epic-patient-mychart", "privacy-cerner-visit",
    ]

    /// Faults of the connector that no check judges yet, and why. Whoever writes the check takes the fault out here.
    static let notYetJudged: [String: Set<String>] = [:]

    @Test func `every defect of the connector has its entry, and every entry its defect`() throws {
        let known = Set(try Faults.known("defect"))
        let judged = Set(Catalogue.defects)
        #expect(Catalogue.defects.count == judged.count)
        #expect(judged.subtracting(known) == [])
        let excused = Self.notYetJudged.values.reduce(into: Set<String>()) { $0.formUnion($1) }
        #expect(known.subtracting(judged).subtracting(excused) == [])
        #expect(judged.count >= 150)
        #expect(try Faults.known("variant").count >= 8)
    }

    @Test func `a proof that was interrupted keeps what it has and is incomplete`() async throws {
        let folder = try TemporaryFolder()
        let ended = try await Turnstile.shared.pass {
            let running = try Running(
                "assay", ["prove", "--sample", "0", "--jobs", "1", "--out", "out"], in: folder.url)
            try await running.prints { $0.contains("[2/") }
            running.signal(SIGINT)
            return try await running.end()
        }
        #expect(ended.status == 2, "\(ended)")
        #expect(ended.lastLine.hasPrefix("kill matrix: incomplete ("), "\(ended)")
        let matrix = try String(contentsOf: folder.url.appending(path: "out/kill-matrix.json"), encoding: .utf8)
        #expect(matrix.contains("\"outcome\": \"killed\""))
    }

    @Test func `where a deployment shows less, what it hides is unseen and the rest is killed`() async throws {
        let folder = try TemporaryFolder()
        let place = BuiltAssay.project.appending(path: "Scenarios/deployments/reference.yaml")
        let whole = try String(contentsOf: place, encoding: .utf8)
        let start = try #require(whole.range(of: "evidence:\n")?.lowerBound)
        let end = try #require(whole.range(of: "bindings:\n")?.lowerBound)
        var opaque = whole
        opaque.removeSubrange(start..<end)
        opaque = opaque.replacing("egress: proxy", with: "egress: unobserved")
        opaque = opaque.replacing("\nid: reference\n", with: "\nid: opaque\n")
        _ = try folder.write(opaque, to: "opaque.yaml")
        let ended = try await Turnstile.shared.pass {
            try await BuiltAssay.run(
                [
                    "prove", "--sample", "0", "--as-seen-by", "opaque.yaml", "--out", "out", "--defect",
                    "patient-name-in-log", "sms-no-reminder",
                ], in: folder.url)
        }
        let bytes = try Data(contentsOf: folder.url.appending(path: "out/kill-matrix.json"))
        let matrix = try JSONSerialization.jsonObject(with: bytes) as? [String: Any] ?? [:]
        let rows = matrix["defects"] as? [[String: Any]] ?? []
        let outcomes = rows.map { "\($0["defect"] ?? "") \($0["outcome"] ?? "")" }
        #expect(outcomes.sorted() == ["patient-name-in-log unseen", "sms-no-reminder killed"], "\(ended)")
        #expect(matrix["as-seen-by"] as? String == "opaque")
        #expect(ended.status == 0, "\(ended)")
    }

    @Test func `what goes over channels that a deployment does not show is unseen`() async throws {
        let folder = try TemporaryFolder()
        let whole = try ReferenceDeployment.read("Scenarios/deployments/reference.yaml")
        let silent = try folder.write(
            whole.replacing("\negress: proxy\n", with: "\negress: proxy\nsms: none\nwriteback: none\n"),
            to: "silent.yaml"
        ).path
        let graph = try folder.write(GraphTexts.deployment(), to: "graph.yaml").path
        let wanted = [
            (silent, ["sms-no-reminder": "unseen", "writeback-no-connect": "unseen", "portal-any-role": "killed"]),
            (graph, ["sms-no-reminder": "killed", "sms-stop-ignored": "unseen"]),
        ]
        for (number, (deployment, outcomes)) in wanted.enumerated() {
            let out = "out-\(number)"
            let ended = try await Turnstile.shared.pass {
                try await BuiltAssay.run(
                    ["prove", "--sample", "0", "--as-seen-by", deployment, "--out", out, "--json", "--defect"]
                        + outcomes.keys.sorted(), in: folder.url)
            }
            let bytes = try Data(contentsOf: folder.url.appending(path: "\(out)/kill-matrix.json"))
            let matrix = try JSONSerialization.jsonObject(with: bytes) as? [String: Any] ?? [:]
            let rows = (matrix["defects"] as? [[String: Any]] ?? []).map {
                ($0["defect"] as? String ?? "", $0["outcome"] as? String ?? "")
            }
            #expect(Dictionary(rows, uniquingKeysWith: { first, _ in first }) == outcomes, "\(ended)")
        }
    }

    @Test func `where a deployment has no binding for an operation, what needs it is unseen and the rest is killed`()
        async throws
    {
        let folder = try TemporaryFolder()
        let portal = BuiltAssay.project.appending(path: "docs/examples/odd-portal/deployment.yaml")
        let ended = try await Turnstile.shared.pass {
            try await BuiltAssay.run(
                [
                    "prove", "--sample", "0", "--as-seen-by", portal.path, "--out", "out", "--json", "--defect",
                    "portal-any-role", "sms-no-confirmation",
                ], in: folder.url)
        }
        let bytes = try Data(contentsOf: folder.url.appending(path: "out/kill-matrix.json"))
        let matrix = try JSONSerialization.jsonObject(with: bytes) as? [String: Any] ?? [:]
        let rows = matrix["defects"] as? [[String: Any]] ?? []
        let outcomes = rows.map { "\($0["defect"] ?? "") \($0["outcome"] ?? "")" }
        #expect(outcomes.sorted() == ["portal-any-role killed", "sms-no-confirmation unseen"], "\(ended)")
        #expect(
            rows.contains { ($0["note"] as? String)?.contains("no binding for read-numbers") == true }, "\(rows)")
        #expect(ended.status == 0, "\(ended)")
    }

    @Test func `an unknown defect is named with its nearest word`() async throws {
        let folder = try TemporaryFolder()
        let ended = try await BuiltAssay.run(["prove", "--defect", "sms-twice-on-retri"], in: folder.url)
        #expect(ended.status == 3)
        #expect(ended.errors.contains("did you mean `sms-twice-on-retry`?"), "\(ended)")
    }
}

/// The defects as `Scenarios/defects.yaml` lists them.
enum Catalogue {
    static let defects: [String] = {
        let ledger = try? Ledger(dataFolder: DataFolder(url: BuiltAssay.project))
        return ledger?.defects.map(\.id) ?? []
    }()
}

/// One proof over the whole catalogue, shared by the tests: the scenarios that concern each defect, nothing drawn beside.
struct Proof: Sendable {
    struct Defect: Sendable {
        let outcome: String
        let note: String
        let unrelated: [String]
        let scenarios: Set<String>
        /// Left out, since the honest connector never comes to the defect's place there.
        let unreached: Set<String>
        /// Of its check; empty where any scenario's may fail.
        let home: String
    }

    let honest: String
    let defects: [String: Defect]
    let page: String
    /// `report.html` of the honest run.
    let report: String

    static let shared = Task { try await Proof() }

    private init() async throws {
        let folder = try TemporaryFolder()
        var out = folder.url.appending(path: "out")
        // Nothing is proven where the honest run was not conformant, and the machine is full of other tests: once more then.
        for attempt in ["out", "again"] {
            out = folder.url.appending(path: attempt)
            // Both places: it keeps two connectors busy by itself.
            let ended = try await Turnstile.shared.pass {
                try await BuiltAssay.run(
                    ["prove", "--sample", "0", "--out", attempt], in: folder.url, limit: .seconds(1800))
            }
            if !ended.output.contains("no kill proves anything") { break }
            print("the honest run of the proof was not conformant: \(ended)")
        }
        let bytes = try Data(contentsOf: out.appending(path: "kill-matrix.json"))
        let matrix = try JSONSerialization.jsonObject(with: bytes) as? [String: Any] ?? [:]
        honest = (matrix["honest"] as? [String: Any])?["verdict"] as? String ?? "none"
        var defects: [String: Defect] = [:]
        for row in matrix["defects"] as? [[String: Any]] ?? [] {
            let red = row["red"] as? [[String: Any]] ?? []
            defects[row["defect"] as? String ?? ""] = Defect(
                outcome: row["outcome"] as? String ?? "", note: row["note"] as? String ?? "",
                unrelated: red.filter { $0["unrelated"] as? Bool == true }.compactMap { $0["check"] as? String },
                scenarios: Set(row["scenarios"] as? [String] ?? []),
                unreached: Set(row["unreached"] as? [String] ?? []),
                home: (row["expected"] as? [String: Any])?["scenario"] as? String ?? "")
        }
        self.defects = defects
        page = try String(contentsOf: out.appending(path: "kill-matrix.html"), encoding: .utf8)
        report = try String(contentsOf: out.appending(path: "honest/report.html"), encoding: .utf8)
    }
}

/// What the built connector says it can do wrong.
enum Faults {
    static func known(_ kind: String) throws -> [String] {
        let process = Process()
        process.executableURL = BuiltAssay.folder.appending(path: "reference-connector")
        process.arguments = ["--list-defects"]
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        let bytes = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        let all = try JSONSerialization.jsonObject(with: bytes) as? [[String: String]] ?? []
        return all.filter { $0["kind"] == kind }.compactMap { $0["id"] }
    }
}

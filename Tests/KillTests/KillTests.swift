// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport
import Testing

/// A check is worth what it kills: every defect of the reference connector fails the check its entry in
/// `Scenarios/defects.yaml` names, for the reason it names; and every permitted variant leaves all checks alone.
struct KillTests {
    static let entries = (try? DefectEntry.all()) ?? []

    @Test(arguments: entries) func `a defect fails the check that is there for it`(entry: DefectEntry) async throws {
        let folder = try TemporaryFolder()
        let ended = try await Turnstile.shared.pass {
            try await BuiltAssay.run(
                ["run", "--only"] + entry.selection + ["--defect", entry.id, "--out", "out"], in: folder.url)
        }
        #expect(ended.status == 1, "\(ended)")
        #expect(ended.lastLine.hasPrefix("verdict: nonconformant (\(entry.selection.count) scenarios"), "\(ended)")
        let checks = RunRecord(folder.url.appending(path: "out")).checks
        let expected = try #require(checks.first { "\($0.scenario)/\($0.id)" == entry.path })
        #expect(expected.verdict == "fail", "\(expected)")
        #expect(expected.reason == entry.reason, "\(expected)")
        #expect(checks.filter { $0.verdict == "error" } == [])
        // The check is named to whoever reads the terminal.
        #expect(ended.output.contains(entry.path), "\(ended)")
    }

    @Test(arguments: try Faults.known("variant")) func `a permitted difference leaves every check alone`(
        variant: String
    ) async throws {
        let folder = try TemporaryFolder()
        // Every kind of traffic a variant can change; the whole suite in `make soak`.
        let isWhole = ProcessInfo.processInfo.environment["ASSAY_SOAK"] != nil
        let selection = isWhole ? [] : ["--only"] + Self.sample
        let ended = try await Turnstile.shared.pass {
            try await BuiltAssay.run(["run", "--variant", variant, "--out", "out"] + selection, in: folder.url)
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
        let judged = Set(Self.entries.map(\.id))
        #expect(Self.entries.count == judged.count)
        #expect(judged.subtracting(known) == [])
        let excused = Self.notYetJudged.values.reduce(into: Set<String>()) { $0.formUnion($1) }
        #expect(known.subtracting(judged).subtracting(excused) == [])
        #expect(judged.count >= 150)
        #expect(try Faults.known("variant").count >= 8)
    }
}

/// One entry of `Scenarios/defects.yaml`, as far as it matters here.
struct DefectEntry: Sendable, CustomTestStringConvertible {
    let id: String
    let scenario: String
    let check: String
    let reason: String
    var testDescription: String { id }
    /// As results name it.
    var path: String { "\(scenario)/\(check)" }
    /// What is looked at in every exchange of a run (`run`) shows in a whole visit, or where a base URL is entered.
    var selection: [String] {
        scenario == "run" ? ["privacy-cerner-visit", "cerner-base-url-mistakes"] : [scenario]
    }

    /// Every entry, in the order of the file.
    static func all() throws -> [DefectEntry] {
        let text = try String(
            contentsOf: BuiltAssay.project.appending(path: "Scenarios/defects.yaml"), encoding: .utf8)
        var id = ""
        return text.split(separator: "\n").compactMap { line in
            if let match = line.wholeMatch(of: #/\s*- id: (\S+)/#) { id = String(match.1) }
            guard
                let match = line.firstMatch(
                    of: #/expected: \{scenario: ([\w-]+), check: ([\w.-]+), reason: ([\w-]+)\}/#)
            else { return nil }
            return DefectEntry(id: id, scenario: String(match.1), check: String(match.2), reason: String(match.3))
        }
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

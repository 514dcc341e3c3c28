// SPDX-License-Identifier: Apache-2.0

import Foundation
import Judge
import Ledger
import Reports
import Runner
import ScenarioLanguage
import Trace
import Value
import World

/// A run as its folder tells it: what was run, with what, and how it ended.
struct EarlierRun {
    let folder: URL
    let display: String
    let trace: Trace

    /// Throws where the folder is no run's.
    init(_ path: String) throws {
        let url = URL(fileURLWithPath: path)
        folder = url.lastPathComponent == "trace.ndjson" ? url.deletingLastPathComponent() : url
        display = path
        trace = try TraceReader.read(folder: folder)
    }

    var header: Members { trace.header }
    var planned: [String] { RunHeader.planned(header) }
    var defects: [String] { texts("defects") }
    var variants: [String] { texts("variants") }
    var profile: String? { header["profile"]?.string }
    var isStrict: Bool { header["strict"]?.bool ?? false }
    var seed: UInt64 { header["seed"]?.string.flatMap(UInt64.init) ?? 1 }
    var nonce: String { header["nonce"]?.string ?? "" }
    /// As it was named on the command line; nil: the reference connector's.
    var deploymentFile: String? { header["deployment-file"]?.string }

    private func texts(_ name: String) -> [String] { (header[name]?.array ?? []).compactMap(\.string) }

    /// What the run gave to its scenarios' parameters, by name.
    var parameters: [String: String] {
        var values: [String: String] = [:]
        for event in trace.events where event.kind == "world.opened" {
            for member in event["model"]?["parameters"]?.members ?? Members() {
                values[member.name] = member.value.scalarText
            }
        }
        return values
    }

    /// The deployment of the run, or the one that is named instead. Throws where the record is of one whose file nobody
    /// named.
    func deploymentPath(insteadOf given: String?) throws -> String? {
        if let given { return given }
        if let path = deploymentFile {
            guard FileManager.default.fileExists(atPath: path) else {
                throw Mistaken(
                    "The deployment file of that run, \(path), is not here.\n  = Name it with --deployment.")
            }
            return path
        }
        let id = header["deployment"]?.string ?? ""
        guard id == "reference" else {
            throw Mistaken(
                "The record does not say where the deployment file of \(id) lies.\n  = Name it with --deployment.")
        }
        return nil
    }

    /// The run's scenarios in its own texts; where it kept none, the suite's.
    func scenarios(_ suite: Suite) throws -> [Scenario] { try suite.planned(planned, recordedIn: [folder]) }

    /// How it was judged then; where nothing was written, as the suite at hand judges it.
    func results(_ suite: Suite) throws -> RunResults {
        let context = try RunHeader.context(
            of: trace, ledger: suite.ledger, policies: suite.policies, suiteVersion: SuiteVersion.text)
        return Judge.judge(trace: trace, scenarios: try scenarios(suite), context: context)
    }

    /// The scenarios something went wrong in: with a check that failed or was not decided, or whose messages a failed check
    /// of the whole run rests on.
    func failed(_ suite: Suite) throws -> [String] {
        let results = try results(suite)
        let worlds = Dictionary(trace.events.map { ($0.seq, $0.world) }, uniquingKeysWith: { first, _ in first })
        var touched: Set<WorldID> = []
        for check in results.runChecks where check.verdict == .fail || check.verdict == .error {
            touched.formUnion(check.evidence.compactMap { worlds[$0] ?? nil })
        }
        return results.scenarios.filter { scenario in
            [.fail, .error, .inconclusive].contains(scenario.verdict) || scenario.outcome == "not-run"
                || scenario.world.map(touched.contains) ?? false
        }.map(\.id)
    }
}

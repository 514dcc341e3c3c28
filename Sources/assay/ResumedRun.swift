// SPDX-License-Identifier: Apache-2.0

import Connector
import Foundation
import Judge
import Runner
import ScenarioLanguage
import Trace
import Value

/// A run that is taken up again: what an earlier sitting left open is run once more, from its beginning, and both records
/// are judged as one.
///
/// A scenario is never taken up in its middle: what the connector sent between the sittings nobody recorded.
struct ResumedRun {
    private let path: String
    private let earlier: Trace
    /// Ids of the scenarios a further sitting can settle.
    let open: [String]

    /// Throws a `Mistaken` where the folder holds no run that can be taken up, or nothing of it is open.
    init(_ path: String, suite: Suite) throws {
        self.path = path
        earlier = try TraceReader.read(folder: URL(fileURLWithPath: path))
        guard earlier.isComplete else {
            throw Mistaken(
                "The run in \(path) was cut off without its end: what stood in the connector's stores was never searched.\n"
                    + "  = Run again from the beginning.")
        }
        let recorded = earlier.header["suite"]?.string ?? "unknown"
        guard recorded == SuiteVersion.text else {
            throw Mistaken(
                "The run in \(path) was recorded with suite \(recorded), this is \(SuiteVersion.text): they may ask for different things.\n"
                    + "  = Take it up with the suite it began with, or run again from the beginning.")
        }
        let planned = try suite.planned(RunHeader.planned(earlier.header), recordedIn: [URL(fileURLWithPath: path)])
        let context = try RunHeader.context(
            of: earlier, ledger: suite.ledger, policies: suite.policies, suiteVersion: SuiteVersion.text)
        let results = Judge.judge(trace: earlier, scenarios: planned, context: context)
        open = results.scenarios.filter(Self.isOpen).map(\.id)
        guard !open.isEmpty else {
            throw Mistaken(
                "The run in \(path) left nothing open that a further sitting could settle: it is \(results.verdict.rawValue).\n"
                    + "  = `assay judge \(path)` says what was decided.")
        }
    }

    /// What failed stays failed, and what nobody can see is not seen the second time either.
    private static func isOpen(_ scenario: ScenarioResult) -> Bool {
        guard scenario.verdict != .fail, scenario.outcome != "not-applicable" else { return false }
        if ["aborted", "not-run"].contains(scenario.outcome) || scenario.verdict == .error { return true }
        return scenario.checks.contains { $0.verdict == .inconclusive && $0.reason != .notObservable }
    }

    /// The deployment as the earlier sitting judged it. Throws a `Mistaken` where it is another one.
    func deployment(_ deployment: Deployment) throws -> Deployment {
        let id = earlier.header["deployment"]?.string ?? ""
        guard deployment.id == id else {
            throw Mistaken(
                "The run in \(path) is of the deployment \(id), the file describes \(deployment.id).\n"
                    + "  = Give the same deployment file with --deployment.")
        }
        return deployment.judged(by: earlier.header["profile"]?.string)
    }

    /// Asks for what is open, as the earlier sitting asked for all. Its ids and people are fresh: a living connector still
    /// knows the earlier ones.
    func apply(to options: inout RunOptions) {
        func texts(_ name: String) -> [String] { (earlier.header[name]?.array ?? []).compactMap(\.string) }
        options.only = Set(open)
        options.profile = earlier.header["profile"]?.string
        options.strict = earlier.header["strict"]?.bool ?? options.strict
        options.defects = texts("defects")
        options.variants = texts("variants")
        options.sitting = (earlier.header["sittings"]?.array?.count ?? 1) + 1
    }

    /// The whole, judged and written to the folder.
    func joined(_ later: RunSession.Outcome, suite: Suite, folder: URL) throws -> (trace: Trace, results: RunResults) {
        let trace = TraceResume.join(earlier, later.trace, again: Set(later.scenarios.map(\.id)))
        try TraceWriter.write(trace, to: folder)
        let context = try RunHeader.context(
            of: trace, ledger: suite.ledger, policies: suite.policies, suiteVersion: SuiteVersion.text)
        let planned = try suite.planned(RunHeader.planned(trace.header), recordedIn: [URL(fileURLWithPath: path)])
        try ScenarioTexts.write(planned, to: folder)
        return (trace, Judge.judge(trace: trace, scenarios: planned, context: context))
    }
}

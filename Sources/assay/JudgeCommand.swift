// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Connector
import Foundation
import Judge
import Ledger
import Reports
import Runner
import ScenarioLanguage
import Trace
import Value

/// `assay judge`: the verdict again, from the record alone.
struct JudgeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "judge", abstract: "Judge a recorded run, a trace or a HAR again, without a connector.",
        discussion: """
            Reads trace.ndjson and its bodies, and the scenarios' texts that lie beside them; rules and policies are those \
            of the suite at hand, so that newer rules can judge an older record. Nothing in the folder is changed. A record \
            that was cut short is incomplete.

            A HAR of a browser or a proxy is judged by the rules that need no scenario: launch, FHIR, Graph, SMS, writeback, \
            pages, and where patients' data went. It says what it cannot judge, and is never conformant: 1 where something \
            is wrong, else 2. --deployment tells which host is the connector.

            Exit codes: as for run.
            """)

    @Argument(help: "A run's folder, a trace (NDJSON), or a HAR.")
    var path: String

    @Option(help: "Judge by this profile alone.")
    var profile: String?

    @Option(help: "Deployment file: take the claims from it instead of from the record.")
    var deployment: String?

    @Option(parsing: .upToNextOption, help: "Scenario files or folders of the run, if they are not the suite's.")
    var scenarios: [String] = []

    @Option(help: "Folder with Scenarios/ (default: $ASSAY_HOME, then beside the executable).")
    var data: String?

    @Flag(help: "Print results.json to standard output instead of lines for people.")
    var json = false

    func run() throws {
        let results: RunResults
        do { results = try judged() } catch {
            Console.error("\(error)")
            throw ExitCode(RunVerdict.invalidSetup.exitCode)
        }
        if json {
            // As the file: without the line feed that printing adds.
            Console.print(String(ResultsJSON.text(results).dropLast()))
        } else {
            for line in TerminalSummary.lines(results).dropLast() { Console.print(line) }
            Console.print(TerminalSummary.verdictLine(results))
        }
        throw ExitCode(results.verdict.exitCode)
    }

    private func judged() throws -> RunResults {
        let url = URL(fileURLWithPath: path)
        if let capture = try CapturedTraffic(at: url) {
            let suite = try Suite.load(data: data, paths: [])
            return try capture.judged(
                by: suite, deployment: try deployment.map { try suite.deployment(at: $0) }, profile: profile)
        }
        var isFolder: ObjCBool = false
        let isThere = FileManager.default.fileExists(atPath: url.path, isDirectory: &isFolder)
        let file = isThere && !isFolder.boolValue ? url : url.appending(path: "trace.ndjson")
        let folder = file.deletingLastPathComponent()
        let record = try StreamedTrace.open(file)
        let trace = record.head
        let suite = try Suite.load(data: data, paths: scenarios)
        let recorded = trace.header["suite"]?.string ?? "unknown"
        if recorded != SuiteVersion.text {
            Console.error("Recorded with suite \(recorded), judged with \(SuiteVersion.text).")
        }
        var context = try RunHeader.context(
            of: trace, ledger: suite.ledger, policies: suite.policies, suiteVersion: SuiteVersion.text)
        let isOwn = RunHeader.isSelfContained(trace.header)
        if deployment != nil || !isOwn { try takeClaims(from: suite, recorded: trace.header, into: &context) }
        var planned = try suite.planned(
            RunHeader.planned(trace.header), recordedIn: scenarios.isEmpty && data == nil ? [folder] : [])
        if let profile {
            guard let entry = suite.ledger.profile(profile) else {
                throw Mistaken(
                    "There is no profile \(profile).\n  = Known: \(suite.ledger.profiles.map(\.id).joined(separator: ", "))."
                )
            }
            let owed = suite.scenarios.filter { scenario in
                scenario.profiles.contains(profile)
                    && scenario.requires.allSatisfy { context.claimedFeatures?.contains($0) ?? true }
            }
            planned = planned.filter { $0.profiles.contains(profile) }
            context.profile = profile
            context.profiles = [entry]
            context.planned = Set(planned.map(\.id))
            context.isSelection = !Set(owed.map(\.id)).isSubset(of: RunHeader.planned(trace.header))
        }
        var source = record
        while true {
            do {
                var results = try Judge.judge(source, scenarios: planned, context: context)
                results.killMatrix = MatrixAtHand.beside(folder)?.figures
                return results
            } catch {
                // A line in its midst is none: what stands before it counts, as in a record that was cut short there.
                source = try StreamedTrace.open(file, before: error.seq)
            }
        }
    }

    private func takeClaims(from suite: Suite, recorded header: Members, into context: inout JudgeContext) throws {
        let id = header["deployment"]?.string ?? ""
        guard deployment != nil || id == "reference" else {
            throw Mistaken(
                "The record does not say what the connector claims.\n  = Give its deployment file with --deployment.")
        }
        let file = try suite.deployment(at: deployment)
        if file.id != id { Console.error("The record is of the deployment \(id), the file describes \(file.id).") }
        context.claimedProfiles = file.claims.profiles
        context.claimedFeatures = Set(file.claims.features.filter(\.value).keys)
        context.observesEgress = file.egress != .unobserved
        context.ownServices = file.ownServices
        if context.profile == nil {
            context.profiles = file.claims.profiles.compactMap { suite.ledger.profile($0) }
        }
    }
}

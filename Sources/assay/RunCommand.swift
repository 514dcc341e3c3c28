// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Connector
import Foundation
import Judge
import Ledger
import Reports
import Runner
import ScenarioLanguage
import SourceText
import Value
import World

/// `assay run`: drives the connector through scenarios, judges the record, writes the run's folder.
struct RunCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run", abstract: "Drive a connector through scenarios and judge what it did.",
        discussion: """
            Without --deployment the reference connector built beside assay is started and judged. Everything that was \
            recorded goes to runs/<UTC time>/ (runs/latest points there).
            """)

    @Argument(help: "Scenario files or folders (default: all scenarios of the suite).")
    var paths: [String] = []

    @Option(help: "Deployment file of the connector under test.")
    var deployment: String?

    @Option(help: "Judge one profile, for example cerner-2022-06 (default: every profile the deployment claims).")
    var profile: String?

    @Option(parsing: .upToNextOption, help: "Run only these scenario ids.")
    var only: [String] = []

    @Option(
        help:
            "Run again what that run ran: its scenarios in the texts its folder holds, its deployment, profile, defects, variants, parameters and seed."
    )
    var from: String?

    @Flag(help: "With --from: only the scenarios something went wrong in.")
    var failed = false

    @Option(help: "NAME=VALUE of a scenario's parameter; may be given several times.")
    var parameter: [String] = []

    @Option(help: "Run one part of the plan, for example 2/4; `assay merge` judges the parts together.")
    var shard: String?

    @Option(help: "How many scenarios at once.")
    var jobs: Int = max(2, ProcessInfo.processInfo.activeProcessorCount * 2)

    @Option(help: "Seed of plan, order and faults (default: 1).")
    var seed: UInt64?

    @Option(help: "Nonce mixed into ids and canaries (default: fresh; give a recorded one to repeat a run).")
    var nonce: String?

    @Option(
        help: "Take up the run in this folder: what it left open is run again, and both are judged as one.")
    var resume: String?

    @Option(
        help: "With a real clock: wait so long for a step, for example 2h (default: the deployment's longest-wait).")
    var longestWait: String?

    @Option(help: "Folder of this run (default: runs/<UTC time>).")
    var out: String?

    @Option(help: "Break the reference connector in this named way; may be given several times.")
    var defect: [String] = []

    @Option(help: "Let the reference connector differ in this permitted way; may be given several times.")
    var variant: [String] = []

    @Option(help: "Folder with Scenarios/ (default: $ASSAY_HOME, then beside the executable).")
    var data: String?

    @Option(
        help:
            "kill-matrix.json of `assay prove`: what the checks are worth, told in the reports (default: the newest of this suite in runs/)."
    )
    var matrix: String?

    @Option(help: "File of known failures: they do not fail the run, new ones and unexpected passes do.")
    var baseline: String?

    @Flag(help: "Print results.json to standard output instead of lines for people.")
    var json = false

    @Flag(help: "Engineering findings fail, under --profile too.")
    var strict = false

    @Flag(help: "Write share/ too: reports and record without people's values, to be given away.")
    var share = false

    func validate() throws {
        for pair in parameter where !pair.contains("=") || pair.hasPrefix("=") {
            throw ValidationError("--parameter \(pair): write NAME=VALUE.")
        }
        if failed, from == nil { throw ValidationError("--failed wants --from RUN: which run failed?") }
        if from != nil, !paths.isEmpty {
            throw ValidationError("--from takes the scenarios of that run; it does not go with scenario files.")
        }
        guard jobs >= 1 else { throw ValidationError("--jobs must be at least 1.") }
        if let shard, Shard(shard) == nil {
            throw ValidationError("--shard wants K/N with 1 ≤ K ≤ N, for example 2/4; \(shard) is not.")
        }
        if shard != nil, nonce == nil {
            throw ValidationError(
                "--shard needs --nonce: all shards of a run must have the same one, for example the CI run's number.")
        }
        if resume != nil,
            !(only.isEmpty && from == nil && shard == nil && nonce == nil && profile == nil && defect.isEmpty
                && variant.isEmpty)
        {
            throw ValidationError(
                "--resume asks again for what its run asked for: --only, --from, --profile, --shard, --nonce, --defect and --variant do not go with it."
            )
        }
        if let longestWait, DurationText.parse(longestWait) == nil {
            throw ValidationError("--longest-wait wants a duration such as 90s, 20m or 2h; \(longestWait) is none.")
        }
        if deployment != nil, !(defect.isEmpty && variant.isEmpty) {
            throw ValidationError(
                "--defect and --variant break the reference connector; they do not go with --deployment.")
        }
    }

    private func parameters(_ earlier: EarlierRun?) -> [String: String] {
        let given = Dictionary(
            parameter.compactMap { pair in
                pair.firstIndex(of: "=").map { (String(pair[..<$0]), String(pair[pair.index(after: $0)...])) }
            }, uniquingKeysWith: { _, last in last })
        return (earlier?.parameters ?? [:]).merging(given) { _, given in given }
    }

    /// The suite with the scenarios that were asked for, and whether they are fewer than it holds.
    private func suite(_ earlier: EarlierRun?) throws -> (Suite, isSelection: Bool) {
        let suite = try Suite.load(data: data, paths: paths)
        guard let earlier else { return (suite, !paths.isEmpty || !only.isEmpty) }
        var scenarios = try earlier.scenarios(suite)
        if failed {
            let ids = Set(try earlier.failed(suite))
            scenarios = scenarios.filter { ids.contains($0.id) }
            guard !scenarios.isEmpty else {
                throw Mistaken(
                    "Nothing went wrong in \(earlier.display): there is nothing to run again.\n"
                        + "  = Without --failed the whole of it is run again.")
            }
        }
        let isSelection = failed || !only.isEmpty || earlier.header["selection"]?.bool ?? true
        return (suite.with(scenarios), isSelection)
    }

    func run() async throws {
        let started = Date()
        let interruption = RunInterruption()
        let signals = SignalWatch(interruption, started: started)
        defer { signals.end() }
        do {
            let earlier = try from.map { try EarlierRun($0) }
            let (suite, isSelection) = try suite(earlier)
            let profile = profile ?? earlier?.profile
            let defects = defect.isEmpty ? earlier?.defects ?? [] : defect
            try await ReferenceDifferences.check(defects: defect, variants: variant)
            let deploymentPath = try earlier.map { try $0.deploymentPath(insteadOf: deployment) } ?? deployment
            let resumed = try resume.map { try ResumedRun($0, suite: suite) }
            let named = try suite.deployment(at: deploymentPath)
            let deploymentFile = try (resumed?.deployment(named) ?? named.judged(by: profile))
                .waiting(atMost: longestWait.flatMap(DurationText.parse))
            let known = try baseline.map { try BaselineFile.read($0, suite: suite) }
            let atHand = try MatrixAtHand.find(matrix) { try CertificationSuite(data: data).digest }
            let folder = try RunFolder.create(at: out, now: started)
            var options = RunOptions(
                seed: RunSeed(seed: seed ?? earlier?.seed ?? 1, nonce: nonce ?? RunFolder.freshNonce()), jobs: jobs,
                strict: strict || earlier?.isStrict ?? false || !defects.isEmpty, profile: profile, only: Set(only),
                shard: shard.flatMap(Shard.init), parameters: parameters(earlier),
                environment: ProcessInfo.processInfo.environment, defects: defects,
                variants: variant.isEmpty ? earlier?.variants ?? [] : variant,
                folder: resumed == nil ? folder.url : folder.url.appending(path: "sitting"),
                binaries: Suite.executableFolder, interruption: interruption,
                desk: TerminalDesk())
            options.deploymentFile = deploymentPath
            if let resumed {
                resumed.apply(to: &options)
                try FileManager.default.createDirectory(at: options.folder, withIntermediateDirectories: true)
                Console.error("Taking up \(resumed.open.count) scenarios of \(resume ?? "").")
            }
            for profile in suite.ledger.profiles {
                options.profileHashes[profile.id] = try ProfileContent(profile, suite: suite).sha256
            }
            let view = ProgressView(json: json)
            let session = RunSession(
                suiteVersion: SuiteVersion.text, ledger: suite.ledger, scenarios: suite.scenarios,
                policies: suite.policies, deployment: deploymentFile, options: options,
                isSelection: isSelection)
            let outcome = try await session.run { view.show($0) }
            view.end()
            var (trace, results) = (outcome.trace, outcome.results)
            if let resumed { (trace, results) = try resumed.joined(outcome, suite: suite, folder: folder.url) }
            results.killMatrix = atHand?.figures
            try atHand?.write(to: folder.url)
            try ReportFolder(url: folder.url).write(results, trace: trace)
            // The run was judged, whatever becomes of the copy.
            var isShared = false
            if share {
                do {
                    _ = try await SharedCopy.write(folder.url)
                    isShared = true
                } catch { Console.error("\(error)") }
            }
            folder.markLatest()
            ReportFolder.announce(results, environment: ProcessInfo.processInfo.environment)
            if json {
                Console.print(ResultsJSON.text(results))
            } else {
                for line in TerminalSummary.lines(results).dropLast() { Console.print(line) }
                Console.print("report: \(folder.display)/report.html")
                if isShared { Console.print("to share: \(folder.display)/share/ (share.salt stays with you)") }
            }
            let against = known.map { BaselineOutcome(results, baseline: $0.entries.map(\.check)) }
            if let known, let against {
                for line in BaselineFile.lines(against, known) {
                    if json { Console.error(line) } else { Console.print(line) }
                }
            }
            Console.print(TerminalSummary.verdictLine(results))
            throw ExitCode(against?.exitCode ?? results.verdict.exitCode)
        } catch let exit as ExitCode {
            throw exit
        } catch {
            // Nothing was judged: the set-up is to blame, never the connector's conformance.
            let seconds = Date().timeIntervalSince(started)
            Console.clearStatus()
            Console.error("\(error)")
            Console.print(VerdictLine.withoutResults(.invalidSetup, seconds: seconds))
            throw ExitCode(RunVerdict.invalidSetup.exitCode)
        }
    }
}

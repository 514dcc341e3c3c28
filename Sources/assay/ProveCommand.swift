// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Foundation
import Judge
import Reports
import Runner
import World

/// `assay prove`: what the checks are worth, shown on an honest connector and on its deliberate defects.
struct ProveCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "prove",
        abstract: "Show what the checks are worth: run the suite against every defect of the reference connector.",
        discussion: """
            First the honest connector, which must be conformant; then each defect, which its check must find for its \
            reason, while unrelated checks stay green. By default each defect runs the scenarios that concern it and a \
            drawn tenth of the others, as far as the connector comes to the defect's place in them; --full runs all. Writes kill-matrix.json and kill-matrix.html; runs that did not \
            go as expected are kept beside them with their reports.

            Exit codes: 0 proved; 1 not proved (a defect survived or was killed otherwise, an unrelated check is red, a \
            check kills nothing, or the honest connector is nonconformant); 2 incomplete (interrupted, trouble in the \
            harness, honest run incomplete); 3 invalid-setup; 4 harness-error; 64 misuse.
            """)

    @Option(parsing: .upToNextOption, help: "Only these defects (default: all; `assay list defects`).")
    var defect: [String] = []

    // Two more than there are cores: a run waits for its connector, for dead addresses and for its last verdict.
    @Option(help: "How many defects at once (default: two more than there are cores).")
    var jobs: Int = ProcessInfo.processInfo.activeProcessorCount + 2

    @Option(help: "Folder of this proof (default: runs/<UTC time>).")
    var out: String?

    @Flag(help: "Run every scenario against every defect.")
    var full = false

    @Option(help: "How many of the scenarios that do not concern a defect are run all the same, in percent.")
    var sample: Int = 10

    @Option(help: "Use only the sources this deployment file offers: what would be found in that connector?")
    var asSeenBy: String?

    @Option(help: "Seed of plan, order, faults and the drawn scenarios.")
    var seed: UInt64 = 1

    @Option(help: "Nonce mixed into ids and canaries (default: fresh).")
    var nonce: String?

    @Option(help: "Folder with Scenarios/ (default: $ASSAY_HOME, then beside the executable).")
    var data: String?

    @Flag(help: "Print kill-matrix.json to standard output instead of lines for people.")
    var json = false

    func validate() throws {
        guard jobs >= 1 else { throw ValidationError("--jobs must be at least 1.") }
        guard (0...100).contains(sample) else { throw ValidationError("--sample is a number from 0 to 100.") }
    }

    func run() async throws {
        let started = Date()
        let interruption = RunInterruption()
        let signals = SignalWatch(interruption, started: started)
        defer { signals.end() }
        do {
            let suite = try Suite.load(data: data, paths: [])
            let deployment = try suite.deployment(at: nil)
            let mask = try asSeenBy.map { try suite.deployment(at: $0) }
            let folder = try RunFolder.create(at: out, now: started)
            let options = ProofOptions(
                seed: RunSeed(seed: seed, nonce: nonce ?? RunFolder.freshNonce()), jobs: jobs, defects: defect,
                sample: full ? 100 : sample, folder: folder.url, binaries: Suite.executableFolder,
                interruption: interruption)
            let session = ProofSession(
                suiteVersion: SuiteVersion.text, ledger: suite.ledger, scenarios: suite.scenarios,
                policies: suite.policies, deployment: deployment, mask: mask, options: options)
            let view = ProofView(json: json)
            let keeper = KeptRuns()
            let data = try CertificationSuite(data: data).digest
            let matrix = try await session.run(keep: { try keeper.keep($0, $1, $2) }) { view.show($0) }
            view.end()
            try KillMatrixJSON.text(matrix, suite: data).write(
                to: folder.url.appending(path: "kill-matrix.json"), atomically: true, encoding: .utf8)
            try KillMatrixPage.html(matrix, kept: keeper.names).write(
                to: folder.url.appending(path: "kill-matrix.html"), atomically: true, encoding: .utf8)
            if matrix.isFull, !matrix.isSelection, !matrix.isIncomplete {
                try KillsYAML.text(matrix).write(
                    to: folder.url.appending(path: "kills.yaml"), atomically: true, encoding: .utf8)
            }
            if json {
                Console.print(String(KillMatrixJSON.text(matrix, suite: data).dropLast()))
            } else {
                for line in KillMatrixText.lines(matrix) { Console.print(line) }
                Console.print("page: \(folder.display)/kill-matrix.html")
                Console.print(KillMatrixText.lastLine(matrix))
            }
            throw ExitCode(matrix.exitCode)
        } catch let exit as ExitCode {
            throw exit
        } catch {
            Console.clearStatus()
            Console.error("\(error)")
            throw ExitCode(
                interruption.reason == nil ? RunVerdict.invalidSetup.exitCode : RunVerdict.incomplete.exitCode)
        }
    }
}

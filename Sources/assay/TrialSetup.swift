// SPDX-License-Identifier: Apache-2.0

import Connector
import Foundation
import Judge
import Ledger
import Reproduction
import Runner
import ScenarioLanguage
import World

/// What the commands that run scenarios again and again share: the connector in question, and an honest one beside it.
struct TrialSetup {
    let suite: Suite
    /// Holds what the batches write; removed with ``end()``.
    let workshop: URL
    let interruption = RunInterruption()

    init(_ suite: Suite) throws {
        self.suite = suite
        workshop = FileManager.default.temporaryDirectory.appending(path: "assay-trial-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: workshop, withIntermediateDirectories: true)
    }

    func end() { try? FileManager.default.removeItem(at: workshop) }

    /// The connector of an earlier run, as it was then: defects, variants, edition, parameters.
    func trial(_ earlier: EarlierRun, deployment given: String?, jobs: Int, nonce: String? = nil) throws -> Trial {
        let path = try earlier.deploymentPath(insteadOf: given)
        return try trial(
            deployment: path, profile: earlier.profile, defects: earlier.defects, variants: earlier.variants,
            parameters: earlier.parameters, seed: RunSeed(seed: earlier.seed, nonce: nonce ?? RunFolder.freshNonce()),
            jobs: jobs, name: "trial")
    }

    /// - Parameter profile: judged alone, where an edition of the connector was.
    func trial(
        deployment path: String?, profile: String? = nil, defects: [String] = [], variants: [String] = [],
        parameters: [String: String] = [:], seed: RunSeed, jobs: Int, name: String
    ) throws -> Trial {
        let file = try suite.deployment(at: path).judged(by: profile)
        var options = RunOptions(
            seed: seed, jobs: jobs, strict: true, parameters: parameters,
            environment: ProcessInfo.processInfo.environment, defects: defects, variants: variants, folder: workshop,
            binaries: Suite.executableFolder, interruption: interruption, desk: TerminalDesk())
        options.deploymentFile = path
        return Trial(
            suiteVersion: SuiteVersion.text, ledger: suite.ledger, policies: suite.policies, deployment: file,
            options: options, workshop: workshop.appending(path: name))
    }

    /// An honest reference connector; nil where the connector in question is one itself.
    func reference(besides trial: Trial) throws -> Trial? {
        let options = trial.options
        guard options.deploymentFile != nil || !options.defects.isEmpty else { return nil }
        let edition = trial.deployment.claims.profiles
        return try self.trial(
            deployment: nil, profile: edition.count == 1 ? edition.first : nil, parameters: options.parameters,
            seed: options.seed, jobs: options.jobs, name: "reference")
    }
}

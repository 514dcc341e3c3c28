// SPDX-License-Identifier: Apache-2.0

package import Canary
package import Foundation
internal import ScenarioLanguage
package import Value
package import World

/// What a run was asked to do, apart from the scenarios and the deployment.
package struct RunOptions: Sendable {
    package var seed: RunSeed
    /// How many scenarios at once.
    package var jobs: Int
    package var strict: Bool
    /// Nil: every profile the deployment claims.
    package var profile: String?
    /// Scenario ids, or those of matrices for all of their cells; empty: all.
    package var only: Set<String>
    /// Values for parameters of scenarios, by name.
    package var parameters: [String: String]
    /// Where scenarios' parameters may take their values from.
    package var environment: [String: String]
    /// Part of the plan that this run does; nil: all of it.
    package var shard: Shard?
    package var defects: [String]
    package var variants: [String]
    /// The run's folder; created by the caller.
    package var folder: URL
    /// Wall-clock bound of one scenario; beyond it the scenario is aborted and judged by what was recorded.
    package var scenarioLimit: Duration
    /// Folder with the built executables, for `$(assay.bin)`.
    package var binaries: URL
    /// Who asks people to act, where the deployment binds an operation to a person; nil: nobody is there.
    package var desk: (any HumanDesk)?
    /// SHA-256 over the content of each profile, by id (`assay profiles`): goes into the header of the trace.
    package var profileHashes: [String: String] = [:]
    /// What tells the connector from another (`program`, `tls-certificate`): goes into the header of the trace.
    package var fingerprint: Members = [:]
    /// The deployment file as it was named on the command line: goes into the header; nil: the reference connector's.
    package var deploymentFile: String?
    /// Which sitting of a run that is taken up again; ids of exchanges tell the sittings apart.
    package var sitting = 1
    /// What canaries look like, where other runs of the same seed share it.
    package var forms = KnownForms()
    /// Each scenario has a process of the reference connector for itself, which notes the defects whose places it reaches
    /// (``reachedDefects(of:)``).
    package var notesReachedDefects = false
    /// Stops the run from outside.
    package let interruption: RunInterruption

    package init(
        seed: RunSeed, jobs: Int = 4, strict: Bool = false, profile: String? = nil, only: Set<String> = [],
        shard: Shard? = nil,
        parameters: [String: String] = [:], environment: [String: String] = [:], defects: [String] = [],
        variants: [String] = [], folder: URL, scenarioLimit: Duration = .seconds(120),
        binaries: URL,
        interruption: RunInterruption = RunInterruption(), desk: (any HumanDesk)? = nil
    ) {
        self.desk = desk
        self.seed = seed
        self.jobs = jobs
        self.strict = strict
        self.profile = profile
        self.only = only
        self.shard = shard
        self.parameters = parameters
        self.environment = environment
        self.defects = defects
        self.variants = variants
        self.folder = folder
        self.scenarioLimit = scenarioLimit
        self.binaries = binaries
        self.interruption = interruption
    }

    func selects(_ scenario: Scenario) -> Bool { only.isEmpty || only.contains { scenario.isCalled($0) } }

    /// The file in which an instance of the reference connector notes the defects whose places it reaches.
    func reachedDefects(of instance: String) -> URL { folder.appending(path: "connector/\(instance).reached") }
}

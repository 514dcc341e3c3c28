// SPDX-License-Identifier: Apache-2.0

package import Foundation
package import World

/// What a proof was asked to do.
package struct ProofOptions: Sendable {
    package var seed: RunSeed
    /// How many defects at once.
    package var jobs: Int
    /// How many scenarios of one run at once.
    package var scenarioJobs: Int
    /// Ids; empty: the whole catalogue.
    package var defects: [String]
    /// How many of the scenarios that do not concern a defect are run against it all the same, in percent.
    package var sample: Int
    /// The proof's folder; created by the caller. Runs that did not go as expected stay under `defects/`.
    package var folder: URL
    /// Wall-clock bound of one scenario.
    package var scenarioLimit: Duration
    /// Folder with the built executables.
    package var binaries: URL
    package let interruption: RunInterruption

    package init(
        seed: RunSeed, jobs: Int, scenarioJobs: Int = 3, defects: [String] = [], sample: Int = 10, folder: URL,
        scenarioLimit: Duration = .seconds(600), binaries: URL, interruption: RunInterruption = RunInterruption()
    ) {
        self.seed = seed
        self.jobs = jobs
        self.scenarioJobs = scenarioJobs
        self.defects = defects
        self.sample = sample
        self.folder = folder
        self.scenarioLimit = scenarioLimit
        self.binaries = binaries
        self.interruption = interruption
    }
}

/// What happens while a proof goes on.
package enum ProofProgress: Sendable {
    /// The connector without a defect is run first.
    case honest(RunProgress)
    /// Then once more, a process for each scenario, to see which defects' places it reaches.
    case reached(RunProgress)
    case started(defect: String)
    case finished(DefectOutcome, done: Int, of: Int)

    package struct DefectOutcome: Sendable {
        package let defect: String
        /// The word of the outcome.
        package let word: String
        package let note: String
        package let unrelated: Int
    }
}

// SPDX-License-Identifier: Apache-2.0

package import World

/// The verdict of a run, with its exit code.
package enum RunVerdict: String, Sendable, Hashable, CaseIterable {
    case conformant, nonconformant, incomplete
    case invalidSetup = "invalid-setup"
    case harnessError = "harness-error"

    package var exitCode: Int32 {
        switch self {
        case .conformant: 0
        case .nonconformant: 1
        case .incomplete: 2
        case .invalidSetup: 3
        case .harnessError: 4
        }
    }
}

/// One scenario as judged.
package struct ScenarioResult: Sendable, Hashable {
    package let id: String
    package let title: String
    package let world: WorldID?
    /// `completed`, `blocked`, `aborted`, `not-applicable`, `not-run`.
    package let outcome: String
    /// The worst verdict of its checks.
    package let verdict: CheckVerdict
    package let checks: [CheckResult]
    /// First and last event of its world.
    package let firstEvent: Int
    package let lastEvent: Int
    package let seconds: Double

    package init(
        id: String, title: String, world: WorldID?, outcome: String, verdict: CheckVerdict, checks: [CheckResult],
        firstEvent: Int, lastEvent: Int, seconds: Double
    ) {
        self.id = id
        self.title = title
        self.world = world
        self.outcome = outcome
        self.verdict = verdict
        self.checks = checks
        self.firstEvent = firstEvent
        self.lastEvent = lastEvent
        self.seconds = seconds
    }
}

/// One requirement over the whole run.
package struct RequirementResult: Sendable, Hashable {
    package let id: String
    package let sentence: String
    /// The pages that state it, by name; empty where none does and the field needs it.
    package let sources: [String]
    package let level: RequirementLevel
    package let verdict: CheckVerdict
    /// `scenario/check` of each check that verifies it.
    package let checks: [String]
    package let observability: Observability

    package init(
        id: String, sentence: String, sources: [String] = [], level: RequirementLevel, verdict: CheckVerdict,
        checks: [String], observability: Observability
    ) {
        self.id = id
        self.sentence = sentence
        self.sources = sources
        self.level = level
        self.verdict = verdict
        self.checks = checks
        self.observability = observability
    }
}

/// The canonical result of a run: every report is written from it.
package struct RunResults: Sendable, Hashable {
    package let verdict: RunVerdict
    /// Why it is not `conformant`, most important first; empty where it is.
    package let reasons: [String]
    package let suiteVersion: String
    package let seed: UInt64
    package let nonce: String
    /// The profile that was asked for; nil where every claimed one was judged.
    package let profile: String?
    package let claimedProfiles: [String]
    /// `--strict`: findings at levels S and E fail under a profile too.
    package let isStrict: Bool
    /// Under which conditions of the deployment it was judged, in sentences.
    package var conditions: [String] = []
    package let deployment: String
    package let connector: String
    package let defects: [String]
    package let started: Instant
    package let seconds: Double
    package let scenarios: [ScenarioResult]
    package let requirements: [RequirementResult]
    /// Findings that belong to no scenario: run-lane traffic, connector exits.
    package let runChecks: [CheckResult]
    /// What flowed where; nil where nothing was searched.
    package var dataFlows: DataFlowMap?
    /// What the suite's checks are worth; nil where no kill matrix of this suite was at hand.
    package var killMatrix: MatrixFigures?

    package init(
        verdict: RunVerdict, reasons: [String], suiteVersion: String, seed: UInt64, nonce: String, profile: String?,
        claimedProfiles: [String], deployment: String, connector: String, defects: [String], started: Instant,
        seconds: Double, scenarios: [ScenarioResult], requirements: [RequirementResult], runChecks: [CheckResult],
        isStrict: Bool = false
    ) {
        self.isStrict = isStrict
        self.verdict = verdict
        self.reasons = reasons
        self.suiteVersion = suiteVersion
        self.seed = seed
        self.nonce = nonce
        self.profile = profile
        self.claimedProfiles = claimedProfiles
        self.deployment = deployment
        self.connector = connector
        self.defects = defects
        self.started = started
        self.seconds = seconds
        self.scenarios = scenarios
        self.requirements = requirements
        self.runChecks = runChecks
    }

    /// Whether a failed check only warns: level S or E under a profile that is not judged strictly. Such a check keeps the
    /// verdict `fail`; the roll-up and the reports weigh it by its level.
    package func isWarning(_ check: CheckResult) -> Bool {
        check.verdict == .fail && check.level != .must && profile != nil && !isStrict
    }

    /// Every check with the scenario it belongs to; `run` for those that belong to none, which come last.
    package var everyCheck: [(scenario: String, check: CheckResult)] {
        scenarios.flatMap { scenario in scenario.checks.map { (scenario: scenario.id, check: $0) } }
            + runChecks.map { (scenario: "run", check: $0) }
    }

    package var checkCount: Int { scenarios.reduce(runChecks.count) { $0 + $1.checks.count } }
    package var failedCount: Int {
        everyCheck.count { $0.check.verdict == .fail }
    }
}

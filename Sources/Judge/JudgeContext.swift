// SPDX-License-Identifier: Apache-2.0

package import Ledger
package import World

/// What the judge must know beside the trace: what was asked for, what is claimed, what each row says.
package struct JudgeContext: Sendable {
    package var suiteVersion: String
    package var seed: UInt64
    package var nonce: String
    /// The rows of the ledger.
    package var requirements: [Requirement]
    /// The judged profiles: the one that was asked for, or every one the deployment claims. Empty: the rows that the
    /// planned scenarios verify are judged.
    package var profiles: [Profile] = []
    /// The profile of `--profile`; nil where every claimed one is judged.
    package var profile: String?
    package var claimedProfiles: [String] = []
    /// Features the deployment claims; nil: all.
    package var claimedFeatures: Set<String>?
    /// `--strict`, `--defect`, `prove`.
    package var isStrict = false
    /// Fewer scenarios than the suite holds were asked for.
    package var isSelection = false
    /// `2/4`: this is a part of a run, and only the whole has a verdict.
    package var shard: String?
    /// Ids of the scenarios that should have run; nil: all that are given.
    package var planned: Set<String>?
    /// Flow policies by name.
    package var policies: [String: FlowPolicy] = [:]
    /// Whether the way out of the connector was watched.
    package var observesEgress = true
    /// Hosts that the deployment names as the connector's own, `*.` before one for all below it.
    package var ownServices: [String] = []
    /// Kinds of events that the deployment gives no sight of.
    package var unobserved: Set<String> = []
    /// Fields of events that the declared channels do not carry, as `kind.field`: what is asked of them does not apply.
    package var uncarried: Set<String> = []
    /// Names of the channels on which the connector's messages go, where a scenario may have checks with nothing to see.
    package var channels: Set<String> = []
    /// Under which conditions of the deployment the run was judged, in sentences.
    package var conditions: [String] = []
    package var deployment = ""
    package var connector = ""
    package var defects: [String] = []
    /// Wall-clock start of the run; nil: the first event.
    package var started: Instant?
    /// It is somebody's capture: without scenarios, footer, clocks and sight of what is kept. Never more than `incomplete`.
    package var isCapture = false
    /// False: nothing could be judged, whatever the trace holds.
    package var isSetupValid = true

    package init(suiteVersion: String, seed: UInt64, nonce: String, requirements: [Requirement]) {
        self.suiteVersion = suiteVersion
        self.seed = seed
        self.nonce = nonce
        self.requirements = requirements
    }
}

extension RequirementLevel {
    init(_ level: Requirement.Level) {
        switch level {
        case .must: self = .must
        case .should: self = .should
        case .engineering: self = .engineering
        }
    }

    /// Heaviest first.
    var weight: Int {
        switch self {
        case .must: 2
        case .should: 1
        case .engineering: 0
        }
    }
}

/// The ledger's rows by id, as the parts of the judge use them.
struct RequirementTable: Sendable {
    private let rows: [String: Requirement]

    init(_ requirements: [Requirement]) {
        rows = Dictionary(requirements.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
    }

    subscript(_ id: String) -> Requirement? { rows[id] }

    /// The heaviest level of the rows; engineering where none is known.
    func level(of ids: [String]) -> RequirementLevel {
        ids.compactMap { rows[$0] }.map { RequirementLevel($0.level) }.max { $0.weight < $1.weight } ?? .engineering
    }
}

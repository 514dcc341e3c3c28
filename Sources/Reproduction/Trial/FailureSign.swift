// SPDX-License-Identifier: Apache-2.0

package import Judge
internal import ScenarioLanguage
package import Trace

/// By what a failure is known again: the check, the typed reason, and on what kinds of events it rests. Values are left out:
/// they are other ones in every run.
package struct FailureSign: Sendable, Hashable, CustomStringConvertible {
    /// Of the scenario, or with ``isOfRun`` of the whole run (`protocol.smart-pkce`).
    package let check: String
    package let isOfRun: Bool
    package let reason: Reason
    /// Too many of something is another failure than too few.
    package let evidence: [String]

    package init(check: String, isOfRun: Bool, reason: Reason, evidence: [String]) {
        self.check = check
        self.isOfRun = isOfRun
        self.reason = reason
        self.evidence = evidence
    }

    /// The sign of a failed check; nil for any other verdict.
    package init?(_ result: CheckResult, isOfRun: Bool, in trace: Trace) {
        guard result.verdict == .fail, let reason = result.reason else { return nil }
        let wanted = Set(result.evidence)
        let kinds = Set(trace.events.lazy.filter { wanted.contains($0.seq) }.map(\.kind))
        self.init(check: result.check, isOfRun: isOfRun, reason: reason, evidence: kinds.sorted())
    }

    /// Whether another failure is the same: check and reason, and evidence where this one had some, none where it had none.
    package func isSame(as other: FailureSign) -> Bool {
        check == other.check && isSameKind(as: other)
    }

    /// The same but for the check's name.
    func isSameKind(as other: FailureSign) -> Bool {
        isOfRun == other.isOfRun && reason == other.reason && evidence.isEmpty == other.evidence.isEmpty
    }

    package var description: String { "\(isOfRun ? "run/" : "")\(check) (\(reason.rawValue))" }
}

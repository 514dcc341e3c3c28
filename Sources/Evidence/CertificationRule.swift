// SPDX-License-Identifier: Apache-2.0

internal import FHIRPath
internal import Value

/// One rule of `Scenarios/certification.yaml`.
package struct CertificationRule: Sendable {
    /// A condition over the facts of a bundle, or why this version does not apply it.
    enum Condition: Sendable {
        case holds(FHIRPath.Expression)
        case notApplied(String)
    }

    /// Stable word, for example `trace-complete`.
    package let id: String
    /// What must hold, one sentence.
    package let says: String
    let condition: Condition

    /// Whether this version applies it.
    package var isApplied: Bool { if case .holds = condition { true } else { false } }

    /// Decides. An expression that gives nothing, or an error, does not hold.
    package func decide(_ facts: CertificationFacts) -> RuleResult {
        switch condition {
        case .notApplied(let why): return RuleResult(id: id, says: says, state: .notApplied, note: why)
        case .holds(let expression):
            do throws(FHIRPathError) {
                let holds = try expression.evaluateBool(on: facts.value) ?? false
                return RuleResult(id: id, says: says, state: holds ? .held : .broken, note: "")
            } catch {
                return RuleResult(id: id, says: says, state: .broken, note: "the facts cannot answer it: \(error)")
            }
        }
    }
}

/// What a rule said of one bundle.
package struct RuleResult: Sendable, Hashable {
    package enum State: String, Sendable, Hashable, CaseIterable {
        case held, broken
        /// It needs what this version does not have: said, never silently passed over.
        case notApplied = "not-applied"
    }

    package let id: String
    package let says: String
    package let state: State
    /// Why it was not applied or could not be decided; else empty.
    package let note: String

    var value: Value {
        ["id": .string(id), "says": .string(says), "state": .string(state.rawValue), "note": .string(note)]
    }
}

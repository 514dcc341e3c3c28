// SPDX-License-Identifier: Apache-2.0

internal import Ledger
internal import SourceText
internal import Value

/// A step or invariant that is there only for connectors that claim a feature, or that do not.
package struct ClaimCondition: Sendable, Hashable {
    package let feature: String
    package let isClaimed: Bool

    package init(feature: String, isClaimed: Bool) {
        self.feature = feature
        self.isClaimed = isClaimed
    }

    package func holds(for claimed: Set<String>) -> Bool { claimed.contains(feature) == isClaimed }

    /// `sms is claimed`.
    package var text: String { "\(feature) is \(isClaimed ? "" : "not ")claimed" }
}

/// Whether a step takes place, as far as its file can say, and what the claims must say beside.
struct Conditions {
    var takesPlace = true
    var claims: [ClaimCondition] = []
}

extension ReadingContext {
    /// `when:` on parameters of a procedure, axes of the matrix, and `claims`.
    func conditions(_ form: Form) -> Conditions {
        guard let node = form.node("when") else { return Conditions() }
        guard let when = Form(node, what: "`when`", mistakes: mistakes) else { return Conditions() }
        var conditions = Conditions()
        for entry in when.entries {
            if entry.name == "claims" {
                conditions.claims += claims(entry.value)
            } else if !holds(entry) {
                conditions.takesPlace = false
            }
        }
        // A sample of a procedure reads every step.
        if isSample { conditions.takesPlace = true }
        return conditions
    }

    private func claims(_ node: YAMLNode) -> [ClaimCondition] {
        let (wanted, isNegated) = Self.negated(node)
        return mistakes.words(wanted, "`claims`").map { word, span in
            if !features.isEmpty, !features.contains(word) {
                mistakes.reportUnknown("unknown-feature", "feature", word, known: features, at: span)
            }
            return ClaimCondition(feature: word, isClaimed: !isNegated)
        }
    }

    private func holds(_ entry: YAMLNode.Entry) -> Bool {
        let (wanted, isNegated) = Self.negated(entry.value)
        let words = mistakes.words(wanted, "the condition on `\(entry.name)`")
        if callStack.isEmpty, !isSample, let axis = axes[entry.name] {
            for (word, span) in words where !axis.known.contains(word) {
                mistakes.reportUnknown("unknown-word", "value of `\(entry.name)`:", word, known: axis.known, at: span)
            }
            return words.contains { $0.word == axis.chosen } != isNegated
        }
        guard let binding = scope.use(parameter: entry.name) else {
            if callStack.isEmpty, !isSample {
                mistakes.report(
                    "unknown-parameter", "`when` compares axes of the matrix here, and `\(entry.name)` is none",
                    remedy: Mistakes.suggestion(for: entry.name, among: axes.keys.sorted() + ["claims"])
                        .map {
                            axes.isEmpty
                                ? "the scenario has no `matrix`; `claims` compares what the connector claims" : $0
                        },
                    at: entry.key.span)
            } else {
                mistakes.reportUnknown(
                    "unknown-parameter", "parameter", entry.name, known: scope.parameters.keys.sorted() + ["claims"],
                    at: entry.key.span)
            }
            return true
        }
        if isSample, let known = parameterWords[entry.name] {
            for (word, span) in words where !known.contains(word) {
                mistakes.reportUnknown("unknown-word", "value of `\(entry.name)`:", word, known: known, at: span)
            }
        }
        return words.contains { $0.word == binding.value.literal } != isNegated
    }

    /// `{not: words}` or the words.
    private static func negated(_ node: YAMLNode) -> (YAMLNode, Bool) {
        if let inner = node["not"], node.entries?.count == 1 { return (inner, true) }
        return (node, false)
    }
}

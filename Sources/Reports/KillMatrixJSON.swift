// SPDX-License-Identifier: Apache-2.0

package import Judge
internal import Ledger
package import Value

/// `kill-matrix.json`: the kill matrix, members in a fixed order (`docs/proving.md`).
package enum KillMatrixJSON {
    /// Changes when a member changes its meaning or goes.
    package static let format = "assay-kill-matrix/1"

    /// - Parameter suite: SHA-256 over the suite's files; a certificate takes no matrix of another suite.
    package static func text(_ matrix: KillMatrix, suite: String? = nil) -> String {
        value(matrix, suite: suite).json(pretty: true) + "\n"
    }

    package static func value(_ matrix: KillMatrix, suite: String? = nil) -> Value {
        var counts = Members()
        counts["defects"] = Value(matrix.proofs.count + matrix.missing.count)
        for outcome in DefectProof.Outcome.allCases { counts[outcome.rawValue] = Value(matrix.count(outcome)) }
        counts["not-run"] = Value(matrix.missing.count)
        counts["with-unrelated-checks-red"] = Value(matrix.noisy.count)
        return .object([
            "format": .string(format),
            "proved": .bool(matrix.isProved),
            "complete": .bool(!matrix.isIncomplete),
            "exit-code": Value(Int(matrix.exitCode)),
            "complaints": strings(matrix.complaints),
            "suite-version": .string(matrix.suiteVersion),
            "suite-data": Value(suite),
            "seed": .string(String(matrix.seed)),
            "nonce": .string(matrix.nonce),
            "full": .bool(matrix.isFull),
            "selection": .bool(matrix.isSelection),
            "as-seen-by": Value(matrix.asSeenBy),
            "seconds": seconds(matrix.seconds),
            "honest": matrix.honest.map(honest) ?? .null,
            "counts": .object(counts),
            "score": matrix.score.map { .string(KillMatrixText.percent($0)) } ?? .null,
            "areas": .array(
                matrix.areas.map { area in
                    ["area": .string(area.name), "killed": Value(area.killed), "defects": Value(area.total)]
                }),
            "defects": .array(matrix.proofs.map(proof)),
            "not-run": strings(matrix.missing),
            "checks-that-kill-nothing": strings(matrix.idleChecks),
            "rules-no-defect-breaks": strings(matrix.idleRules),
        ])
    }

    private static func honest(_ honest: KillMatrix.Honest) -> Value {
        [
            "verdict": .string(honest.verdict.rawValue), "reasons": strings(honest.reasons),
            "scenarios": Value(honest.scenarios), "checks": Value(honest.checks),
        ]
    }

    private static func proof(_ proof: DefectProof) -> Value {
        let expected = proof.defect.expected
        return .object([
            "defect": .string(proof.defect.id), "area": .string(proof.defect.area),
            "story": .string(proof.defect.story), "source": .string(proof.defect.source),
            "outcome": .string(proof.outcome.rawValue), "note": .string(proof.note),
            "expected": [
                "scenario": Value(expected.scenario), "check": .string(expected.check),
                "reason": .string(expected.reason),
            ],
            "red": .array(
                proof.red.map { red in
                    [
                        "check": .string(red.check), "reason": .string(red.reason),
                        "requirements": strings(red.requirements), "unrelated": .bool(red.isUnrelated),
                    ]
                }),
            "scenarios": strings(proof.scenarios), "unreached": strings(proof.unreached),
            "seconds": seconds(proof.seconds),
        ])
    }

    private static func strings(_ texts: [String]) -> Value { .array(texts.map { .string($0) }) }
    private static func seconds(_ number: Double) -> Value { .string(readable(number)) }
}

/// `kills.yaml`: which defect turns each check red, as `Scenarios/kills.yaml` keeps it.
package enum KillsYAML {
    package static func text(_ matrix: KillMatrix) -> String {
        var lines = [
            "# SPDX-License-Identifier: Apache-2.0",
            "# For each check a defect that turns it red, as `assay prove --full` found it (it writes this file anew into its",
            "# folder). `assay prove` runs each defect through these scenarios too, so that every check is seen to find something.",
        ]
        for (defect, checks) in matrix.kills {
            lines.append("\(defect):")
            lines += checks.map { "  - \($0)" }
        }
        return lines.joined(separator: "\n") + "\n"
    }
}

/// What the terminal says after a proof.
package enum KillMatrixText {
    /// `97.3 %`; never rounded up to a hundred.
    static func percent(_ share: Double) -> String {
        let tenths = Int(share * 1000)
        return "\(tenths / 10).\(tenths % 10) %"
    }

    /// Lines without colour: what did not go as expected, the score of each area, what the matrix comes to.
    package static func lines(_ matrix: KillMatrix) -> [String] {
        var lines: [String] = []
        for proof in matrix.proofs where proof.outcome != .killed {
            lines.append("\(proof.outcome.rawValue): \(proof.defect.id): \(shortened(visible(proof.note), to: 300))")
        }
        for proof in matrix.noisy {
            let checks = proof.unrelated.map { "\($0.check) (\($0.reason))" }
            lines.append("unrelated red: \(proof.defect.id): \(checks.joined(separator: ", "))")
        }
        for check in matrix.idleChecks { lines.append("kills nothing: \(check)") }
        if !matrix.idleRules.isEmpty {
            lines.append(
                "\(counted(matrix.idleRules.count, "rule")) over every exchange that no defect breaks: "
                    + matrix.idleRules.joined(separator: ", "))
        }
        for area in matrix.areas {
            lines.append("area \(area.name): \(area.killed) of \(area.total) killed as expected")
        }
        return lines + matrix.complaints.map { "not proved: \($0)" }
    }

    /// `kill matrix: proved (150 of 150 defects killed as expected, 0 survived, …, 421.7 s)`.
    package static func lastLine(_ matrix: KillMatrix) -> String {
        let word = matrix.isProved ? "proved" : matrix.isIncomplete ? "incomplete" : "not proved"
        let total = matrix.proofs.count + matrix.missing.count
        var parts = ["\(matrix.count(.killed)) of \(counted(total, "defect")) killed as expected"]
        parts.append("\(matrix.count(.killedOtherwise)) otherwise, \(matrix.count(.survived)) survived")
        if matrix.count(.unseen) > 0 { parts.append("\(matrix.count(.unseen)) not to be seen") }
        if matrix.count(.trouble) > 0 { parts.append("\(matrix.count(.trouble)) in trouble") }
        if !matrix.missing.isEmpty { parts.append("\(matrix.missing.count) not run") }
        parts.append("\(readable(matrix.seconds)) s")
        return "kill matrix: \(word) (\(parts.joined(separator: ", ")))"
    }
}

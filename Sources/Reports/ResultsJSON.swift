// SPDX-License-Identifier: Apache-2.0

package import Judge
package import Value
internal import World

/// `results.json`: the canonical result as JSON, members in a fixed order (`docs/results.md`).
package enum ResultsJSON {
    /// Changes when a member changes its meaning or goes; new members may come without.
    package static let format = "assay-results/1"

    /// The file's text, indented, with a line feed at its end.
    package static func text(_ results: RunResults) -> String { value(results).json(pretty: true) + "\n" }

    package static func value(_ results: RunResults) -> Value {
        var members: Members = [
            "format": .string(format),
            "verdict": .string(results.verdict.rawValue),
            "exit-code": Value(Int(results.verdict.exitCode)),
            "reasons": strings(results.reasons),
            "suite-version": .string(results.suiteVersion),
            // A string: JSON readers lose integers beyond 2^53.
            "seed": .string(String(results.seed)),
            "nonce": .string(results.nonce),
            "profile": Value(results.profile),
            "claimed-profiles": strings(results.claimedProfiles),
            "strict": .bool(results.isStrict),
            "deployment": .string(results.deployment),
            "connector": .string(results.connector),
            "defects": strings(results.defects),
            "started": .string(results.started.description),
            "seconds": seconds(results.seconds),
            "counts": counts(results),
            "scenarios": .array(results.scenarios.map(scenario)),
            "run-checks": .array(results.runChecks.map(check)),
            "requirements": .array(results.requirements.map(requirement)),
            "kill-matrix": results.killMatrix.map(matrix) ?? .null,
        ]
        if !results.conditions.isEmpty { members["conditions"] = strings(results.conditions) }
        return .object(members)
    }

    private static func matrix(_ matrix: MatrixFigures) -> Value {
        .object([
            "suite-version": .string(matrix.suiteVersion), "suite-data": Value(matrix.suiteData),
            "proved": .bool(matrix.isProved), "full": .bool(matrix.isFull), "whole": .bool(matrix.isWhole),
            "score": Value(matrix.score),
            "counts": .object(Members(matrix.counts.map { ($0.name, Value($0.number)) })),
            "areas": .array(
                matrix.areas.map { area in
                    ["area": .string(area.name), "killed": Value(area.killed), "defects": Value(area.total)]
                }),
        ])
    }

    private static func counts(_ results: RunResults) -> Value {
        let counts = VerdictCounts(results.everyCheck.map(\.check))
        let warnings = results.everyCheck.count { results.isWarning($0.check) }
        return .object([
            "scenarios": Value(results.scenarios.count), "checks": Value(results.checkCount),
            "pass": Value(counts.pass),
            "fail": Value(counts.fail), "of-them-warnings": Value(warnings), "inconclusive": Value(counts.inconclusive),
            "error": Value(counts.error), "not-applicable": Value(counts.notApplicable),
        ])
    }

    private static func scenario(_ scenario: ScenarioResult) -> Value {
        .object([
            "id": .string(scenario.id), "title": .string(scenario.title), "world": Value(scenario.world?.rawValue),
            "outcome": .string(scenario.outcome), "verdict": .string(scenario.verdict.rawValue),
            "first-event": Value(scenario.firstEvent), "last-event": Value(scenario.lastEvent),
            "seconds": seconds(scenario.seconds), "checks": .array(scenario.checks.map(check)),
        ])
    }

    private static func check(_ check: CheckResult) -> Value {
        .object([
            "check": .string(check.check), "requirements": strings(check.requirements),
            "level": .string(check.level.rawValue), "verdict": .string(check.verdict.rawValue),
            "reason": Value(check.reason?.rawValue), "message": .string(check.message),
            "expected": .string(check.expected), "actual": .string(check.actual),
            "near-misses": strings(check.nearMisses), "evidence": .array(check.evidence.map { Value($0) }),
            "observability": .string(check.observability.rawValue), "step": Value(check.step),
        ])
    }

    private static func requirement(_ requirement: RequirementResult) -> Value {
        .object([
            "id": .string(requirement.id), "sentence": .string(requirement.sentence),
            "sources": strings(requirement.sources),
            "level": .string(requirement.level.rawValue), "verdict": .string(requirement.verdict.rawValue),
            "checks": strings(requirement.checks), "observability": .string(requirement.observability.rawValue),
        ])
    }

    private static func strings(_ texts: [String]) -> Value { .array(texts.map { .string($0) }) }

    private static func seconds(_ seconds: Double) -> Value {
        Number(literal: milliseconds(seconds)).map { .number($0) } ?? .null
    }
}

// SPDX-License-Identifier: Apache-2.0

package import Judge
package import Value
internal import World

/// `findings.sarif`: what did not pass, as SARIF 2.1.0 (OASIS). One rule a check; the place is the line of the deciding
/// event in `trace.ndjson` (its header is line 1), the logical place the scenario and its step.
package enum SARIFReport {
    package static func text(_ results: RunResults) -> String { value(results).json(pretty: true) + "\n" }

    package static func value(_ results: RunResults) -> Value {
        let open = results.everyCheck.filter { $0.check.verdict != .pass && $0.check.verdict != .notApplicable }
        var rules: [String] = []
        for (_, check) in open where !rules.contains(check.check) { rules.append(check.check) }
        let requirements = Dictionary(
            results.requirements.map { ($0.id, $0.sentence) }, uniquingKeysWith: { first, _ in first })
        let descriptors = rules.map { id in
            let rows = open.first { $0.check.check == id }?.check.requirements ?? []
            let sentences = rows.compactMap { row in requirements[row].map { "\(row): \($0)" } }
            return Value.object([
                "id": .string(id),
                "shortDescription": text(sentences.first ?? "The check \(id)."),
                "fullDescription": text(sentences.isEmpty ? "The check \(id)." : sentences.joined(separator: "\n")),
                "properties": .object(["requirements": .array(rows.map { .string($0) })]),
            ])
        }
        return .object([
            "$schema": "https://json.schemastore.org/sarif-2.1.0.json", "version": "2.1.0",
            "runs": .array([
                .object([
                    "tool": .object([
                        "driver": .object([
                            "name": "assay", "version": .string(results.suiteVersion),
                            "rules": .array(descriptors),
                        ])
                    ]),
                    "invocations": .array([
                        .object([
                            "executionSuccessful": .bool(results.verdict != .harnessError),
                            "exitCode": Value(Int(results.verdict.exitCode)),
                            "startTimeUtc": .string(results.started.description),
                        ])
                    ]),
                    "results": .array(open.map { result($0.check, of: $0.scenario, rules: rules, in: results) }),
                    "properties": .object([
                        "verdict": .string(results.verdict.rawValue), "deployment": .string(results.deployment),
                        "connector": .string(visible(results.connector)),
                    ]),
                ])
            ]),
        ])
    }

    private static func result(
        _ check: CheckResult, of scenario: String, rules: [String], in results: RunResults
    ) -> Value {
        var message = visible(check.message)
        if !check.expected.isEmpty { message += "\nExpected: " + visible(check.expected) }
        if !check.actual.isEmpty { message += "\nActual: " + visible(check.actual) }
        let isFailure = check.verdict == .fail
        // SARIF: a level other than none goes with the kind fail alone.
        let level = isFailure ? (results.isWarning(check) ? "warning" : "error") : "none"
        let place = check.step.map { "\(scenario)/\($0)" } ?? scenario
        let location: Value = .object([
            "physicalLocation": .object([
                "artifactLocation": .object(["uri": "trace.ndjson"]),
                "region": .object(["startLine": Value((check.evidence.first ?? 0) + 1)]),
            ]),
            "logicalLocations": .array([
                .object(["fullyQualifiedName": .string(place), "kind": "scenario step"])
            ]),
        ])
        let identity = "\(scenario)/\(check.check)/\(check.reason?.rawValue ?? "")"
        return .object([
            "ruleId": .string(check.check), "ruleIndex": Value(rules.firstIndex(of: check.check) ?? -1),
            "kind": .string(isFailure ? "fail" : "open"), "level": .string(level), "message": text(message),
            "locations": .array([location]),
            "partialFingerprints": .object(["assayFinding/v1": .string(identity)]),
            "properties": .object([
                "verdict": .string(check.verdict.rawValue), "reason": Value(check.reason?.rawValue),
                "requirements": .array(check.requirements.map { .string($0) }),
                "evidence": .array(check.evidence.map { Value($0) }),
            ]),
        ])
    }

    private static func text(_ text: String) -> Value { .object(["text": .string(text)]) }
}

// SPDX-License-Identifier: Apache-2.0

internal import Judge
package import Value

/// JSON Schema (draft 2020-12) of `results.json`; `docs/results.schema.json` is this in print.
package enum ResultsSchema {
    package static var value: Value {
        [
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "$id": .string("urn:assay:" + ResultsJSON.format.replacing("/", with: ":")),
            "title": "results.json: the canonical result of a run (docs/results.md)",
            "type": "object",
            "required": .array(members.map { .string($0.name) }.filter { $0 != "conditions" }),
            "additionalProperties": false, "properties": .object(members),
            "$defs": ["check": check, "scenario": scenario, "requirement": requirement],
        ]
    }

    private static let text: Value = ["type": "string"]
    private static let textOrNull: Value = ["type": ["string", "null"]]
    private static let texts: Value = ["type": "array", "items": ["type": "string"]]
    private static let count: Value = ["type": "integer", "minimum": 0]
    private static let seconds: Value = ["type": "number", "minimum": 0]

    private static func words<Word: RawRepresentable<String> & CaseIterable>(_: Word.Type) -> Value {
        ["enum": .array(Word.allCases.map { .string($0.rawValue) })]
    }

    private static func list(of definition: String) -> Value {
        ["type": "array", "items": ["$ref": .string("#/$defs/" + definition)]]
    }

    /// An object of exactly these members.
    private static func exactly(_ members: Members) -> Value {
        [
            "type": "object", "required": .array(members.map { .string($0.name) }), "additionalProperties": false,
            "properties": .object(members),
        ]
    }

    private static let members: Members = [
        "format": ["const": .string(ResultsJSON.format)], "verdict": words(RunVerdict.self),
        "exit-code": ["type": "integer"], "reasons": texts, "suite-version": text,
        "seed": ["type": "string", "pattern": "^[0-9]+$"], "nonce": text, "profile": textOrNull,
        "claimed-profiles": texts, "strict": ["type": "boolean"], "deployment": text, "connector": text,
        "defects": texts, "started": text, "seconds": seconds,
        "counts": exactly([
            "scenarios": count, "checks": count, "pass": count, "fail": count, "of-them-warnings": count,
            "inconclusive": count, "error": count, "not-applicable": count,
        ]),
        "scenarios": list(of: "scenario"), "run-checks": list(of: "check"), "requirements": list(of: "requirement"),
        "conditions": texts,
        "kill-matrix": [
            "oneOf": [
                ["type": "null"],
                exactly([
                    "suite-version": text, "suite-data": textOrNull, "proved": ["type": "boolean"],
                    "full": ["type": "boolean"], "whole": ["type": "boolean"], "score": textOrNull,
                    "counts": ["type": "object", "additionalProperties": count],
                    "areas": [
                        "type": "array", "items": exactly(["area": text, "killed": count, "defects": count]),
                    ],
                ]),
            ]
        ],
    ]

    private static let check = exactly([
        "check": text, "requirements": texts, "level": words(RequirementLevel.self),
        "verdict": words(CheckVerdict.self),
        "reason": ["enum": .array(Reason.allCases.map { .string($0.rawValue) } + [.null])], "message": text,
        "expected": text, "actual": text, "near-misses": texts, "evidence": ["type": "array", "items": count],
        "observability": words(Observability.self), "step": textOrNull,
    ])

    private static let scenario = exactly([
        "id": text, "title": text, "world": textOrNull,
        "outcome": ["enum": ["completed", "blocked", "aborted", "not-applicable", "not-run"]],
        "verdict": words(CheckVerdict.self), "first-event": count, "last-event": count, "seconds": seconds,
        "checks": list(of: "check"),
    ])

    private static let requirement = exactly([
        "id": text, "sentence": text, "sources": texts, "level": words(RequirementLevel.self),
        "verdict": words(CheckVerdict.self),
        "checks": texts, "observability": words(Observability.self),
    ])
}

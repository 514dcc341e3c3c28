// SPDX-License-Identifier: Apache-2.0

package import Value

/// JSON Schema (draft 2020-12) of one line of `trace.ndjson`; `docs/trace.schema.json` is this in print. Written from
/// ``EventVocabulary``, so that schema and vocabulary cannot differ.
package enum TraceSchema {
    package static var value: Value {
        var definitions: Members = [
            "sha256": ["type": "string", "pattern": "^[0-9a-f]{64}$"],
            "instant": [
                "type": "string", "pattern": "^\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}:\\d{2}(\\.\\d{6})?Z$",
                "description": "RFC 3339, UTC",
            ],
            "body": [
                "type": "object", "required": ["sha256", "size"], "additionalProperties": false,
                "properties": [
                    "sha256": ["$ref": "#/$defs/sha256"], "size": ["type": "integer", "minimum": 0],
                    "text": [
                        "type": "string",
                        "description": "the body where it is UTF-8 and small; else it lies in bodies/<sha256>",
                    ],
                ],
            ],
            "headers": [
                "type": "array", "items": ["type": "array", "items": ["type": "string"], "minItems": 2, "maxItems": 2],
            ],
            "header": header, "event": event,
            "footer": [
                "type": "object", "required": ["type", "prev", "events"], "additionalProperties": false,
                "properties": [
                    "type": ["const": "footer"], "prev": ["$ref": "#/$defs/sha256"],
                    "events": ["type": "integer", "minimum": 0, "description": "how many events the trace holds"],
                ],
            ],
        ]
        for type in EventVocabulary.types { definitions["fields." + type.kind] = fields(of: type) }
        return [
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "$id": .string("urn:assay:trace:\(TraceLine.formatVersion)"),
            "title": .string("One line of trace.ndjson, format \(TraceLine.formatVersion)"),
            "description":
                "The first line is a header, the last a footer, every other an event. `prev` is the SHA-256 of the line before.",
            "oneOf": [["$ref": "#/$defs/header"], ["$ref": "#/$defs/event"], ["$ref": "#/$defs/footer"]],
            "$defs": .object(definitions),
        ]
    }

    private static let header: Value = [
        "type": "object", "required": ["type", "format", "run"], "additionalProperties": false,
        "properties": [
            "type": ["const": "header"], "format": ["const": Value(TraceLine.formatVersion)],
            "run": [
                "type": "object", "required": ["suite", "seed", "nonce", "deployment", "scenarios"],
                "additionalProperties": false,
                "properties": [
                    "suite": ["type": "string"], "seed": ["type": "string", "pattern": "^[0-9]+$"],
                    "nonce": ["type": "string"], "deployment": ["type": "string"],
                    "deployment-file": [
                        "type": ["string", "null"], "description": "as it was named; null: the embedded connector's",
                    ],
                    "shard": ["type": ["string", "null"], "description": "K/N"],
                    "plan": [
                        "type": ["array", "null"], "items": ["type": "string"],
                        "description": "what all shards together run; null where there is one",
                    ],
                    "merged": ["type": "integer", "minimum": 1, "description": "of how many shards"],
                    "plan-is-selection": ["type": ["boolean", "null"]],
                    "connector-fingerprint": [
                        "type": ["object", "null"], "additionalProperties": ["type": "string"],
                        "description": "of what is certified: program, tls-certificate or declared-artifact",
                    ],
                    "sittings": [
                        "type": "array",
                        "description": "of a run that was taken up again: when, and what was run once more",
                        "items": [
                            "type": "object", "required": ["started", "nonce", "again"], "additionalProperties": false,
                            "properties": [
                                "started": ["$ref": "#/$defs/instant"], "nonce": ["type": "string"], "again": texts,
                            ],
                        ],
                    ],
                    "profile": ["type": ["string", "null"]], "strict": ["type": "boolean"],
                    "selection": ["type": "boolean"], "observes-egress": ["type": "boolean"],
                    "scenarios": texts, "defects": texts, "variants": texts, "claimed-profiles": texts,
                    "claimed-features": texts, "own-services": texts, "unobserved": texts, "uncarried": texts,
                    "channels": texts, "conditions": texts,
                    "profile-hashes": ["type": "object"], "started": ["$ref": "#/$defs/instant"],
                ],
            ],
        ],
    ]

    private static let texts: Value = ["type": "array", "items": ["type": "string"]]

    private static var event: Value {
        [
            "type": "object", "required": ["type", "prev", "seq", "at", "kind", "party", "fields"],
            "additionalProperties": false,
            "properties": [
                "type": ["const": "event"], "prev": ["$ref": "#/$defs/sha256"],
                "seq": ["type": "integer", "minimum": 1], "at": ["$ref": "#/$defs/instant"],
                "world": ["type": "string"], "clock": ["$ref": "#/$defs/instant"], "cause": ["type": "string"],
                "kind": ["enum": .array(EventVocabulary.types.map { .string($0.kind) })],
                "party": [
                    "type": "string",
                    "pattern": "^(connector|ehr|entra|graph|teams|sms|egress|runner|actor:.+)$",
                ],
                "exchange": ["type": "string"], "fields": ["type": "object"],
            ],
            "allOf": .array(
                EventVocabulary.types.map { type in
                    [
                        "if": ["properties": ["kind": ["const": .string(type.kind)]]],
                        "then": ["properties": ["fields": ["$ref": .string("#/$defs/fields." + type.kind)]]],
                    ]
                }),
        ]
    }

    private static func fields(of type: EventType) -> Value {
        var properties = Members()
        for field in type.fields { properties[field.name] = schema(of: field) }
        return [
            "description": .string("\(type.meaning) From: \(type.emitter)."), "type": "object",
            "additionalProperties": false, "properties": .object(properties),
        ]
    }

    private static func schema(of field: EventField) -> Value {
        if !field.words.isEmpty { return ["enum": .array(field.words.map { .string($0) })] }
        switch (field.name, field.type) {
        case ("body", .object): return ["$ref": "#/$defs/body"]
        case ("headers", .list): return ["$ref": "#/$defs/headers"]
        case (_, .integer): return ["type": "integer"]
        case (_, .boolean): return ["type": "boolean"]
        case (_, .list): return ["type": "array"]
        case (_, .object): return ["type": "object"]
        case (_, .instant): return ["$ref": "#/$defs/instant"]
        case (_, .string), (_, .person), (_, .appointment), (_, .base), (_, .url): return ["type": "string"]
        }
    }
}

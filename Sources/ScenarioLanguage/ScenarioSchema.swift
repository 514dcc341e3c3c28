// SPDX-License-Identifier: Apache-2.0

internal import Trace
package import Value
internal import World

/// A JSON Schema (draft 2020-12) of scenario files, for completion in editors. It knows keys and words; what only the
/// loader can know (names of the world, fields of an event, expressions) it lets pass.
package enum ScenarioSchema {
    package static var value: Value {
        [
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "title": "Assay scenario",
            "type": "object",
            "additionalProperties": false,
            "required": ["id", "title", "profiles", "verifies", "world", "steps"],
            "properties": [
                "id": name, "title": text, "notes": text, "profiles": list(text),
                "verifies": ["type": "object", "additionalProperties": list(name)],
                "not-observable": object(Members(Channel.allCases.map { ($0.rawValue, list(name)) })),
                "requires": list(name), "isolation": words(Isolation.allCases.map(\.rawValue)),
                "parameters": map(either(words(["text", "url"]), parameter)), "matrix": matrix,
                "world": world, "steps": list(step), "always": list(invariant),
            ],
        ]
    }

    private static let text: Value = ["type": "string"]
    private static let name: Value = ["type": "string", "pattern": "^[a-z][a-z0-9-]*$"]
    private static let anything: Value = true
    private static let duration: Value = ["type": "string", "pattern": "^([0-9]+(d|h|ms|m|s))+$"]
    private static let extraction: Members = [
        "fhirpath": text, "json-pointer": text, "xpath": text, "header": text,
    ]
    private static var captures: Value { map(either(text, object(extraction))) }
    private static var checks: Value {
        var members = extraction
        members["is"] = anything
        return map(either(text, object(members)))
    }

    /// One of fixed words, or a reference to an axis of the matrix.
    private static func words(_ words: [String]) -> Value {
        ["anyOf": [["enum": .array(words.map { .string($0) })], ["type": "string", "pattern": "^\\$\\("]]]
    }
    private static func list(_ items: Value) -> Value { ["type": "array", "items": items] }

    private static func object(_ properties: Members, required: [String] = []) -> Value {
        [
            "type": "object", "additionalProperties": false, "required": .array(required.map { .string($0) }),
            "properties": .object(properties),
        ]
    }

    private static func map(_ values: Value) -> Value { ["type": "object", "additionalProperties": values] }
    private static func either(_ options: Value...) -> Value { ["anyOf": .array(options)] }

    private static var parameter: Value {
        object(["type": ["enum": ["text", "url"]], "environment": text, "default": text], required: ["type"])
    }

    private static var matrix: Value {
        let axis = either(list(["type": ["string", "number"]]), ["type": "object"])
        return [
            "type": "object", "additionalProperties": axis,
            "properties": ["except": list(["type": "object"])],
        ]
    }

    private static var world: Value {
        let environments = words(FHIREnvironment.allCases.map(\.rawValue))
        let roles = words(Role.allCases.map(\.rawValue))
        return object(
            [
                "organization": object(
                    [
                        "ehr": words(Vendor.allCases.map(\.rawValue)),
                        "subscription": words(ConnectorSubscription.allCases.map(\.rawValue)),
                        "region": words(Region.allCases.map(\.rawValue)),
                    ], required: ["ehr"]),
                "bases": map(either(environments, object(["environment": environments, "release": text]))),
                "people": map(
                    either(
                        roles,
                        object(
                            ["role": roles, "locale": text, "time-zone": text, "licences": list(text)],
                            required: ["role"]))),
                "appointments": map(
                    object(
                        [
                            "patient": name, "provider": name, "second-provider": name, "starts": text,
                            "minutes": ["type": "integer"], "base": name, "video": ["type": "boolean"],
                            "ids-of": name,
                        ], required: ["patient", "provider", "starts"])),
                "clock": text,
            ], required: ["organization"])
    }

    private static var step: Value {
        let events = words(EventVocabulary.types.map(\.kind))
        var acts: Members = [:]
        for rule in VerbRule.all {
            let object: Value
            switch rule.object {
            case .operation: object = words(OperationVocabulary.names)
            case .word(let allowed): object = words(allowed)
            case .url, .appointment, .person, .text, .records: object = text
            }
            acts["^[a-z0-9$()-]+ \(rule.verb.rawValue)$"] = object
        }
        acts["^[a-z0-9$()-]+ requests$"] = text
        // Every other key is a field of the event: only the loader knows which.
        return [
            "type": "object",
            "properties": [
                "expect": events, "absent": events, "do": name, "with": ["type": "object"], "within": duration,
                "for": duration, "as": name, "since": words(["start", "stimulus"]), "check": checks,
                "capture": captures,
                "optional": ["type": "boolean"], "strict": ["type": "boolean"], "fields": ["type": "object"],
                "when": ["type": "object"], "hold": words(VerbRule.HeldAnswer.allCases.map(\.rawValue)),
                "timeout": duration, "follow": ["type": "boolean"],
                "set": [
                    "type": "object", "additionalProperties": false, "maxProperties": 1,
                    "properties": ["clock": text, "fault": fault, "ehr": anything, "microsoft": anything],
                ],
            ],
            "patternProperties": .object(acts),
        ]
    }

    private static var fault: Value {
        let number: Value = ["type": "integer"]
        return object(
            [
                "place": words(FaultSpec.places), "path": text, "method": words(FaultSpec.methods), "status": number,
                "retry-after": number, "latency": duration, "drop": ["const": true], "malformed": ["const": true],
                "locked": ["const": true], "redirect": text,
                "timeout": either(["const": true], duration), "times": number, "nth": number,
                "after-work": ["type": "boolean"], "lasting": duration, "percent": number,
                "retry-after-date": ["const": true], "delay": text, "drip": number, "hang-up": ["const": true],
                "reset": ["const": true], "truncate": either(["const": true], number), "bad-chunks": ["const": true],
                "duplicate": ["const": true], "reorder": duration, "content-type": text, "oversize": number,
                "skew": text, "revoked-token": ["const": true], "aadsts": number, "issue": number,
                "tls": words(FaultSpec.troubles),
            ], required: ["place"])
    }

    private static var invariant: Value {
        let events = words(EventVocabulary.types.map(\.kind))
        let number: Value = ["type": "integer"]
        let pattern = either(events, ["type": "object", "required": ["event"], "properties": ["event": events]])
        return [
            "type": "object", "required": ["as"],
            "properties": [
                "never": events, "of": events, "first": events, "each": events, "exactly": number, "at-least": number,
                "at-most": number, "within": duration, "per": text, "as": name, "privacy": text,
                "between": list(name),
                "protocol": words(["smart", "fhir", "graph", "sms", "http"]),
                "then": pattern, "after": pattern, "before": pattern, "in-order": list(pattern),
                "when": ["type": "object"],
            ],
        ]
    }
}

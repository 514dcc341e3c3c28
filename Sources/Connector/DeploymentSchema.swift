// SPDX-License-Identifier: Apache-2.0

package import Value

/// A JSON Schema (draft 2020-12) of deployment files, for completion in editors. Names in `$(…)` and XPath it lets pass.
package enum DeploymentSchema {
    package static var value: Value {
        [
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "title": "Assay deployment",
            "type": "object",
            "additionalProperties": false,
            "required": ["id", "reach", "registrations"],
            "properties": [
                "id": text, "title": text, "reach": reach, "registrations": registrations, "claims": claims,
                "clock": clock, "egress": words(Deployment.Egress.allCases.map(\.rawValue)),
                "evidence": list(evidence), "bindings": bindings, "mocks": mocks, "worlds": worlds,
                "handoff": list(text), "own-services": list(text), "sms": sms, "trust": text, "writeback": writeback,
            ],
        ]
    }

    private static let text: Value = ["type": ["string", "number", "boolean"]]
    private static let flag: Value = ["type": "boolean"]
    private static let duration: Value = ["type": "string", "pattern": "^([0-9]+(ms|s|m|h|d))+$"]
    private static let texts: Value = ["type": "object", "additionalProperties": text]

    private static func words(_ words: [String]) -> Value { ["enum": .array(words.map { .string($0) })] }
    private static func list(_ items: Value) -> Value { ["type": "array", "items": items] }
    private static func either(_ options: Value...) -> Value { ["anyOf": .array(options)] }
    private static func object(_ properties: Members, required: [String] = []) -> Value {
        [
            "type": "object", "additionalProperties": false, "required": .array(required.map { .string($0) }),
            "properties": .object(properties),
        ]
    }

    private static var reach: Value {
        either(
            object(["url": text], required: ["url"]),
            object(
                [
                    "command": list(text), "environment": texts, "directory": text,
                    "ready": either(words(["json-line"]), object(["probe": text, "url": text], required: ["probe"])),
                    "ready-within": duration, "stop-within": duration,
                ], required: ["command"]))
    }

    private static var registrations: Value {
        let ehr = object(
            [
                "client-id": text, "client-secret": text,
                "authentication": words(Registrations.Authentication.allCases.map(\.rawValue)), "jwks": text,
                "redirect-uris": list(text), "launch-urls": list(text),
                "system": object(["client-id": text, "client-secret": text], required: ["client-id"]),
                "writeback": object(["user": text, "password": text], required: ["user", "password"]),
            ], required: ["client-id", "redirect-uris"])
        let entra = object(
            [
                "client-id": text, "client-secret": text, "certificates": list(text), "redirect-uris": list(text),
                "application-permissions": list(text), "delegated-permissions": list(text), "access-policy": flag,
            ], required: ["client-id"])
        return object([
            "cerner": ehr, "epic": ehr, "entra": entra,
            "sms": object(["access-key": text, "hook-url": text], required: ["access-key"]),
        ])
    }

    private static var claims: Value {
        object([
            "profiles": list(text), "regions": list(text),
            "features": ["type": "object", "additionalProperties": flag],
            "editions": ["type": "object", "additionalProperties": list(text)],
        ])
    }

    private static var request: Value {
        object(
            [
                "method": text, "url": text, "headers": texts, "json": true, "form": texts, "text": text,
                "follow": flag,
            ], required: ["url"])
    }

    private static var clock: Value {
        let call = either(object(["request": request]), object(["command": list(text)]))
        return object(
            [
                "mode": words(ClockSettings.Mode.allCases.map(\.rawValue)),
                "scope": words(ClockSettings.Scope.allCases.map(\.rawValue)), "read": call, "advance": call,
                "settle": duration, "longest-wait": duration,
            ])
    }

    private static var evidence: Value {
        object(
            [
                "id": text, "kind": words(EvidenceDeclaration.Kind.allCases.map(\.rawValue)), "path": text,
                "database": text, "command": list(text), "environment": texts,
                "within": duration, "control": words(EvidenceDeclaration.controls),
            ], required: ["id", "kind"])
    }

    private static var bindings: Value {
        let step = either(
            object(["open": text]), object(["click": text]), object(["request": request]),
            object(["submit": object(["form": text, "fields": texts, "button": text], required: ["form"])]))
        let condition = either(
            text,
            object(["xpath": text, "json": text, "status": either(["type": "integer"], list(["type": "integer"]))]))
        let reading = either(
            text, object(["each": text, "fields": texts, "words": texts]),
            object(["json": text, "single": flag, "fields": texts, "words": texts]),
            object(["header": text, "words": texts]), object(["xpath": text, "words": texts]), object(["url": flag]))
        let external = object(
            ["command": list(text), "environment": texts, "directory": text, "within": duration], required: ["command"])
        let human = object(["ask": text, "within": duration, "values": list(text)], required: ["ask"])
        let binding = object(
            [
                "steps": list(step), "external": external, "human": human, "accepted": condition, "refused": condition,
                "message": text,
                "read": ["type": "object", "additionalProperties": reading],
            ])
        var properties = Members()
        for name in Binding.operations.keys.sorted() { properties[name] = binding }
        // A programme's own operations begin with x-.
        return [
            "type": "object", "properties": .object(properties), "patternProperties": ["^x-": binding],
            "additionalProperties": false,
        ]
    }

    private static var mocks: Value {
        let listeners = MockSettings.Listener.allCases.map(\.rawValue)
        func each(_ value: Value) -> Value { object(Members(listeners.map { ($0, value) })) }
        return object([
            "listen": text, "ports": each(["type": "integer"]), "public-url": each(text),
            "tls": words(MockSettings.TLS.allCases.map(\.rawValue)), "certificate": text, "key": text, "ca": text,
            "names": ["type": "object", "additionalProperties": words(listeners)],
            "microsoft": words(["mock", "real"]),
        ])
    }

    private static var worlds: Value {
        let base = object(["environment": words(["test", "production"]), "place": text], required: ["place"])
        let tenant = object(
            [
                "name": text, "vendor": words(["cerner", "epic"]), "tenant": text, "domain": text,
                "organization": text, "bases": list(base),
            ], required: ["vendor", "tenant", "bases"])
        return either(
            words(["fresh"]),
            object([
                "mode": words(WorldSettings.Mode.allCases.map(\.rawValue)), "parallel": ["type": "integer"],
                "reset": text, "tenants": list(tenant),
            ]))
    }

    private static var writeback: Value {
        let numbers = object(["connected": ["type": "integer"], "disconnected": ["type": "integer"]])
        let wording = object(["connected": text, "disconnected": text, "provider": text, "patient": text])
        let place = place(["json", "field", "query", "path"])
        return either(
            words(["none"]), object(["channel": words(["web-service", "none"]), "values": numbers]),
            object(
                [
                    "channel": words(["http"]), "method": text, "path": text, "key": key, "appointment": place,
                    "user": place, "role": place, "state": place, "values": wording, "accepted": answer,
                    "refused": answer, "locked": answer,
                ], required: ["channel", "path", "appointment", "user", "state"]))
    }

    private static var sms: Value {
        let place = place(["json", "field"])
        return either(
            words(["azure", "graph", "none"]),
            object(
                [
                    "method": text, "path": text, "key": key, "to": place, "text": place, "from": place,
                    "accepted": answer, "refused": answer,
                ], required: ["path", "to", "text"]))
    }

    /// Where a value stands in a request to a mapped endpoint, and what is answered.
    private static func place(_ kinds: [String]) -> Value {
        ["anyOf": .array(kinds.map { object([$0: text], required: [$0]) })]
    }
    private static var key: Value { object(["header": text, "value": text], required: ["header", "value"]) }
    private static var answer: Value { object(["status": ["type": "integer"], "headers": texts, "json": true]) }
}

// SPDX-License-Identifier: Apache-2.0

internal import Foundation
package import Value

/// The OpenAPI document of the control API, made from the same table that the desk serves.
package enum ControlDocument {
    /// OpenAPI 3.1.
    package static var value: Value {
        var paths = Members()
        for route in ControlRoute.all {
            var item = paths[route.template]?.members ?? [:]
            item[route.method.lowercased()] = operation(route)
            paths[route.template] = .object(item)
        }
        return [
            "openapi": "3.1.0",
            "info": [
                "title": "Assay's mock world", "version": "1",
                "description":
                    "What `assay mock` can be made to do while it runs. Everything is synthetic; it listens on loopback only. A form (application/x-www-form-urlencoded) may stand in for each JSON body; with a field `back` its answer leads there.",
                "license": ["name": "Apache-2.0", "identifier": "Apache-2.0"],
            ],
            "paths": .object(paths),
            "components": [
                "schemas": [
                    "Error": [
                        "type": "object", "required": ["error"],
                        "properties": [
                            "error": [
                                "type": "object", "required": ["message", "remedy"],
                                "properties": ["message": ["type": "string"], "remedy": ["type": "string"]],
                            ]
                        ],
                    ]
                ]
            ],
        ]
    }

    /// As `docs/mock-control-api.yaml` has it: JSON is YAML.
    package static var yaml: String {
        "# Printed by a test from Sources/MockWorld/ControlRoute.swift; also served at /-/openapi.json.\n"
            + pretty(value, "") + "\n"
    }

    private static func operation(_ route: ControlRoute) -> Value {
        var members: Members = [
            "operationId": .string(route.operation.rawValue), "summary": .string(route.summary),
        ]
        let parameters =
            route.parameters.map { name -> Value in
                ["name": .string(name), "in": "path", "required": true, "schema": ["type": "string"]]
            }
            + route.query.map { field -> Value in
                [
                    "name": .string(field.name), "in": "query", "required": .bool(field.isRequired),
                    "description": .string(field.text), "schema": ["type": .string(field.type)],
                ]
            }
        if !parameters.isEmpty { members["parameters"] = .array(parameters) }
        if let body = route.body, !body.isEmpty { members["requestBody"] = requestBody(body) }
        let type = route.operation == .stream ? "text/event-stream" : "application/json"
        var success: Members = ["description": .string(route.answer)]
        if route.success != 204 {
            let anything: Value = ["schema": .object([:])]
            success["content"] = .object(Members([(type, anything)]))
        }
        members["responses"] = .object(
            Members([
                (String(route.success), .object(success)),
                (
                    "default",
                    [
                        "description": "What is wrong, and what to do about it.",
                        "content": ["application/json": ["schema": ["$ref": "#/components/schemas/Error"]]],
                    ]
                ),
            ]))
        return .object(members)
    }

    private static func requestBody(_ fields: [ControlRoute.Field]) -> Value {
        var properties = Members()
        for field in fields {
            properties[field.name] = ["type": .string(field.type), "description": .string(field.text)]
        }
        var schema: Members = ["type": "object", "additionalProperties": false, "properties": .object(properties)]
        let required = fields.filter(\.isRequired).map { Value.string($0.name) }
        if !required.isEmpty { schema["required"] = .array(required) }
        return [
            "required": .bool(!required.isEmpty),
            "content": [
                "application/json": ["schema": .object(schema)],
                "application/x-www-form-urlencoded": ["schema": .object(schema)],
            ],
        ]
    }

    /// YAML in block style; every text in quotes.
    private static func pretty(_ value: Value, _ indent: String) -> String {
        switch value {
        case .object(let members) where !members.isEmpty:
            return members.map { name, value in
                let key = name.allSatisfy { $0.isLetter } ? name : Value.string(name).json()
                return indent + key + ":" + nested(value, indent)
            }.joined(separator: "\n")
        case .array(let items) where !items.isEmpty:
            return items.map { item in
                let text = pretty(item, indent + "  ")
                return indent + "- " + text.drop { $0 == " " }
            }.joined(separator: "\n")
        default: return indent + value.json()
        }
    }

    private static func nested(_ value: Value, _ indent: String) -> String {
        switch value {
        case .object(let members) where !members.isEmpty: "\n" + pretty(value, indent + "  ")
        case .array(let items) where !items.isEmpty: "\n" + pretty(value, indent + "  ")
        default: " " + value.json()
        }
    }
}

// SPDX-License-Identifier: Apache-2.0

internal import Foundation
package import Value

/// Checks values against the keywords of JSON Schema (draft 2020-12) that the project's own schemas use. A keyword it does
/// not know is a fault too: nothing passes because it was not looked at.
package struct JSONSchema {
    private let root: Value

    package init(_ root: Value) { self.root = root }

    /// Where and why the value does not fit; empty where it does.
    package func faults(in value: Value) -> [String] { check(value, root, "") }

    private func check(_ value: Value, _ schema: Value, _ place: String) -> [String] {
        if let allowed = schema.bool { return allowed ? [] : ["\(place): nothing may stand here"] }
        guard let members = schema.members else { return ["\(place): the schema is no object"] }
        return members.flatMap { check(value, $0.name, $0.value, schema, place) }
    }

    private func check(_ value: Value, _ word: String, _ rule: Value, _ schema: Value, _ place: String) -> [String] {
        switch word {
        case "$schema", "$id", "$defs", "title", "description", "then", "else", "examples", "default": return []
        case "$ref":
            guard let target = resolve(rule.string ?? "") else { return ["\(place): \(rule.json()) leads nowhere"] }
            return check(value, target, place)
        case "const": return value == rule ? [] : ["\(place): \(value.json()) is not \(rule.json())"]
        case "enum":
            return rule.array?.contains(value) ?? false ? [] : ["\(place): \(value.json()) is none of \(rule.json())"]
        case "type": return checkType(value, rule, place)
        case "pattern":
            guard let text = value.string, let pattern = rule.string else { return [] }
            return text.range(of: pattern, options: .regularExpression) == nil
                ? ["\(place): \(value.json()) does not match \(pattern)"] : []
        case "minimum":
            guard let number = value.double, let least = rule.double else { return [] }
            return number < least ? ["\(place): \(value.json()) is less than \(rule.json())"] : []
        case "required":
            guard let members = value.members else { return [] }
            return (rule.array ?? []).compactMap(\.string).filter { members[$0] == nil }.map {
                "\(place): \($0) is missing"
            }
        case "properties":
            guard let members = value.members else { return [] }
            return members.flatMap { member in
                rule[member.name].map { check(member.value, $0, "\(place)/\(member.name)") } ?? []
            }
        case "additionalProperties":
            guard let members = value.members else { return [] }
            return members.filter { schema["properties"]?[$0.name] == nil }.flatMap {
                check($0.value, rule, "\(place)/\($0.name)")
            }
        case "items":
            return (value.array ?? []).enumerated().flatMap { check($1, rule, "\(place)/\($0)") }
        case "minItems": return (value.array?.count ?? .max) < (rule.int ?? 0) ? ["\(place): too few"] : []
        case "maxItems": return (value.array?.count ?? 0) > (rule.int ?? .max) ? ["\(place): too many"] : []
        case "allOf": return (rule.array ?? []).flatMap { check(value, $0, place) }
        case "oneOf":
            let found = (rule.array ?? []).map { check(value, $0, place) }
            let fitting = found.count { $0.isEmpty }
            // The nearest tells most.
            let nearest = found.min { $0.count < $1.count } ?? []
            return fitting == 1 ? [] : ["\(place): fits \(fitting) of \(found.count)"] + nearest
        case "if":
            guard check(value, rule, place).isEmpty else { return schema["else"].map { check(value, $0, place) } ?? [] }
            return schema["then"].map { check(value, $0, place) } ?? []
        default: return ["\(place): the keyword \(word) is not known here"]
        }
    }

    private func checkType(_ value: Value, _ rule: Value, _ place: String) -> [String] {
        let names = rule.array?.compactMap(\.string) ?? [rule.string ?? ""]
        let fits = names.contains { name in
            name == value.typeName || (name == "integer" && value.int != nil)
        }
        return fits ? [] : ["\(place): \(value.typeName), not \(names.joined(separator: " or "))"]
    }

    private func resolve(_ reference: String) -> Value? {
        guard reference.hasPrefix("#/") else { return nil }
        return reference.dropFirst(2).split(separator: "/").reduce(Optional(root)) { $0?[String($1)] }
    }
}

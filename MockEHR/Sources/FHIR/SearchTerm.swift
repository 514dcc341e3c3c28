// SPDX-License-Identifier: Apache-2.0

import FHIRModel
import FHIRPath
import Value
import World

/// One parameter of a search, understood: `patient:Patient.name:exact=Ann,Bea`.
struct SearchTerm: Sendable {
    /// The parameter of the linked resource, behind a point.
    struct Chain: Sendable {
        /// The types the reference may lead to.
        let types: [String]
        /// By type, since names mean different things.
        let definitions: [String: SearchDefinition]
        let modifier: String?
    }

    let definition: SearchDefinition
    let modifier: String?
    let chain: Chain?
    /// One of them has to fit.
    let values: [String]

    /// Splits at commas that are not escaped (FHIR R4, 3.1.1.4.2).
    static func alternatives(_ text: String) -> [String] {
        var found: [String] = []
        var current = ""
        var isEscaped = false
        for character in text {
            if isEscaped {
                // The other escapes (of `$` and `|`) keep their meaning for what reads the value.
                current += ",\\".contains(character) ? String(character) : "\\" + String(character)
                isEscaped = false
            } else if character == "\\" {
                isEscaped = true
            } else if character == "," {
                found.append(current)
                current = ""
            } else {
                current.append(character)
            }
        }
        return found + [current]
    }
}

/// Finds values in resources by the expressions of search parameters.
struct SearchReader {
    let base: String
    let now: Instant
    /// The resource a relative reference leads to, if this server has it.
    let resource: (_ type: String, _ id: String) -> Members?

    func matches(_ resource: Members, _ term: SearchTerm) -> Bool {
        let found = values(of: term.definition, in: resource)
        if term.modifier == "missing" { return found.isEmpty == (term.values.first == "true") }
        if let chain = term.chain { return found.contains { linked($0.value, chain, term.values) } }
        // R4's `phonetic` compares by sound; which algorithm is each server's own.
        let modifier = term.modifier ?? (term.definition.name == "phonetic" ? "phonetic" : nil)
        let value = SearchValue(kind: term.definition.kind, modifier: modifier, now: now, base: base)
        let fits = term.values.contains { wanted in found.contains { value.fits($0.value, type: $0.type, wanted) } }
        switch term.definition.kind {
        case .composite: return composite(resource, term)
        default: return term.modifier == "not" ? !fits : fits
        }
    }

    /// The values a parameter finds, with FHIR's names of their types.
    func values(of definition: SearchDefinition, in resource: Members) -> [(value: Value, type: String)] {
        items(of: definition, in: resource).map { ($0.value, $0.typeInfo(in: FHIRTypeModel.r4).name) }
            .filter { !$0.value.isNull }
    }

    private func items(of definition: SearchDefinition, in resource: Members) -> [Item] {
        // An expression that cannot be evaluated on this resource finds nothing in it.
        (try? definition.expression.evaluate(on: .object(resource), context: context)) ?? []
    }

    /// `resolve() is Patient` is decided by what the reference says; nothing is fetched.
    private var context: EvaluationContext {
        var context = EvaluationContext(model: FHIRTypeModel.r4)
        context.now = now.microseconds
        let base = base
        context.resolve = { reference in
            let plain = reference.hasPrefix(base + "/") ? String(reference.dropFirst(base.count + 1)) : reference
            let parts = plain.split(separator: "/")
            guard parts.count == 2 else { return nil }
            let stub: Value = ["resourceType": .string(String(parts[0])), "id": .string(String(parts[1]))]
            return .node(Node(value: stub, type: FHIRTypeModel.r4.type(of: stub)))
        }
        return context
    }

    /// The `Type/id` a reference of this server leads to.
    func target(_ reference: Value) -> (type: String, id: String)? {
        guard let text = reference["reference"]?.string ?? reference.string else { return nil }
        let plain = text.hasPrefix(base + "/") ? String(text.dropFirst(base.count + 1)) : text
        let parts = plain.split(separator: "/")
        return parts.count == 2 ? (String(parts[0]), String(parts[1])) : nil
    }

    private func linked(_ reference: Value, _ chain: SearchTerm.Chain, _ values: [String]) -> Bool {
        guard let (type, id) = target(reference), chain.types.contains(type),
            let definition = chain.definitions[type], let other = resource(type, id)
        else { return false }
        return matches(
            other, SearchTerm(definition: definition, modifier: chain.modifier, chain: nil, values: values))
    }

    /// Parts joined by `$` have to fit in one and the same element.
    private func composite(_ resource: Members, _ term: SearchTerm) -> Bool {
        let focuses = items(of: term.definition, in: resource)
        return term.values.contains { wanted in
            let parts = wanted.split(separator: "$", omittingEmptySubsequences: false).map(String.init)
            guard parts.count == term.definition.components.count else { return false }
            return focuses.contains { focus in
                zip(term.definition.components, parts).allSatisfy { component, part in
                    let found = (try? component.evaluate(on: focus, context: context)) ?? []
                    return found.contains { item in
                        let type = item.typeInfo(in: FHIRTypeModel.r4).name
                        let value = SearchValue(kind: Self.kind(of: type), modifier: nil, now: now, base: base)
                        return value.fits(item.value, type: type, part)
                    }
                }
            }
        }
    }

    /// The published components of some composites name each other's kinds, so the found type decides.
    private static func kind(of type: String) -> SearchDefinition.Kind {
        switch type {
        case "Reference": .reference
        case "Quantity", "Age", "Duration", "Count", "Distance", "Money", "SampledData": .quantity
        case "date", "dateTime", "instant", "Period", "Timing": .date
        case "decimal", "integer", "positiveInt", "unsignedInt": .number
        case "string", "markdown", "HumanName", "Address": .string
        default: .token
        }
    }
}

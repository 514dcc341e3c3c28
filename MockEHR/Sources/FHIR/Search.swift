// SPDX-License-Identifier: Apache-2.0

import FHIRModel
import MockKit
import Trace
import Value
import World

/// FHIR search within the vendor's rules.
extension EHRBase {
    /// Parameters about the answer, not about what is looked for.
    private static let aboutTheAnswer: Set<String> = [
        "_count", "_format", "_pretty", "_total", "_sort", "_include", "_revinclude", "_elements", "_summary",
    ]

    /// Finds values by the expressions of search parameters.
    var reader: SearchReader {
        SearchReader(base: base.url, now: world.clock.now) { [self] type, id in resource(type, id) }
    }

    func search(
        _ type: String, _ rule: SearchRule, _ request: MockRequest, _ token: AccessToken, context: String
    ) throws(Problem) -> MockResponse {
        try require(.search, on: type, token)
        let query = request.method == "POST" ? request.formFields : request.queryFields
        var facts: Members = [
            "type": .string(type),
            "parameters": .array(query.fields.map { .string(String($0.name.prefix { $0 != ":" && $0 != "." })) }),
        ]
        let page: SearchPage
        if let token = query[profile.fhir.searching.page.token] {
            guard let known = kept(token) else { throw Problem(.pageGone, "the search's pages are not kept any more") }
            page = known
        } else {
            page = try found(type, rule, request, query, token)
        }
        facts["count"] = Value(page.result.found.count)
        facts["context"] = .string(context)
        return .json(
            bundle(page, request: request, token), type: "application/fhir+json",
            headers: standingHeaders, world: model.id, party: .ehr, events: [event("fhir.searched", facts)])
    }

    private func found(
        _ type: String, _ rule: SearchRule, _ request: MockRequest, _ query: Form, _ token: AccessToken
    ) throws(Problem) -> SearchPage {
        try check(query, rule)
        var warnings: [Members] = []
        let terms = try terms(query, of: type, rule, request, &warnings)
        let reader = reader
        var found = resources(type).filter { resource in
            isVisible(resource, to: token, for: .search) && terms.allSatisfy { reader.matches(resource, $0) }
        }
        if let limit = rule.limit, found.count > limit {
            throw Problem(.tooMany, "the search finds more than \(limit) results")
        }
        if profile.fhir.searching.sorts, let order = query["_sort"] {
            found = try sorted(found, type, rule, by: order, reader)
        }
        if found.isEmpty, profile.fhir.searching.warnsOfNoResults {
            warnings.append(
                outcome(
                    severity: "warning", issue: "processing", code: "4101", text: "Resource request returns no results."
                ))
        }
        try checkComplete(found)
        let subset = try Subset(query)
        let asked = query["_count"].flatMap { Int($0) }.map { max(0, $0) } ?? profile.fhir.defaultCount
        let count = subset == .count ? 0 : asked
        return SearchPage(
            result: SearchResult(
                type: type, found: found, warnings: warnings, count: count, subset: subset,
                includes: query.all("_include"), reverse: query.all("_revinclude")), offset: 0)
    }

    /// The vendor's rules about which parameters go together.
    private func check(_ query: Form, _ rule: SearchRule) throws(Problem) {
        guard !query.fields.isEmpty else { throw Problem(.noParameters, "the search has no parameters") }
        let names = query.fields.map { String($0.name.prefix { $0 != ":" && $0 != "." }) }
        if !rule.exactlyOneOf.isEmpty {
            let given = names.filter { rule.exactlyOneOf.contains($0) }
            guard given.count == 1 else {
                let list = rule.exactlyOneOf.joined(separator: ", ")
                throw Problem(
                    given.isEmpty ? .parameterMissing : .parameterCombination,
                    "exactly one of \(list) must be given, once")
            }
        }
        if !rule.anyOf.isEmpty, !names.contains(where: { rule.anyOf.contains($0) }) {
            throw Problem(.parameterMissing, "one of \(rule.anyOf.joined(separator: ", ")) must be given")
        }
        if let need = rule.needDate, names.contains(where: { need.parameters.contains($0) }) {
            try checkDates(query, names: need.dates)
        }
        if let count = query["_count"], Int(count) == nil { throw Problem(.parameterInvalid, "_count is no number") }
    }

    /// One bound, or a `ge` and `lt` pair, of one of the names (facts 5.3.4).
    private func checkDates(_ query: Form, names: [String]) throws(Problem) {
        let given = names.filter { query[$0] != nil }
        guard given.count == 1 else {
            throw Problem(
                given.isEmpty ? .parameterMissing : .parameterCombination,
                "one of \(names.joined(separator: ", ")) must be given")
        }
        let bounds = query.all(given[0]).map { DateBound($0) }
        let pair = Set(bounds.compactMap { $0?.prefix })
        guard bounds.allSatisfy({ $0?.isWhole ?? false }),
            bounds.count == 1 || (bounds.count == 2 && pair == [.ge, .lt])
        else {
            throw Problem(.parameterInvalid, "\(given[0]) must be one bound or a ge and lt pair, with prefix and time")
        }
    }

    private func terms(
        _ query: Form, of type: String, _ rule: SearchRule, _ request: MockRequest, _ warnings: inout [Members]
    ) throws(Problem) -> [SearchTerm] {
        let forms = profile.fhir.searching
        let isStrict = request.header("Prefer")?.contains("handling=strict") ?? false
        var terms: [SearchTerm] = []
        for field in query.fields {
            let name = String(field.name.prefix { $0 != ":" && $0 != "." })
            if Self.aboutTheAnswer.contains(name) { continue }
            if let definition = rule.definition(name, of: type) {
                terms.append(try term(definition, field))
            } else if isStrict {
                throw Problem(.parameterInvalid, "\(name) is no search parameter of \(type) here")
            } else if forms.unknownParameter == .warn {
                warnings.append(
                    outcome(
                        severity: "warning", issue: "processing", code: "4122",
                        text: "An unknown parameter was given: \(name)."))
            }
        }
        return terms
    }

    /// Reads modifier, chain and values of a field.
    private func term(
        _ definition: SearchDefinition, _ field: (name: String, value: String)
    ) throws(Problem)
        -> SearchTerm
    {
        let values = SearchTerm.alternatives(field.value)
        let rest = field.name.dropFirst(definition.name.count)
        if let point = rest.firstIndex(of: ".") {
            let type = rest[..<point].dropFirst()
            return SearchTerm(
                definition: definition, modifier: nil,
                chain: try chain(definition, type: String(type), rest[rest.index(after: point)...], field.name, values),
                values: values)
        }
        let modifier = rest.isEmpty ? nil : String(rest.dropFirst())
        try check(modifier, of: definition, field.name)
        try check(values, definition, modifier, field.name)
        return SearchTerm(definition: definition, modifier: modifier, chain: nil, values: values)
    }

    private func check(_ modifier: String?, of definition: SearchDefinition, _ name: String) throws(Problem) {
        guard let modifier else { return }
        let isType = definition.kind == .reference && definition.targets.contains(modifier)
        guard isType || profile.fhir.searching.modifiers.contains(modifier) else {
            throw Problem(.parameterInvalid, "the modifier of \(name) is not supported")
        }
    }

    private func check(
        _ values: [String], _ definition: SearchDefinition, _ modifier: String?, _ name: String
    ) throws(Problem) {
        if modifier == "missing" {
            guard values == ["true"] || values == ["false"] else {
                throw Problem(.parameterInvalid, "\(name) is neither true nor false")
            }
            return
        }
        let reader = SearchValue(kind: definition.kind, modifier: modifier, now: world.clock.now, base: base.url)
        for value in values {
            if let mistake = reader.mistake(value) { throw Problem(.parameterInvalid, "\(name) \(mistake)") }
        }
    }

    private func chain(
        _ definition: SearchDefinition, type: String, _ inner: Substring, _ name: String, _ values: [String]
    ) throws(Problem) -> SearchTerm.Chain {
        guard profile.fhir.searching.chains, definition.kind == .reference, !inner.contains(".") else {
            throw Problem(.parameterInvalid, "\(name): one level of chaining is what there is, on references")
        }
        let parts = inner.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        let modifier = parts.count > 1 ? parts[1] : nil
        let targets = definition.targets.isEmpty ? Array(profile.fhir.types.keys) : definition.targets
        let types = targets.filter { type.isEmpty || $0 == type }
        var definitions: [String: SearchDefinition] = [:]
        for target in types {
            definitions[target] = profile.fhir.types[target]?.search?.definition(parts[0], of: target)
        }
        guard let any = definitions.values.first else {
            throw Problem(.parameterInvalid, "\(name): no such parameter of \(types.joined(separator: ", "))")
        }
        try check(modifier, of: any, name)
        try check(values, any, modifier, name)
        return SearchTerm.Chain(types: types, definitions: definitions, modifier: modifier)
    }

    /// By one or several parameters, descending behind a minus sign; what has no value comes last.
    private func sorted(
        _ found: [Members], _ type: String, _ rule: SearchRule, by order: String, _ reader: SearchReader
    ) throws(Problem) -> [Members] {
        var keys: [(definition: SearchDefinition, isDescending: Bool)] = []
        for word in order.split(separator: ",") {
            let name = String(word.drop { $0 == "-" })
            guard let definition = rule.definition(name, of: type) else {
                throw Problem(.parameterInvalid, "_sort: \(name) is no search parameter of \(type) here")
            }
            keys.append((definition, word.hasPrefix("-")))
        }
        func key(_ resource: Members) -> [String?] {
            keys.map { key in
                let value = reader.values(of: key.definition, in: resource).first?.value
                if key.definition.kind == .date, let range = value.flatMap({ DateRange($0) }) {
                    // Of equal length, so that texts compare as times do.
                    let digits = String(UInt64(bitPattern: range.low.microseconds) ^ (1 << 63))
                    return String(repeating: "0", count: 20 - digits.count) + digits
                }
                return value.map { SearchValue.folded($0.scalarText ?? $0.json()) }
            }
        }
        return found.map { (key($0), $0) }.enumerated().sorted { left, right in
            for (index, key) in keys.enumerated() {
                guard left.element.0[index] != right.element.0[index] else { continue }
                guard let one = left.element.0[index] else { return false }
                guard let other = right.element.0[index] else { return true }
                return key.isDescending ? one > other : one < other
            }
            return left.offset < right.offset
        }.map(\.element.1)
    }
}

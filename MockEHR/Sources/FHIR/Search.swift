// SPDX-License-Identifier: Apache-2.0

import Foundation
import MockKit
import Trace
import Value
import World

/// FHIR search within the vendor's rules.
extension EHRBase {
    private static let results: Set<String> = [
        "_count", "_format", "_summary", "_elements", "_include", "_revinclude",
        "_sort", "_lastUpdated",
    ]

    func search(
        _ type: String, _ rule: SearchRule, _ request: MockRequest, _ token: AccessToken, context: String
    ) throws(Problem) -> MockResponse {
        try require(.search, on: type, token)
        var query = request.method == "POST" ? request.formFields : request.queryFields
        query.fields = query.fields.map { (name: String($0.name.prefix { $0 != ":" }), value: $0.value) }
        var facts: Members = [
            "type": .string(type), "parameters": .array(query.fields.map { .string($0.name) }),
        ]
        let found: [Members]
        var warnings: [Members] = []
        if let page = query["pageContext"], let rest = pages.removeValue(forKey: page) {
            found = rest
        } else {
            let known = try check(query, rule, warnings: &warnings)
            found = resources(type).filter { resource in
                isVisible(resource, to: token, for: .search)
                    && known.allSatisfy { parameter, value in parameter.matches(resource, value) }
            }
        }
        if found.isEmpty, profile.fhir.warnsOfNoResults {
            warnings.append(
                outcome(
                    severity: "warning", issue: "processing", code: "4101", text: "Resource request returns no results."
                ))
        }
        facts["count"] = Value(found.count)
        facts["context"] = .string(context)
        return .json(
            bundle(found, warnings: warnings, request: request, count: count(query)), type: "application/fhir+json",
            headers: standingHeaders, world: model.id, party: .ehr, events: [event("fhir.searched", facts)])
    }

    private func count(_ query: Form) -> Int {
        query["_count"].flatMap { Int($0) }.map { max(1, $0) } ?? profile.fhir.defaultCount
    }

    /// Applies the vendor's rules and returns what to match.
    private func check(
        _ query: Form, _ rule: SearchRule, warnings: inout [Members]
    ) throws(Problem) -> [(SearchParameter, String)] {
        let names = query.fields.map(\.name)
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
        var known: [(SearchParameter, String)] = []
        for field in query.fields {
            if let parameter = rule.parameters.first(where: { $0.name == field.name }) {
                guard !field.value.isEmpty else { throw Problem(.parameterInvalid, "\(field.name) is empty") }
                if parameter.kind == .date, DateBound(field.value) == nil {
                    throw Problem(.parameterInvalid, "\(field.name) is no date")
                }
                known.append((parameter, field.value))
            } else if !Self.results.contains(field.name), profile.fhir.unknownParameter == .warn {
                warnings.append(
                    outcome(
                        severity: "warning", issue: "processing", code: "4122",
                        text: "An unknown parameter was given: \(field.name)."))
            }
        }
        return known
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
        guard bounds.allSatisfy({ $0 != nil }), bounds.count == 1 || (bounds.count == 2 && pair == [.ge, .lt]) else {
            throw Problem(.parameterInvalid, "\(given[0]) must be one bound or a ge and lt pair")
        }
    }

    private func bundle(_ found: [Members], warnings: [Members], request: MockRequest, count: Int) -> Value {
        let page = found.prefix(count)
        var links: [Value] = [["relation": "self", "url": .string(request.url)]]
        if found.count > count {
            let next = mint(22)
            pages[next] = Array(found.dropFirst(count))
            let query: Form = ["pageContext": next, "direction": "NEXT", "_count": String(count)]
            links.append(["relation": "next", "url": .string(query.appended(to: request.origin + request.path))])
        }
        var entries: [Value] = page.map { resource in
            let type = resource["resourceType"]?.string ?? ""
            return [
                "fullUrl": .string("\(base.url)/\(type)/\(resource["id"]?.string ?? "")"),
                "resource": .object(resource),
                "search": ["mode": "match"],
            ]
        }
        entries += warnings.map { warning in
            ["fullUrl": .string("urn:uuid:" + uuid()), "resource": .object(warning), "search": ["mode": "outcome"]]
        }
        var bundle: Members = [
            "resourceType": "Bundle", "id": .string(uuid()), "type": "searchset", "total": Value(found.count),
            "link": .array(links),
        ]
        if !entries.isEmpty { bundle["entry"] = .array(entries) }
        return .object(bundle)
    }
}

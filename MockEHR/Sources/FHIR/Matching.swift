// SPDX-License-Identifier: Apache-2.0

import MockKit
import Trace
import Value
import World

/// `Patient/$match` (FHIR R4, operation Patient-match): who may be meant by what is known of somebody.
extension EHRBase {
    private static let grade = "http://hl7.org/fhir/StructureDefinition/match-grade"

    func match(
        _ type: String, _ request: MockRequest, _ token: AccessToken, context: String
    ) throws(Problem) -> MockResponse {
        try require(.search, on: type, token)
        let parameters = try body(request, "Parameters")["parameter"]?.array ?? []
        func parameter(_ name: String) -> Value? { parameters.first { $0["name"]?.string == name } }
        guard let wanted = parameter("resource")?["resource"], wanted["resourceType"]?.string == type else {
            throw Problem(.parameterMissing, "the parameter resource, a \(type), is missing")
        }
        let isCertain = parameter("onlyCertainMatches")?["valueBoolean"]?.bool ?? false
        let count = parameter("count")?["valueInteger"]?.int ?? profile.fhir.defaultCount
        let scored = resources(type).filter { isVisible($0, to: token, for: .search) }
            .map { (resource: $0, score: Self.likeness(of: .object($0), to: wanted)) }
            .filter { $0.score >= (isCertain ? 1 : 0.5) }.sorted { $0.score > $1.score }
        // Nobody is certain where two are.
        let matches = isCertain && scored.count > 1 ? [] : Array(scored.prefix(max(0, count)))
        let entries = matches.map { match -> Value in
            let grade = match.score >= 1 ? "certain" : match.score >= 0.75 ? "probable" : "possible"
            return [
                "fullUrl": .string(address(match.resource)), "resource": .object(match.resource),
                "search": [
                    "extension": [["url": .string(Self.grade), "valueCode": .string(grade)]], "mode": "match",
                    "score": Number((match.score * 100).rounded() / 100).map { .number($0) } ?? 0,
                ],
            ]
        }
        var bundle: Members = [
            "resourceType": "Bundle", "id": .string(uuid()), "type": "searchset", "total": Value(matches.count),
        ]
        if !entries.isEmpty { bundle["entry"] = .array(entries) }
        return .json(
            .object(bundle), type: "application/fhir+json", headers: standingHeaders, world: model.id, party: .ehr,
            events: [
                event(
                    "fhir.searched",
                    [
                        "type": .string(type), "parameters": ["$match"], "count": Value(matches.count),
                        "context": .string(context),
                    ])
            ])
    }

    /// The share of what is asked for that a resource has; an identifier in common is certain, a wrong birth date or identifier
    /// of the same system rules somebody out [eng].
    private static func likeness(of resource: Value, to wanted: Value) -> Double {
        func folded(_ value: Value?) -> String { SearchValue.folded(value?.string ?? "") }
        let identifiers = wanted["identifier"]?.array ?? []
        for identifier in identifiers {
            let same = resource["identifier"]?.array?.first { $0["system"] == identifier["system"] }
            if let same { return same["value"] == identifier["value"] ? 1 : 0 }
        }
        var asked = 0.0
        var found = 0.0
        func compare(_ isAsked: Bool, _ isSame: Bool) {
            guard isAsked else { return }
            asked += 1
            if isSame { found += 1 }
        }
        let (name, other) = (wanted["name"]?[0], resource["name"]?[0])
        compare(name?["family"] != nil, folded(name?["family"]) == folded(other?["family"]))
        compare(name?["given"] != nil, folded(name?["given"]?[0]) == folded(other?["given"]?[0]))
        if let date = wanted["birthDate"], let known = resource["birthDate"], date != known { return 0 }
        compare(wanted["birthDate"] != nil, wanted["birthDate"] == resource["birthDate"])
        let digits = (wanted["telecom"]?.array ?? []).compactMap { $0["value"]?.string?.filter(\.isNumber) }
        let known = (resource["telecom"]?.array ?? []).compactMap { $0["value"]?.string?.filter(\.isNumber) }
        compare(
            !digits.isEmpty, digits.contains { one in known.contains { $0.hasSuffix(one) || one.hasSuffix($0) } })
        // A name alone is shared by many.
        return asked == 0 ? 0 : asked == 1 ? found / 2 : found / asked
    }
}

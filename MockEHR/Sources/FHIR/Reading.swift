// SPDX-License-Identifier: Apache-2.0

import Foundation
import MockKit
import Trace
import Value
import World

/// Reads, versioned reads and the history of one resource.
extension EHRBase {
    func read(
        _ type: String, _ id: String, version: String?, _ request: MockRequest, _ token: AccessToken, context: String
    ) throws(Problem) -> MockResponse {
        try require(.read, on: type, token)
        guard let state = version == nil ? shown(type, id) : rendering(type, id, version: version) else {
            throw Problem(.notFound, "there is no \(type)/\(id)" + (version.map { " of version \($0)" } ?? ""))
        }
        guard isVisible(state.resource, to: token, for: .read) else {
            throw Problem(.scope, "the scope does not cover this \(type)")
        }
        let subset = request.query.isEmpty ? nil : try Subset(request.queryFields)
        guard subset != .count else { throw Problem(.parameterInvalid, "_summary=count goes with searches") }
        try checkComplete([state.resource])
        var facts = state.facts
        facts["context"] = .string(context)
        if version == nil, isKnown(state.resource, to: request) {
            return .empty(
                status: 304, headers: standingHeaders + state.headers, world: model.id, party: .ehr,
                events: [event("fhir.read", facts)])
        }
        let masked = masked(state.resource, for: token)
        if subset != nil || masked != nil {
            let resource = masked ?? state.resource
            return .json(
                .object(subset?.applied(to: resource) ?? resource), type: "application/fhir+json",
                headers: standingHeaders + state.headers, world: model.id, party: .ehr,
                events: [event("fhir.read", facts)])
        }
        return MockResponse(
            status: 200, headers: [("Content-Type", "application/fhir+json")] + standingHeaders + state.headers,
            body: state.body, world: model.id, party: .ehr, events: [event("fhir.read", facts)],
            record: state.record)
    }

    /// All versions of a resource, newest first.
    func history(
        _ type: String, _ id: String, _ request: MockRequest, _ token: AccessToken, context: String
    ) throws(Problem) -> MockResponse {
        try require(.read, on: type, token)
        guard let now = resource(type, id) else { throw Problem(.notFound, "there is no \(type)/\(id)") }
        guard isVisible(now, to: token, for: .read) else {
            throw Problem(.scope, "the scope does not cover this \(type)")
        }
        let versions = [now] + earlier(type, id).reversed()
        let entries = versions.enumerated().map { index, version -> Value in
            let isFirst = index == versions.count - 1
            let isPosted = written["\(type)/\(id)"] != nil && isFirst
            return [
                "fullUrl": .string(address(version)), "resource": .object(version),
                "request": ["method": isPosted ? "POST" : "PUT", "url": .string(isPosted ? type : "\(type)/\(id)")],
                "response": [
                    "status": isFirst ? "201" : "200",
                    "etag": .string("W/\"\(version["meta"]?["versionId"]?.string ?? "")\""),
                    "lastModified": version["meta"]?["lastUpdated"] ?? .string(model.start.description),
                ],
            ]
        }
        let bundle: Value = [
            "resourceType": "Bundle", "id": .string(uuid()), "type": "history", "total": Value(entries.count),
            "link": [["relation": "self", "url": .string(request.url)]], "entry": .array(entries),
        ]
        var facts: Members = ["type": .string(type), "id": .string(id), "context": .string(context)]
        if let alias = appointmentAlias(type, id) { facts["appointment"] = .string(alias) }
        return .json(
            bundle, type: "application/fhir+json", headers: standingHeaders, world: model.id, party: .ehr,
            events: [event("fhir.read", facts)])
    }
}

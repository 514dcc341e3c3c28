// SPDX-License-Identifier: Apache-2.0

import MockKit
import Trace
import Value
import World

/// What of an encounter may be patched.
struct EncounterPatch: Sendable {
    /// JSON pointers, for `add` and `replace`.
    let paths: Set<String>

    /// The encounter with all operations applied. The result is checked by the caller.
    func applied(_ operations: [PatchOperation], to encounter: Members) throws(Problem) -> Members {
        var encounter = encounter
        for operation in operations {
            guard ["add", "replace"].contains(operation.name), paths.contains(operation.path) else {
                throw Problem(.businessRule, "\(operation.name) of \(operation.path) is not supported")
            }
            guard let value = operation.value else {
                throw Problem(.invalidContent, "\(operation.path) has no value")
            }
            let steps = operation.path.split(separator: "/").map(String.init)
            if steps.count == 1 {
                encounter[steps[0]] = value
            } else {
                var inner = encounter[steps[0]]?.members ?? [:]
                inner[steps[1]] = value
                encounter[steps[0]] = .object(inner)
            }
        }
        return encounter
    }
}

extension EHRBase {
    func patchEncounter(_ id: String, _ request: MockRequest, _ token: AccessToken) throws(Problem) -> MockResponse {
        guard let rules = profile.encounterPatch else { throw Problem(.notAllowed, "Encounter cannot be written") }
        guard let now = resource("Encounter", id) else { throw Problem(.notFound, "there is no Encounter/\(id)") }
        try require(.read, on: "Encounter", token)
        try require(.update, on: "Encounter", token)
        guard isVisible(now, to: token, for: .update) else {
            throw Problem(.scope, "the scope does not cover this Encounter")
        }
        guard request.mediaType == "application/json-patch+json" else {
            throw Problem(.mediaType, "the body is not application/json-patch+json")
        }
        try checkVersion(request, now["meta"]?["versionId"]?.string ?? "")
        guard let operations = PatchOperation.read(request.json), !operations.isEmpty else {
            throw Problem(.invalidContent, "the body is no JSON Patch")
        }
        var changed = try rules.applied(operations, to: now)
        try validate(changed)
        if let alias = appointmentAlias("Encounter", id), var booked = appointments[alias] {
            history[alias, default: []].append(booked)
            for path in rules.paths {
                let name = String(path.split(separator: "/")[0])
                booked.encounter[name] = changed[name]
            }
            booked.encounterChanges += 1
            booked.changed = world.clock.now
            appointments[alias] = booked
            changed = encounter(booked)
        } else {
            let versions = written["Encounter/" + id] ?? []
            changed["meta"] = meta(version: String(versions.count), changed: world.clock.now)
            written["Encounter/" + id] = versions + [changed]
        }
        var facts: Members = ["type": "Encounter", "id": .string(id), "interaction": "patch"]
        if let alias = appointmentAlias("Encounter", id) { facts["appointment"] = .string(alias) }
        return .empty(
            status: 200, headers: headers(of: changed) + [("Content-Type", "text/html")], world: model.id, party: .ehr,
            events: [event("fhir.written", facts)])
    }
}

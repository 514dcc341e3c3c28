// SPDX-License-Identifier: Apache-2.0

internal import Canary
internal import Foundation
internal import Trace
internal import Value
internal import World

/// What a sweep looks for in a world: its people's values, its visits' ids, and the credentials that were issued in it.
struct SweepCanaries: Sendable {
    /// What the world was made with: in the next run of the same seed the same.
    private var planned = CanarySet()
    /// What the mocks issued.
    private var issued = CanarySet()
    /// Person and class by canary id, for data that is not a person's.
    private var classes: [String: String] = [:]
    private var persons: [String: String] = [:]

    /// - Parameter events: those of the world that carry a body.
    init(_ world: WorldModel, events: [TraceEvent]) {
        planned = CanarySet(world)
        for canary in planned.canaries { persons[canary.id] = canary.person }
        for appointment in world.appointments {
            planned.insert(canary("appointment-id", appointment.alias, appointment.fhirID, world.id))
            planned.insert(canary("encounter-id", appointment.alias, appointment.encounterID, world.id))
            planned.insert(canary("csn", appointment.alias, appointment.csn, world.id))
        }
        for (number, credential) in Credentials.issued(in: events).enumerated() {
            issued.insert(canary(credential.dataClass, String(number), credential.value, world.id, isRandom: true))
        }
    }

    init(joining all: [SweepCanaries]) {
        for one in all {
            classes.merge(one.classes) { first, _ in first }
            persons.merge(one.persons) { first, _ in first }
        }
    }

    private mutating func canary(
        _ dataClass: String, _ name: String, _ value: String, _ world: WorldID, isRandom: Bool = false
    ) -> Canary {
        let id = "\(name).\(dataClass)"
        classes[id] = dataClass
        return Canary(id: id, world: world, origin: .ehr, value: value, isRandom: isRandom)
    }

    /// Every form of its values.
    func forms(_ known: KnownForms) -> [CanaryForms] { [known.forms(of: planned), CanaryForms(issued)] }

    /// A hit as a `sweep` event tells it: never the value.
    func members(of hit: Hit, surface: String, _ more: Members) -> Members {
        var members: Members = [
            "canary": .string(hit.canary),
            "class": .string(hit.dataClass?.rawValue ?? classes[hit.canary] ?? "unknown"),
            "person": .string(persons[hit.canary] ?? ""), "origin": .string(hit.origin?.rawValue ?? ""),
            "surface": .string(surface), "chain": .array(hit.chain.map { .string($0) }), "form": .string(hit.form),
            "offset": Value(hit.offset), "level": .string(hit.level.rawValue),
        ]
        // Where people's data flows to, not where it comes from.
        if hit.dataClass != nil, more["from"] != "ehr", !hit.excerpt.isEmpty {
            members["excerpt"] = .string(hit.excerpt)
        }
        members["world"] = hit.world.map { .string($0.rawValue) }
        for (name, value) in more { members[name] = value }
        return members
    }
}

/// Tokens and codes that the mocks issued to the connector, read off the record.
private enum Credentials {
    static func issued(in events: [TraceEvent]) -> [(dataClass: String, value: String)] {
        var found: [(dataClass: String, value: String)] = []
        var seen: Set<String> = []
        func add(_ dataClass: String, _ value: String?) {
            // The end of a token is its own, the beginning is the same for all of an issuer.
            guard let tail = value?.suffix(48), tail.count >= 16, seen.insert(String(tail)).inserted else { return }
            found.append((dataClass, String(tail)))
        }
        for event in events {
            guard let text = RecordedBody(event["body"])?.text else { continue }
            if event.kind == "http.response", event["to"] == "connector", text.contains("_token\""),
                let answer = try? Value.parseJSON(text)
            {
                for name in ["access_token", "refresh_token", "id_token"] { add("token", answer[name]?.string) }
            } else if event.kind == "http.request", event["from"] == "connector", text.contains("grant_type=") {
                for field in text.split(separator: "&") where field.hasPrefix("code=") {
                    add("code", String(field.dropFirst(5)).removingPercentEncoding)
                }
            }
        }
        return found
    }
}

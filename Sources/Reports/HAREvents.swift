// SPDX-License-Identifier: Apache-2.0

internal import Trace
internal import Value
internal import World

/// What happened beside the messages, as `log._events` of a HAR: what people, EHR and the harness did, so that a capture
/// can be turned into a scenario again (`assay import`). Nobody's particulars are in it.
enum HAREvents {
    private static let kinds: Set<String> = [
        "world.opened", "step.started", "operation.started", "operation.completed", "appointment.booked",
        "appointment.moved", "appointment.cancelled", "launch.started", "launch.finished", "link.opened",
        "lobby.admitted", "meeting.left", "sms.sent", "mail.sent", "fault.struck",
    ]
    /// Texts of messages and pages stand in the entries already.
    private static let left: Set<String> = ["text", "values", "message", "number", "from"]

    static func isTold(_ event: TraceEvent) -> Bool { kinds.contains(event.kind) }

    static func value(_ event: TraceEvent) -> Value {
        var fields = event.fields
        if event.kind == "world.opened" {
            fields["model"] = model(event["model"] ?? .null)
        } else if event.kind != "step.started" {
            fields = Members(fields.filter { !left.contains($0.name) }.map { ($0.name, $0.value) })
        }
        return .object([
            "seq": Value(event.seq), "at": .string(event.at.description), "world": Value(event.world?.rawValue),
            "clock": Value(event.clock?.description), "cause": Value(event.cause), "kind": .string(event.kind),
            "party": .string(event.party.rawValue), "fields": .object(fields),
        ])
    }

    /// Who is there in which role, and where the clock started.
    private static func model(_ model: Value) -> Value {
        var short = Members()
        for owner in model.members ?? Members() {
            if owner.name == "world" {
                short["world"] = ["start": owner.value["start"] ?? .null, "vendor": owner.value["vendor"] ?? .null]
            } else if let role = owner.value["role"] {
                var members: Members = ["role": role]
                if let locale = owner.value["locale"] { members["locale"] = locale }
                short[owner.name] = .object(members)
            }
        }
        return .object(short)
    }
}

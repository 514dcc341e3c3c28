// SPDX-License-Identifier: Apache-2.0

internal import Canary
internal import Foundation
internal import ProtocolRules
package import Trace
internal import Value
internal import World

/// A capture as a trace: what a HAR holds, in the words that rules and policies speak.
package struct CaptureTrace: Sendable {
    package let trace: Trace
    /// What was made of the capture, and what it cannot say: sentences for people.
    package let conditions: [String]

    private struct Message {
        let at: Instant
        var clock: Instant?
        let draft: EventDraft
    }

    /// The world of everything that does not name one.
    private static let world = WorldID(rawValue: "capture")

    /// - Parameter connector: addresses of the connector, where they are known.
    package init(_ file: HARFile, connector: [String] = []) {
        let parties = CaptureParties(file.entries, connector: connector)
        var messages: [Message] = []
        var bodies: [String: Data] = [:]
        let genuine = NotificationProofs(file.entries)
        func keep(_ data: Data) -> RecordedBody? {
            guard !data.isEmpty else { return nil }
            let body = RecordedBody(data)
            if body.text == nil { bodies[body.sha256] = data }
            return body
        }
        var last = Instant(microseconds: 0)
        for entry in file.entries {
            let started = entry.started ?? last
            last = started
            let (from, to) = parties.parties(of: entry)
            let id = entry.own?.exchange ?? ExchangeID(rawValue: "h\(entry.index)")
            let world = entry.own == nil ? Self.world : entry.own?.world
            messages.append(
                Message(
                    at: started, clock: entry.own?.clock,
                    draft: HTTPMessage.request(
                        exchange: id, world: world, from: from, to: to, method: entry.method, url: entry.url,
                        headers: entry.requestHeaders.map { ($0.name, $0.value) }, body: keep(entry.requestBody))))
            if from == .graph, to == .connector, !genuine.isGenuine(entry) {
                messages.append(
                    Message(
                        at: started, clock: entry.own?.clock,
                        draft: EventDraft(
                            "notification.sent", by: .graph, world: world, exchange: id, ["forged": true])))
            }
            guard let status = entry.status else { continue }
            messages.append(
                Message(
                    at: started + entry.duration, clock: entry.own?.answered,
                    draft: HTTPMessage.response(
                        exchange: id, world: world, from: to, to: from, status: status,
                        headers: entry.responseHeaders.map { ($0.name, $0.value) }, body: keep(entry.responseBody),
                        duration: entry.duration, fault: entry.own?.fault)))
        }
        // Stable: a request stays before its own answer, also where both have one time.
        let sorted = messages.enumerated().sorted { ($0.element.at, $0.offset) < ($1.element.at, $1.offset) }
            .map(\.element)
        let values = CaptureValues(
            sorted.compactMap { message -> Value? in
                let draft = message.draft
                guard draft.kind == "http.response", draft.fields["from"] == "ehr",
                    let body = RecordedBody(draft.fields["body"])
                else { return nil }
                return try? Value.parseJSON(body.text.map { Data($0.utf8) } ?? bodies[body.sha256] ?? Data())
            })
        var drafts = Self.opening(of: sorted.map(\.draft), parties, values).map {
            Message(at: sorted.first?.at ?? last, draft: $0)
        }
        drafts += sorted
        let events = Self.numbered(drafts)
        let sweeps = CaptureSweep(values: values, bodies: bodies).drafts(events)
        let end = events.last?.at ?? last
        trace = Trace(
            header: [
                "suite": "capture", "seed": "0", "nonce": "", "deployment": .string("capture by " + file.creator),
                "scenarios": [], "selection": true, "observes-egress": false, "claimed-profiles": [],
                "claimed-features": [],
            ],
            events: events + Self.numbered(sweeps.map { Message(at: end, draft: $0) }, after: events.count),
            bodies: bodies,
            isComplete: true)
        conditions = Self.conditions(file, parties, values)
    }

    /// `world.opened` for every world that is named: bases and people, as the rules ask for them.
    private static func opening(
        of drafts: [EventDraft], _ parties: CaptureParties, _ values: CaptureValues
    ) -> [EventDraft] {
        var model = Members()
        for (number, base) in parties.bases.enumerated() {
            model["base-\(number + 1)"] = ["alias": .string("base-\(number + 1)"), "url": .string(base)]
        }
        for (alias, role) in values.people.sorted(by: { $0.key < $1.key }) {
            model[alias] = ["alias": .string(alias), "role": .string(role.rawValue)]
        }
        var worlds: [WorldID] = []
        for world in drafts.compactMap(\.world) where !worlds.contains(world) { worlds.append(world) }
        return worlds.map {
            EventDraft(
                "world.opened", by: .runner, world: $0, ["scenario": .string($0.rawValue), "model": .object(model)])
        }
    }

    private static func numbered(_ messages: [Message], after count: Int = 0) -> [TraceEvent] {
        messages.enumerated().map { index, message in
            let draft = message.draft
            return TraceEvent(
                seq: count + index + 1, at: message.at, world: draft.world, clock: message.clock, cause: nil,
                kind: draft.kind,
                party: draft.party, exchange: draft.exchange, fields: draft.fields)
        }
    }

    private static func conditions(
        _ file: HARFile, _ parties: CaptureParties, _ values: CaptureValues
    ) -> [String] {
        func list(_ texts: some Sequence<String>) -> String { texts.sorted().joined(separator: ", ") }
        var lines = [
            "A capture of \(file.entries.count) exchanges by \(file.creator), judged without scenarios: what should have "
                + "happened, when and how often is not known, nor what the connector keeps."
        ]
        let isOwn = file.entries.contains { $0.own != nil }
        if !isOwn {
            lines.append(
                parties.connector.isEmpty
                    ? "Nothing tells which host is the connector: what it answers is not judged. Name its deployment file."
                    : "The connector is taken to be \(list(parties.connector)).")
            lines.append(
                parties.ehr.isEmpty ? "No host speaks FHIR or SMART." : "The EHR is taken to be \(list(parties.ehr)).")
        }
        if !parties.strangers.isEmpty {
            lines.append("The connector called hosts nobody can place: \(list(parties.strangers)).")
        }
        let patients = values.people.values.count { $0 == .patient }
        lines.append(
            patients == 0
                ? "No answer of an EHR with a patient was captured: where patients' data goes could not be followed."
                : "Searched for \(values.canaries.canaries.count) values that stood in the EHR's answers, of \(patients) patient(s)"
                    + (values.tooShort == 0 ? "." : "; \(values.tooShort) shorter than four characters were left out."))
        let missing = file.entries.count { $0.isBodyMissing }
        if missing > 0 { lines.append("\(missing) answers have a body that the capture does not hold.") }
        let unanswered = file.entries.count { $0.status == nil }
        if unanswered > 0 { lines.append("\(unanswered) requests have no recorded answer.") }
        return lines
    }
}

// SPDX-License-Identifier: Apache-2.0

internal import Foundation
package import MockEHR
internal import MockKit
internal import MockMicrosoft
internal import ProtocolRules
internal import Trace
internal import Value
internal import World

/// What the pages of one world show.
extension StandPages {
    private func desk() -> ControlDesk { ControlDesk(stand: stand, pages: nil) { .null } }

    func name(_ alias: String, _ place: Stand.Place) -> String {
        guard let person = place.model.person(alias) else { return alias }
        if person.role == .patient { return "\(person.ehr[.givenName]) \(person.ehr[.familyName])" }
        return person.directory?[.displayName] ?? alias
    }

    // MARK: Board

    func board(_ place: Stand.Place) async throws(ControlError) -> Members {
        let entries = try await entries(of: place)
        let connections = Connections(journal, place.model)
        let hasRecords = entries.contains { !$0.launchable.isEmpty }
        return [
            "rows": .array(entries.map { row($0, place, connections) }), "empty": .bool(entries.isEmpty),
            "no-records": .bool(!hasRecords && !entries.isEmpty),
            "board-title": .string(
                place.model.vendor == .cerner ? "PowerChart: patient board" : "Hyperspace: patient board"),
        ]
    }

    private func entries(of place: Stand.Place) async throws(ControlError) -> [BoardEntry] {
        do { return try await stand.ehr.board(in: place.id) } catch {
            throw ControlError(409, error.message, remedy: error.remedy)
        }
    }

    func row(_ entry: BoardEntry, _ place: Stand.Place, _ connections: Connections) -> Value {
        let plan = entry.plan
        let people = [plan.patient, plan.provider] + (plan.secondProvider.map { [$0] } ?? [])
        let isCancelled = entry.status == "cancelled"
        return [
            "alias": .string(plan.alias), "start": .string(entry.start.description),
            "time": .string(Self.clock(entry.start)),
            "hour": .string(String(Self.clock(entry.start).dropLast(7).suffix(5))),
            "day": .string(String(Self.clock(entry.start).prefix(11))), "minutes": Value(plan.minutes),
            "patient": .string(name(plan.patient, place)), "patient-alias": .string(plan.patient),
            "provider": .string(name(plan.provider, place)), "provider-alias": .string(plan.provider),
            "mrn": .string(place.model.person(plan.patient)?.ehr[.medicalRecordNumber] ?? ""),
            "birth": .string(place.model.person(plan.patient)?.ehr[.birthDate] ?? ""),
            "id": .string(plan.fhirID), "csn": .string(plan.csn), "status": .string(entry.status),
            "cancelled": .bool(isCancelled), "video": .bool(plan.isVideoVisit), "links": .bool(entry.hasLinks),
            "conditions": .array(
                Self.conditions.map { condition, title in
                    [
                        "word": .string(condition.rawValue), "title": .string(title),
                        "current": .bool(condition == entry.condition),
                    ]
                }),
            "connections": .array(
                people.map { person in
                    let state = connections.state(of: person, in: entry)
                    var one: Members = [
                        "person": .string(name(person, place)), "state": .string(state.rawValue),
                        "tone": .string(Self.tone(state)),
                    ]
                    one["ehr"] = connections.written(of: person, in: entry).map { .string($0) }
                    return .object(one)
                }),
            "launches": .array(
                isCancelled || !plan.isVideoVisit
                    ? []
                    : entry.entries.map { launch in
                        [
                            "address": .string(launch.page), "entry": .string(launch.entry.rawValue),
                            "title": .string(Self.title(launch.entry)),
                            "ready": .bool(entry.launchable.contains(launch.entry)),
                        ]
                    }),
        ]
    }

    private static let conditions: [(AppointmentCondition, String)] = [
        (.free, "as any other"), (.locked, "open elsewhere (423)"), (.dependency, "next write fails (424)"),
        (.incomplete, "incomplete (500)"), (.sensitive, "sensitive"), (.unnamed, "launched without its name"),
    ]

    private static func title(_ entry: LaunchEntry) -> String {
        switch entry {
        case .powerchart: "Microsoft Teams"
        case .hyperspace: "Hyperspace"
        case .haiku: "Haiku"
        case .canto: "Canto"
        case .mychart: "MyChart"
        }
    }

    private static func tone(_ state: Connections.State) -> String {
        switch state {
        case .inMeeting: "in"
        case .inLobby, .atJoinPage: "waiting"
        case .away, .left: "away"
        }
    }

    // MARK: Messages, lobby, numbers

    func inbox(_ place: Stand.Place) -> Members {
        let messages = desk().messages(of: place)
        let people = place.model.people.filter { $0.role == .patient }.map { person -> Value in
            let own = messages.filter { $0.person == person.alias }.map { message -> Value in
                var members = message.value.members ?? [:]
                members["time"] = members["at"]?.string.flatMap { Instant(rfc3339: $0) }.map { .string(Self.clock($0)) }
                members["reply"] = .bool(members["way"] == "reply")
                members["mail"] = .bool(members["way"] == "mail")
                members["was-refused"] = .bool(members["way"] == "refused")
                members["pieces"] = .array(Self.pieces(members["text"]?.string ?? ""))
                return .object(members)
            }
            return [
                "alias": .string(person.alias), "name": .string(name(person.alias, place)),
                "phone": .string(person.ehr[.phone]), "messages": .array(own), "none": .bool(own.isEmpty),
            ]
        }
        return ["people": .array(people)]
    }

    /// A text with its addresses apart, so that they can be followed.
    static func pieces(_ text: String) -> [Value] {
        var pieces: [Value] = []
        for (index, word) in text.split(separator: " ", omittingEmptySubsequences: false).enumerated() {
            if index > 0 { pieces.append(["text": " "]) }
            let isLink = word.hasPrefix("https://") || word.hasPrefix("http://")
            pieces.append(isLink ? ["link": .string(String(word))] : ["text": .string(String(word))])
        }
        return pieces
    }

    private static let noSubject = "a meeting without a subject"

    func lobby(_ place: Stand.Place) async -> Members {
        let present = await desk().present(in: place)
        let hosts = present.filter { $0["may-admit"] == true }
        let rows = present.map { person -> Value in
            guard case .object(var members) = person else { return person }
            if person["role"] == "patient" { members["name"] = .string(name(person["person"]?.string ?? "", place)) }
            members["waits"] = person["in-lobby"]
            if person["subject"]?.isNull != false { members["subject"] = .string(Self.noSubject) }
            let own = hosts.filter { $0["meeting"] == person["meeting"] }
            members["hosts"] = .array(own.map { ["person": $0["person"] ?? ""] })
            members["has-host"] = .bool(!own.isEmpty)
            members["may-end"] = person["may-admit"]
            return .object(members)
        }
        let meetings = await stand.microsoft.meetings(in: place.id).reversed().map { meeting -> Value in
            ["id": .string(meeting.id), "subject": .string(meeting.subject ?? Self.noSubject)]
        }
        let people = place.model.people.map { person -> Value in
            ["alias": .string(person.alias), "name": .string(name(person.alias, place))]
        }
        return [
            "people": .array(rows), "none": .bool(rows.isEmpty), "meetings": .array(meetings),
            "has-meetings": .bool(!meetings.isEmpty), "staff": .array(people),
        ]
    }

    func numbers(_ place: Stand.Place) -> Members {
        var context = desk().numbers(of: place).members ?? [:]
        context["none"] = .bool(context["numbers"]?.array?.isEmpty ?? true)
        context["numbers"] = .array((context["numbers"]?.array ?? []).map { ["number": $0] })
        context["log"] = .array(
            (context["log"]?.array ?? []).map { line in
                var members = line.members ?? [:]
                members["time"] = members["at"]?.string.flatMap { Instant(rfc3339: $0) }.map { .string(Self.clock($0)) }
                return .object(members)
            })
        return context
    }

    // MARK: Panel

    func panel(_ place: Stand.Place) async throws(ControlError) -> Members {
        let connections = Connections(journal, place.model)
        let rows = try await entries(of: place).map { row($0, place, connections) }
        func people(_ role: Role?) -> Value {
            .array(
                place.model.people.filter { role == nil || $0.role == role }.map {
                    ["alias": .string($0.alias), "name": .string(name($0.alias, place))]
                })
        }
        let armed = stand.faults.armed.filter { $0.fault.world == nil || $0.fault.world == place.id }
        return [
            "rows": .array(rows), "patients": people(.patient), "providers": people(.provider),
            "everybody": people(nil),
            "faults": .array(armed.map { Self.fault($0.id, $0.fault, $0.struck) }), "no-faults": .bool(armed.isEmpty),
        ]
    }

    private static func fault(_ id: FaultID, _ fault: Fault, _ struck: Int) -> Value {
        [
            "number": Value(id.number), "place": .string(fault.place.description),
            "effect": .string(fault.effect.word), "struck": Value(struck),
            "times": .string(fault.times.map(String.init) ?? "until it ends"),
        ]
    }

    // MARK: Exchanges

    func exchangeContext(world: String?) -> Members {
        let list = ExchangeList(journal, world: world)
        let rows = list.exchanges.suffix(60).reversed().map { exchange -> Value in
            guard case .object(var members) = list.line(exchange) else { return .null }
            let findings = members["findings"]?.array ?? []
            members["time"] = .string(String(exchange.request.at.description.dropFirst(11).prefix(12)))
            members["path"] = .string(exchange.url.path)
            members["bad"] = .bool((exchange.status ?? 0) >= 400 || exchange.status == 0)
            members["open"] = .bool(exchange.status == nil)
            members["clean"] = .bool(findings.isEmpty)
            return .object(members)
        }
        return ["rows": .array(Array(rows)), "none": .bool(rows.isEmpty), "total": Value(list.exchanges.count)]
    }

    func exchange(_ id: String) throws(ControlError) -> Members {
        let list = ExchangeList(journal, world: nil)
        guard let exchange = list.exchanges.last(where: { $0.id.rawValue == id }) else {
            throw ControlError(404, "there is no exchange \(id) (any more)", remedy: "see /-/ui/exchanges")
        }
        var members = list.full(exchange).members ?? [:]
        // The page is of no world: its frame must not show one.
        members["world"] = nil
        for key in ["request", "response"] {
            guard case .object(var message)? = members[key] else { continue }
            message["headers"] = .array(
                (message["headers"]?.array ?? []).map { ["name": $0[0] ?? "", "text": $0[1] ?? ""] })
            message["has-body"] = .bool(message["body"]?.string?.isEmpty == false)
            members[key] = .object(message)
        }
        members["events"] = .array(
            exchange.facts.map { ["kind": .string($0.kind), "fields": .string(Value.object($0.fields).json())] })
        return members
    }

    // MARK: The vendors' own pages

    /// How the launch pages of a world look.
    package func dress(_ place: Stand.Place) -> EntryDress {
        { [self] page in
            let connections = Connections(journal, place.model)
            let rows = page.rows.map { shown -> Value in
                guard case .object(var members) = row(shown.entry, place, connections) else { return .null }
                members["offers"] = .array(
                    shown.launches.map { ["address": .string($0), "button": .string(page.entry.button)] })
                members["no-offer"] = .bool(shown.launches.isEmpty && shown.entry.status != "cancelled")
                return .object(members)
            }
            return templates.render(
                page.entry.rawValue,
                [
                    "title": .string(page.entry.title), "organization": .string(page.organization),
                    "person": .string(name(page.person, place)), "world": .string(place.id.rawValue),
                    "rows": .array(rows), "empty": .bool(rows.isEmpty), "now": .string(Self.clock(place.clock.now)),
                ])
        }
    }
}

// SPDX-License-Identifier: Apache-2.0

internal import Foundation
internal import MockKit
internal import ProtocolRules
internal import Trace
internal import Value
internal import World

/// Faults, exchanges, findings and the stream of what happens.
extension ControlDesk {
    func faults(_ call: ControlCall) async throws(ControlError) -> Value {
        switch call.route.operation {
        case .listFaults: return ["faults": .array(stand.faults.armed.map { Self.value($0.id, $0.fault, $0.struck) })]
        case .disarmFault:
            guard let number = call.values["fault"].flatMap({ Int($0) }), stand.faults.disarm(FaultID(number: number))
            else {
                throw ControlError(404, "no such fault is armed", remedy: "it may have struck as often as it was to")
            }
            return .null
        default:
            var spec = call.body
            var world: Stand.Place?
            if let id = spec["world"]?.string {
                world = try await stand.place(id)
                spec["world"] = nil
            }
            let fault = try stand.source.fault(.object(spec), in: world?.id, now: world?.clock.now ?? .wall)
            let id = stand.faults.arm(fault)
            var fields: Members = ["place": .string(fault.place.description), "effect": fault.effect.value]
            if let times = fault.times { fields["times"] = Value(times) }
            journal.append(EventDraft("fault.set", by: .runner, world: world?.id, fields))
            return Self.value(id, fault, 0)
        }
    }

    static func value(_ id: FaultID, _ fault: Fault, _ struck: Int) -> Value {
        var members: Members = [
            "fault": Value(id.number), "place": .string(fault.place.description), "effect": fault.effect.value,
            "nth": Value(fault.skip + 1), "struck": Value(struck),
        ]
        members["world"] = fault.world.map { .string($0.rawValue) }
        members["times"] = fault.times.map { Value($0) }
        members["until"] = fault.until.map { .string($0.description) }
        return .object(members)
    }

    // MARK: Exchanges

    func exchanges(_ call: ControlCall) throws(ControlError) -> Value {
        switch call.route.operation {
        case .readExchange:
            let id = ExchangeID(rawValue: call.values["exchange"] ?? "")
            let listed = ExchangeList(journal, world: nil)
            guard let exchange = listed.exchanges.last(where: { $0.id == id }) else {
                throw ControlError(404, "there is no exchange \(id) (any more)", remedy: "see /-/exchanges")
            }
            return listed.full(exchange)
        case .listFindings:
            return ["findings": .array(ExchangeList(journal, world: call.query["world"]).findings)]
        default:
            let limit = min(max(call.query["limit"].flatMap { Int($0) } ?? 100, 1), 1000)
            let after = call.query["after"].flatMap { Int($0) } ?? 0
            let listed = ExchangeList(journal, world: call.query["world"])
            let chosen = listed.exchanges.filter { $0.request.seq > after }.suffix(limit)
            return ["exchanges": .array(chosen.map { listed.line($0) })]
        }
    }

    // MARK: Stream

    /// Server-sent events: a comment every 15 s keeps proxies and dead clients apart.
    func stream(world: String?) -> DeskAnswer {
        let journal = journal
        let stream = AsyncStream(Data.self, bufferingPolicy: .bufferingNewest(256)) { continuation in
            let task = Task {
                continuation.yield(Data("retry: 1000\n\n".utf8))
                var seen = journal.count
                while !Task.isCancelled {
                    await journal.wait(after: seen)
                    let events = journal.events(after: seen)
                    seen = events.last?.seq ?? seen
                    for event in events where world == nil || event.world?.rawValue == world {
                        if let text = Self.message(event) { continuation.yield(Data(text.utf8)) }
                    }
                }
            }
            let beat = Task {
                while !Task.isCancelled {
                    try? await Task.sleep(for: .seconds(15))
                    continuation.yield(Data(": beat\n\n".utf8))
                }
            }
            continuation.onTermination = { _ in
                task.cancel()
                beat.cancel()
            }
        }
        let headers = [(name: "Content-Type", value: "text/event-stream"), (name: "Cache-Control", value: "no-store")]
        return DeskAnswer(MockResponse(status: 200, headers: headers, party: .runner), stream: stream)
    }

    private static let statusKinds: Set<String> = [
        "join.opened", "lobby.entered", "lobby.admitted", "meeting.joined", "meeting.left", "meeting.ended",
        "writeback.received", "video-link.written", "appointment.booked", "appointment.moved", "appointment.cancelled",
        "records.installed", "meeting.created",
    ]
    private static let messageKinds: Set<String> = [
        "sms.sent", "sms.delivered", "sms.refused", "sms.replied", "mail.sent",
    ]
    private static let worldKinds: Set<String> = [
        "fault.set", "fault.struck", "clock.advanced", "number.provisioned", "number.requested",
    ]

    private static func message(_ event: TraceEvent) -> String? {
        let name: String
        var fields: Members = ["seq": Value(event.seq), "kind": .string(event.kind)]
        fields["world"] = event.world.map { .string($0.rawValue) }
        switch event.kind {
        case "http.response":
            name = "exchange"
            fields["exchange"] = event.exchange.map { .string($0.rawValue) }
            fields["status"] = event["status"]
        case let kind where statusKinds.contains(kind):
            name = "status"
            for key in ["appointment", "by", "meeting", "attendee", "status"] { fields[key] = event[key] }
        case let kind where messageKinds.contains(kind):
            name = "message"
            for key in ["to", "by", "number"] { fields[key] = event[key] }
        case let kind where worldKinds.contains(kind): name = "world"
        default: return nil
        }
        return "event: \(name)\nid: \(event.seq)\ndata: \(Value.object(fields).json())\n\n"
    }
}

// SPDX-License-Identifier: Apache-2.0

internal import MockKit
internal import MockMicrosoft
internal import Trace
internal import Value
internal import World

/// Text messages, lobby, phone numbers.
extension ControlDesk {
    func microsoft(_ call: ControlCall) async throws(ControlError) -> Value {
        let place = try await place(call)
        do {
            switch call.route.operation {
            case .listMessages: return ["messages": .array(messages(of: place).map(\.value))]
            case .replyToMessage:
                let status = try await stand.microsoft.reply(
                    try call.required("from"), text: try call.required("text"), in: place.id)
                return ["status": Value(status)]
            case .changeMicrosoft:
                let source = stand.source
                do {
                    try await stand.microsoft.change(call.body, in: place.id) { source.duration($0) }
                } catch let error as MockMicrosoftError {
                    throw ControlError(422, error.message, remedy: error.remedy)
                }
                return ["changed": .array(call.body.names.filter { $0 != "person" }.map { .string($0) })]
            case .listNumbers: return numbers(of: place)
            case .addNumber:
                return ["number": .string(try await stand.microsoft.own(number: call.text("number"), in: place.id))]
            default: return try await lobby(call, place)
            }
        } catch { throw ControlError(error) }
    }

    private func lobby(_ call: ControlCall, _ place: Stand.Place) async throws -> Value {
        let person = call.values["person"] ?? ""
        switch call.route.operation {
        case .joinMeeting:
            try await stand.microsoft.join(
                try call.required("person"), meeting: call.text("meeting"), in: place.id)
        case .admitPerson: try await stand.microsoft.admit(person, by: try call.required("by"), in: place.id)
        case .leaveMeeting: try await stand.microsoft.leave(person, in: place.id)
        case .endMeeting: try await stand.microsoft.endMeeting(by: person, in: place.id)
        default: break
        }
        return ["people": .array(await present(in: place))]
    }

    /// Everybody who waits or is in a meeting.
    func present(in place: Stand.Place) async -> [Value] {
        await stand.microsoft.present(in: place.id).map { one in
            [
                "person": .string(one.name), "name": .string(one.displayName),
                "role": .string(one.alias.flatMap { place.model.person($0)?.role.rawValue } ?? "guest"),
                "meeting": .string(one.meeting), "subject": Value(one.subject), "in-lobby": .bool(one.inLobby),
                "may-admit": .bool(one.mayAdmit),
            ]
        }
    }

    /// A message that reached, or should have reached, a person.
    struct Message {
        let value: Value
        let person: String
    }

    /// Text messages, replies and mails, oldest first.
    func messages(of place: Stand.Place) -> [Message] {
        let events = journal.events(of: place.id)
        let delivered = Dictionary(
            events.filter { $0.kind == "sms.delivered" }.compactMap { event in
                event["message"]?.string.map { ($0, event["status"]?.string ?? "") }
            }, uniquingKeysWith: { _, last in last })
        return events.compactMap { event in
            let way: String
            switch event.kind {
            case "sms.sent": way = "sms"
            case "sms.replied": way = "reply"
            case "sms.refused": way = "refused"
            case "mail.sent": way = "mail"
            default: return nil
            }
            let person = event["to"]?.string ?? event["by"]?.string ?? ""
            var members: Members = [
                "way": .string(way), "person": .string(person), "at": .string((event.clock ?? event.at).description),
                "text": event["text"] ?? event["reason"] ?? "",
            ]
            for key in ["number", "from", "links", "segments", "encoding", "subject", "message"] {
                members[key] = event[key]
            }
            members["delivery"] = event["message"]?.string.flatMap { delivered[$0] }.map { .string($0) }
            return Message(value: .object(members), person: person)
        }
    }

    /// The resource's numbers and the operations that brought them.
    func numbers(of place: Stand.Place) -> Value {
        let events = journal.events(of: place.id)
        let owned = events.filter { $0.kind == "number.provisioned" }.compactMap { $0["number"] }
        let log = events.filter { $0.kind == "number.requested" || $0.kind == "number.provisioned" }.map {
            event -> Value in
            [
                "at": .string((event.clock ?? event.at).description), "kind": .string(event.kind),
                "operation": event["operation"] ?? "", "number": event["number"] ?? "",
            ]
        }
        let released = Set(
            events.filter { $0.kind == "number.requested" && $0["operation"] == "release" }
                .compactMap { $0["number"]?.string })
        return ["numbers": .array(owned.filter { !released.contains($0.string ?? "") }), "log": .array(log)]
    }
}
